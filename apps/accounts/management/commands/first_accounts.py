"""The way in to a new installation, which has no usable account."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse
from django.utils.http import int_to_base36

from apps.accounts.actions import NotPossible, create_first_accounts, link_from_server
from apps.accounts.choices import Role
from apps.accounts.models import User

OPTIONS = {
    Role.SYSTEM_ADMIN: ("--system", "xitong=系统管理员", "建立账号、维护单位"),
    Role.SECURITY_ADMIN: ("--security", "anquan=安全管理员", "授予和收回身份"),
    Role.AUDIT_ADMIN: ("--audit", "shenji=审计管理员", "查看操作日志"),
}

HELP = """建立第一批账号：系统管理员、安全管理员、审计管理员，并显示各自设置密码的链接。

新装的系统没有任何可用的账号，没有默认密码。装好并运行 setup_database 之后运行一次：

  manage.py first_accounts --site https://lgb.example.gov.cn \\
      --system zhangsan=张三 --security lisi=李四 --audit wangwu=王五

三个账号由三个人使用，一个账号不能兼两种管理员。每个链接 24 小时内有效，只能用一次，只在这里显示一次。
单位表是空的时候，同时建立市级单位（名称取自 PORTAL_CITY_NAME）。之后：系统管理员建立单位和账号，
安全管理员授予身份。

链接过期，或者管理员忘记密码：

  manage.py first_accounts --site https://lgb.example.gov.cn --again lisi

原来的密码马上失效，所有登录结束，操作记入日志。"""


class Command(BaseCommand):
    help = HELP

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        for option, default, task in OPTIONS.values():
            parser.add_argument(
                option, metavar="用户名=姓名", default=default, help=f"{task}（默认 {default}）"
            )
        parser.add_argument("--city-code", default="city", help="市级单位的代码，以后不能改（默认 city）")
        parser.add_argument(
            "--site", default="", help="门户的网址，放在链接前面，如 https://lgb.example.gov.cn"
        )
        parser.add_argument("--again", metavar="用户名", help="给已有的账号重新生成链接")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["again"]:
                account, token = link_from_server(username=options["again"])
                self._show("", account, token, options["site"])
                return
            people = {role: _person(options[option.strip("-")]) for role, (option, _, _) in OPTIONS.items()}
            made = create_first_accounts(
                people=people, city_name=settings.PORTAL_CITY_NAME, city_code=options["city_code"]
            )
        except NotPossible as refusal:
            raise CommandError(str(refusal)) from None
        for role, account, token in made:
            self._show(role.label, account, token, options["site"])
        self.stdout.write("链接 24 小时内有效，只能用一次，请分别交给三个人。")

    def _show(self, role: str, account: User, token: str, site: str) -> None:
        path = reverse("accounts:set-password", args=[int_to_base36(account.pk), token])
        self.stdout.write(f"{role}　{account.username}（{account.full_name}）".strip())
        self.stdout.write(f"  {site.rstrip('/')}{path}")


def _person(text: str) -> tuple[str, str]:
    username, _, full_name = text.partition("=")
    if not username.strip() or not full_name.strip():
        raise CommandError(f"应写成 用户名=姓名，而不是“{text}”。")
    return username.strip(), full_name.strip()
