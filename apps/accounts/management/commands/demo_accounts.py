"""Print how to sign in to the invented city, one line a role; ``make demo`` shows it."""

import unicodedata
from typing import Any

from django.core.management.base import BaseCommand

from apps.accounts.management.demo import PASSWORD, SHOWN
from apps.accounts.models import Grant

WIDTHS = (12, 17, 22, 0)


class Command(BaseCommand):
    help = "显示演示账号：身份、用户名、密码、单位。"

    def handle(self, *args: Any, **options: Any) -> None:
        names = [account.username for account in SHOWN]
        grants = (
            Grant.objects.valid()
            .filter(user__username__in=names)
            .select_related("user", "unit")
            .order_by("pk")
        )
        if not grants:
            self.stdout.write("还没有演示账号，请先执行 manage.py load_demo。")
            return
        self.stdout.write(_line("身份", "用户名", "密码", "单位"))
        for grant in grants:
            unchanged = grant.user.check_password(PASSWORD)
            self.stdout.write(
                _line(
                    grant.get_role_display(),
                    grant.user.username,
                    PASSWORD if unchanged else "（已改过）",
                    grant.unit.name,
                )
            )


def _line(*cells: str) -> str:
    """Columns that stay straight although a Chinese character is two wide."""
    padded = []
    for cell, width in zip(cells, WIDTHS, strict=True):
        taken = sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in cell)
        padded.append(cell + " " * max(width - taken, 0))
    return ("  " + "  ".join(padded)).rstrip()
