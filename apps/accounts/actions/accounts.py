"""Accounts as the system administrator keeps them. He never sets a password: he hands out a link that works once."""

from django.contrib.auth.tokens import default_token_generator
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.actions.errors import NotPossible
from apps.accounts.actions.sessions import close_sessions, hold
from apps.accounts.choices import Role
from apps.accounts.models import Grant, User
from apps.accounts.rules import ADMIN_ROLES
from apps.audit.actions import record_event, record_sign_in
from apps.audit.choices import EventKind, SignInOutcome
from apps.core.scope import Actor


@transaction.atomic
def create_account(*, username: str, full_name: str, staff_number: str, by: Actor) -> tuple[User, str]:
    """Make an account without any right; return it and the token of the link that sets its first password.

    Raises NotPossible when the user name or the staff number is taken (one person, one account).
    """
    try:
        with transaction.atomic():
            user = User.objects.create_user(username, full_name=full_name, staff_number=staff_number or None)
    except IntegrityError as error:
        raise NotPossible(_taken(error)) from None
    record_event(kind=EventKind.ACCOUNT, summary=f"建立账号 {username}（{full_name}）", by=by, subject=user)
    return user, link_token(user)


@transaction.atomic
def change_account(*, user: User, full_name: str, staff_number: str, by: Actor) -> User:
    """Correct name and staff number; the user name stays, because logs speak of it.

    Raises NotPossible when the staff number is another's.
    """
    account = hold(user)
    account.full_name, account.staff_number = full_name, staff_number or None
    try:
        with transaction.atomic():
            account.save(update_fields=["full_name", "staff_number"])
    except IntegrityError as error:
        raise NotPossible(_taken(error)) from None
    record_event(
        kind=EventKind.ACCOUNT, summary=f"修改账号 {account.username} 的资料", by=by, subject=account
    )
    return account


def _taken(error: IntegrityError) -> str:
    if "staff_number" in str(error):
        return "这个工号已经有账号。一人只能有一个账号。"
    return "这个用户名已经有人用了。"


@transaction.atomic
def set_active(*, user: User, active: bool, reason: str, by: Actor) -> User:
    """Switch an account off (its sessions end) or on again.

    Raises NotPossible for oneself, for no change, and for the last holder of an administrator's power.
    """
    if user.pk == by.user_id:
        raise NotPossible("不能停用自己的账号。")
    account = hold(user)
    if account.is_active == active:
        raise NotPossible(f"这个账号已经{'启用' if active else '停用'}。")
    if not active:
        _refuse_last_admin(account)
    account.is_active = active
    account.save(update_fields=["is_active"])
    if not active:
        close_sessions(account)
    record_event(
        kind=EventKind.ACCOUNT,
        summary=f"{'启用' if active else '停用'}账号 {account.username}（{account.full_name}）",
        reason=reason,
        by=by,
        subject=account,
    )
    return account


def _refuse_last_admin(account: User) -> None:
    for role in (
        Grant.objects.valid().filter(user=account, role__in=ADMIN_ROLES).values_list("role", flat=True)
    ):
        if not Grant.objects.valid().filter(role=role).exclude(user=account).exists():
            raise NotPossible(
                f"这是唯一的{Role(role).label}，停用后无人能办理。请安全管理员先授权另一个账号。"
            )


@transaction.atomic
def issue_link(*, user: User, reason: str, by: Actor) -> str:
    """End the present password and every session, and return the token of a link that sets a new one.

    An earlier link stops working. Raises NotPossible for oneself, for a switched-off account, and for security and
    audit administrators: else the system administrator could step into their place (they are served on the server,
    ``manage.py first_accounts``).
    """
    if user.pk == by.user_id:
        raise NotPossible("这是您自己的账号，请在“我的账号”里修改密码。")
    account = hold(user)
    if not account.is_active:
        raise NotPossible("账号已停用，请先启用。")
    others = ADMIN_ROLES - {Role.SYSTEM_ADMIN}
    if Grant.objects.valid().filter(user=account, role__in=others).exists():
        raise NotPossible(
            "安全管理员和审计管理员的密码不能由系统管理员重置，"
            f"请在服务器上运行 manage.py first_accounts --again {account.username}。"
        )
    token = link_token(account)
    record_event(
        kind=EventKind.ACCOUNT,
        summary=f"为账号 {account.username} 生成设置密码的链接",
        reason=reason,
        by=by,
        subject=account,
    )
    return token


def link_token(account: User) -> str:
    """Make the account's password unusable, end its sessions, return the token of a new link (24 hours, once)."""
    account.set_unusable_password()
    account.save(update_fields=["password"])
    close_sessions(account)
    return default_token_generator.make_token(account)


@transaction.atomic
def set_password_by_link(*, user: User, token: str, password: str, address: str, agent: str) -> None:
    """Set the password with the link's token, which then is spent, also when it is used twice at the same moment.

    Raises NotPossible when it was used, has run out or was replaced.
    """
    account = hold(user)
    if not account.is_active or not default_token_generator.check_token(account, token):
        raise NotPossible("链接已失效，没有修改密码。")
    account.set_password(password)
    account.password_changed_at = timezone.now()
    account.save(update_fields=["password", "password_changed_at"])
    close_sessions(account)
    record_sign_in(
        username=account.username,
        outcome=SignInOutcome.PASSWORD_SET,
        user_id=account.pk,
        address=address,
        agent=agent,
    )
