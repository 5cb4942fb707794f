"""Keeping the funds of units: rates, the heads of a year, the ledger, the close of a year."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.benefits.choices import FundKind, FundPurpose
from apps.benefits.models import FundEntry, FundRate, UnitFund
from apps.benefits.queries.unit_funds import (
    Place,
    categories_of,
    earlier_funds,
    heads_by_place,
    people_on,
    rates_on,
)
from apps.benefits.rules.unit_funds import (
    NOT_EQUALLY,
    Gift,
    Share,
    allotment,
    counting_days,
    effect,
    equal_sharing,
    headcount,
    shares_of,
)
from apps.core.chinese import format_date, format_money
from apps.core.scope import Actor
from apps.retirees.models import Retiree

ZERO = Decimal(0)


class FundError(Exception):
    """What may not be done with a fund, in words for the reader; ``field`` is the one at fault."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.message, self.field = message, field


@transaction.atomic
def save_fund_rate(*, rate: FundRate | None, values: Mapping[str, Any], by: Actor) -> FundRate:
    """Add a rate of the actor's office, or change one: it is then the office's own and no example any more. Funds keep
    what they were reckoned with until they are counted again.

    Raises ValidationError where another holds at the time."""
    row = rate or FundRate(county_id=by.county_id)
    for name, value in values.items():
        setattr(row, name, value)
    row.is_example = False
    row.validate_constraints()
    row.save()
    word = "修改" if rate else "登记"
    told = f"{word}{row.get_kind_display()}标准：{row.get_people_display()}每人每年{format_money(row.amount)}"
    record_event(kind=EventKind.CHANGE if rate else EventKind.CREATE, summary=told, by=by, subject=row)
    return row


@transaction.atomic
def remove_fund_rate(*, rate: FundRate, by: Actor) -> None:
    """Take a rate away; funds keep what they were reckoned with, the history keeps the rate."""
    told = (
        f"删除{rate.get_kind_display()}标准：{rate.get_people_display()}每人每年{format_money(rate.amount)}"
    )
    record_event(kind=EventKind.CHANGE, summary=told, by=by, subject=rate)
    rate.delete()


@dataclass(frozen=True)
class Counted:
    """What counting a year came to. ``short``: units whose fund would not cover what was spent any more, left as they
    were."""

    made: int
    changed: int
    closed: int
    short: tuple[int, ...]


@transaction.atomic
def count_year(*, kind: str, year: int, today: date, by: Actor) -> Counted:
    """Open the funds of a year for the actor's units and count those that are open again: heads of the register times
    the rate in force on the first of January. Closed ones stay.

    Raises FundError where no rate is in force."""
    rates = rates_on(by, kind, date(year, 1, 1))
    if not rates:
        raise FundError(f"没有{year}年1月1日执行的标准，请先登记标准。")
    days = sorted({day for rate in rates for day in counting_days(rate.headcount, year)})
    heads = heads_by_place(by, days)
    rows = UnitFund.objects.visible_to(by).filter(kind=kind, year=year).order_by("pk")
    kept = {(row.county_id, row.unit_id): row for row in rows.select_for_update(of=("self",), no_key=True)}
    before = _carried_over(kind, year, by)
    made: list[UnitFund] = []
    changed: list[UnitFund] = []
    short: list[UnitFund] = []
    for place in sorted(heads.keys() | kept.keys()):
        found = _reckoned(shares_of(rates, place[0], year, heads.get(place, {})))
        row = kept.get(place)
        if row is None and found["headcount"]:
            fixed = {"county_id": place[0], "unit_id": place[1], "kind": kind, "year": year}
            made.append(UnitFund(**fixed, **found, carried=before.get(place, ZERO), counted_on=today))
        elif row is not None and row.closed_at is None and _differs(row, found):
            _set(row, {**found, "counted_on": today})
            (changed if row.left >= 0 else short).append(row)
    # Somebody else may open the same year at this moment; the first one's stand.
    UnitFund.objects.bulk_create(made, batch_size=1000, ignore_conflicts=True)
    UnitFund.objects.bulk_update(changed, [*RECKONED, "counted_on"], batch_size=500)
    told = f"核定{year}年{FundKind(kind).label}：新建{len(made)}个单位，重算{len(changed)}个单位"
    record_event(kind=EventKind.CHANGE, summary=told, by=by, data={"count": len(made) + len(changed)})
    closed = sum(row.closed_at is not None for row in kept.values())
    return Counted(len(made), len(changed), closed, tuple(row.unit_id for row in short))


