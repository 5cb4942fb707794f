"""Counting a table's cells, and telling who makes the difference to the year before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count, F

from apps.core.scope import Actor
from apps.retirees.choices import EntryKind, ExitKind, Level
from apps.retirees.figures.counts import register_counts
from apps.retirees.models import Retiree, Spell
from apps.statistics.rules import Line, Section, cell_key, matches

SHOWN = 500
"""Names of a list of differences; the number is always whole."""


def count_cells(table: Sequence[Section], actor: Actor, until: date) -> dict[str, int]:
    """Every cell of the table as of a day, in the actor's scope; movements from 1 January to that day."""
    end, before = register_counts(actor, until), register_counts(actor, date(until.year - 1, 12, 31))
    flows = _flows(actor, until)
    cells = {}
    for section in table:
        for row in section.rows:
            for column in section.columns:
                if row.kinds:
                    number = _flow(flows, row, column)
                else:
                    day = before if section.is_balance and row.key == "before" else end
                    number = sum(
                        getattr(cell, column.measure)
                        for cell in day.cells
                        if matches(cell, section.where, row.where, column.where)
                    )
                cells[cell_key(section, row, column)] = number
    return cells


def _flows(actor: Actor, until: date) -> dict[tuple[str, str], int]:
    """("enters:retired", category) → heads of the year."""
    found: dict[tuple[str, str], int] = {}
    for kind, day in (("enters", "starts_on"), ("leaves", "ends_on")):
        spells = Spell.objects.visible_to(actor).exclude(**{kind: ""})
        spells = spells.filter(**{f"{day}__gte": date(until.year, 1, 1), f"{day}__lte": until})
        rows = spells.order_by().values_list(kind, "category").annotate(heads=Count("pk"))
        found |= {(f"{kind}:{what}", category): heads for what, category, heads in rows}
    return found


def _flow(flows: dict[tuple[str, str], int], row: Line, column: Line) -> int:
    wanted = column.where.get("category")
    return sum(
        heads
        for (kind, category), heads in flows.items()
        if kind in row.kinds and (not wanted or category in wanted)
    )


@dataclass(frozen=True)
class Difference:
    """One person who makes the numbers differ from the year before."""

    person_id: int
    name: str
    what: str
    day: date | None


_CHANGED = """
SELECT later.retiree_id, earlier.treatment, later.treatment, later.starts_on
FROM retirees_spell earlier JOIN retirees_spell later ON later.retiree_id = earlier.retiree_id
WHERE (earlier.starts_on IS NULL OR earlier.starts_on <= %(before)s)
  AND (earlier.ends_on IS NULL OR earlier.ends_on > %(before)s)
  AND (later.starts_on IS NULL OR later.starts_on <= %(end)s) AND (later.ends_on IS NULL OR later.ends_on > %(end)s)
  AND earlier.treatment <> later.treatment {place}
ORDER BY later.starts_on, later.retiree_id LIMIT %(shown)s
"""


def differences(actor: Actor, year: int) -> dict[str, list[Difference]]:
    """Who came, who left, and whose treatment changed between the ends of two years, in the actor's scope; at most
    SHOWN of each."""
    came = _moved(actor, year, "enters", "starts_on", dict(EntryKind.choices))
    left = _moved(actor, year, "leaves", "ends_on", dict(ExitKind.choices))
    return {"增加": came, "减少": left, "待遇变化": _changed(actor, year)}


def _moved(actor: Actor, year: int, kind: str, day: str, words: dict[str, Any]) -> list[Difference]:
    spells = Spell.objects.visible_to(actor).exclude(**{f"{kind}__in": ("", EntryKind.UNIT)})
    spells = spells.filter(**{f"{day}__gte": date(year, 1, 1), f"{day}__lte": date(year, 12, 31)})
    rows = list(spells.order_by(day, "pk").values_list("retiree_id", kind, F(day))[:SHOWN])
    names = _names(actor, [pk for pk, _, _ in rows])
    return [Difference(pk, names.get(pk, "（已转到别处）"), str(words[what]), on) for pk, what, on in rows]


def _changed(actor: Actor, year: int) -> list[Difference]:
    place = (
        ""
        if actor.county_id is None
        else "AND earlier.county_id = %(county)s AND later.county_id = %(county)s"
    )
    values: dict[str, date | int | None] = {
        "before": date(year - 1, 12, 31),
        "end": date(year, 12, 31),
        "shown": SHOWN,
        "county": actor.county_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED.format(place=place), values)
        rows = cursor.fetchall()
    words = {**dict(Level.choices), "": "未填"}
    names = _names(actor, [pk for pk, *_ in rows])
    return [
        Difference(pk, names.get(pk, "（已转到别处）"), f"{words[old]} → {words[new]}", on)
        for pk, old, new, on in rows
    ]


def _names(actor: Actor, keys: Sequence[int]) -> dict[int, str]:
    return dict(Retiree.objects.visible_to(actor).filter(pk__in=list(keys)).values_list("pk", "name"))
