"""Coverage of a campaign: who was due, who was seen, who is missing. Numbers and names come from the same rows.

The denominator is the frozen list: minus those removed with approval, plus those added with approval, minus those
who died or moved out before anybody saw them. The last are never written off: they are told by reading the register,
so that a death entered late, or taken back, counts at once.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from apps.core.scope import Actor
from apps.retirees.choices import Category
from apps.units.models import Unit
from apps.visits.choices import DueState
from apps.visits.models import Campaign, CampaignTally, Due, Team
from apps.visits.models.due import THERE, DueQuerySet
from apps.visits.queries.tallies import of_units, stale_units

ZERO = Decimal(0)
NOTHING = Value(ZERO, DecimalField(max_digits=12, decimal_places=2))


@dataclass(frozen=True)
class Tally:
    """Rows of a list, counted. ``missing`` are those still to be seen, ``excused`` those of them with a reason."""

    done: int = 0
    missing: int = 0
    excused: int = 0
    removed: int = 0
    added: int = 0
    gone: int = 0
    planned: Decimal = ZERO
    """Money planned for those who are due, goods by their value."""
    given: Decimal = ZERO
    """Money and value of goods given to those who were seen."""

    @property
    def due(self) -> int:
        return self.done + self.missing

    @property
    def rate(self) -> Decimal | None:
        """Percentage seen, one decimal, cut off: 100 only when nobody is missing. None of nobody."""
        return Decimal(self.done * 1000 // self.due) / 10 if self.due else None

    @property
    def is_complete(self) -> bool:
        return bool(self.due) and not self.missing

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(mine + his for mine, his in zip(_parts(self), _parts(other), strict=True)))


def _parts(one: Tally) -> tuple[Any, ...]:
    return (
        one.done, one.missing, one.excused, one.removed, one.added, one.gone, one.planned, one.given
    )  # fmt: skip


@dataclass(frozen=True)
class CoverageLine:
    """One county, unit, group, leader or category."""

    key: int | str | None
    label: str
    tally: Tally


@dataclass(frozen=True)
class Coverage:
    """The coverage of a campaign in somebody's scope. ``places``: counties, within a county its units."""

    total: Tally
    places: Sequence[CoverageLine] = ()
    teams: Sequence[CoverageLine] = ()
    leaders: Sequence[CoverageLine] = ()
    categories: Sequence[CoverageLine] = ()
    days_left: int = 0
    frozen: Mapping[str, Any] = field(default_factory=dict)
    """What was counted when the campaign was closed; empty before."""


def campaign_coverage(campaign: Campaign, actor: Actor, today: date) -> Coverage:
    """The coverage of ``campaign`` within the actor's scope: one statement over its rows, and names."""
    place = "county_id" if actor.county_id is None else "unit_id"
    cells = _cells(campaign, actor, place)
    teams = {
        team.pk: team
        for team in Team.objects.filter(pk__in={cell["team_id"] for cell in cells}).select_related("lead")
    }
    units = {unit.pk: unit for unit in Unit.objects.filter(pk__in={cell[place] for cell in cells}).order_by()}
    return Coverage(
        total=sum((cell["tally"] for cell in cells), Tally()),
        places=_lines(
            cells, lambda cell: cell[place], lambda key: units[key].label, lambda key: units[key].sort
        ),
        teams=_lines(
            cells,
            lambda cell: cell["team_id"],
            lambda key: teams[key].name if key in teams else "未分组",
            lambda key: (key not in teams, teams[key].sort if key in teams else 0),
        ),
        leaders=_lines(
            cells,
            lambda cell: teams[cell["team_id"]].lead_id if cell["team_id"] in teams else None,
            lambda key: _lead_label(teams, key),
            lambda key: (key is None, _lead_label(teams, key)),
        ),
        categories=_lines(
            cells,
            lambda cell: cell["category"],
            lambda key: str(Category(key).label) if key in Category.values else "未登记",
            lambda key: Category.values.index(key) if key in Category.values else 99,
        ),
        days_left=(campaign.ends_on - today).days,
        frozen=campaign.closed_counts,
    )


def unit_lines(campaign: Campaign, actor: Actor) -> list[CoverageLine]:
    """The coverage by unit, also for the city: there with the county before the unit's name."""
    cells = _cells(campaign, actor, "unit_id")
    keys = {cell["unit_id"] for cell in cells}
    units = {unit.pk: unit for unit in Unit.objects.filter(pk__in=keys).select_related("area").order_by()}

    def label(key: Any) -> str:
        unit = units[key]
        county = unit.area.label if unit.area and unit.area_id != key and actor.county_id is None else ""
        return f"{county} {unit.label}".strip()

    def order(key: Any) -> Any:
        area = units[key].area
        return (area.sort, area.pk) if area else (0, 0), units[key].sort

    return _lines(cells, lambda cell: cell["unit_id"], label, order)


