"""Counting heads as of a day: kept cells where nothing changed since, the spells themselves where something did."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from apps.core.chinese import years_before
from apps.core.scope import Actor
from apps.retirees.choices import SelfCare
from apps.retirees.models import RetireeQuerySet
from apps.retirees.queries.listing import is_counted, values_of

BAND_YEARS = (60, 70, 80, 90, 100)
DIMENSIONS = ("county", "category", "period", "sex", "age_band", "treatment")
MEASURES = ("people", "party_members", "helpless", "filled")

STALE_UNITS = """
SELECT u.id FROM units_unit u
WHERE (EXISTS (SELECT 1 FROM retirees_registerchange m WHERE m.unit_id = u.id)
   OR NOT EXISTS (SELECT 1 FROM retirees_figurecell c WHERE c."on" = %(on)s AND c.unit_id = u.id)) {place}
"""
"""``place`` matters below the city: the cells of others are not seen there, and all their units would look stale."""
_FROM_CELLS = """
SELECT {key}, category, period, sex, age_band, treatment,
       sum(people)::int, sum(party_members)::int, sum(helpless)::int, sum(filled)::int
FROM retirees_figurecell WHERE "on" = %(on)s AND people > 0 AND unit_id <> ALL(%(stale)s) {place}
GROUP BY 1, 2, 3, 4, 5, 6
"""
_PEOPLE_IN_CELLS = """
SELECT coalesce(sum({measure}), 0)::int FROM retirees_figurecell
WHERE "on" = %(on)s AND unit_id <> ALL(%(stale)s) {place} {narrowed}
"""
_FROM_SPELLS = """
SELECT {key}, category, period, sex,
       CASE WHEN birth_from IS NULL THEN '' WHEN birth_from > %(born60)s THEN '0'
            WHEN birth_from > %(born70)s THEN '60' WHEN birth_from > %(born80)s THEN '70'
            WHEN birth_from > %(born90)s THEN '80' WHEN birth_from > %(born100)s THEN '90' ELSE '100' END,
       treatment, count(*)::int, count(*) FILTER (WHERE party_member)::int,
       count(*) FILTER (WHERE helpless)::int, sum(filled)::int
FROM retirees_spell
WHERE (starts_on IS NULL OR starts_on <= %(on)s) AND (ends_on IS NULL OR ends_on > %(on)s)
  AND unit_id = ANY(%(stale)s) {place}
GROUP BY 1, 2, 3, 4, 5, 6
"""
FILL_CELLS = """
INSERT INTO retirees_figurecell (county_id, unit_id, "on", category, period, sex, age_band, treatment,
                                 people, party_members, helpless, filled)
SELECT county_id, unit_id, %(on)s, category, period, sex,
       CASE WHEN birth_from IS NULL THEN '' WHEN birth_from > %(born60)s THEN '0'
            WHEN birth_from > %(born70)s THEN '60' WHEN birth_from > %(born80)s THEN '70'
            WHEN birth_from > %(born90)s THEN '80' WHEN birth_from > %(born100)s THEN '90' ELSE '100' END,
       treatment, count(*)::int, count(*) FILTER (WHERE party_member)::int,
       count(*) FILTER (WHERE helpless)::int, sum(filled)::int
FROM retirees_spell
WHERE (starts_on IS NULL OR starts_on <= %(on)s) AND (ends_on IS NULL OR ends_on > %(on)s)
  AND unit_id = ANY(%(stale)s)
GROUP BY 1, 2, 4, 5, 6, 7, 8
"""
MARK_EMPTY = """
INSERT INTO retirees_figurecell (county_id, unit_id, "on", category, period, sex, age_band, treatment,
                                 people, party_members, helpless, filled)
SELECT coalesce(u.area_id, u.id), u.id, %(on)s, '', '', '', '', '', 0, 0, 0, 0 FROM units_unit u
WHERE u.id = ANY(%(stale)s)
  AND NOT EXISTS (SELECT 1 FROM retirees_figurecell c WHERE c."on" = %(on)s AND c.unit_id = u.id)
