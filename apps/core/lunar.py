"""Dates of the lunar calendar (农历): what day they are, when a birthday comes round, and 虚岁.

Tables of borax, 1900 to 2100; the tests compare them with sxtwl, which computes them. A lunar date stands in the
register as the solar PartialDate with its own words as ``raw``: 1933-07-22 农历1933年闰五月三十.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from datetime import date
from typing import Self

from borax.calendars.lunardate import LCalendars
from borax.calendars.lunardate import LunarDate as _Table

from apps.core.partial_date import PartialDate

FIRST_YEAR, LAST_YEAR = 1900, 2100
FIRST_DAY, LAST_DAY = date(1900, 1, 31), date(2101, 1, 28)
MONTHS = "正 二 三 四 五 六 七 八 九 十 十一 腊".split()
DAYS = [
    *(f"初{digit}" for digit in "一二三四五六七八九十"),
    *(f"十{digit}" for digit in "一二三四五六七八九"),
    "二十",
    *(f"廿{digit}" for digit in "一二三四五六七八九"),
    "三十",
]
_CODE = re.compile(r"(\d{4})(?:-(L?)(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_WORDS = re.compile(rf"农历(\d{{4}})年(?:(闰?)({'|'.join(MONTHS)})月({'|'.join(DAYS)})?)?", re.ASCII)


class NoSuchLunarDate(ValueError):
    """The lunar calendar has no such day; the text says what is wrong."""


@functools.lru_cache(maxsize=4096)
def _lunar_of_day(day: date) -> tuple[int, int, int, bool]:
    """Year, month, day and whether the month is a leap one; the table is walked for it, and a calendar asks often."""
    found = _Table.from_solar(day)
    return found.year, found.month, found.day, bool(found.leap)


@dataclass(frozen=True, slots=True)
class LunarDate:
    """A lunar year, month or day. ``leap``: the month is the intercalary one (闰月).

    Raises NoSuchLunarDate when there is no such date, or when it lies outside of the tables.
    """

    year: int
    month: int | None = None
    day: int | None = None
    leap: bool = False

    def __post_init__(self) -> None:
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            raise NoSuchLunarDate(f"农历只能换算{FIRST_YEAR}年到{LAST_YEAR}年。")
        if self.month is None:
            if self.day is not None or self.leap:
                raise NoSuchLunarDate("缺少农历月份。")
            return
        if not 1 <= self.month <= 12:
            raise NoSuchLunarDate(f"农历没有{self.month}月。")
        if self.leap and LCalendars.leap_month(self.year) != self.month:
            raise NoSuchLunarDate(f"农历{self.year}年没有闰{MONTHS[self.month - 1]}月。")
        if self.day is not None and not 1 <= self.day <= self._length():
            raise NoSuchLunarDate(f"农历{self.year}年{self._month_word()}没有{_day_word(self.day)}。")

    def _length(self) -> int:
        return LCalendars.ndays(self.year, self.month, int(self.leap))

    @classmethod
    def of(cls, day: date) -> Self:
        """The lunar date of a solar day. Raises NoSuchLunarDate outside of the tables."""
        if not FIRST_DAY <= day <= LAST_DAY:
            raise NoSuchLunarDate(f"农历只能换算{FIRST_YEAR}年到{LAST_YEAR}年。")
        return cls(*_lunar_of_day(day))

    @classmethod
    def from_code(cls, code: str) -> Self:
        """Read what ``code`` writes. Raises ValueError on anything else."""
        match = _CODE.fullmatch(code)
        if not match:
            raise ValueError(f"not a lunar code: {code[:20]!r}")
        year, leap, month, day = match.groups()
        return cls(int(year), int(month) if month else None, int(day) if day else None, leap == "L")

    def code(self) -> str:
        """1933-L05-30: text for the database; a leap month carries an L."""
        text = f"{self.year:04d}"
        if self.month is not None:
            text += f"-{'L' if self.leap else ''}{self.month:02d}"
        if self.day is not None:
            text += f"-{self.day:02d}"
        return text

    @property
    def earliest(self) -> date:
        """First solar day that can be meant."""
        return _Table(self.year, self.month or 1, self.day or 1, int(self.leap)).to_solar_date()

    @property
    def latest(self) -> date:
        """Last solar day that can be meant."""
        if self.day is not None:
            return self.earliest
        month, leap = self.month, self.leap
        if month is None:
            month, leap = 12, LCalendars.leap_month(self.year) == 12
        length = LCalendars.ndays(self.year, month, int(leap))
        return _Table(self.year, month, length, int(leap)).to_solar_date()

    def solar(self) -> PartialDate:
        """The solar date, with the lunar words as ``raw``. A lunar month lies in two solar ones, so that a date known
        to the month gives the solar year alone; where even that is open, the year as it was said."""
        raw = str(self)
        if self.day is not None:
            return PartialDate.from_date(self.earliest, raw)
        years = {self.earliest.year, self.latest.year}
        return PartialDate(years.pop() if len(years) == 1 else self.year, raw=raw)

    def _month_word(self) -> str:
        return f"{'闰' if self.leap else ''}{MONTHS[(self.month or 1) - 1]}月"

    @property
    def in_year(self) -> str:
        """闰五月三十: month and day without the year; empty where only the year is known."""
        if self.month is None:
            return ""
        return self._month_word() + (_day_word(self.day) if self.day is not None else "")

    def __str__(self) -> str:
        return f"农历{self.year}年{self.in_year}"


def _day_word(day: int) -> str:
    return DAYS[day - 1] if 1 <= day <= 30 else f"{day}日"


def lunar_of(value: PartialDate | None) -> LunarDate | None:
    """The lunar date that a stored date was given as; None for dates given as solar."""
    match = _WORDS.fullmatch(value.raw) if value is not None else None
    if match is None:
        return None
    year, leap, month, day = match.groups()
    try:
        return LunarDate(
            int(year),
            MONTHS.index(month) + 1 if month else None,
            DAYS.index(day) + 1 if day else None,
            bool(leap),
        )
    except NoSuchLunarDate:
        return None


@dataclass(frozen=True)
class Birthday:
    """Solar day of a lunar birthday. ``note`` says in words where a rule chose it."""

    on: date
    note: str = ""


def birthday_in(birth: LunarDate, year: int) -> Birthday | None:
    """The birthday in a lunar year; None when the day is not known or the year lies outside of the tables.

    A year without the leap month has it in the ordinary one, a month without 三十 on 廿九.
    """
    if birth.month is None or birth.day is None or not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    notes = []
    leap = birth.leap and LCalendars.leap_month(year) == birth.month
    if birth.leap and not leap:
        notes.append(f"这一年没有闰{MONTHS[birth.month - 1]}月，按{MONTHS[birth.month - 1]}月")
    day = birth.day
    if day > (length := LCalendars.ndays(year, birth.month, int(leap))):
        notes.append(f"这一年该月没有{DAYS[day - 1]}，按{DAYS[length - 1]}")
        day = length
    return Birthday(LunarDate(year, birth.month, day, leap).earliest, "；".join(notes))


def birthday_this_year(birth: LunarDate, today: date) -> Birthday | None:
    """The lunar birthday that falls into today's solar year: the next one still to come, else the last.

    Some solar years have none or two; where there is none, the next one. None where the day is not known.
    """
    around = [birthday_in(birth, year) for year in (today.year - 1, today.year)]
    found = [one for one in around if one is not None and one.on.year == today.year]
    coming = [one for one in found if one.on >= today]
    return (coming or found[-1:] or around[-1:] or [None])[0]


def nominal_age(birth: PartialDate | None, on: date) -> tuple[int, int] | None:
    """虚岁 on a day: one at birth, one more with every lunar new year. The lowest and the highest it can be, since
    the lunar year of a date known to the month or the year may be open. None where it cannot be told."""
    if birth is None or not FIRST_DAY <= on <= LAST_DAY:
        return None
    now = LunarDate.of(on).year
    said = lunar_of(birth)
    if said is not None:
        years = (said.year, said.year)
    elif birth.earliest >= FIRST_DAY and birth.latest <= LAST_DAY:
        years = (LunarDate.of(birth.earliest).year, LunarDate.of(birth.latest).year)
    else:
        return None
    youngest, oldest = now - years[1] + 1, now - years[0] + 1
    return (youngest, oldest) if youngest > 0 else None


def nominal_age_words(birth: PartialDate | None, on: date) -> str:
    """93, or 92或93 where the birth date leaves it open; empty where it cannot be told."""
    ages = nominal_age(birth, on)
    if ages is None:
        return ""
    return str(ages[0]) if ages[0] == ages[1] else f"{ages[0]}或{ages[1]}"
