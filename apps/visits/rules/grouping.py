"""Forming groups and finding clashes. Pure functions on values."""

import math
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import combinations, groupby

from apps.core.workdays import is_workday

Row = tuple[int, Hashable]
"""(key of a person's row, the unit or house that stays together)"""


def cut_groups(rows: Sequence[Row], size: int) -> list[list[int]]:
    """Cut rows, in order, into groups of at most ``size`` people. Those who belong together (neighbours with the same
    second part) stay in one group; more of them than a group holds are cut evenly.

    >>> cut_groups([(1, "a"), (2, "a"), (3, "b"), (4, "b"), (5, "c")], 3)
    [[1, 2], [3, 4, 5]]
    """
    groups: list[list[int]] = []
    for _, part in groupby(rows, key=lambda row: row[1]):
        people = [key for key, _ in part]
        if len(people) > size:
            count = math.ceil(len(people) / size)
            each = math.ceil(len(people) / count)
            groups.extend(people[start : start + each] for start in range(0, len(people), each))
        elif groups and len(groups[-1]) + len(people) <= size:
            groups[-1] = groups[-1] + people
        else:
            groups.append(people)
    return groups


def days_for(count: int, leaders: int, first: date, last: date) -> list[date | None]:
    """A day for each of ``count`` groups that ``leaders`` people lead in turn: nobody has two on one day, only working
    days count (core.workdays: no weekend unless it is worked in exchange, no holiday), and where they do not suffice
    the rest has none."""
    days: list[date | None] = []
    day = _workday(first)
    for number in range(count):
        if number and leaders and number % leaders == 0:
            day = _workday(day + timedelta(days=1))
        days.append(day if day <= last else None)
    return days


def _workday(day: date) -> date:
    while not is_workday(day):
        day += timedelta(days=1)
    return day


def free_days(first: date, last: date) -> list[date]:
    """The days from ``first`` to ``last`` on which no group was put, because offices rest."""
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [day for day in days if not is_workday(day)]


@dataclass(frozen=True)
class Trip:
    """One group on its way: the leaders who go along, and when. Without times it takes the whole day."""

    key: int
    name: str
    campaign: str
    day: date | None
    starts_at: time | None
    ends_at: time | None
    leaders: Sequence[tuple[int, str]]


def overlapping(trips: Iterable[Trip]) -> list[tuple[str, Trip, Trip]]:
    """(name of a leader, two trips) where somebody would have to be on both at one time."""
    found: list[tuple[str, Trip, Trip]] = []
    dated = sorted((trip for trip in trips if trip.day), key=lambda trip: (str(trip.day), trip.key))
    for _, same_day in groupby(dated, key=lambda trip: trip.day):
        for one, other in combinations(list(same_day), 2):
            both = dict(one.leaders).keys() & dict(other.leaders).keys()
            if both and _meet(one, other):
                names = dict(one.leaders)
                found.extend((names[key], one, other) for key in sorted(both))
    return found


def _meet(one: Trip, other: Trip) -> bool:
    begin, end = (one.starts_at or time.min), (one.ends_at or time.max)
    return begin < (other.ends_at or time.max) and (other.starts_at or time.min) < end