"""


@dataclass(frozen=True)
class Cell:
    """Heads of one combination of dimensions."""

    county: int
    """Key of the county; of the unit where the counts are by unit."""
    category: str
    period: str
    sex: str
    age_band: str
    treatment: str
    people: int
    party_members: int
    helpless: int
    filled: int


Wanted = Callable[[Cell], bool]


@dataclass(frozen=True)
class Counts:
    """All cells of a scope on a day."""

    on: date
    cells: tuple[Cell, ...]

    def total(self, measure: str = "people", wanted: Wanted | None = None) -> int:
        """Sum of a measure over the cells that are wanted."""
        return sum(getattr(cell, measure) for cell in self.cells if wanted is None or wanted(cell))

    def by(self, dimension: str, measure: str = "people", wanted: Wanted | None = None) -> dict[object, int]:
        """Sums by the values of a dimension."""
        sums: dict[object, int] = {}
        for cell in self.cells:
            if wanted is None or wanted(cell):
                key = getattr(cell, dimension)
                sums[key] = sums.get(key, 0) + getattr(cell, measure)
        return sums


def day_values(on: date) -> dict[str, Any]:
    """Parameters of the statements above for a day: ages are counted in full years on it."""
    return {"on": on, **{f"born{years}": years_before(on, years) for years in BAND_YEARS}}


def register_counts(actor: Actor, on: date, *, by_unit: bool = False) -> Counts:
    """Count everyone the actor sees as of a day. Never writes: what is not counted yet, or was changed since, is
    counted from the spells, so that the number is always that of the list behind it."""
    values = day_values(on)
    key = "unit_id" if by_unit else "county_id"
    place, values = _place(actor, values)
    with connection.cursor() as cursor:
        cursor.execute(STALE_UNITS.format(place=_unit_place(actor)), values)
        values["stale"] = [unit for (unit,) in cursor.fetchall()]
        cursor.execute(_FROM_CELLS.format(place=place, key=key), values)
        rows = cursor.fetchall()
        if values["stale"]:
            cursor.execute(_FROM_SPELLS.format(place=place, key=key), values)
            rows += cursor.fetchall()
    return Counts(on, tuple(Cell(*row) for row in rows))


def _place(actor: Actor, values: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    # The condition repeats what the row policy says, so that the planner can use the county's index.
    if actor.unit_id is not None:
        return "AND county_id = %(county)s AND unit_id = %(unit)s", values | {
            "county": actor.county_id,
            "unit": actor.unit_id,
        }
    if actor.county_id is not None:
        return "AND county_id = %(county)s", values | {"county": actor.county_id}
    return "", values


def _unit_place(actor: Actor) -> str:
    if actor.unit_id is not None:
        return "AND u.id = %(unit)s"
    return "AND u.area_id = %(county)s" if actor.county_id is not None else ""


_FLOW = """
SELECT county_id, {kind}, count(*)::int FROM retirees_spell
WHERE {kind} <> '' AND {day} BETWEEN %(start)s AND %(end)s {place} GROUP BY 1, 2
"""


def register_flows(
    actor: Actor, start: date, end: date, kinds: Collection[str] = ("enters", "leaves")
) -> dict[str, dict[int, int]]:
    """Who came (``enters``) and who left (``leaves``) from ``start`` to ``end``, both days belonging:
    {"enters:retired": {county: people}}."""
    place, values = _place(actor, {"start": start, "end": end})
    flows: dict[str, dict[int, int]] = {}
    with connection.cursor() as cursor:
        for kind, day in (("enters", "starts_on"), ("leaves", "ends_on")):
            if kind in kinds:
                cursor.execute(_FLOW.format(kind=kind, day=day, place=place), values)
                for county, what, people in cursor.fetchall():
                    flows.setdefault(f"{kind}:{what}", {})[county] = people
    return flows


def kept_days(today: date) -> Iterable[date]:
    """Days whose cells are kept ready: today and the same day last year."""
    return today, years_before(today, 1)


def people_counted(actor: Actor, on: date, conditions: Mapping[str, Any]) -> int:
    """How many people the actor sees as of a day under conditions of the register list that cells can tell
    (``is_summed``): register_counts summed, without bringing a thousand cells here for one number."""
    place, values = _place(actor, day_values(on))
    equal, bands = _asked_of_cells(conditions)
    units = {int(unit) for unit in values_of(conditions, "unit")}
    if units:
        equal["unit_id"] = units
    measure = "helpless" if values_of(conditions, "self_care") == [SelfCare.HELPLESS] else "people"
    narrowed = "".join(f"AND {name} = ANY(%(want_{name})s) " for name in equal)
    values |= {f"want_{name}": list(wanted) for name, wanted in equal.items()}
    if bands is not None:
        narrowed += "AND age_band = ANY(%(bands)s) "
        values["bands"] = bands
    with connection.cursor() as cursor:
        cursor.execute(STALE_UNITS.format(place=_unit_place(actor)), values)
        values["stale"] = [unit for (unit,) in cursor.fetchall() if not units or unit in units]
        cursor.execute(_PEOPLE_IN_CELLS.format(place=place, narrowed=narrowed, measure=measure), values)
        people: int = cursor.fetchone()[0]
        if values["stale"]:
            cursor.execute(_FROM_SPELLS.format(place=place, key="county_id"), values)
            changed = Counts(on, tuple(Cell(*row) for row in cursor.fetchall()))
            people += changed.total(measure, wanted_cells(conditions))
    return people


def is_summed(conditions: Mapping[str, Any]) -> bool:
    """Whether ``people_counted`` can answer: what cells tell by themselves, and units, and 不能自理 alone."""
    rest = {name: value for name, value in conditions.items() if name != "unit"}
    if values_of(conditions, "unit") and not all(one.isdigit() for one in values_of(conditions, "unit")):
        return False
    if values_of(conditions, "self_care") == [SelfCare.HELPLESS]:
        del rest["self_care"]
    return is_counted(rest)


COUNT_LIMIT = 10_000


def people_total(
    actor: Actor, conditions: Mapping[str, Any], found: RetireeQuerySet, today: date, limit: int = COUNT_LIMIT
) -> tuple[int, bool]:
    """How many people stand in ``found``, the register list under ``conditions``: by the counted cells where they can
    tell, else by counting up to ``limit``; then whether there are more."""
    if is_summed(conditions):
        return people_counted(actor, today, conditions), False
    number = found.order_by().values("pk")[: limit + 1].count()
    return min(number, limit), number > limit


def _asked_of_cells(conditions: Mapping[str, Any]) -> tuple[dict[str, set[Any]], list[str] | None]:
    """Values asked of each column of the cells, and the age bands of a lowest age; None for any age."""
    equal: dict[str, set[Any]] = {
        name: {"" if value == "none" else value for value in values_of(conditions, name)}
        for name in ("category", "period", "sex", "treatment", "age_band")
        if conditions.get(name)
    }
    counties, low = values_of(conditions, "county"), conditions.get("age_min")
    if counties:
        equal["county_id"] = {int(county) for county in counties}
    return equal, [str(years) for years in BAND_YEARS if years >= low] if low else None


def wanted_cells(conditions: Mapping[str, Any]) -> Wanted:
    """Which cells count under those conditions; several values of one condition are any of them."""
    equal, bands = _asked_of_cells(conditions)
    counties = equal.pop("county_id", None)

    def wanted(cell: Cell) -> bool:
        return (
            (not counties or cell.county in counties)
            and (bands is None or cell.age_band in bands)
            and all(getattr(cell, name) in values for name, values in equal.items())
        )

    return wanted
