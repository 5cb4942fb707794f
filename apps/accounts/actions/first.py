"""The three administrators of a new installation, and a new link for one who lost the way in."""

from collections.abc import Mapping

from django.db import transaction

from apps.accounts.actions.accounts import create_account, link_token
from apps.accounts.actions.errors import NotPossible
from apps.accounts.actions.grants import give_grant
from apps.accounts.actions.sessions import hold
from apps.accounts.choices import Role
from apps.accounts.models import Grant, User
from apps.accounts.rules import ADMIN_ROLES
from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.scope import Actor, scope
from apps.units.choices import Kind, Level
from apps.units.models import Unit

SERVER = "服务器命令行"


@transaction.atomic
def create_first_accounts(
    *, people: Mapping[Role, tuple[str, str]], city_name: str, city_code: str
) -> list[tuple[Role, User, str]]:
    """Make the city (if there is no unit yet) and one account for each administrator's role: {role: (user name, full
    name)}. Returns (role, user, token of the one-time link), in the order given. All or nothing.

    Raises NotPossible when there is an administrator already, or a user name is taken.
    """
    if Grant.objects.valid().filter(role__in=ADMIN_ROLES).exists():
        raise NotPossible("已经有管理员账号。忘记密码的，用 --again 用户名 重新生成链接。")
    system = Actor(user_id=0, name=SERVER, role=Role.SYSTEM_ADMIN, db_role="s_system")
    with scope(system) as actor:
        city, _ = Unit.objects.get_or_create(
            level=Level.CITY, defaults={"code": city_code, "name": city_name, "kind": Kind.CITY}
        )
        made = {
            role: create_account(username=username, full_name=full_name, staff_number="", by=actor)
            for role, (username, full_name) in people.items()
        }
    security = Actor(user_id=0, name=SERVER, role=Role.SECURITY_ADMIN, db_role="s_security")
    with scope(security) as actor:
        for role, (user, _) in made.items():
            give_grant(user=user, role=role, unit=city, reason="首次安装", by=actor)
    return [(role, user, token) for role, (user, token) in made.items()]


def link_from_server(*, username: str) -> tuple[User, str]:
    """End an account's password and sessions and return the token of a new link; for whoever has the server's shell.

    Raises NotPossible for an unknown or a switched-off account.
    """
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise NotPossible(f"没有启用的账号“{username}”。")
    with scope(Actor(user_id=0, name=SERVER, role=Role.SYSTEM_ADMIN, db_role="s_system")) as actor:
        account = hold(user)
        token = link_token(account)
        record_event(
            kind=EventKind.ACCOUNT,
            summary=f"在服务器上为账号 {username} 生成设置密码的链接",
            by=actor,
            subject=account,
        )
    return account, token
