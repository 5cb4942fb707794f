"""Reading the funds of units: rates, heads, sums by place, the ledger of one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from apps.benefits.choices import FundPeople
from apps.benefits.models import FundEntry, FundRate, UnitFund
from apps.benefits.rules.unit_funds import CATEGORIES, LedgerLine, Rate, running
from apps.core.scope import Actor
from apps.retirees.choices import ON_REGISTER
from apps.retirees.models import Retiree, Spell

Heads = Mapping[tuple[str, date], int]
Place = tuple[int, int]
"""County and unit."""


def rates_seen(actor: Actor, kind: str = "") -> QuerySet[FundRate]:
    """The city's rates and one's own county's, the newest first; the city sees all."""
    rows = FundRate.objects.visible_to(actor).select_related("county", "paper")
    rows = rows.filter(kind=kind) if kind else rows
    return rows.order_by("kind", "county__sort", "county_id", "people", "-during", "pk")


def rates_on(actor: Actor, kind: str, day: date) -> list[Rate]:
    """The rates of a kind in force on a day, as far as they concern the actor."""
    rows = FundRate.objects.visible_to(actor).filter(kind=kind, during__contains=day).order_by("pk")
    return [Rate(row.pk, row.county_id, row.people, row.headcount, row.amount) for row in rows]


def _there(day: date) -> Q:
    return (Q(starts_on=None) | Q(starts_on__lte=day)) & (Q(ends_on=None) | Q(ends_on__gt=day))


def heads_by_place(actor: Actor, days: Sequence[date], place: Place | None = None) -> dict[Place, Heads]:
    """Heads of each unit by category and day: those whom the register's figures count, too."""
    rows = Spell.objects.visible_to(actor)
    if actor.county_id is not None:
        rows = rows.filter(county_id=actor.county_id)
    if place is not None:
        rows = rows.filter(county_id=place[0], unit_id=place[1])
    names = {f"on_{index}": day for index, day in enumerate(days)}
    counts = {name: Count("retiree_id", distinct=True, filter=_there(day)) for name, day in names.items()}
    found: dict[Place, dict[tuple[str, date], int]] = defaultdict(dict)
    for row in rows.order_by().values("county_id", "unit_id", "category").annotate(**counts):
        for name, day in names.items():
            found[row["county_id"], row["unit_id"]][row["category"], day] = row[name]
    return dict(found)


def categories_of(fund: UnitFund) -> list[str]:
    """Whom a fund is for: the categories that its rates count."""
    counted = {share["people"] for share in fund.counted}
    return [category.value for category in CATEGORIES if category in counted] or [FundPeople.LIXIU.value]


def people_on(fund: UnitFund, day: date) -> set[int]:
    """Keys of those whom the fund is for, on a day."""
    rows = Spell.objects.filter(
        _there(day), county_id=fund.county_id, unit_id=fund.unit_id, category__in=categories_of(fund)
    )
    return set(rows.values_list("retiree_id", flat=True))


def people_now(actor: Actor, fund: UnitFund) -> QuerySet[Retiree]:
    """Those whom the fund may help: of its unit, on the register."""
    rows = Retiree.objects.visible_to(actor).filter(state__in=ON_REGISTER, category__in=categories_of(fund))
    return rows.filter(county_id=fund.county_id, unit_id=fund.unit_id).order_by("name_sort", "pk")


def funds_seen(actor: Actor, kind: str, year: int) -> QuerySet[UnitFund]:
    """The funds of a year in office order; of a county or a unit its own."""
    rows = UnitFund.objects.visible_to(actor).filter(kind=kind, year=year).select_related("county", "unit")
    return rows.order_by("county__sort", "county_id", "unit__sort", "unit_id", "pk")


SUMS = ("headcount", "allotted", "carried", "added", "spent")


@dataclass(frozen=True)
class FundSums:
    """Sums over funds. ``still_open``: not closed yet."""

    label: str
    county_id: int | None
    funds: int
    still_open: int
    headcount: Decimal
    allotted: Decimal
    carried: Decimal
    added: Decimal
    spent: Decimal

    @property
    def left(self) -> Decimal:
        """What may still be spent."""
        return self.carried + self.allotted + self.added - self.spent


def _sums_of(row: Mapping[str, Any], label: str, county: int | None) -> FundSums:
    sums = {name: row[name] or Decimal(0) for name in SUMS}
    return FundSums(label, county, row["funds"], row["still_open"], **sums)


def _aggregates() -> dict[str, Any]:
    sums = {name: Sum(name) for name in SUMS}
    return {"funds": Count("pk"), "still_open": Count("pk", filter=Q(closed_at=None)), **sums}


def county_sums(funds: QuerySet[UnitFund]) -> list[FundSums]:
    """Sums by county, in office order."""
    keys = ("county_id", "county__name", "county__short_name", "county__sort")
    rows = funds.order_by("county__sort", "county_id").values(*keys).annotate(**_aggregates())
    return [_sums_of(row, row["county__short_name"] or row["county__name"], row["county_id"]) for row in rows]


def total_of(funds: QuerySet[UnitFund]) -> FundSums:
    """Sums over all."""
    return _sums_of(funds.order_by().aggregate(**_aggregates()), "合计", None)


def earlier_funds(fund: UnitFund) -> QuerySet[UnitFund]:
    """Those of the years before, the latest first."""
    return UnitFund.objects.filter(
        county_id=fund.county_id, unit_id=fund.unit_id, kind=fund.kind, year__lt=fund.year
    ).order_by("-year")


@dataclass(frozen=True)
class Line:
    """A line of the ledger as it is shown."""

    entry: FundEntry
    money: LedgerLine
    is_cancelled: bool


@dataclass(frozen=True)
class UnitLedger:
    """A fund with its lines in order of days. ``is_sound``: the lines come to what the fund says."""

    fund: UnitFund
    opening: Decimal
    lines: Sequence[Line]

    @property
    def is_sound(self) -> bool:
        return (self.lines[-1].money.left if self.lines else self.opening) == self.fund.left


def unit_ledger(fund: UnitFund) -> UnitLedger:
    """The ledger of a fund: what it opened with, and each line with what was left after it."""
    entries: Iterable[FundEntry] = list(fund.entries.select_related("cancels").order_by("day", "pk"))
    opening = fund.carried + fund.allotted
    money = running(opening, [(entry.pk, entry.purpose, entry.amount) for entry in entries])
    cancelled = {entry.cancels_id for entry in entries if entry.cancels_id}
    lines = [Line(entry, line, entry.pk in cancelled) for entry, line in zip(entries, money, strict=True)]
    return UnitLedger(fund, opening, lines)
