"""Working days: legal holidays and days worked in exchange (调休), as they are announced for each year.

Tables of chinesecalendar, which ends with the last year announced; later years count Monday to Friday, and
``is_announced`` says so for the pages that promise a day.
"""

from datetime import date, timedelta

import chinese_calendar

NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}

WEEKDAYS = "一二三四五六日"


def is_announced(year: int) -> bool:
    """Whether the holidays of a year are known."""
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def is_workday(day: date) -> bool:
    """Whether offices work on a day."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def holiday_name(day: date) -> str:
    """春节 on its days off, 调休上班 on a weekend that is worked in exchange; "" for every other day."""
    try:
        is_off, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return ""
    if is_off:
        return NAMES.get(name, "") if name else ""
    return "调休上班" if day.weekday() > 4 else ""


def rest_name(day: date) -> str:
    """Why offices rest on a day: 元旦假期, or 周六; "" for a working day."""
    if is_workday(day):
        return ""
    name = holiday_name(day)
    return f"{name}假期" if name else f"周{WEEKDAYS[day.weekday()]}"


def add_workdays(day: date, count: int) -> date:
    """The last of ``count`` working days after a day; the day itself for none."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_workday(day)
    return day


def workdays_between(start: date, end: date) -> int:
    """Working days after ``start`` up to ``end``; negative where it lies behind."""
    if end < start:
        return -workdays_between(end, start)
    return sum(is_workday(start + timedelta(days=number)) for number in range(1, (end - start).days + 1))
