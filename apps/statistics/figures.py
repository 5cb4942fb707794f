"""Counting a table's cells, and telling who makes the difference to the year before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef

from apps.core.places import PlaceQuerySet
from apps.core.scope import Actor
from apps.retirees.choices import EntryKind, ExitKind, Level
from apps.retirees.figures.axes import register_axes
from apps.retirees.figures.counts import register_counts
from apps.retirees.models import LevelFact, Retiree, Spell
from apps.retirees.queries.listing import DATED_LEVELS, spells_on
from apps.statistics.rules import Line, Section, cell_key, matches

SHOWN = 500
"""Names of a list of differences; the number is always whole."""


def count_cells(
    table: Sequence[Section], actor: Actor, until: date, *, moved_until: date | None = None
) -> dict[str, int]:
    """Every cell of the table as of a day, in the actor's scope; movements from 1 January to that day, or to
    ``moved_until`` of the same year."""
    end, before = register_counts(actor, until), register_counts(actor, date(until.year - 1, 12, 31))
    flows = _flows(actor, moved_until or until)
    axes = register_axes(actor, until) if any(section.axis for section in table) else {}
    cells = {}
    for section in table:
        of_end = axes.get(section.axis, ()) if section.axis else end.cells
        for row in section.rows:
            for column in section.columns:
                if row.kinds:
                    number = _flow(flows, row, column)
                else:
                    day = before.cells if section.is_balance and row.key == "before" else of_end
                    number = sum(
                        getattr(cell, column.measure)
                        for cell in day
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


def cell_differences(
    actor: Actor, conditions: Mapping[str, Any], until: date, *, year_words: str = "当年"
) -> dict[str, list[Difference]]:
    """Who is counted under ``conditions`` (of the register list, without a day) on ``until`` and was not at the end of
    the year before, and the other way round, each with the reason that spells can tell; at most SHOWN of each."""
    before = date(until.year - 1, 12, 31)
    there, here = (_counted_on(actor, day, conditions) for day in (before, until))
    came = here.exclude(Exists(there.filter(retiree_id=OuterRef("retiree_id"))))
    gone = there.exclude(Exists(here.filter(retiree_id=OuterRef("retiree_id"))))
    return {
        f"{year_words}进入这一栏": _explained(actor, came, before, until, "enters", conditions),
        f"{year_words}离开这一栏": _explained(actor, gone, before, until, "leaves", conditions),
    }


def _counted_on(actor: Actor, day: date, conditions: Mapping[str, Any]) -> PlaceQuerySet:
    """Spells of a day as the table counts them: in a county's table whoever has moved to another county since stands
    in a row of his own where the counted cells do not tell (axes.GONE)."""
    spells = spells_on(day, conditions).visible_to(actor)
    if actor.county_id is None or not {"rank", "medical_treatment", "residence"} & set(conditions):
        return spells
    return spells.filter(Exists(Retiree.objects.filter(pk=OuterRef("retiree_id"), county_id=actor.county_id)))


def _explained(
    actor: Actor,
    spells: PlaceQuerySet,
    before: date,
    until: date,
    kind: str,
    conditions: Mapping[str, Any],
) -> list[Difference]:
    keys = list(spells.order_by("retiree_id").values_list("retiree_id", flat=True)[:SHOWN])
    earlier, later = (
        {one.retiree_id: one for one in spells_on(day, {}).visible_to(actor).filter(retiree_id__in=keys)}
        for day in (before, until)
    )
    day = "starts_on" if kind == "enters" else "ends_on"
    words = dict(EntryKind.choices if kind == "enters" else ExitKind.choices)
    moves = Spell.objects.visible_to(actor).filter(
        retiree_id__in=keys, **{f"{day}__gt": before, f"{day}__lte": until}
    )
    moved = {
        pk: (str(words[what]), on)
        for pk, what, on in moves.exclude(**{kind: ""}).order_by(day).values_list("retiree_id", kind, day)
    }
    names, levels = _names(actor, keys), _level_changes(actor, keys, before, until, conditions)
    found = []
    for pk in keys:
        old, new = earlier.get(pk), later.get(pk)
        what, on = (
            levels.get(pk) or _change(old, new, by_unit="unit_kind" in conditions)
            if old and new
            else moved.get(pk, ("在册时间有更正", None))
        )
        found.append(Difference(pk, names.get(pk, "（已转到别处）"), what, on))
    return found


def _level_changes(
    actor: Actor, keys: Sequence[int], before: date, until: date, conditions: Mapping[str, Any]
) -> dict[int, tuple[str, date | None]]:
    """Of those whose level of the conditions' kind is another than a year before: from what to what, and since when."""
    found: dict[int, tuple[str, date | None]] = {}
    words = {**dict(Level.choices), "": "未填"}
    for name, kind in DATED_LEVELS.items():
        if not conditions.get(name):
            continue
        facts = LevelFact.objects.visible_to(actor).filter(retiree_id__in=keys, kind=kind)
        old, new = (
            {one.retiree_id: one for one in facts.filter(during__contains=day)} for day in (before, until)
        )
        for pk in keys:
            was, now = old.get(pk), new.get(pk)
            earlier, later = was.level if was else "", now.level if now else ""
            if earlier != later:
                since = now.during.lower if now else was.during.upper if was else None
                found[pk] = (f"{kind.label}：{words[earlier]} → {words[later]}", since)
    return found


def _change(old: Spell, new: Spell, *, by_unit: bool) -> tuple[str, date | None]:
    """What differs between two days of one person; sex, period, category and party hold for all time in spells."""
    levels = {**dict(Level.choices), "": "未填"}
    if old.county_id != new.county_id:
        return "在市内县市区之间转移", new.starts_on
    if by_unit:
        return "单位变动", new.starts_on
    if old.treatment != new.treatment:
        return f"待遇：{levels[old.treatment]} → {levels[new.treatment]}", new.starts_on
    return "增龄，进入下一年龄段", None


def flow_differences(
    actor: Actor, kinds: Sequence[str], until: date, *, last_until: date
) -> dict[str, list[Difference]]:
    """Who is counted in a row of movements ("enters:retired", …) from 1 January to ``until``, and who was in the year
    before to ``last_until``; at most SHOWN of each."""
    return {
        words: [person for kind in kinds for person in _in_row(actor, kind, day)][:SHOWN]
        for words, day in (("当年", until), ("上年", last_until))
    }


def _in_row(actor: Actor, kind: str, until: date) -> list[Difference]:
    column, _, what = kind.partition(":")
    day, words = (
        ("starts_on", dict(EntryKind.choices)) if column == "enters" else ("ends_on", dict(ExitKind.choices))
    )
    spells = Spell.objects.visible_to(actor).filter(**{column: what})
    return _people_of(actor, spells, column, day, words, date(until.year, 1, 1), until)


def _moved(actor: Actor, year: int, kind: str, day: str, words: dict[str, Any]) -> list[Difference]:
    spells = Spell.objects.visible_to(actor).exclude(**{f"{kind}__in": ("", EntryKind.UNIT)})
    return _people_of(actor, spells, kind, day, words, date(year, 1, 1), date(year, 12, 31))


def _people_of(
    actor: Actor,
    spells: PlaceQuerySet,
    kind: str,
    day: str,
    words: dict[str, Any],
    start: date,
    end: date,
) -> list[Difference]:
    found = spells.filter(**{f"{day}__gte": start, f"{day}__lte": end})
    rows = list(found.order_by(day, "pk").values_list("retiree_id", kind, F(day))[:SHOWN])
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
