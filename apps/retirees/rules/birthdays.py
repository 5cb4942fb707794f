"""Which birthdays are kept on a day, by both calendars, on plain values.

The register keeps for each person a number that does not change from year to year (``Retiree.birth_round``): 905 for
5 September, 900 for a September without a day, 10815 for lunar 八月十五, 20505 for a leap 五月初五. A span of days is
turned into such numbers here, so that a list of birthdays is read from one index.

Somebody born on 29 February has the birthday on 1 March of a common year, as 周岁 are counted
(rules.due.next_round_birthday). Where a lunar year has no such leap month the ordinary one counts, where the month has
no 三十 the 廿九 (apps/core/lunar.py: birthday_in).
"""

from calendar import isleap
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from borax.calendars.lunardate import LCalendars

from apps.core.lunar import FIRST_DAY, LAST_DAY, LunarDate

LUNAR, LEAP = 10_000, 20_000
FIRST_ROUND, LAST_ROUND = 60, 120


@dataclass
class BirthdayKeys:
    """What to look for in a span: number kept by the register → the days it is kept on."""

    solar: dict[int, list[date]] = field(default_factory=dict)
    lunar: dict[int, list[date]] = field(default_factory=dict)
    months: list[int] = field(default_factory=list)
    """Numbers of months without a day, of both calendars."""

    def days(self, key: int) -> list[date]:
        """The days of the span on which whoever has this number keeps his birthday."""
        return self.lunar.get(key, []) if key >= LUNAR else self.solar.get(key, [])


def keys_between(start: date, end: date) -> BirthdayKeys:
    """Numbers of all birthdays from ``start`` to ``end``, both inclusive."""
    found = BirthdayKeys()
    day = start
    months: set[int] = set()
    while day <= end:
        for key in _solar_keys(day):
            found.solar.setdefault(key, []).append(day)
        months.add(day.month * 100)
        for key in _lunar_keys(day):
            found.lunar.setdefault(key, []).append(day)
            months.add(key // 100 * 100)
        day += timedelta(days=1)
    found.months = sorted(months)
    return found


def _solar_keys(day: date) -> Iterator[int]:
    yield day.month * 100 + day.day
    if (day.month, day.day) == (3, 1) and not isleap(day.year):
        yield 229


def _lunar_keys(day: date) -> Iterator[int]:
    if not FIRST_DAY <= day <= LAST_DAY:
        return
    lunar = LunarDate.of(day)
    month, on = lunar.month or 1, lunar.day or 1
    bases = [LEAP] if lunar.leap else [LUNAR]
    if not lunar.leap and LCalendars.leap_month(lunar.year) != month:
        bases.append(LEAP)  # their leap month does not come this year
    days = [on]
    if on == 29 and LCalendars.ndays(lunar.year, month, int(lunar.leap)) == 29:
        days.append(30)
    for base in bases:
        for each in days:
            yield base + month * 100 + each


def round_births(keys: BirthdayKeys) -> list[date]:
    """Solar days of birth of those who keep a 整寿 (60, 70, 80 … 周岁) in the span."""
    found = set()
    for key, days in keys.solar.items():
        for day in days:
            for age in range(FIRST_ROUND, LAST_ROUND + 1, 10):
                month, on = divmod(key, 100)
                if on != 29 or month != 2 or isleap(day.year - age):
                    found.add(date(day.year - age, month, on))
    return sorted(found)


def round_lunar_births(keys: BirthdayKeys) -> list[str]:
    """Lunar codes (1946-L05-30) of those who keep a 整寿 by the lunar calendar in the span."""
    found = set()
    for key, days in keys.lunar.items():
        for day in days:
            year = LunarDate.of(day).year
            mark = "L" if key >= LEAP else ""
            month, on = divmod(key % LUNAR, 100)
            for age in range(FIRST_ROUND, LAST_ROUND + 1, 10):
                found.add(f"{year - age:04d}-{mark}{month:02d}-{on:02d}")
    return sorted(found)


def is_round(age: int) -> bool:
    """Whether turning ``age`` is a 整寿."""
    return age >= FIRST_ROUND and age % 10 == 0
