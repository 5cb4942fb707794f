"""What is decided about one person's benefits: approvals, how he died, his account, what was paid before the portal."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.benefits.actions.errors import NotPossible
from apps.benefits.actions.runs import record_earlier
from apps.benefits.choices import RUN_FROZEN, Cycle
from apps.benefits.models import Approval, Benefit, DeathRuling, PayAccount, Payment, RunLine
from apps.benefits.queries.person import records_of
from apps.benefits.queries.stays import stays_of
from apps.benefits.queries.terms import benefit_terms
from apps.benefits.rules.engine import is_due
from apps.benefits.rules.months import month_words, months, span_words, stay_in
from apps.core.chinese import format_date
from apps.core.scope import Actor
from apps.retirees.choices import LifeState
from apps.retirees.models import Retiree


def _held(person: Retiree) -> Retiree:
    """The person, locked: two who decide about him at once do it one after the other."""
    return Retiree.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)


def _log(kind: EventKind, what: str, person: Retiree, by: Actor, reason: str = "") -> None:
    record_event(kind=kind, summary=f"{what}：{person.name}", by=by, subject=person, reason=reason)


# ---- approvals


@transaction.atomic
def approve_benefit(*, retiree: Retiree, values: Mapping[str, Any], by: Actor) -> Approval:
    """Let a person have a benefit that nobody has without approval; ``values``: benefit, during, document,
    approved_by_name, note.

    Raises NotPossible where the benefit needs no approval, or was approved for some of the time already."""
    person = _held(retiree)
    if not values["benefit"].needs_approval:
        raise NotPossible(f"{values['benefit'].name}不用特批，按标准执行。")
    try:
        with transaction.atomic():
            row = Approval.objects.create(**person.row_keys(), **values)
    except IntegrityError:
        raise NotPossible("这段时间已经批准过这项待遇，先结束原来的。") from None
    _log(EventKind.CREATE, f"特批{row.benefit.name}", person, by)
    return row


@transaction.atomic
def end_approval(*, approval: Approval, last_day: date, reason: str, by: Actor) -> Approval:
    """End an approval with a day (its last), with the reason. Raises NotPossible for a day before its first, or where
    it ended before that."""
    person = _held(approval.retiree)
    row = Approval.objects.select_for_update(of=("self",), no_key=True).get(pk=approval.pk)
    end = last_day + timedelta(days=1)
    if end <= row.during.lower:
        raise NotPossible(f"截止日期不能早于{format_date(row.during.lower)}；整条批错的，用“撤销”。")
    if row.during.upper is not None and row.during.upper <= end:
        raise NotPossible(f"已经在{format_date(row.during.upper - timedelta(days=1))}截止。")
    row.during = DateRange(row.during.lower, end)
    row.save(update_fields=["during"])
    _log(EventKind.CHANGE, f"结束{row.benefit.name}特批", person, by, reason)
    return row


@transaction.atomic
def revoke_approval(*, approval: Approval, reason: str, by: Actor) -> None:
    """Take an approval back as a mistake, from its first day; the history keeps it."""
    person = _held(approval.retiree)
    row = Approval.objects.select_for_update(of=("self",), no_key=True).get(pk=approval.pk)
    name = row.benefit.name
    row.delete()
    _log(EventKind.CHANGE, f"撤销{name}特批", person, by, reason)


# ---- how somebody died


@transaction.atomic
def rule_death(*, retiree: Retiree, kind: str, document: str, reason: str = "", by: Actor) -> DeathRuling:
    """Record or change how a dead person died. Raises NotPossible for the living, and a change without a reason."""
    person = _held(retiree)
    if person.state != LifeState.DEAD:
        raise NotPossible("没有登记去世，不能认定牺牲病故性质。")
    row = DeathRuling.objects.filter(retiree=person).first()
    if row is not None and not reason.strip():
        raise NotPossible("改变认定要写明原因。")
    is_new = row is None
    row = row or DeathRuling(**person.row_keys())
    row.kind, row.document = kind, document
    row.save()
    what = f"认定为{row.get_kind_display()}" if is_new else f"改认定为{row.get_kind_display()}"
    _log(EventKind.CREATE if is_new else EventKind.CHANGE, what, person, by, reason)
    return row


@transaction.atomic
def revoke_death_ruling(*, retiree: Retiree, reason: str, by: Actor) -> None:
    """Take the ruling back: 病故 again. Raises NotPossible where there is none."""
    person = _held(retiree)
    row = DeathRuling.objects.filter(retiree=person).first()
    if row is None:
        raise NotPossible("没有认定，不用撤销。")
    row.delete()
    _log(EventKind.CHANGE, "撤销牺牲病故性质认定", person, by, reason)


# ---- the account


@transaction.atomic
def set_pay_account(
    *, retiree: Retiree, bank: str, holder: str, number: str, reason: str = "", by: Actor
) -> PayAccount:
    """Record or change where a person's money goes. number: empty keeps the one there is.

    Raises NotPossible where a new account has no number, and for a change without a reason. The number goes into no
    log."""
    person = _held(retiree)
    row = PayAccount.objects.filter(pk=person.pk).first()
    is_new = row is None
    if row is None:
        if not number:
            raise NotPossible("请填写账号。")
        row = PayAccount(**person.row_keys())
    elif not reason.strip():
        raise NotPossible("变更账户要写明原因。")
    row.bank, row.holder = bank, holder
    if number:
        row.number = number
    row.save()
    what = "登记发放账户" if is_new else "变更发放账户"
    _log(EventKind.CREATE if is_new else EventKind.CHANGE, what, person, by, reason)
    return row


@transaction.atomic
def drop_pay_account(*, retiree: Retiree, reason: str, by: Actor) -> None:
    """Pay no more into the account. Raises NotPossible where there is none."""
    person = _held(retiree)
    row = PayAccount.objects.filter(pk=person.pk).first()
    if row is None:
        raise NotPossible("没有发放账户，不用停用。")
    row.delete()
    _log(EventKind.CHANGE, "停用发放账户", person, by, reason)


# ---- before the portal


@transaction.atomic
def record_earlier_of(
    *,
    retiree: Retiree,
    benefit: Benefit,
    first_month: date,
    last_month: date,
    amount: Decimal,
    paid_on: date,
    note: str,
    by: Actor,
) -> int:
    """What a person was paid in each month of a span before lists were made here; return how many months. What falls
    due once a year, or by death, is paid in that month alone.

    By the place that paid for each month. Raises NotPossible for months that were settled already, and those for which
    nobody of the actor's place paid, and where nothing falls due in the span."""
    person = _held(retiree)
    span = _due_months(person, benefit, list(months(first_month, last_month)))
    stays = stays_of([person.pk]).get(person.pk, [])
    pays_death = benefit.pays_death_month or benefit.cycle == Cycle.DEATH
    places = {month: stay_in(month, stays, pays_death_month=pays_death) for month in span}
    _not_twice(person, benefit, span)
    rows = []
    for month, stay in places.items():
        if stay is None or by.county_id not in (None, stay.county):
            raise NotPossible(f"{month_words(month)}不由本地发放，请只填由本地发放的月份。")
        rows.append(
            {
                "county_id": stay.county,
                "unit_id": stay.unit,
                "retiree_id": person.pk,
                "name": person.name,
                "benefit": benefit,
                "month": month,
                "amount": amount,
                "paid_on": paid_on,
                "note": note,
            }
        )
    made = record_earlier(rows=rows, by=by)
    _log(EventKind.CREATE, f"补记{span_words(span[0], span[-1])}的{benefit.name}", person, by, note)
    return made


def _due_months(person: Retiree, benefit: Benefit, span: Sequence[date]) -> list[date]:
    """Those in which the benefit falls due at all. Raises NotPossible where there are none."""
    died = person.died_on.earliest if person.died_on else None
    found = [month for month in span if is_due(benefit_terms(benefit), month, died)]
    if found:
        return found
    if benefit.cycle == Cycle.YEAR:
        raise NotPossible(
            f"{benefit.name}每年{benefit.pay_month}月发放，请选择含{benefit.pay_month}月的月份。"
        )
    raise NotPossible(f"{benefit.name}在去世当月发放，请选择去世的月份。")


def _not_twice(person: Retiree, benefit: Benefit, span: Sequence[date]) -> None:
    """Raises NotPossible where a month of the span has a payment, or an approved line."""
    own = records_of(person) & Q(benefit=benefit, month__in=span)
    paid = Payment.objects.filter(own).order_by("month").first()
    listed = RunLine.objects.filter(own, run__state__in=RUN_FROZEN).order_by("month").first()
    for row in (paid, listed):
        if row is not None:
            raise NotPossible(
                f"{month_words(row.month)}的{benefit.name}已经有发放记录或审批过的名单，不能重复登记。"
            )
