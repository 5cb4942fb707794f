"""Dates as people type them into rosters: 1949.9, 49-9, 1949年9月, 一九四九年九月, 19490930, Excel's own numbers.

Three steps: the cell's type decides how it may be read, `date_text` turns text into year, month and day, and
`_finish` checks them. What a cell does not decide stays undecided: both readings go into `candidates`.
"""

from __future__ import annotations

import datetime as dt
import math
from functools import lru_cache
from typing import NamedTuple

from ..partial_date import PartialDate
from .date_text import NotADate, Parts, Reading, Undecided, read_text
from .lunar_text import is_lunar, read_lunar, says_solar, without_calendar
from .result import Cell, Issue, Parsed, error, notice, show, warning
from .text import required_issue, text_problem

EXCEL_1900 = dt.date(1899, 12, 30)
EXCEL_1904 = dt.date(1904, 1, 1)
LAST_SERIAL = 99_999
OLDEST_YEAR = 1850
DATE_TEXT_LENGTH = 60


class DateWindow(NamedTuple):
    """The days that make sense in a column. It settles which century a two-digit year means."""

    earliest: dt.date
    latest: dt.date


class _Settings(NamedTuple):
    today: dt.date
    window: DateWindow | None
    untyped: bool
    epoch_1904: bool
    lunar: bool
    leap: bool


def parse_date_cell(
    value: Cell,
    *,
    today: dt.date,
    window: DateWindow | None = None,
    untyped: bool = False,
    epoch_1904: bool = False,
    required: bool = False,
    lunar: bool = False,
    leap: bool = False,
    label: str = "日期",
) -> Parsed[PartialDate]:
    """Read one date cell to the precision it was written in.

    `window`: days plausible in this column; without it a two-digit year is 19xx.
    `untyped`: the cell comes from a text file, where 1949.1 may be the number 1949.10 that lost its zero.
    `epoch_1904`: the workbook counts days from 1904 (old Macintosh files).
    `lunar`: a text is a lunar date even if it does not say so, unless it says 公历; `leap`: in a 闰月. A lunar date
    gives its solar one, with the lunar words as `raw` of the value.

    Issues: errors `invalid`, `future`, `required`, `too-long`, `control-character`, `broken-character`,
    `formula-error`; warnings without a value `ambiguous-number` (1949.1 typed as a number is January or October),
    `lunar` (unreadable, or two days that differ); warnings with one `two-digit-year` (when 20xx would fit as well),
    `serial` (text), `approximate`, `remark`, `implausible` (outside the window), `lunar` (known to the month);
    notices `two-digit-year`, `serial`, `first-of-month` (Excel makes 1949-9 into 1949-09-01: the month alone is a
    candidate), `corrected`, `stated-unknown`, `lunar`.
    """
    if value is None or value == "":
        return Parsed(None, "", (required_issue(label),) if required else ())
    if isinstance(value, str) and (problem := text_problem(value)):
        return Parsed(None, show(value), (problem,))
    parsed = _parse(value, _Settings(today, window, untyped, epoch_1904, lunar, leap))
    if required and parsed.value is None and not parsed.issues:
        return parsed.with_issues(required_issue(label))
    return parsed


@lru_cache(maxsize=32_768, typed=True)
def _parse(value: Cell, settings: _Settings) -> Parsed[PartialDate]:
    raw = show(value)
    try:
        return _finish(_read(value, settings), raw, settings)
    except Undecided as doubt:
        return _undecided(doubt, raw)
    except NotADate as reason:
        return Parsed(
            None, raw, (error("invalid", f"“{raw[:DATE_TEXT_LENGTH]}”{reason}请改成“1949.09”这样的写法。"),)
        )


def _read(value: Cell, settings: _Settings) -> Reading:
    if isinstance(value, (bool, dt.time, dt.timedelta)):
        raise NotADate("不是日期。")
    if isinstance(value, dt.date):
        return _from_date_cell(value, settings)
    if isinstance(value, (int, float)):
        return _from_number(value, settings)
    text = value or ""
    if len(text) > DATE_TEXT_LENGTH:
        raise NotADate("太长，不像日期。")
    if (settings.lunar and not says_solar(text)) or is_lunar(text):
        return read_lunar(text, settings.leap)
    reading = read_text(without_calendar(text), numberlike=settings.untyped)
    return _from_serial(reading.serial, settings, from_text=True) if reading.serial else reading


def _from_date_cell(value: dt.date, settings: _Settings) -> Reading:
    """A cell formatted as a date. 1949.9 typed into one shows as a day of 1905; 1949-9 becomes the month's first."""
    number = _as_number(value, settings)
    if OLDEST_YEAR <= number < settings.today.year + 1:
        day = (value.year, value.month, value.day)
        shown = f"{value.year}年{value.month}月{value.day}日"
        raise Undecided(
            f"可能真是{shown}，也可能是在日期格式的格子里写了{number:g}", day, *_year_month_readings(number)
        )
    if value.day != 1:
        return Reading(value.year, value.month, value.day)
    remark = notice(
        "first-of-month",
        f"单元格是日期格式，读作{value.year}年{value.month}月1日；如果只知道年月，请改成文本“{value:%Y.%m}”。",
    )
    return Reading(
        value.year, value.month, value.day, issues=(remark,), also=((value.year, value.month, None),)
    )


def _as_number(value: dt.date, settings: _Settings) -> float:
    """The number Excel keeps for a date."""
    day = value.date() if isinstance(value, dt.datetime) else value
    whole = (day - (EXCEL_1904 if settings.epoch_1904 else EXCEL_1900)).days
    if not isinstance(value, dt.datetime):
        return whole
    return round(whole + (value.hour * 3600 + value.minute * 60 + value.second) / 86_400, 4)


