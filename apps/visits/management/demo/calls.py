"""Visits outside of campaigns: 离休 people each quarter, round birthdays, stays in hospital, deaths, calls to those who
live elsewhere, and the many ordinary ones."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import accumulate
from typing import Any
from uuid import UUID

from apps.visits.choices import LeaderLevel, Recorded, Target, Way
from apps.visits.management.demo.log import NOTHING, Gift, Log, Round, way_to
from apps.visits.management.demo.people import Person
from apps.visits.management.demo.plans import Going
from apps.visits.management.demo.words import ON_THE_PHONE

ROUND_AGES = (80, 90, 100)
A_PERSON = 5
"""Visits of three years, all in all: 60,000 for 12,000 people."""
ROUNDS = 30
Quarter = tuple[str, date, date]


def see_the_old(log: Log, people: Sequence[Person], first: date) -> None:
    """离休 people each quarter, as the rule asks; nearly all were seen in time."""
    rule = log.plans.rules["quarter"]
    for window, start, end in quarters(first, log.demo.as_of):
        for person in people:
            if not (person.is_lixiu and person.is_here(start)):
                continue
            visit = None
            day = start + timedelta(days=log.dice.randint(3, (end - start).days - 1))
            if log.dice.random() < 0.975:
                visit = _routine(log, person, _working_day(day))
            log.add_due(
                person,
                visit,
                rule_id=rule.pk,
                occasion_id=rule.occasion_id,
                window=window,
                from_on=start,
                due_on=end,
                who=rule.who,
                made_at=f"{start}T06:00:00+08:00",
            )


def quarters(first: date, last: date) -> list[Quarter]:
    """Name, first and last day of the quarters that begin from ``first`` to ``last``."""
    found = []
    for year in range(first.year, last.year + 1):
        for number in range(1, 5):
            start = date(year, 3 * number - 2, 1)
            end = (date(year, 3 * number + 1, 1) if number < 4 else date(year + 1, 1, 1)) - timedelta(days=1)
            if first <= start <= last:
                found.append((f"{year}Q{number}", start, end))
    return found


def see_birthdays(log: Log, people: Sequence[Person], first: date) -> None:
    """八十、九十、百岁: due from a fortnight before; those of the next days are still open."""
    rule = log.plans.rules["round"]
    ahead = timedelta(days=rule.ahead_days)
    for person in people:
        for age in ROUND_AGES:
            day = person.birth and _birthday(person.birth, age)
            if (
                day is None
                or not first + ahead <= day <= log.demo.as_of + ahead
                or not person.is_here(day - ahead)
            ):
                continue
            visit = None
            if log.dice.random() < 0.96:
                gift = Gift(500, "生日蛋糕", 200, log.plans.source(log.plans.office(person.county_id)))
                seen_on = _working_day(day - timedelta(days=log.dice.randint(0, 5)))
                what = Round(log.plans.occasions["round-birthday"])
                way = way_to(person, log.dice)
                visit = log.add(person, seen_on, what, _leading(log, person, seen_on, way), way, gift)
            log.add_due(
                person,
                visit,
                rule_id=rule.pk,
                occasion_id=rule.occasion_id,
                window=day.isoformat(),
                from_on=day - ahead,
                due_on=day,
                who=rule.who,
                made_at=f"{day - ahead}T06:00:00+08:00",
            )


def _birthday(birth: date, age: int) -> date | None:
    year = birth.year + age
    return date(year, 3, 1) if (birth.month, birth.day) == (2, 29) and year % 4 else birth.replace(year=year)


def see_in_hospital(log: Log, person: Person, start: date, end: date) -> None:
    """Most were visited in the first days of a stay, and called after it."""
    dice = log.dice
    if dice.random() < 0.85:
        day = min(start + timedelta(days=dice.randint(1, 6)), end)
        gift = Gift(
            0,
            "水果、牛奶",
            dice.choice((120, 150, 200)),
            log.plans.source(log.plans.office(person.county_id)),
        )
        what = Round(log.plans.occasions["hospital"])
        log.add(person, day, what, _leading(log, person, day, Way.HOSPITAL), Way.HOSPITAL, gift)
    if end < log.demo.as_of and dice.random() < 0.6:
        _call(log, person, end + timedelta(days=dice.randint(1, 6)))


def condole(log: Log, person: Person, day: date) -> None:
    """The family of somebody who died, a few days after the office heard of it."""
    gift = Gift(800, "", 0, log.plans.source(log.plans.office(person.county_id)))
    what = Round(log.plans.occasions["death"], target=Target.SURVIVOR)
    log.add(person, day, what, _leading(log, person, day, Way.HOME), Way.HOME, gift)


def hear_concerns(log: Log, raised: Sequence[tuple[UUID, Person, date]]) -> None:
    """Wants that were raised in a visit have that visit."""
    for concern, person, day in raised:
        visit = _routine(log, person, day)
        if visit:
            log.raised.append((visit, concern))


def call_those_away(log: Log, people: Sequence[Person], first: date) -> None:
    """Twice a year, by telephone."""
    days = (log.demo.as_of - first).days
    for person in people:
        if person.is_away:
            for _ in range(6):
                _call(log, person, first + timedelta(days=int(days * log.dice.random())))


def fill_up(log: Log, people: Sequence[Person], first: date) -> None:
    """Ordinary visits, the older the more, until there are as many as a bureau of this size has."""
    dice, days = log.dice, (log.demo.as_of - first).days
    weights = list(accumulate(_weight(log, person) for person in people))
    wanted = A_PERSON * len(people)
    for _ in range(ROUNDS):  # of a handful of people, all may be dead or have come yesterday
        for person in dice.choices(people, cum_weights=weights, k=max(wanted - len(log.visits), 0)):
            _routine(log, person, _working_day(first + timedelta(days=int(days * dice.random()))))


def _weight(log: Log, person: Person) -> float:
    age = max(person.age(log.demo.as_of), 60)
    return 1 + (age - 60) / 8 + (2 if person.is_alone else 0)


def _routine(log: Log, person: Person, day: date) -> dict[str, Any] | None:
    way = way_to(person, log.dice)
    if way == Way.HOME and log.dice.random() < 0.42:
        way = Way.PHONE
    if way == Way.PHONE:
        return _call(log, person, day)
    recorded = Recorded.PASTE if log.dice.random() < 0.1 else Recorded.FORM
    what = Round(log.plans.occasions["routine"], recorded=recorded)
    going = [_staff(log, person)]
    if log.dice.random() < 0.2:
        going.insert(0, log.plans.leaders[log.plans.office(person.county_id)][-1].going(day))
    return log.add(person, day, what, going, way, NOTHING)


def _call(log: Log, person: Person, day: date) -> dict[str, Any] | None:
    what = Round(log.plans.occasions["routine"])
    visit = log.add(person, day, what, [_staff(log, person)], Way.PHONE)
    if visit and visit["summary"] and person.is_away:
        visit["summary"] = log.dice.choice(ON_THE_PHONE)
    return visit


def _staff(log: Log, person: Person) -> Going:
    return log.dice.choice(log.plans.staff[person.county_id])


def _leading(log: Log, person: Person, day: date, way: str) -> list[Going]:
    """A leader of the bureau's, for the highest ranks one of the leading group, with somebody of the staff."""
    if way in (Way.PHONE, Way.VIDEO, Way.ENTRUSTED):
        return [_staff(log, person)]
    leaders = log.plans.leaders[log.plans.office(person.county_id)]
    level = LeaderLevel.LEADER if person.is_high or person.is_lixiu else LeaderLevel.BUREAU
    fit = [one for one in leaders if one.row.level == level]
    return [log.dice.choice(fit).going(day), _staff(log, person)]


def _working_day(day: date) -> date:
    """The Friday before, for most of what would fall on a weekend."""
    return day - timedelta(days=max(day.weekday() - 4, 0))
