"""Rights: given and taken by the security administrator, never to himself."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.actions.errors import NotPossible
from apps.accounts.actions.sessions import hold
from apps.accounts.choices import Role
from apps.accounts.models import Grant, User
from apps.accounts.rules import LEVELS, STAFF_ROLES
from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.scope import Actor
from apps.units.models import Unit


@transaction.atomic
def give_grant(
    *,
    user: User,
    role: Role,
    unit: Unit,
    ends_on: date | None = None,
    exports: bool = True,
    reason: str,
    by: Actor,
) -> Grant:
    """Grant ``role`` on ``unit`` from today, until the day before ``ends_on`` where one is set. ``exports``: with the
    right to export, which only staff can use.

    Raises NotPossible for oneself, for a level of unit that the role does not fit, for an abolished unit, for a day
    that is not to come, for a grant that is in force, and for a second administrator's power in one account.
    """
    today = timezone.localdate()
    if user.pk == by.user_id:
        raise NotPossible("不能给自己授权，请另一位安全管理员办理。")
    if unit.level not in LEVELS[Role(role)]:
        raise NotPossible(f"“{Role(role).label}”不能授在“{unit.name}”这一层级的单位上。")
    if unit.closed_on is not None and unit.closed_on <= today:
        raise NotPossible(f"“{unit.name}”已撤销，不能授权。")
    if ends_on is not None and ends_on <= today:
        raise NotPossible("到期日期要晚于今天。")
    hold(user)
    grant = Grant(
        user=user,
        role=role,
        unit=unit,
        starts_on=today,
        ends_on=ends_on,
        exports=exports,
        granted_by_id=by.user_id or None,
    )
    try:
        with transaction.atomic():
            grant.save(force_insert=True)
    except IntegrityError as error:
        raise NotPossible(_why(error)) from None
    record_event(
        kind=EventKind.GRANT,
        summary=f"授予{user.full_name}：{grant}{'' if exports else '（不能导出）'}",
        reason=reason,
        by=by,
        subject=user,
        data={"grant": grant.pk, "role": grant.role, "unit": unit.pk, "exports": exports},
    )
    return grant


def _why(error: IntegrityError) -> str:
    """The violated constraint's own words."""
    text = str(error)
    for constraint in Grant._meta.constraints:
        if constraint.name in text:
            return str(constraint.violation_error_message)
    raise error


@transaction.atomic
def end_grant(*, grant: Grant, reason: str, by: Actor) -> Grant:
    """Take a grant away; it is gone at the user's next click.

    Raises NotPossible for one's own and for one that has ended.
    """
    if grant.user_id == by.user_id:
        raise NotPossible("不能结束自己的授权，请另一位安全管理员办理。")
    held = _hold_in_force(grant)
    held.ends_on = max(timezone.localdate(), held.starts_on)
    held.save(update_fields=["ends_on"])
    record_event(
        kind=EventKind.GRANT,
        summary=f"结束{held.user.full_name}的授权：{held}",
        reason=reason,
        by=by,
        subject=held.user,
        data={"grant": held.pk, "role": held.role, "unit": held.unit_id},
    )
    return held


def _hold_in_force(grant: Grant) -> Grant:
    held = (
        Grant.objects.select_for_update(of=("self",), no_key=True)
        .select_related("user", "unit")
        .get(pk=grant.pk)
    )
    if held.ends_on is not None and held.ends_on <= timezone.localdate():
        raise NotPossible("这项授权已经结束。")
    return held


@transaction.atomic
def set_grant_export(*, grant: Grant, exports: bool, reason: str, by: Actor) -> Grant:
    """Give the right to export to a grant, or take it away; it holds from the user's next click, also for files that
    are being made and for those not yet fetched.

    Raises NotPossible for one's own grant, one that has ended, a role that never exports, and what is so already.
    """
    if grant.user_id == by.user_id:
        raise NotPossible("不能改自己的授权，请另一位安全管理员办理。")
    held = _hold_in_force(grant)
    if held.role not in STAFF_ROLES:
        raise NotPossible(f"“{held.get_role_display()}”这个身份不能导出，没有导出权限可改。")
    if held.exports == exports:
        raise NotPossible("已经可以导出。" if exports else "已经不能导出。")
    held.exports = exports
    held.save(update_fields=["exports"])
    record_event(
        kind=EventKind.GRANT,
        summary=f"{'给予' if exports else '收回'}{held.user.full_name}的导出权限：{held}",
        reason=reason,
        by=by,
        subject=held.user,
        data={"grant": held.pk, "role": held.role, "unit": held.unit_id, "exports": exports},
    )
    return held
