"""Hardship aid: applied, checked, approved by another person, paid; yearly items: signed up for, done."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.benefits.choices import AidState
from apps.benefits.models import AidCase, AidScheme
from apps.benefits.perms import can_approve_aid
from apps.benefits.queries.aid import categories_of, granted_of, other_cases
from apps.benefits.rules.aid import refuse_again, refuse_amount, refuse_budget, refuse_day
from apps.core.chinese import format_money
from apps.core.scope import Actor
from apps.retirees.choices import ON_REGISTER
from apps.retirees.models import Retiree

FIXED = {"kind": "类型", "year": "年度", "people": "对象", "times_a_year": "每人每年次数"}
"""What a scheme keeps once somebody has applied."""


class AidError(Exception):
    """What may not be done, in words for the reader; ``field`` is the one at fault."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.message, self.field = message, field


@transaction.atomic
def save_scheme(*, scheme: AidScheme | None, values: Mapping[str, Any], by: Actor) -> AidScheme:
    """Add a scheme of the actor's office, or change one.

    Raises AidError where people have applied and what they applied for would be another; ValidationError for one of the
    same name."""
    row = _held_scheme(scheme) if scheme else AidScheme(county_id=by.county_id)
    changed = [name for name in FIXED if name in values and getattr(row, name) != values[name]]
    if scheme and changed and row.cases.exists():
        raise AidError(f"已经有人申请，{FIXED[changed[0]]}不能再改；要改的另建一个项目。", changed[0])
    for name, value in values.items():
        setattr(row, name, value)
    if scheme and row.budget is not None and (taken := granted_of(row)) > row.budget:
        raise AidError(f"已经核定{format_money(taken)}，预算不能比它少。", "budget")
    row.validate_constraints()
    row.save()
    word, kind = ("修改", EventKind.CHANGE) if scheme else ("新建", EventKind.CREATE)
    record_event(kind=kind, summary=f"{word}帮扶项目：{row}", by=by, subject=row)
    return row


@transaction.atomic
def set_scheme_open(*, scheme: AidScheme, is_open: bool, today: date, by: Actor) -> AidScheme:
    """Take no more applications, or take them again; what was applied for goes on."""
    row = _held_scheme(scheme)
    row.closed_on = None if is_open else today
    row.save(update_fields=["closed_on"])
    told = f"{'恢复' if is_open else '停止'}申请：{row}"
    record_event(kind=EventKind.STATE, summary=told, by=by, subject=row)
    return row


@transaction.atomic
def remove_scheme(*, scheme: AidScheme, by: Actor) -> None:
    """Take a scheme away that nobody applied for. Raises AidError."""
    row = _held_scheme(scheme)
    if row.cases.exists():
        raise AidError("已经有人申请，不能删除；可以停止申请。")
    record_event(kind=EventKind.CHANGE, summary=f"删除帮扶项目：{row}", by=by, subject=row)
    row.delete()


def _held_scheme(scheme: AidScheme) -> AidScheme:
    return AidScheme.objects.select_for_update(of=("self",), no_key=True).get(pk=scheme.pk)


@transaction.atomic
def apply_for_aid(
    *, scheme: AidScheme, person: Retiree, values: Mapping[str, Any], today: date, by: Actor
) -> AidCase:
    """Enter a person's application with what is asked for and why. Raises AidError."""
    if scheme.is_yearly:
        raise AidError("体检、疗养登记报名，不写金额。")
    case = _new_case(scheme, person, AidState.APPLIED, values["applied_on"], today, by)
    case.asked, case.reason = values["asked"], values["reason"]
    return _entered(case, f"登记申请：{scheme}，{person.name}", by)


@transaction.atomic
def sign_up(*, scheme: AidScheme, people: Sequence[Retiree], today: date, by: Actor) -> list[AidCase]:
    """Put people down for 体检 or 疗养, all or none. Raises AidError with the name at fault."""
    if not scheme.is_yearly:
        raise AidError("发钱的项目要登记申请。")
    made = []
    for person in people:
        case = _new_case(scheme, person, AidState.SIGNED, today, today, by)
        made.append(_entered(case, f"登记报名：{scheme}，{person.name}", by))
    return made


def _new_case(scheme: AidScheme, person: Retiree, state: str, day: date, today: date, by: Actor) -> AidCase:
    if scheme.closed_on is not None:
        raise AidError(f"“{scheme}”已经停止申请。")
    if person.state not in ON_REGISTER:
        raise AidError(f"{person.name}{person.get_state_display()}，不在册，不能申请。")
    if person.category not in categories_of(scheme):
        raise AidError(f"{person.name}不在这个项目的对象里：{scheme.get_people_display()}。")
    if scheme.county_id not in (None, person.county_id):
        raise AidError(f"{person.name}不属于{scheme.office}。")
    if fault := refuse_day(day, date(scheme.year - 1, 1, 1), today, "申请"):
        raise AidError(fault, "applied_on")
    if fault := refuse_again(other_cases(scheme.pk, person.pk), scheme.times_a_year):
        raise AidError(f"{person.name}：{fault}")
    return AidCase(
        county_id=person.county_id,
        unit_id=person.unit_id,
        scheme=scheme,
        only_once=scheme.times_a_year == 1,
        retiree_id=person.pk,
        name=person.name,
        state=state,
        applied_on=day,
        made_by=by.user_id,
        made_by_name=by.name,
    )


