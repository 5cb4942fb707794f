"""The stretches of time in which a visit is due: periods, birthdays, days after something happened.

A window has a name (2026Q4, 2026-11, 2026-12-05): the key that makes a due visit once, however often the list is made;
behind ``#`` stands which one of several in the same stretch. Pure functions on values.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from apps.core.chinese import age_on
from apps.core.lunar import (
    FIRST_DAY,
    LAST_DAY,
    LunarDate,
    birthday_in,
    lunar_of,
    nominal_age,
)
from apps.core.partial_date import PartialDate
from apps.visits.choices import AgeCount, Every

MONTHS = {Every.MONTH: 1, Every.QUARTER: 3, Every.HALF: 6, Every.YEAR: 12}
LOOK_BACK = timedelta(days=7)
"""Birthdays of the last days are still made due, so that some nights without a run lose nobody."""
_PERIOD = re.compile(r"(\d{4})(?:-(\d{2})|Q([1-4])|H([12]))?", re.ASCII)


@dataclass(frozen=True)
class Window:
    """From ``from_on`` on somebody should be seen, at the latest on ``due_on``."""

    name: str
    from_on: date
    due_on: date


def add_months(day: date, months: int) -> date:
    """The same day so many months later; the last of a shorter month."""
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise ValueError("no such month")


def period_start(every: str, day: date) -> date:
    """The first day of the month, quarter, half-year or year in which ``day`` lies."""
    length = MONTHS[Every(every)]
    return date(day.year, (day.month - 1) // length * length + 1, 1)


def period_name(every: str, start: date) -> str:
    """2026-11, 2026Q4, 2026H2, 2026."""
    return {
        Every.MONTH: f"{start.year}-{start.month:02d}",
        Every.QUARTER: f"{start.year}Q{(start.month + 2) // 3}",
        Every.HALF: f"{start.year}H{(start.month + 5) // 6}",
        Every.YEAR: f"{start.year}",
    }[Every(every)]


def period_span(name: str) -> tuple[date, date] | None:
    """First and last day of the period that a window is named after; None for windows of other kinds."""
    match = _PERIOD.fullmatch(name.partition("#")[0])
    if match is None:
        return None
    year, month, quarter, half = match.groups()
    if month and not 1 <= int(month) <= 12:
        return None
    if month:
        first, length = int(month), 1
    elif quarter:
        first, length = int(quarter) * 3 - 2, 3
    elif half:
        first, length = int(half) * 6 - 5, 6
    else:
        first, length = 1, 12
    start = date(int(year), first, 1)
    return start, add_months(start, length) - timedelta(days=1)


def period_windows(
    every: str, times: int, today: date, *, ahead: int = 0, starts_on: date, ends_on: date | None = None
) -> list[Window]:
    """The windows of the period of ``today``, and those of the next one when it is at most ``ahead`` days away.

    Several times in a period are asked for one after the other: the n-th from the n-th equal part of the period on,
    all of them until its end, because a rule that says "twice a year" makes nobody late in July. A rule that begins or
    ends within a period asks from, or until, that day.
    """
    start = period_start(every, today)
    following = add_months(start, MONTHS[Every(every)])
    starts = [start, following] if (following - today).days <= ahead else [start]
    return [window for one in starts for window in _within(every, times, one, starts_on, ends_on)]


def _within(every: str, times: int, start: date, starts_on: date, ends_on: date | None) -> Iterator[Window]:
    end = add_months(start, MONTHS[Every(every)]) - timedelta(days=1)
    days, name = (end - start).days + 1, period_name(every, start)
    last = min(end, ends_on) if ends_on else end
    for number in range(times):
        begins = max(start + timedelta(days=days * number // times), starts_on)
        if begins <= last:
            yield Window(f"{name}#{number + 1}" if number else name, begins, last)


def birthday_days(today: date, ahead: int, starts_on: date, ends_on: date | None = None) -> list[date]:
    """The days whose birthdays a rule looks at now: those to come, and a few past ones (``LOOK_BACK``)."""
    first = max(today - LOOK_BACK, starts_on)
    last = min(today + timedelta(days=ahead), ends_on) if ends_on else today + timedelta(days=ahead)
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def solar_keys(day: date) -> list[int]:
    """month × 100 + day of birth of those whose birthday is ``day``: whoever was born on 29 February has it on
    1 March of a common year, as 周岁 are counted."""
    keys = [day.month * 100 + day.day]
    if (day.month, day.day) == (3, 1) and (day - timedelta(days=1)).day == 28:
        keys.append(229)
    return keys


def lunar_keys(day: date) -> list[str]:
    """Month and day, as ``LunarDate.code`` writes them behind the year, of those whose lunar birthday is ``day``.

    The rules are those of ``lunar.birthday_in``: a leap month that a year has not is the ordinary one, and 三十 of a
    short month is 廿九. Empty outside of the tables.
    """
    if not FIRST_DAY <= day <= LAST_DAY:
        return []
    now = LunarDate.of(day)
    found = []
    for leap in (False, True):
        for number in (now.day, 30):
            code = f"{'L' if leap else ''}{now.month:02d}-{number:02d}"
            birth = _some_birth(now.month, number, leap=leap)
            if code not in found and birth is not None:
                birthday = birthday_in(birth, now.year)
                if birthday is not None and birthday.on == day:
                    found.append(code)
    return found


def _some_birth(month: int | None, day: int | None, *, leap: bool) -> LunarDate | None:
    """Some lunar date of this month and day: what counts for the birthday is not the year."""
    for year in range(1900, 2101):
        try:
            return LunarDate(year, month, day, leap)
        except ValueError:
            continue
    return None


def birthday_window(
    birth: PartialDate | None, day: date, *, ages: list[int], count: str, ahead: int, starts_on: date
) -> Window | None:
    """The window of a birthday on ``day``; None where the day of birth is not known, or the age is none of ``ages``.

    Of a birth date known in the lunar calendar the lunar birthday is meant. ages: none for every birthday; counted as
    ``count`` says. Of 虚岁 that are open (the year is not certain) either will do.
    """
    if birth is None or birth.day is None:
        return None
    if ages and not set(_ages(birth, day, count)) & set(ages):
        return None
    return Window(day.isoformat(), max(day - timedelta(days=ahead), starts_on), day)


def _ages(birth: PartialDate, day: date, count: str) -> list[int]:
    if count == AgeCount.NOMINAL:
        found = nominal_age(birth, day)
        return list(range(found[0], found[1] + 1)) if found else []
    lunar = lunar_of(birth)
    if lunar is not None and lunar.year and FIRST_DAY <= day <= LAST_DAY:
        return [
            LunarDate.of(day).year - lunar.year
        ]  # the birthday itself: as many years as lunar years went by
    age = age_on(birth.earliest, day)
    return [] if age is None else [age]


def event_windows(
    *, happened_on: date, known_on: date, ended_on: date | None, within: int | None, every: str, today: date
) -> list[Window]:
    """The windows of something that happened to a person: one within so many days, and while it lasts one in each
    month, quarter … counted from the day it began.

    The days are counted from when the office was told, if that was later: nobody can visit before. Windows of a
    stay that is over are those that had ended with it; a visit in the hospital is no longer due after the discharge.
    """
    windows = []
    if within is not None or not every:
        until = max(happened_on, known_on) + timedelta(days=within or 0)
        windows.append(Window(happened_on.isoformat(), happened_on, until))
    if every:
        length, number = MONTHS[Every(every)], len(windows)
        while (begins := add_months(happened_on, length * number)) <= min(today, ended_on or today):
            until = add_months(happened_on, length * (number + 1)) - timedelta(days=1)
            name = f"{happened_on.isoformat()}#{number + 1}" if number else happened_on.isoformat()
            windows.append(Window(name, begins, until))
            number += 1
    return [one for one in windows if ended_on is None or one.due_on <= ended_on]
