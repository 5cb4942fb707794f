"""What a day is called: lunar day, 节气, festivals, legal holidays and the working days that stand in for them."""

from dataclasses import dataclass
from datetime import date, timedelta

from borax.calendars.lunardate import LunarDate as Table

from apps.core.lunar import FIRST_DAY, LAST_DAY, LunarDate
from apps.core.workdays import holiday_name, is_announced, is_workday

LUNAR_FESTIVALS = {
    (1, 1): "春节",
    (1, 15): "元宵节",
    (5, 5): "端午节",
    (7, 7): "七夕",
    (7, 15): "中元节",
    (8, 15): "中秋节",
    (9, 9): "重阳节",
    (12, 8): "腊八节",
    (12, 23): "小年",
}
SOLAR_FESTIVALS = {
    (1, 1): "元旦",
    (3, 8): "妇女节",
    (5, 1): "劳动节",
    (5, 4): "青年节",
    (7, 1): "建党节",
    (8, 1): "建军节",
    (10, 1): "国庆节",
}


@dataclass(frozen=True)
class DayWords:
    """``lunar``: 初五, on the first of a month 十月; ``festivals``: 节气 and festivals; ``rest``: 休, 班 or empty, with
    its reason in ``holiday``. ``known``: whether the State Council's arrangement of the year is in the tables."""

    day: date
    lunar: str
    lunar_whole: str
    festivals: tuple[str, ...]
    rest: str
    holiday: str
    known: bool


def day_words(day: date) -> DayWords:
    """All of it for one day; outside of 1900 to 2100 no lunar words."""
    lunar = whole = ""
    festivals: list[str] = []
    if FIRST_DAY <= day <= LAST_DAY:
        found = LunarDate.of(day)
        whole = found.in_year
        lunar = whole[-2:] if found.day != 1 else whole.removesuffix("初一")
        term = str(Table.from_solar(day).term or "")
        festivals += [term] if term else []
        if not found.leap and (name := LUNAR_FESTIVALS.get((found.month or 0, found.day or 0))):
            festivals.append(name)
        if _is_eve(day):
            festivals.append("除夕")
    if name := SOLAR_FESTIVALS.get((day.month, day.day)):
        festivals.append(name)
    rest, holiday, known = _rest(day)
    return DayWords(day, lunar, whole, tuple(festivals), rest, holiday, known)


def _is_eve(day: date) -> bool:
    if day >= LAST_DAY:
        return False
    after = LunarDate.of(day + timedelta(days=1))
    return (after.month, after.day, after.leap) == (1, 1, False)


def _rest(day: date) -> tuple[str, str, bool]:
    known, name = is_announced(day.year), holiday_name(day)
    if not name:
        return "", "", known
    return ("班", name, known) if is_workday(day) else ("休", f"{name}放假", known)


@dataclass(frozen=True)
class Span:
    """The days a calendar shows, both inclusive, and the anchors of the pages before and after."""

    start: date
    end: date
    before: date
    after: date


def span_of(view: str, day: date) -> Span:
    """A month, with the days that fill its weeks up, a week from Monday, or for the list the month alone."""
    if view == "week":
        start = day - timedelta(days=day.weekday())
        return Span(start, start + timedelta(days=6), start - timedelta(days=7), start + timedelta(days=7))
    first = day.replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    before = (first - timedelta(days=1)).replace(day=1)
    last = after - timedelta(days=1)
    if view == "list":
        return Span(first, last, before, after)
    return Span(
        first - timedelta(days=first.weekday()), last + timedelta(days=6 - last.weekday()), before, after
    )
