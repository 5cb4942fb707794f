"""Lunar dates as people write them: 农历1933年闰五月三十, 阴历33年腊月初八, 1933.7.22（农历闰五月三十）."""

from __future__ import annotations

import re
from dataclasses import replace

from ..lunar import LunarDate, NoSuchLunarDate
from .date_text import BRACKETS, NotADate, Parts, Reading, Undecided, digits_only, from_parts
from .result import Issue, notice, warning
from .text import squeeze

_LUNAR = re.compile(r"农历|阴历|旧历|正月|腊月|冬月|初[一二三四五六七八九十]|闰")
_SOLAR = re.compile(r"公历|阳历|新历")
_MARKS = re.compile(r"农历|阴历|旧历|出生|生|[(\[【〔)\]】〕]")
_SAYS_A_DAY = re.compile(r"[\d月初廿卅]")
_NAMED = {"正月": "1月", "冬月": "11月", "腊月": "12月", "闰": "", "初": ""}


def is_lunar(text: str) -> bool:
    """Whether the text says by itself that it is a lunar date."""
    return bool(_LUNAR.search(text)) and not _SOLAR.match(text.strip())


def without_calendar(text: str) -> str:
    """The text without a word that says it is a solar date."""
    return _SOLAR.sub("", text)


def says_solar(text: str) -> bool:
    """Whether the text says by itself that it is a solar date."""
    return bool(_SOLAR.match(text.strip()))


def read_lunar(text: str, leap: bool = False) -> Reading:
    """The solar date of a lunar one, with the lunar words. ``leap``: the month is a 闰月 though the text does not say.

    Raises NotADate when the lunar calendar has no such day, Undecided when the text cannot be read or says two days.
    """
    text = squeeze(text.strip()).replace("润", "闰")
    outside, inside = BRACKETS.sub("", text), _MARKS.sub("", "".join(BRACKETS.findall(text)))
    if outside and not _LUNAR.search(outside) and _SAYS_A_DAY.search(inside):
        return _both(outside, inside)
    reading, lunar = _one(text, leap)
    solar = lunar.solar()
    kept = _remark(lunar)
    issues = (
        (notice("two-digit-year", f"年份只写了两位，读作{lunar.year}年。"),) if reading.two_digits else ()
    )
    return Reading(solar.year, solar.month, solar.day, issues=(*issues, kept), lunar=str(lunar))


def _remark(lunar: LunarDate) -> Issue:
    solar = lunar.solar()
    if lunar.day is not None:
        return notice("lunar", f"{lunar}，换算为公历{solar}。")
    if lunar.earliest.year == lunar.latest.year:
        return warning("lunar", f"{lunar}没有写到日，公历跨两个月，只记公历年份{solar}。请按档案补到日。")
    return warning("lunar", f"{lunar}没有写到日，公历跨两年，先记{solar}。请按档案补到日。")


def _one(text: str, leap: bool) -> tuple[Reading, LunarDate]:
    """Figures of the text, and the lunar date they are."""
    leap = leap or "闰" in text
    plain = _MARKS.sub("", text)
    for name, figure in _NAMED.items():
        plain = plain.replace(name, figure)
    try:
        reading = from_parts(digits_only(plain)[0], numberlike=False)
    except ValueError:
        raise _unread() from None
    if reading.year is None or reading.serial or (leap and reading.month is None):
        raise _unread()
    year = 1900 + reading.year if reading.two_digits else reading.year
    try:
        return reading, LunarDate(year, reading.month, reading.day, leap)
    except NoSuchLunarDate as reason:
        raise NotADate(f"：{reason}") from None


def _unread() -> Undecided:
    return Undecided("是农历日期，看不出是哪一天", kind="lunar")


def _both(outside: str, inside: str) -> Reading:
    """1933.7.22（农历闰五月三十）: the two must be one day. The lunar year may be the one before."""
    try:
        solar = from_parts(digits_only(outside)[0], numberlike=False)
    except ValueError:
        raise _unread() from None
    year = 1900 + (solar.year or 0) if solar.two_digits else solar.year or 0
    said: Parts = (year, solar.month, solar.day)
    for lunar_year in (year, year - 1):
        text = inside if "年" in inside else f"{lunar_year}年{inside}"
        try:
            lunar = _one(text, False)[1]
        except ValueError:
            continue
        if lunar.day is not None and (one := lunar.earliest) and (one.year, one.month, one.day) == said:
            return replace(solar, lunar=str(lunar))
    raise Undecided("里的公历和农历对不上", said, kind="lunar")
