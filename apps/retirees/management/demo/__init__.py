"""The people of the invented city: who they are (people.py) and what happened to them in three years (lives.py).

Everything is written by the register's ordinary actions, under the walls, so that history, spells and log are those
of real work. Surveys of health took place on a few days; each person was last seen on one of them.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from random import Random

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.bulk import insert_many
from apps.core.demo import Demo
from apps.core.scope import Actor, scope
from apps.retirees.actions import Entry, register_many
from apps.retirees.choices import EntryKind
from apps.retirees.management.demo import careers, lives
from apps.retirees.management.demo.conditions import family
from apps.retirees.management.demo.lives import Death
from apps.retirees.management.demo.people import Invented, invent
from apps.retirees.models import Retiree
from apps.units.management.demo import AREAS
from apps.units.models import Unit

LIXIU_SHARE = 290 / 12_000
AREA_SHARE = {"shizhi": 1.5, "nanling": 1.05, "kaifaqu": 0.6, "donghu": 1.2}
"""People of an area's unit, against 1 elsewhere."""
SURVEYS = (20, 110, 200, 380, 560, 740, 1150)
"""Days before ``as_of`` on which health was surveyed."""


def load_people(demo: Demo) -> str:
    """Register everybody and let three years pass; return a line that says what was made."""
    with scope(demo.loader("city_clerk", "s_city")) as actor:
        invented = list(_invented(demo))
        died = lives.deaths(demo, invented)
        people = _register(demo, invented, died)
        living = [(person, people[person.number]) for person in invented if person.number not in died]
        lines = [
            lives.record_deaths(demo, died, people, actor),
            lives.record_rulings(demo, living, actor),
            lives.record_moves(demo, living, actor),
            lives.record_turns(demo, living, actor),
        ]
        _log(demo, len(invented), actor)
    return "；".join([f"人员：{len(invented)}人", *lines])


def _invented(demo: Demo) -> Iterator[Invented]:
    units = list(
        Unit.objects.filter(level="unit", is_demo=True, closed_on=None).select_related("area").order_by("pk")
    )
    divisions = {area.code: area.division for area in AREAS}
    weights = [careers.SHARE[unit.kind] * AREA_SHARE.get(unit.area.code, 1) for unit in units]
    dice = demo.dice("people")
    lixiu = round(demo.people * LIXIU_SHARE)
    ids: set[str] = set()
    for number, unit in enumerate(dice.choices(units, weights, k=demo.people)):
        division = divisions[unit.area.code] if dice.random() < 0.85 else dice.choice(AREAS).division
        yield invent(demo, number, unit, division, lixiu=number < lixiu, ids=ids)


def _register(demo: Demo, invented: Sequence[Invented], died: dict[int, Death]) -> dict[int, Retiree]:
    """Register them survey by survey; return the rows by number."""
    dice = demo.dice("surveys")
    groups: dict[date, list[Invented]] = defaultdict(list)
    for person in invented:
        if person.number not in died:
            _how_he_came(demo, dice, person)
        groups[_seen_on(demo, dice, person, died.get(person.number))].append(person)
    found: dict[int, Retiree] = {}
    for seen_on, group in sorted(groups.items()):
        rows = register_many(entries=[person.entry for person in group], seen_on=seen_on)
        found.update(zip((person.number for person in group), rows, strict=True))
    insert_many(
        [
            member
            for person in invented
            for member in family(demo, found[person.number], person.number, person.birth)
        ]
    )
    return found


def _how_he_came(demo: Demo, dice: Random, person: Invented) -> None:
    """A few moved in from another city or were found missing on the register in these years."""
    chance = dice.random()
    first = max(person.retired, demo.days_ago(lives.YEARS * 365))
    if chance < 0.012 and person.retired < demo.days_ago(400):
        entry: Entry = person.entry
        entry.entry = EntryKind.OUTSIDE if chance < 0.008 else EntryKind.FOUND
        entry.registered_from = first + (demo.days_ago(30) - first) * dice.random()


def _seen_on(demo: Demo, dice: Random, person: Invented, death: Death | None) -> date:
    """A survey after he came and before he died; the last one where there is none."""
    last = death.day if death else demo.as_of
    days = [day for day in map(demo.days_ago, SURVEYS) if person.came <= day < last]
    return dice.choice(days) if days else demo.days_ago(SURVEYS[-1] if death else SURVEYS[0])


def _log(demo: Demo, count: int, by: Actor) -> None:
    record_event(
        kind=EventKind.SETTING, summary=f"载入演示数据：{count}人，截至{demo.as_of}，全部为虚构", by=by
    )
