"""What the days of a standard mean before it is published. Pure functions on values."""

from datetime import date, timedelta

from apps.benefits.choices import Cycle
from apps.benefits.rules.engine import BenefitTerms, StandardTerms
from apps.core.chinese import format_date


def days_faults(standard: StandardTerms, benefit: BenefitTerms) -> list[str]:
    """What is wrong with its days. Months are never split, so what is paid by the month begins on the first of one."""
    if benefit.cycle == Cycle.MONTH and standard.starts.day != 1:
        return [f"{benefit.name}按月计发，要从某月1日起执行，不能从{format_date(standard.starts)}起。"]
    return []


def months_back(starts: date, today: date) -> int:
    """How many months before today's a standard begins; 0 for one that begins in this month or later."""
    return max(0, (today.year - starts.year) * 12 + today.month - starts.month)


def back_dated(standard: StandardTerms, benefit: BenefitTerms, today: date) -> str:
    """A hint that arrears will follow; nothing for one that does not reach back, or ended before today."""
    number = months_back(standard.starts, today)
    if not number or (standard.ends is not None and standard.ends <= today):
        return ""
    if benefit.cycle == Cycle.MONTH:
        return f"比今天早{number}个月，发布后要补发。"
    return f"比今天早{number}个月，这段时间里已经发过的要核对、补差。"


def force_words(starts: date, ends: date | None) -> str:
    """2009年1月1日起, or with the last day on which it holds. ``ends`` is the first day on which it no longer does."""
    if ends is None:
        return f"{format_date(starts)}起"
    return f"{format_date(starts)}至{format_date(ends - timedelta(days=1))}"
