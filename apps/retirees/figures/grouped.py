"""The register by groups: a row a group, subtotals by county where units are listed, and a total.

Whoever looks at numbers and not at people (leaders) is not told small numbers about health and hardship
(apps/core/small_cells.py); this is the one place where tables of the register are made.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from apps.accounts.perms import sees_private
from apps.core.scope import Actor
from apps.core.small_cells import NotTold, not_told
from apps.retirees.figures.counts import register_counts, wanted_cells
from apps.retirees.models import RetireeQuerySet
from apps.retirees.queries.grouping import (
    MEASURES,
    OVER_80,
    GroupCount,
    Grouping,
    counts_of_people,
    in_order,
    total_of,
)
from apps.retirees.queries.listing import is_counted
from apps.units.choices import Level
from apps.units.models import Unit

CELL_DIMENSIONS = {"county", "category", "treatment", "age_band", "sex", "period"}
SENSITIVE = frozenset({"health", "self_care", "living", "special"})
"""Conditions and groupings that tell of health and hardship."""
HEADS = tuple(name for name in MEASURES if name != "filled")


@dataclass(frozen=True)
class GroupRow:
    """One line: its words, its numbers, and the list's condition that opens it ("" where none can)."""

    label: str
    count: GroupCount
    condition: str
    value: str
    is_subtotal: bool = False
    hidden: frozenset[str] = frozenset()
    """Measures that the reader is not told."""


@dataclass(frozen=True)
class Grouped:
    """The whole table; ``hidden``: measures of the total that the reader is not told."""

    label: str
    rows: tuple[GroupRow, ...]
    total: GroupCount
    hidden: frozenset[str] = frozenset()

    @property
    def hides(self) -> bool:
        """Whether anything is not told."""
        return bool(self.hidden) or any(row.hidden for row in self.rows)


def grouped(
    actor: Actor,
    way: tuple[str, Grouping],
    people: RetireeQuerySet,
    conditions: Mapping[str, Any] | None,
    today: date,
) -> Grouped:
    """Group ``people``, who are those of the list under ``conditions``. ``way``: name and grouping, of
    ``queries.grouping.groupings``. ``conditions``: None where they could not be read, and nobody is found."""
    name, grouping = way
    counts = group_counts(actor, name, people, conditions, today)
    by_place = name in ("county", "unit")
    units = {str(unit.pk): unit for unit in Unit.objects.visible_to(actor)} if by_place else {}
    found = Grouped(grouping.label, tuple(_rows(name, grouping, counts, units)), total_of(counts))
    return found if sees_private(actor) else _without_small(found, is_sensitive(name, conditions or {}))


def is_sensitive(name: str, conditions: Mapping[str, Any]) -> bool:
    """Whether every number of a table grouped by ``name`` under ``conditions`` tells of health or hardship."""
    groups = (conditions, *conditions.get("groups", ()))
    return name in SENSITIVE or any(group.get(one) for group in groups for one in SENSITIVE)


def _without_small(found: Grouped, sensitive: bool) -> Grouped:
    """The table without its small numbers: of those who cannot look after themselves; of everything where the whole
    table is about such people. There the other columns go where heads are not told: they are parts of the same
    people, and sometimes all of them."""
    areas: list[list[int]] = []
    for place, row in enumerate(found.rows):
        if row.is_subtotal or not areas:
            areas.append([])
        if not row.is_subtotal:
            areas[-1].append(place)
    gone: dict[int, set[str]] = {place: set() for place in range(-1, len(found.rows))}  # -1: the total
    for measure in HEADS if sensitive else ("helpless",):
        hidden = not_told([[getattr(found.rows[place].count, measure) for place in area] for area in areas])
        _mark(found, areas, hidden, measure, gone)
    if sensitive and any("people" in names for names in gone.values()):
        for names in gone.values():
            names |= set(HEADS) - {"people"}
    rows = tuple(replace(row, hidden=frozenset(gone[place])) for place, row in enumerate(found.rows))
    return replace(found, rows=rows, hidden=frozenset(gone[-1]))


def _mark(
    found: Grouped, areas: list[list[int]], hidden: NotTold, measure: str, gone: Mapping[int, set[str]]
) -> None:
    for number, area in enumerate(areas):
        for cell in hidden.cells[number]:
            gone[area[cell]].add(measure)
        first = area[0] - 1
        if number in hidden.sums and first >= 0 and found.rows[first].is_subtotal:
            gone[first].add(measure)
    if hidden.total:
        gone[-1].add(measure)


def group_counts(
    actor: Actor, name: str, people: RetireeQuerySet, conditions: Mapping[str, Any] | None, today: date
) -> list[GroupCount]:
    """Counts by a grouping: from kept cells where conditions and grouping are among them, else from the people."""
    if name not in CELL_DIMENSIONS or conditions is None or not is_counted(conditions):
        return counts_of_people(people, name, today)
    wanted = wanted_cells(conditions)
    sums: dict[str, GroupCount] = {}
    for cell in register_counts(actor, today).cells:
        if not wanted(cell):
            continue
        key = str(getattr(cell, name))
        one = GroupCount(
            key,
            people=cell.people,
            lixiu=cell.people if cell.category == "lixiu" else 0,
            party=cell.party_members,
            helpless=cell.helpless,
            over80=cell.people if cell.age_band in OVER_80 else 0,
            filled=cell.filled,
        )
        sums[key] = sums[key] + one if key in sums else one
    return list(sums.values())


def _rows(
    name: str, grouping: Grouping, counts: list[GroupCount], units: Mapping[str, Unit]
) -> Iterator[GroupRow]:
    ranks = {
        key: rank
        for rank, (key, _) in enumerate(
            sorted(units.items(), key=lambda item: (*_area_rank(item[1], units), item[1].sort, item[1].pk))
        )
    }
    labels = {key: unit.label for key, unit in units.items()} or dict(grouping.choices)
    ordered = in_order(grouping, counts, ranks)
    areas = {units[each.key].area_id for each in ordered if each.key in units} if name == "unit" else set()
    area: int | None = None
    for each in ordered:
        unit = units.get(each.key)
        if len(areas) > 1 and unit is not None and unit.area_id != area:
            area = unit.area_id
            members = [one for one in ordered if one.key in units and units[one.key].area_id == area]
            yield _subtotal(units.get(str(area)), total_of(members))
        yield GroupRow(
            label=labels.get(each.key, each.key) or "未填",
            count=each,
            condition="" if name in ("period", "category") and not each.key else grouping.condition,
            value=each.key or "none",
        )


def _area_rank(unit: Unit, units: Mapping[str, Unit]) -> tuple[int, int, bool]:
    area = units.get(str(unit.area_id))
    return (area.sort if area else 0, unit.area_id or 0, unit.level != Level.COUNTY)


def _subtotal(area: Unit | None, count: GroupCount) -> GroupRow:
    return GroupRow(
        label=f"{area.label if area else '其他'} 小计",
        count=count,
        condition="county" if area else "",
        value=str(area.pk) if area else "",
        is_subtotal=True,
    )
