"""Accounts of the invented city: someone in every role, and a clerk and a chief in every county-level area."""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from apps.accounts.choices import Role
from apps.accounts.models import Grant, User
from apps.core.demo import Demo
from apps.core.scope import scope
from apps.units.models import Unit

# Known to everybody who can read this file; load_demo refuses a register that has people in it.
PASSWORD = "qingshan-lvshui-366"  # noqa: S105


@dataclass(frozen=True)
class Account:
    """A person of the demo and what was granted to him."""

    username: str
    full_name: str
    role: Role
    unit: str
    """Code of the unit."""


SHOWN = (
    Account("city_chief", "陈立民", Role.CITY_CHIEF, "yunxi"),
    Account("city_clerk", "赵敏", Role.CITY_CLERK, "yunxi"),
    Account("nanling_chief", "吴国安", Role.COUNTY_CHIEF, "nanling"),
    Account("nanling_clerk", "周文", Role.COUNTY_CLERK, "nanling"),
    Account("caizheng_clerk", "沈洁", Role.UNIT_CLERK, "nanling-caizhengju"),
    Account("city_leader", "郑怀远", Role.LEADER, "yunxi"),
    Account("nanling_leader", "宋毅", Role.LEADER, "nanling"),
    Account("system_admin", "何志强", Role.SYSTEM_ADMIN, "yunxi"),
    Account("security_admin", "许静", Role.SECURITY_ADMIN, "yunxi"),
    Account("audit_admin", "曹卫东", Role.AUDIT_ADMIN, "yunxi"),
)
"""One line each in ``manage.py demo_accounts``."""
OTHER = (
    ("shizhi", "高鹏", "罗岚"),
    ("shiqiao", "韩建平", "蒋丽"),
    ("liuquan", "梁宏", "谢小燕"),
    ("donghu", "董海波", "魏芳"),
    ("beitang", "潘志远", "余倩"),
    ("kaifaqu", "丁磊", "夏雨"),
    ("linjiang", "方卫国", "石琳"),
    ("baishi", "姚德明", "邹婷"),
)
"""Code of the area, its chief, its clerk."""


def accounts() -> tuple[Account, ...]:
    """All accounts of the demo."""
    more = (
        (
            Account(f"{code}_chief", chief, Role.COUNTY_CHIEF, code),
            Account(f"{code}_clerk", clerk, Role.COUNTY_CLERK, code),
        )
        for code, chief, clerk in OTHER
    )
    return SHOWN + tuple(account for pair in more for account in pair)


def load_accounts(demo: Demo) -> str:
    """Make the accounts and their grants; return a line that says what was made."""
    units = {unit.code: unit for unit in Unit.objects.all()}
    hashed = make_password(PASSWORD)  # once for all: hashing is slow on purpose, and this one hides nothing
    for number, account in enumerate(accounts(), start=1):
        user = User.objects.create(
            username=account.username,
            password=hashed,
            full_name=account.full_name,
            staff_number=f"{number:04d}",
        )
        with scope(demo.loader("security_admin", "s_security")):
            Grant.objects.create(
                user=user, role=account.role, unit=units[account.unit], starts_on=demo.days_ago(3 * 365)
            )
    return f"账号：{len(accounts())}个，用 manage.py demo_accounts 查看"