STANDING = ~Q(state=DueState.REMOVED) & (THERE | Q(state=DueState.DONE))
WAITING = Q(state=DueState.OPEN) & THERE
COUNTS = {
    "done": Count("pk", filter=Q(state=DueState.DONE)),
    "missing": Count("pk", filter=WAITING),
    "excused": Count("pk", filter=WAITING & ~Q(reason="")),
    "removed": Count("pk", filter=Q(state=DueState.REMOVED)),
    "added": Count("pk", filter=Q(was_added=True) & STANDING),
    "gone": Count("pk", filter=Q(state=DueState.OPEN) & ~THERE),
    "planned": Coalesce(Sum("planned_money", filter=STANDING), NOTHING)
    + Coalesce(Sum("planned_goods_value", filter=STANDING), NOTHING),
    "given": Coalesce(Sum("visit__money", filter=Q(state=DueState.DONE)), NOTHING)
    + Coalesce(Sum("visit__goods_value", filter=Q(state=DueState.DONE)), NOTHING),
}
"""What is counted of the rows of a list: the parts of a ``Tally``."""


def _counted(rows: DueQuerySet, *by: str) -> QuerySet[Due, dict[str, Any]]:
    people = rows.order_by().annotate(category=F("retiree__category"))
    return people.values(*by, "team_id", "category").annotate(**COUNTS)


def campaign_cells(actor: Actor, units: Collection[int]) -> Iterable[dict[str, Any]]:
    """The counts that are kept of all campaigns in those units, as rows of ``CampaignTally``."""
    rows = Due.objects.visible_to(actor).filter(campaign__isnull=False, unit_id__in=units)
    return _counted(rows, "campaign_id", "county_id", "unit_id")


def _cells(campaign: Campaign, actor: Actor, place: str) -> list[dict[str, Any]]:
    """The campaign's rows counted by place, group and category: as kept, and anew where that does not hold."""
    stale = stale_units(actor)
    rows = of_units(Due.objects.visible_to(actor).filter(campaign=campaign), stale)
    found = list(_counted(rows, place)) if stale != set() else []
    if stale is not None:
        kept = CampaignTally.objects.visible_to(actor).filter(campaign=campaign).exclude(unit_id__in=stale)
        sums = {name: Sum(name) for name in COUNTS}
        found += kept.order_by().values(place, "team_id", "category").annotate(**sums)
    return [{**row, "tally": Tally(**{name: row[name] for name in COUNTS})} for row in found]


def people_left(campaign: Campaign, actor: Actor) -> int:
    """How many of the campaign's list are still to be seen, in the actor's scope."""
    place = "county_id" if actor.county_id is None else "unit_id"
    return sum(cell["missing"] for cell in _cells(campaign, actor, place))


def _lines(
    cells: Sequence[Mapping[str, Any]],
    key_of: Callable[[Mapping[str, Any]], Any],
    label: Callable[[Any], str],
    order: Callable[[Any], Any],
) -> list[CoverageLine]:
    sums: dict[Any, Tally] = defaultdict(Tally)
    for cell in cells:
        sums[key_of(cell)] += cell["tally"]

    def place(key: Any) -> tuple[Any, int]:  # what is equal in order stands by age, however it was counted
        return order(key), key if isinstance(key, int) else 0

    return [CoverageLine(key, label(key), sums[key]) for key in sorted(sums, key=place)]


def _lead_label(teams: Mapping[int, Team], key: int | None) -> str:
    for team in teams.values():
        if key is not None and team.lead_id == key:
            return str(team.lead)
    return "未定领导"


def missing_rows(campaign: Campaign, actor: Actor) -> DueQuerySet:
    """Those still to be seen, with what their names need: by county, unit, name."""
    rows = Due.objects.visible_to(actor).filter(campaign=campaign).waiting()
    return rows.select_related("retiree", "county", "unit", "team").order_by(
        "county__sort", "county_id", "unit__sort", "unit_id", "retiree__name_sort", "pk"
    )


def counts_to_keep(total: Tally) -> dict[str, Any]:
    """What is kept of a coverage when a campaign is closed."""
    return {
        "due": total.due,
        "done": total.done,
        "missing": total.missing,
        "excused": total.excused,
        "removed": total.removed,
        "added": total.added,
        "gone": total.gone,
        "planned": str(total.planned),
        "given": str(total.given),
    }
