"""Hardship aid: feast days, and what may still be granted to one person in a year. Pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apps.benefits.choices import AID_GRANTED, AID_OVER, AidState, Feast
from apps.core.chinese import format_date, format_money
from apps.core.lunar import LunarDate

LUNAR = {
    Feast.SPRING: (1, 1),
    Feast.DRAGON_BOAT: (5, 5),
    Feast.MID_AUTUMN: (8, 15),
    Feast.DOUBLE_NINTH: (9, 9),
}
SOLAR = {Feast.PARTY_DAY: (7, 1), Feast.NATIONAL_DAY: (10, 1)}
SOON = 14
"""Days before which unpaid money is told on the home page."""


def feast_day(feast: str, year: int) -> date:
    """The day of a feast in a year of the solar calendar."""
    kind = Feast(feast)
    if kind in SOLAR:
        month, day = SOLAR[kind]
        return date(year, month, day)
    month, day = LUNAR[kind]
    return LunarDate(year, month, day).earliest


def days_words(pay_before: date, today: date) -> str:
    """还有5天; 今天到期; 已过3天. Money is to be paid before that day."""
    days = (pay_before - today).days
    if days > 0:
        return f"还有{days}天"
    return f"已过{-days}天" if days < 0 else "今天到期"


@dataclass(frozen=True)
class Earlier:
    """Another case of the same person in the same scheme."""

    state: str
    granted: Decimal | None


def refuse_again(others: Sequence[Earlier], times: int) -> str:
    """Why the person may not apply once more; "" where he may."""
    living = [one for one in others if one.state not in AID_OVER]
    if len(living) < times:
        return ""
    state = AidState(living[0].state).label
    if times == 1:
        return f"这个人今年已经申请过这个项目（{state}），每年一次。"
    return f"这个人今年已经申请过{len(living)}次，每年最多{times}次。"


def refuse_amount(granted: Decimal, limit: Decimal | None, others: Sequence[Earlier]) -> str:
    """Why an amount may not be granted beside what the person was granted this year; "" where it may."""
    if limit is None:
        return "这个项目没有填每人每年限额，请先在项目里填写。"
    before = sum((one.granted or Decimal(0) for one in others if one.state in AID_GRANTED), Decimal(0))
    if granted + before <= limit:
        return ""
    had = f"，今年已核定{format_money(before)}" if before else ""
    return (
        f"每人每年限额{format_money(limit)}{had}，最多再核定{format_money(max(limit - before, Decimal(0)))}。"
    )


def refuse_budget(granted: Decimal, budget: Decimal | None, taken: Decimal) -> str:
    """Why the budget does not bear an amount; "" where it does or there is none."""
    if budget is None or granted + taken <= budget:
        return ""
    return f"预算只剩{format_money(max(budget - taken, Decimal(0)))}，不够{format_money(granted)}。"


def refuse_day(day: date, earliest: date, today: date, what: str) -> str:
    """Why something cannot have happened on a day; "" where it can."""
    if day > today:
        return f"{what}日期不能晚于今天。"
    if day < earliest:
        return f"{what}日期不能早于{format_date(earliest)}。"
    return ""