def _year_month_readings(number: float) -> tuple[Parts, ...]:
    """What 1949, 1949.09 or 1949.1 means as a year and month."""
    try:
        reading = read_text(f"{number:.4f}".rstrip("0").rstrip("."), numberlike=True)
    except Undecided as doubt:
        return doubt.readings
    except NotADate:
        return ()
    return ((reading.year or 0, reading.month, None),)


def _from_number(number: float, settings: _Settings) -> Reading:
    """A numeric cell: a year, a year and month written with a point, a compact date, or Excel's day number."""
    if not math.isfinite(number) or number < 0:
        raise NotADate("不是日期。")
    if number > LAST_SERIAL and number != int(number):
        raise NotADate("不是日期。")
    if number == int(number):
        whole = int(number)
        if 2100 < whole <= LAST_SERIAL:
            return _from_serial(whole, settings)
        return read_text(str(whole))
    if number > 2200:
        return _from_serial(int(number), settings)
    return read_text(f"{number:.6f}".rstrip("0"), numberlike=True)


def _from_serial(number: int, settings: _Settings, from_text: bool = False) -> Reading:
    """Excel's day number. 19499 is 1953-05-20 for Excel, but 1949.9 without its point for a hurried hand."""
    day = (EXCEL_1904 if settings.epoch_1904 else EXCEL_1900) + dt.timedelta(days=number)
    year, month = (number // 10, number % 10) if number > 9999 else (1900 + number // 100, number % 100)
    if OLDEST_YEAR <= year <= settings.today.year and 1 <= month <= 12:
        raise Undecided(
            f"是数字，可能是Excel日期（{day.year}年{day.month}月{day.day}日），也可能是{year}年{month}月",
            (day.year, day.month, day.day),
            (year, month, None),
        )
    message = f"单元格里是Excel的日期序号，读作{day.year}年{day.month}月{day.day}日。"
    issue = warning("serial", message + "请核对。") if from_text else notice("serial", message)
    return Reading(day.year, day.month, day.day, issues=(issue,))


def _undecided(doubt: Undecided, raw: str) -> Parsed[PartialDate]:
    candidates = tuple(PartialDate(*parts, raw=raw) for parts in doubt.readings if _exists(*parts))
    issue = warning(doubt.kind, f"“{raw}”{doubt}，无法断定。请按档案改成“1949.09”这样的文本。")
    return Parsed(None, raw, (issue,), candidates)


def _finish(reading: Reading, raw: str, settings: _Settings) -> Parsed[PartialDate]:
    if reading.year is None:
        return Parsed(None, raw, reading.issues)
    year, issues, also = reading.year, list(reading.issues), list(reading.also)
    if reading.two_digits:
        year, remark, other = _century(reading, settings)
        issues.append(remark)
        also.extend(other)
    _check(year, reading.month, reading.day)
    value = PartialDate(year, reading.month, reading.day, reading.lunar or raw)
    candidates = tuple(PartialDate(*parts, raw=raw) for parts in also if _exists(*parts))
    if candidates:
        candidates = (value, *candidates)
    if value.earliest > settings.today:
        return Parsed(None, raw, (error("future", f"{value}还没有到，年份可能写错了。请核对后改正。"),))
    if (outside := _outside(value, settings.window)) is not None:
        issues.append(outside)
    return Parsed(value, raw, tuple(issues), candidates)


def _century(
    reading: Reading, settings: _Settings
) -> tuple[int, Issue, list[tuple[int, int | None, int | None]]]:
    """19xx or 20xx for a two-digit year: whichever lies in the window and is not to come."""
    short = reading.year or 0
    fitting = [year for year in (1900 + short, 2000 + short) if _fits(year, reading.month, settings)]
    year = fitting[0] if fitting else 1900 + short
    if len(fitting) < 2:
        return year, notice("two-digit-year", f"年份只写了两位，读作{year}年。"), []
    message = f"年份只写了两位，读作{year}年，但{fitting[1]}年也说得通。请补全四位年份。"
    return year, warning("two-digit-year", message), [(fitting[1], reading.month, reading.day)]


def _fits(year: int, month: int | None, settings: _Settings) -> bool:
    if not _exists(year, month, None):
        return year < 2000
    span = PartialDate(year, month)
    earliest, latest = settings.window or (dt.date(OLDEST_YEAR, 1, 1), settings.today)
    return span.latest >= earliest and span.earliest <= min(latest, settings.today)


def _outside(value: PartialDate, window: DateWindow | None) -> Issue | None:
    if window is None or (value.latest >= window.earliest and value.earliest <= window.latest):
        return None
    return warning(
        "implausible", f"{value}不在合理的范围内（{window.earliest.year}—{window.latest.year}年）。请核对。"
    )


def _check(year: int, month: int | None, day: int | None) -> None:
    """Raise NotADate with the part that is wrong."""
    if not OLDEST_YEAR <= year <= 9999:
        raise NotADate(f"的年份是{year}，不合理。")
    if month is not None and not 1 <= month <= 12:
        raise NotADate(f"的月份是{month}，应在1到12之间。")
    if day is not None and not _exists(year, month, day):
        raise NotADate(f"的日是{day}，{year}年{month}月没有这一天。")


def _exists(year: int, month: int | None, day: int | None) -> bool:
    try:
        PartialDate(year, month, day)
    except ValueError:
        return False
    return True
