"""Bring the database to this version: migrate as the owner, then set walls and grants as the models declare."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections, transaction

from apps.core.access import statements


class Command(BaseCommand):
    help = "迁移数据库并设置访问规则（由属主账号执行）。"

    def handle(self, *args: Any, **options: Any) -> None:
        if "owner" not in connections:
            raise CommandError(
                "缺少环境变量 PORTAL_OWNER_DATABASE_URL：属主账号 portal_owner 的连接串，迁移时要用。"
            )
        call_command("migrate", database="owner", interactive=False, verbosity=options["verbosity"])
        apply_access("owner")
        self.stdout.write("数据库已就绪。")


def apply_access(alias: str) -> None:
    """Set policies and grants through the connection ``alias`` (the owner's)."""
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '5s'")
        for statement in statements():
            cursor.execute(statement)
