"""Bring the database to this version: migrate as the owner, then set what the models declare beside their tables."""

from typing import Any

import pgtrigger
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections, transaction

from apps.core.access import statements


class Command(BaseCommand):
    help = "迁移数据库并设置历史触发器、访问规则（由属主账号执行）。"

    def handle(self, *args: Any, **options: Any) -> None:
        if "owner" not in connections:
            raise CommandError(
                "缺少环境变量 PORTAL_OWNER_DATABASE_URL：属主账号 portal_owner 的连接串，迁移时要用。"
            )
        call_command("migrate", database="owner", interactive=False, verbosity=options["verbosity"])
        apply_declared("owner")
        self.stdout.write("数据库已就绪。")


def apply_declared(alias: str) -> None:
    """Set triggers, policies and grants through the connection ``alias`` (the owner's), all of them or none.

    A trigger that no model declares any more is removed.
    """
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '5s'")
        pgtrigger.install(database=alias)
        for statement in statements():
            cursor.execute(statement)