def _entered(case: AidCase, told: str, by: Actor) -> AidCase:
    try:
        with transaction.atomic():
            case.save(force_insert=True)
    except IntegrityError:
        # Somebody else was faster, or the county where the person was before has entered him.
        raise AidError(f"{case.name}：这个人今年已经申请过这个项目，每年一次。") from None
    record_event(kind=EventKind.CREATE, summary=told, by=by, subject=case, data={"retiree": case.retiree_id})
    return case


@transaction.atomic
def check_case(*, case: AidCase, granted: Decimal, findings: str, by: Actor) -> AidCase:
    """Say what was found and how much it comes to, within the limit of the year; again as long as it is not approved.
    Raises AidError."""
    row = _held(case, "核查", AidState.APPLIED, AidState.CHECKED)
    limit = row.scheme.limit
    if fault := refuse_amount(granted, limit, other_cases(row.scheme_id, row.retiree_id, row.pk)):
        raise AidError(fault, "granted")
    row.granted, row.limit, row.findings = granted, limit, findings
    row.checked_by, row.checked_by_name, row.checked_at = by.user_id, by.name, timezone.now()
    return _step(row, AidState.CHECKED, f"核查{format_money(granted)}", by)


@transaction.atomic
def approve_case(*, case: AidCase, words: str, by: Actor) -> AidCase:
    """Grant it: whose scheme it is, and nobody who entered or checked it. The scheme is held, so that its budget is
    not spent twice at one moment. Raises AidError."""
    scheme = AidScheme.objects.visible_to(by).get(pk=case.scheme_id)
    if not can_approve_aid(by, scheme.county_id):
        raise AidError(f"这个项目由{scheme.office}审批。")
    scheme = _held_scheme(scheme)
    row = _held(case, "审批", AidState.CHECKED)
    if by.user_id in (row.made_by, row.checked_by):
        raise AidError("自己登记或核查的，由别人审批。")
    others = other_cases(scheme.pk, row.retiree_id, row.pk)
    granted = row.granted or Decimal(0)
    faults = (
        refuse_again(others, scheme.times_a_year),
        refuse_amount(granted, scheme.limit, others),
        refuse_budget(granted, scheme.budget, granted_of(scheme)),
    )
    if fault := next((one for one in faults if one), ""):
        raise AidError(fault)
    row.approved_by, row.approved_by_name, row.approved_at = by.user_id, by.name, timezone.now()
    row.words = words
    return _step(row, AidState.APPROVED, "审批", by, reason=words)


@transaction.atomic
def pay_case(*, case: AidCase, paid_on: date, voucher: str, today: date, by: Actor) -> AidCase:
    """Say on which day it was paid, and by which voucher. Raises AidError."""
    row = _held(case, "登记发放", AidState.APPROVED)
    approved = timezone.localdate(row.approved_at) if row.approved_at else row.applied_on
    if fault := refuse_day(paid_on, approved, today, "发放"):
        raise AidError(fault, "paid_on")
    row.paid_on, row.voucher = paid_on, voucher
    return _ended(row, AidState.PAID, f"发放{format_money(row.granted)}", by)


@transaction.atomic
def note_done(*, case: AidCase, done_on: date, today: date, by: Actor) -> AidCase:
    """Say on which day somebody had his 体检 or 疗养. Raises AidError."""
    row = _held(case, "登记完成", AidState.SIGNED)
    if fault := refuse_day(done_on, row.applied_on, today, "完成"):
        raise AidError(fault, "done_on")
    row.done_on = done_on
    return _ended(row, AidState.DONE, "完成", by)


@transaction.atomic
def refuse_case(*, case: AidCase, words: str, by: Actor) -> AidCase:
    """Do not grant it, with the reason; the person may apply again. What was checked is refused by whoever may approve.
    Raises AidError."""
    row = _held(case, "不予帮扶", AidState.APPLIED, AidState.CHECKED)
    if row.state == AidState.CHECKED and not can_approve_aid(by, row.scheme.county_id):
        raise AidError(f"已经核查的，由{row.scheme.office}审批。")
    row.words = words
    return _ended(row, AidState.REFUSED, "不予帮扶", by, reason=words)


@transaction.atomic
def withdraw_case(*, case: AidCase, words: str, by: Actor) -> AidCase:
    """Take it back before it is paid or done, with the reason; an approved one gives its money back to the budget.
    Raises AidError."""
    open_states = (AidState.APPLIED, AidState.CHECKED, AidState.APPROVED, AidState.SIGNED)
    row = _held(case, "撤回", *open_states)
    row.words = words
    return _ended(row, AidState.WITHDRAWN, "撤回", by, reason=words)


def _held(case: AidCase, what: str, *states: str) -> AidCase:
    rows = AidCase.objects.select_for_update(of=("self",), no_key=True).select_related("scheme__county")
    row = rows.get(pk=case.pk)
    if row.state not in states:
        raise AidError(f"这个申请{row.get_state_display()}，不能{what}。")
    return row


def _ended(case: AidCase, state: str, what: str, by: Actor, *, reason: str = "") -> AidCase:
    case.ended_by_name, case.ended_at = by.name, timezone.now()
    return _step(case, state, what, by, reason=reason)


def _step(case: AidCase, state: str, what: str, by: Actor, *, reason: str = "") -> AidCase:
    case.state = state
    case.save()
    record_event(
        kind=EventKind.STATE,
        summary=f"{what}：{case.scheme}，{case.name}",
        by=by,
        subject=case,
        reason=reason,
        data={"retiree": case.retiree_id},
    )
    return case
