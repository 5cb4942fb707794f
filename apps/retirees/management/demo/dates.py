"""Days of a working life, and how much of them a file remembers."""

from datetime import date, timedelta
from random import Random

from apps.core.partial_date import PartialDate

FOUNDING = date(1949, 10, 1)
RESISTANCE = date(1937, 7, 7)
DELAY_FROM = date(2025, 1, 1)


def as_filed(dice: Random, day: date, *, year: float, month: float) -> PartialDate:
    """``day`` as the file has it: with these chances only its year, or its year and month."""
    chance = dice.random()
    if chance < year:
        return PartialDate(day.year)
    if chance < year + month:
        return PartialDate(
            day.year, day.month, raw=f"{day.year}.{day.month:02d}" if dice.random() < 0.1 else ""
        )
    return PartialDate.from_date(day)


def between(dice: Random, first: date, last: date) -> date:
    """A day from ``first`` to ``last``, both included."""
    return first + timedelta(days=dice.randint(0, max((last - first).days, 0)))


def years_after(day: date, years: int, months: int = 0) -> date:
    """The same day of the month that many years and months later, the 28th at the latest."""
    count = day.year * 12 + day.month - 1 + years * 12 + months
    return date(count // 12, count % 12 + 1, min(day.day, 28))


def retiring_day(dice: Random, birth: date, sex: str, *, lixiu: bool) -> date:
    """离休 at about 60; otherwise at 60 or 55 (50 for some women), some earlier, and from 2025 on a month later for
    every four (two) months: 《国务院关于渐进式延迟法定退休年龄的办法》, in force since 2025-01-01."""
    if lixiu:
        return years_after(birth, 57, dice.randint(0, 60))
    age = 60 if sex == "1" else dice.choices((60, 55, 50), (25, 65, 10))[0]
    if dice.random() < 0.07:
        return years_after(birth, age - dice.randint(1, 5), dice.randint(0, 11))
    due = years_after(birth, age, 1)
    if due < DELAY_FROM:
        return due
    months = (due.year - DELAY_FROM.year) * 12 + due.month - 1
    return years_after(due, 0, min(months // (2 if age == 50 else 4) + 1, 36))


def working_day(dice: Random, birth: date) -> date:
    """First day of work, at 16 to 25."""
    return years_after(birth, 16, int(108 * dice.random() ** 1.3)) + timedelta(days=dice.randint(0, 27))


def joining_day(dice: Random, birth: date) -> date:
    """Day of joining the revolution: at 13 to 22, before the founding of the state, rather late than early."""
    first = max(years_after(birth, 13), RESISTANCE)
    last = min(years_after(birth, 22), FOUNDING - timedelta(days=1))
    return max(between(dice, first, last), between(dice, first, last))
