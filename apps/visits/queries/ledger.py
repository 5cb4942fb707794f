"""The ledger of the money for visits: planned and spent by source and campaign within a year, and what to look into.

Planned is what the budgets say; spent is what the log of visits says, money and goods by their value, on the day of
the visit. The sum of the lines is compared with a sum over the log that knows no lines.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from apps.core.scope import Actor
from apps.units.figures import place_column, places_of
from apps.visits.models import Budget, Campaign, FundSource, Occasion, Visit
from apps.visits.queries.funds import office_of

ZERO = Decimal(0)
GIVEN = Q(money__gt=0) | ~Q(goods="")
LISTED = 50
"""Visits to look into that are listed; all are counted."""
FEW = 5000
"""Up to here the newest are found by putting all in order; an index in their order would be walked to its end."""


@dataclass(frozen=True)
class Money:
    """Amounts in yuan. ``planned`` is None where nothing was planned."""

    planned: Decimal | None = None
    money: Decimal = ZERO
    goods: Decimal = ZERO
    gifts: int = 0

    @property
    def spent(self) -> Decimal:
        return self.money + self.goods

    @property
    def left(self) -> Decimal | None:
        """What is left of the plan; below zero where more was spent."""
        return None if self.planned is None else self.planned - self.spent

    @property
    def rate(self) -> Decimal | None:
        """Percentage spent of what was planned, one decimal, cut off; None of nothing."""
        return Decimal(int(self.spent * 1000 / self.planned)) / 10 if self.planned else None

    def __add__(self, other: "Money") -> "Money":
        known = [one for one in (self.planned, other.planned) if one is not None]
        return Money(
            sum(known, ZERO) if known else None,
            self.money + other.money,
            self.goods + other.goods,
            self.gifts + other.gifts,
        )


@dataclass(frozen=True)
class LedgerLine:
    """A source within a campaign, or (``campaign`` None) outside of all; or a place."""

    label: str
    office: str
    """Whose source it is."""
    campaign: str
    amounts: Money
    budgets: tuple[Budget, ...] = ()


@dataclass(frozen=True)
class Concerned:
    """Visits to look into: how many, and the first of them."""

    count: int
    rows: Sequence[Visit]


@dataclass(frozen=True)
class Ledger:
    """``check``: spent as the log says it without any lines; it is that of ``total`` or something is wrong."""

    lines: Sequence[LedgerLine]
    places: Sequence[LedgerLine]
    total: Money
    check: Decimal
    over_limit: Concerned
    unsigned: Concerned
    twice: Sequence[Mapping[str, Any]]

    @property
    def is_sound(self) -> bool:
        return self.check == self.total.spent

    @property
    def overspent(self) -> list[LedgerLine]:
        return [line for line in self.lines if line.amounts.left is not None and line.amounts.left < 0]


def gifts_of(actor: Actor, year: int) -> QuerySet[Visit]:
    """Visits of the year on which something of a source was given, in the actor's scope; the county's condition is
    repeated, so that its index answers behind the row policy."""
    rows = Visit.objects.visible_to(actor).filter(
        source__isnull=False, visited_on__range=(date(year, 1, 1), date(year, 12, 31))
    )
    return rows if actor.county_id is None else rows.filter(county_id=actor.county_id)


def ledger(actor: Actor, year: int) -> Ledger:
    """The ledger of a year in the actor's scope. Budgets are those of the actor's own office, for the city all."""
    gifts = gifts_of(actor, year).order_by()
    lines = _lines(gifts, Budget.objects.kept_by(actor).filter(year=year))
    whole = gifts.aggregate(money=Sum("money"), goods=Sum("goods_value"))
    return Ledger(
        lines=lines,
        places=_places(actor, gifts),
        total=sum((line.amounts for line in lines), Money()),
        check=(whole["money"] or ZERO) + (whole["goods"] or ZERO),
        over_limit=_concerned(*_over_limit(gifts)),
        unsigned=_concerned(gifts.filter(GIVEN, signed_by="")),
        twice=_paid_twice(gifts),
    )


def _amounts(row: Mapping[str, Any]) -> Money:
    return Money(None, row["given"] or ZERO, row["goods"] or ZERO, row["gifts"])


def _sums(gifts: QuerySet[Visit], *by: str) -> QuerySet[Any, Any]:
    return gifts.values(*by).annotate(given=Sum("money"), goods=Sum("goods_value"), gifts=Count("pk"))


def _lines(gifts: QuerySet[Visit], budgets: QuerySet[Budget]) -> list[LedgerLine]:
    amounts: dict[tuple[int, int | None], Money] = defaultdict(Money)
    for row in _sums(gifts, "source_id", "campaign_id"):
        amounts[row["source_id"], row["campaign_id"]] += _amounts(row)
    planned: dict[tuple[int, int | None], list[Budget]] = defaultdict(list)
    for budget in budgets.select_related("county").order_by("pk"):
        key = (budget.source_id, budget.campaign_id)
        planned[key].append(budget)
        before = amounts[key]
        amounts[key] = replace(before, planned=(before.planned or ZERO) + budget.amount)
    sources = FundSource.objects.select_related("county").in_bulk({source for source, _ in amounts})
    campaigns = Campaign.objects.in_bulk({campaign for _, campaign in amounts if campaign})

    def order(key: tuple[int, int | None]) -> tuple[Any, ...]:
        source, campaign = sources[key[0]], campaigns.get(key[1] or 0)
        office = (source.county.sort, source.county_id) if source.county else (-1, 0)
        return (
            *office,
            source.sort,
            source.pk,
            campaign is None,
            campaign.starts_on if campaign else date.min,
        )

    return [
        LedgerLine(
            sources[key[0]].name,
            office_of(sources[key[0]]),
            campaigns[key[1]].title if key[1] else "",
            amounts[key],
            tuple(planned.get(key, ())),
        )
        for key in sorted(amounts, key=order)
    ]


def _places(actor: Actor, gifts: QuerySet[Visit]) -> list[LedgerLine]:
    """Where it was given; nothing was planned for a place."""
    found = {
        row["place_key"]: _amounts(row)
        for row in _sums(gifts.annotate(place_key=F(place_column(actor))), "place_key")
    }
    return [
        LedgerLine(place.label, "", "", found[place.pk]) for place in places_of(actor) if place.pk in found
    ]


def _over_limit(gifts: QuerySet[Visit]) -> tuple[QuerySet[Visit], QuerySet[Visit]]:
    """Over the limit of their occasion as it is now, by amounts that stand in the index; and the others that were said
    to be over it when they were written down, which have an index of their own."""
    over = Q(pk__in=())
    for occasion in Occasion.objects.all():
        for column, limit in (("money", occasion.money_limit), ("goods_value", occasion.goods_limit)):
            if limit is not None:
                over |= Q(occasion_id=occasion.pk, **{f"{column}__gt": limit})
    return gifts.filter(over), gifts.exclude(over).exclude(over_limit_reason="")


def _concerned(*parts: QuerySet[Visit]) -> Concerned:
    """Visits to look into, out of parts that have none in common."""
    count, first = 0, []
    for part in parts:
        number = part.count()
        count += number
        rows = part if number <= FEW else part.order_by("-visited_on", "-pk")[:LISTED]
        first += list(rows.values_list("visited_on", "pk")) if number else []
    keys = [key for _, key in sorted(first, reverse=True)[:LISTED]]
    joined = Visit.objects.select_related("retiree", "county", "unit", "occasion", "source")
    return Concerned(count, list(joined.filter(pk__in=keys).order_by("-visited_on", "-pk")))


def _paid_twice(gifts: QuerySet[Visit]) -> list[Mapping[str, Any]]:
    """Who was given something more than once in one campaign. The database refuses it; here it is proved."""
    rows = gifts.filter(GIVEN, campaign__isnull=False)
    groups = rows.values("campaign__title", "retiree_id", "retiree__name", "family_id")
    return list(groups.annotate(times=Count("pk")).filter(times__gt=1)[:LISTED])