RECKONED = ("headcount", "allotted", "counted")


def _reckoned(shares: Sequence[Share]) -> dict[str, Any]:
    """The fields ``RECKONED`` of a fund."""
    counted = [share.as_json() for share in shares]
    return dict(zip(RECKONED, (headcount(shares), allotment(shares), counted), strict=True))


def _differs(row: UnitFund, found: Mapping[str, Any]) -> bool:
    return any(getattr(row, name) != value for name, value in found.items())


def _set(row: Any, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def _carried_over(kind: str, year: int, by: Actor) -> dict[Place, Decimal]:
    """What the latest year before left each unit; nothing where that year is not closed yet."""
    rows = UnitFund.objects.visible_to(by).filter(kind=kind, year__lt=year).order_by("year")
    return {(row.county_id, row.unit_id): row.left if row.closed_at else ZERO for row in rows}


def _locked(fund: UnitFund) -> UnitFund:
    row = UnitFund.objects.select_for_update(of=("self",), no_key=True).select_related("unit").get(pk=fund.pk)
    if row.closed_at is not None:
        raise FundError(f"{row.year}年已经结账，不能再改动。")
    return row


@transaction.atomic
def set_carried(*, fund: UnitFund, amount: Decimal, words: str, by: Actor) -> UnitFund:
    """Say what years before the portal left; where a year before is kept here, its close says it.

    Raises FundError."""
    row = _locked(fund)
    if earlier_funds(row).exists():
        raise FundError("系统里有以前年度的账，结转由上年结账得出。", "amount")
    row.carried = amount
    if row.left < 0:
        raise FundError(f"这样结余为{format_money(row.left)}，支出会超过结余。", "amount")
    row.save(update_fields=["carried"])
    told = f"登记{_named(row)}以前年度结余{format_money(amount)}"
    record_event(kind=EventKind.CHANGE, summary=told, reason=words, by=by, subject=row)
    return row


def _named(fund: UnitFund) -> str:
    return f"{fund.unit.label}{fund.year}年{fund.get_kind_display()}"


@transaction.atomic
def add_entries(
    *, fund: UnitFund, values: Mapping[str, Any], people: Sequence[Retiree], today: date, by: Actor
) -> list[FundEntry]:
    """Write into the ledger: one line, or one for each of those helped, who get the amount each.

    Raises FundError: closed, a day outside the year, not enough left, somebody of elsewhere, sharing out equally."""
    row = _locked(fund)
    day, amount, purpose = values["day"], values["amount"], values["purpose"]
    if day.year != row.year or day > today:
        raise FundError(f"日期要在{row.year}年内，不晚于今天。", "day")
    if purpose == FundPurpose.ADDED and people:
        raise FundError("追加拨款是单位的收入，不选帮扶对象。", "people")
    _refuse_strangers(row, people)
    _refuse_sharing(row, day, amount, people)
    came, went = effect(purpose, amount * max(1, len(people)))
    if went > row.left:
        raise FundError(f"只剩{format_money(row.left)}，不够支出{format_money(went)}。", "amount")
    fixed = {"county_id": row.county_id, "unit_id": row.unit_id, "fund": row, **values}
    who = {"made_by": by.user_id, "made_by_name": by.name}
    helped: list[tuple[int | None, str]] = [(one.pk, one.name) for one in people] or [(None, "")]
    entries = [FundEntry(**fixed, **who, retiree_id=key, name=name) for key, name in helped]
    FundEntry.objects.bulk_create(entries)
    _move(row, came, went)
    told = f"{_named(row)}登记{entries[0].get_purpose_display()}{format_money(came or went)}"
    record_event(kind=EventKind.CREATE, summary=told, by=by, subject=row, data={"count": len(entries)})
    return entries


def _move(fund: UnitFund, came: Decimal, went: Decimal) -> None:
    fund.added += came
    fund.spent += went
    fund.save(update_fields=["added", "spent"])


def _refuse_strangers(fund: UnitFund, people: Sequence[Retiree]) -> None:
    allowed = categories_of(fund)
    if any((one.unit_id, one.county_id) != (fund.unit_id, fund.county_id) for one in people):
        raise FundError("帮扶对象要是本单位的人。", "people")
    if any(one.category not in allowed for one in people):
        raise FundError("帮扶对象不在这项经费的范围里。", "people")


def _refuse_sharing(fund: UnitFund, day: date, amount: Decimal, people: Sequence[Retiree]) -> None:
    if not people:
        return
    same = fund.entries.filter(day=day, amount=amount, retiree_id__isnull=False, cancelled_by=None)
    gifts = [Gift(day, amount, key) for key in same.values_list("retiree_id", flat=True) if key is not None]
    gifts += [Gift(day, amount, one.pk) for one in people]
    if equal_sharing(fund.kind, gifts, people_on(fund, day)):
        raise FundError(
            f"{NOT_EQUALLY}：{format_date(day)}给本单位五分之四以上的人发放同样的{format_money(amount)}。",
            "people",
        )


@transaction.atomic
def cancel_entry(*, entry: FundEntry, words: str, today: date, by: Actor) -> FundEntry:
    """Balance a wrong line by another of the opposite amount, on this day or the last of the fund's year; the line
    itself stays.

    Raises FundError: closed, balanced already, or what came in was spent."""
    row = _locked(entry.fund)
    if entry.cancels_id or FundEntry.objects.filter(cancels=entry).exists():
        raise FundError("这一笔已经冲销。")
    came, went = effect(entry.purpose, -entry.amount)
    if row.left + came - went < 0:
        raise FundError(f"这笔拨款已经用掉一部分，只剩{format_money(row.left)}，不能冲销。")
    against = FundEntry.objects.create(
        county_id=row.county_id,
        unit_id=row.unit_id,
        fund=row,
        day=max(entry.day, min(today, date(row.year, 12, 31))),
        purpose=entry.purpose,
        amount=-entry.amount,
        words=words,
        retiree_id=entry.retiree_id,
        name=entry.name,
        voucher=entry.voucher,
        cancels=entry,
        made_by=by.user_id,
        made_by_name=by.name,
    )
    _move(row, came, went)
    told = f"{_named(row)}冲销{entry.get_purpose_display()}{format_money(entry.amount)}"
    record_event(kind=EventKind.CHANGE, summary=told, reason=words, by=by, subject=row)
    return against


@transaction.atomic
def close_funds(*, funds: Sequence[UnitFund], today: date, by: Actor) -> int:
    """Close funds of a year that is over; what is left is carried over to the next year that is kept. Return how many
    were closed; those that are closed already stay.

    Raises FundError: the year is not over, or a year before is open."""
    keys = [fund.pk for fund in funds]
    rows = list(
        UnitFund.objects.filter(pk__in=keys, closed_at=None)
        .order_by("pk")
        .select_for_update(of=("self",), no_key=True)
    )
    if any(row.year >= today.year for row in rows):
        raise FundError(f"{max(row.year for row in rows)}年还没有过完，到次年1月1日再结账。")
    others = _by_place(rows)
    now, following = timezone.now(), []
    for row in rows:
        kept = others.get((row.county_id, row.unit_id, row.kind), [])
        if any(one.year < row.year and one.closed_at is None for one in kept):
            raise FundError(f"有单位{row.year}年以前还没有结账，请先结以前年度的账。")
        _set(row, {"closed_at": now, "closed_by": by.user_id, "closed_by_name": by.name})
        later = next((one for one in kept if one.year > row.year), None)
        if later is not None:
            later.carried = row.left
            following.append(later)
    UnitFund.objects.bulk_update(rows, ["closed_at", "closed_by", "closed_by_name"], batch_size=500)
    UnitFund.objects.bulk_update(following, ["carried"], batch_size=500)
    if rows:
        told = f"{rows[0].year}年{rows[0].get_kind_display()}结账：{len(rows)}个单位"
        subject = rows[0] if len(rows) == 1 else None
        record_event(kind=EventKind.STATE, summary=told, by=by, subject=subject, data={"count": len(rows)})
    return len(rows)


def _by_place(rows: Sequence[UnitFund]) -> dict[tuple[int, int, str], list[UnitFund]]:
    """All funds of the same units, locked, by county, unit and kind, in order of years."""
    found: dict[tuple[int, int, str], list[UnitFund]] = {}
    same = UnitFund.objects.filter(unit_id__in={row.unit_id for row in rows}).order_by("year", "pk")
    for one in same.select_for_update(of=("self",), no_key=True):
        found.setdefault((one.county_id, one.unit_id, one.kind), []).append(one)
    return found
