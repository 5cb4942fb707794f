"""Lunar dates: two tables made by others agree, the rules for days that a year lacks, 虚岁."""

from datetime import date, timedelta

import pytest
import sxtwl

from apps.core.fields import decode, encode
from apps.core.lunar import (
    FIRST_DAY,
    LAST_DAY,
    LunarDate,
    NoSuchLunarDate,
    birthday_in,
    birthday_this_year,
    lunar_of,
    nominal_age,
    nominal_age_words,
)
from apps.core.partial_date import PartialDate


@pytest.mark.parametrize(
    ("day", "code", "words"),
    [
        (date(1933, 7, 22), "1933-L05-30", "农历1933年闰五月三十"),
        (date(1954, 11, 25), "1954-11-01", "农历1954年十一月初一"),
        (date(1978, 9, 17), "1978-08-15", "农历1978年八月十五"),
        (date(1949, 1, 28), "1948-12-30", "农历1948年腊月三十"),
        (date(1949, 1, 29), "1949-01-01", "农历1949年正月初一"),
        (date(1950, 1, 9), "1949-11-21", "农历1949年十一月廿一"),
    ],
)
def test_known_days(day: date, code: str, words: str) -> None:
    """Acceptance 11 and the turns of the year."""
    lunar = LunarDate.of(day)
    assert (lunar.code(), str(lunar)) == (code, words)
    assert LunarDate.from_code(code) == lunar
    assert lunar.earliest == lunar.latest == day
    assert lunar.solar() == PartialDate.from_date(day)


DIFFER = {(2057, 9): date(2057, 9, 29), (2089, 8): date(2089, 9, 5), (2097, 7): date(2097, 8, 8)}
"""Months whose new moon falls within minutes of midnight: sxtwl begins them a day earlier than the tables."""


def test_agrees_with_sxtwl() -> None:
    """Every seventeenth day of two centuries, and the last and first days of every lunar month."""
    days = {FIRST_DAY + timedelta(days=n) for n in range(0, (LAST_DAY - FIRST_DAY).days, 17)}
    for year in range(1901, 2101):
        for month in range(1, 13):
            start = LunarDate(year, month, 1).earliest
            days |= {start, start - timedelta(days=1)}
    for (year, month), start in DIFFER.items():
        assert LunarDate(year, month, 1).earliest == start
    for day in sorted(days):
        theirs = sxtwl.fromSolar(day.year, day.month, day.day)
        ours = LunarDate.of(day)
        if any(start - timedelta(days=1) <= day < start + timedelta(days=29) for start in DIFFER.values()):
            assert ours.earliest == day
            continue
        assert (ours.year, ours.month, ours.day, ours.leap) == (
            theirs.getLunarYear(),
            theirs.getLunarMonth(),
            theirs.getLunarDay(),
            bool(theirs.isLunarLeap()),
        ), day
        assert ours.earliest == day


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ((1933, 5, 31), "没有31日"),
        ((1934, 5, 30, True), "没有闰五月"),
        ((1899, 5, 1), "1900年到2100年"),
        ((2101, 1, 1), "1900年到2100年"),
        ((1933, 13), "没有13月"),
        ((1933, None, 3), "缺少农历月份"),
        ((2026, 5, 30), "没有三十"),
    ],
)
def test_no_such_day(parts: tuple, why: str) -> None:
    with pytest.raises(NoSuchLunarDate, match=why):
        LunarDate(*parts)


@pytest.mark.parametrize("code", ["", "1933-5-30", "1933-05-30 ", "1933-L", "33-05-30", "1933-０5-30"])
def test_codes_are_strict(code: str) -> None:
    with pytest.raises(ValueError, match="lunar code"):
        LunarDate.from_code(code)


def test_partly_known_stays_partly_known() -> None:
    month = LunarDate(1933, 5)
    assert (month.earliest, month.latest) == (date(1933, 5, 24), date(1933, 6, 22))
    assert month.solar() == PartialDate(1933)
    assert LunarDate(1933, 12).solar() == PartialDate(1934)  # 腊月 lies in the next solar year altogether
    assert LunarDate(1954, 12).earliest.year != LunarDate(1954, 12).latest.year
    assert LunarDate(1954, 12).solar() == PartialDate(1954)
    assert (LunarDate(1933).earliest, LunarDate(1933).latest) == (date(1933, 1, 26), date(1934, 2, 13))


def test_stands_in_a_stored_date() -> None:
    for lunar in (LunarDate(1933, 5, 30, True), LunarDate(1933, 5), LunarDate(1933), LunarDate(1948, 11, 10)):
        stored = decode(encode(lunar.solar()))
        assert lunar_of(stored) == lunar
    assert lunar_of(PartialDate(1933, 7, 22)) is None
    assert lunar_of(PartialDate(1933, 7, 22, raw="农历1933年闰六月三十")) is None
    assert lunar_of(None) is None


def test_birthday_in_years_that_lack_the_day() -> None:
    born = LunarDate(1933, 5, 30, True)
    found = birthday_in(born, 2026)
    assert found is not None
    assert found.on == LunarDate(2026, 5, 29).earliest == date(2026, 7, 13)
    assert found.note == "这一年没有闰五月，按五月；这一年该月没有三十，按廿九"
    leap = birthday_in(born, 2009)  # 2009 has 闰五月, of 29 days
    assert leap is not None
    assert leap.on == LunarDate(2009, 5, 29, True).earliest
    assert leap.note == "这一年该月没有三十，按廿九"
    plain = birthday_in(LunarDate(1954, 11, 1), 2026)
    assert plain is not None
    assert (plain.on, plain.note) == (date(2026, 12, 9), "")
    assert birthday_in(LunarDate(1954, 11), 2026) is None
    assert birthday_in(born, 2101) is None


def test_birthday_of_a_solar_year() -> None:
    in_winter = LunarDate(1948, 12, 8)  # 2025-01-07, 2026-01-26, 2027-01-15
    assert birthday_this_year(in_winter, date(2026, 1, 1)).on == date(2026, 1, 26)
    assert birthday_this_year(in_winter, date(2026, 3, 1)).on == date(2026, 1, 26)
    late = LunarDate(1948, 11, 20)
    days = [birthday_in(late, year).on for year in range(1990, 2030)]
    without = next(year for year in range(1991, 2029) if year not in {day.year for day in days})
    assert birthday_this_year(late, date(without, 6, 1)).on.year == without + 1
    assert birthday_this_year(LunarDate(1948), date(2026, 6, 1)) is None


def test_nominal_age() -> None:
    born = PartialDate(1949, 1, 28)  # the last day of the lunar year 1948
    assert nominal_age(born, date(1949, 1, 28)) == (1, 1)
    assert nominal_age(born, date(1949, 1, 29)) == (2, 2)
    assert nominal_age(born, date(2026, 2, 16)) == (78, 78)
    assert nominal_age(born, date(2026, 2, 17)) == (79, 79)  # 春节
    assert nominal_age(PartialDate(1949), date(2026, 3, 1)) == (78, 79)
    assert nominal_age_words(PartialDate(1949), date(2026, 3, 1)) == "78或79"
    assert nominal_age(LunarDate(1949).solar(), date(2026, 3, 1)) == (78, 78)
    assert nominal_age(PartialDate(1949, 9), date(1949, 1, 1)) is None
    assert nominal_age(PartialDate(1899), date(2026, 1, 1)) is None
    assert nominal_age_words(None, date(2026, 1, 1)) == ""
