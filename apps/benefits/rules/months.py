"""Months, and in which of them a person is paid and by whom. Never by days. Pure functions on values.

A month is written as its first day.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from apps.benefits.choices import StateDay


def month_of(day: date) -> date:
    """The month that a day lies in."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    """The month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def last_day(month: date) -> date:
    """Its last day."""
    return month.replace(day=monthrange(month.year, month.month)[1])


def months(first: date, last: date) -> Iterator[date]:
    """From ``first`` to ``last``, both included; none where they are the wrong way round."""
    while first <= last:
        yield first
        first = next_month(first)


def month_words(month: date) -> str:
    """2026年3月."""
    return f"{month.year}年{month.month}月"


def span_words(first: date, last: date) -> str:
    """2026年3月至5月, 2025年11月至2026年1月, or one month."""
    if first == last:
        return month_words(first)
    end = f"{last.month}月" if first.year == last.year else month_words(last)
    return f"{month_words(first)}至{end}"


@dataclass(frozen=True)
class Stay:
    """A time on the register of one unit: ``until`` is the first day no longer there, the day of death of the dead."""

    county: int
    unit: int
    unit_kind: str
    since: date | None
    until: date | None
    has_died: bool = False
    """Whether it ended by death."""


def stay_in(month: date, stays: Iterable[Stay], *, pays_death_month: bool) -> Stay | None:
    """The stay that pays for a month: where the person was on its first day, so that who moves within a month is paid
    by the old place and who retires within it begins with the next. The month of death is paid whole, or where the
    benefit says so not at all: usual practice, for which no paper is at hand, and never by days."""
    for stay in stays:
        if stay.since is not None and stay.since > month:
            continue
        if stay.until is not None:
            ended = month_of(stay.until)
            if stay.has_died:
                if ended < month or (ended == month and not pays_death_month):
                    continue
            elif stay.until <= month:
                continue
        return stay
    return None


def deciding_day(month: date, state_day: str, died: date | None) -> date:
    """The day whose state decides a month: its last or its first, by the benefit; of the dead none after the day before
    death, on which the last states were still kept."""
    day = last_day(month) if state_day == StateDay.LAST else month
    if died is not None and died <= day:
        return max(died - timedelta(days=1), month - timedelta(days=1))
    return day
