"""What happened to the people in three years, through the ordinary actions."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from apps.core.demo import Demo
from apps.core.partial_date import PartialDate
from apps.core.scope import Actor
from apps.retirees.actions import change_many, move_unit, record_death, record_ruling, record_state
from apps.retirees.choices import Health, LifeState, Living, SelfCare
from apps.retirees.management.demo.dates import between
from apps.retirees.management.demo.people import Invented
from apps.retirees.models import Retiree
from apps.units.models import Unit

YEARS = 3
DEATHS_A_YEAR = 0.015
"""Of all people; with 12,000 that is 180 a year."""
LIXIU_SHARE = 0.31
"""Of the 离休 people, how many died in the three years."""
BY_MONTH = (1.4, 1.3, 1.1, 0.95, 0.9, 0.85, 0.9, 0.9, 0.85, 0.95, 1.05, 1.25)
"""Deaths by month of the year: winters are hard."""


@dataclass(frozen=True)
class Death:
    """The true day of a death, and the day the office heard of it."""

    day: date
    reported_on: date


def deaths(demo: Demo, people: Sequence[Invented]) -> dict[int, Death]:
    """Who died when, by number: the older the likelier, the last year a little more than those before."""
    dice = demo.dice("deaths")
    lixiu = [person for person in people if person.lixiu]
    others = [person for person in people if not person.lixiu]
    of_lixiu = round(LIXIU_SHARE * len(lixiu))
    found = {}
    for group, count in ((lixiu, of_lixiu), (others, round(YEARS * DEATHS_A_YEAR * len(people)) - of_lixiu)):
        # Weighted choice without putting back (Efraimidis and Spirakis): the largest u^(1/w) win.
        order = sorted(group, key=lambda person: -math.log(dice.random()) / _hazard(demo, person))
        for person in order[: max(count, 0)]:
            day = _day_of_death(demo, dice)
            if day > person.retired + timedelta(days=400):
                found[person.number] = Death(day, _heard_on(demo, dice, day))
    return found


def _hazard(demo: Demo, person: Invented) -> float:
    """Risk doubles about every eight years of age."""
    return math.exp(0.09 * (demo.as_of.year - person.birth.year - 60))


def _day_of_death(demo: Demo, dice: Random) -> date:
    while True:
        day = demo.days_ago(1 + int((YEARS * 365 - 1) * dice.random() ** 1.08))
        if dice.random() < BY_MONTH[day.month - 1] / max(BY_MONTH):
            return day


def _heard_on(demo: Demo, dice: Random, day: date) -> date:
    wait = dice.randint(90, 400) if dice.random() < 0.04 else int(dice.expovariate(1 / 12)) + 1
    return min(day + timedelta(days=wait), demo.as_of)


def record_deaths(demo: Demo, found: dict[int, Death], people: dict[int, Retiree], by: Actor) -> str:
    """Record them, with the precision the office knows them in."""
    dice = demo.dice("deaths recorded")
    for number, death in found.items():
        record_death(
            retiree=people[number],
            died_on=_known(demo, dice, death.day),
            reported_on=death.reported_on,
            place=dice.choice(("家中", "医院", "医院", "养老机构", "")),
            by=by,
        )
    return f"去世：{len(found)}人"


def _known(demo: Demo, dice: Random, day: date) -> PartialDate:
    """Only to the month or year for some, where that month or year is over."""
    vague = dice.choices(("day", "month", "year"), (88, 11, 1))[0]
    if vague == "year" and day.year < demo.as_of.year:
        return PartialDate(day.year)
    if vague != "day" and (day.year, day.month) < (demo.as_of.year, demo.as_of.month):
        return PartialDate(day.year, day.month)
    return PartialDate.from_date(day)


def record_moves(demo: Demo, living: Sequence[tuple[Invented, Retiree]], by: Actor) -> str:
    """One in two hundred was taken over by another unit of the same area."""
    dice = demo.dice("moves")
    open_units = list(Unit.objects.filter(level="unit", closed_on=None).order_by("pk"))
    moved = dice.sample(list(living), math.ceil(len(living) / 200))
    for invented, person in moved:
        first = max(invented.came + timedelta(days=30), demo.days_ago(YEARS * 365))
        others = [
            unit for unit in open_units if unit.area_id == person.county_id and unit.pk != person.unit_id
        ]
        day = between(dice, first, demo.days_ago(1))
        if day < demo.as_of:
            move_unit(retiree=person, unit=dice.choice(others), moved_on=day, by=by)
    return f"单位变动：{len(moved)}人"


def record_turns(demo: Demo, living: Sequence[tuple[Invented, Retiree]], by: Actor) -> str:
    """Some old people's health failed since it was last seen; a few are critical or cannot be found."""
    dice = demo.dice("turns")
    old = [
        person
        for invented, person in living
        if demo.as_of.year - invented.birth.year >= 78 and person.self_care
    ]
    failing = dice.sample(old, len(old) // 16)
    for days, group in (
        (700, failing[0::4]),
        (400, failing[1::4]),
        (210, failing[2::4]),
        (45, failing[3::4]),
    ):
        fresh = Retiree.objects.in_bulk([person.pk for person in group])
        change_many(
            changes=[(fresh[person.pk], _failed(dice)) for person in group], seen_on=demo.days_ago(days)
        )
    for person in dice.sample(old, math.ceil(len(old) / 60)):
        day = demo.days_ago(dice.randint(2, 60))
        record_state(
            retiree=person, state=LifeState.CRITICAL, happened_on=PartialDate.from_date(day), reported_on=day,
            note="住院治疗", by=by,
        )  # fmt: skip
    for _, person in dice.sample(list(living), math.ceil(len(living) / 4000)):
        if Retiree.objects.get(pk=person.pk).state == LifeState.ALIVE:
            day = demo.days_ago(dice.randint(90, 500))
            record_state(
                retiree=person, state=LifeState.MISSING, happened_on=PartialDate(day.year, day.month),
                reported_on=day, note="电话、住址均联系不上", by=by,
            )  # fmt: skip
    return f"健康变化：{len(failing)}人"


def _failed(dice: Random) -> dict[str, str]:
    if dice.random() < 0.5:
        return {"health": Health.BEDRIDDEN, "self_care": SelfCare.HELPLESS, "living": Living.WITH_CHILDREN}
    return {"health": Health.CHRONIC, "self_care": SelfCare.PARTIAL}


def record_rulings(demo: Demo, living: Sequence[tuple[Invented, Retiree]], by: Actor) -> str:
    """Every second 1945年9月 was decided from the archive; the others still wait."""
    dice = demo.dice("rulings")
    waiting = [person for _, person in living if person.joined_on == PartialDate(1945, 9)]
    for person in waiting[::2]:
        day = demo.days_ago(dice.randint(60, 1000))
        record_ruling(
            retiree=person,
            joined_on=PartialDate(1945, 9, dice.choice((1, 2, 10, 18, 25))),
            basis="1956年自传；1959年审干结论",
            approved_by="中共云溪市委组织部",
            document=f"云组认〔{day.year}〕{dice.randint(1, 20)}号",
            decided_on=day,
            by=by,
        )
    return f"时间认定：{len(waiting[::2])}人，还有{len(waiting) - len(waiting[::2])}人待认定"
