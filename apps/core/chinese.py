"""Chinese formats of dates, money, ages and counts, in one place."""

from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone


def format_date(day: date | None) -> str:
    """2026年3月5日; "—" for None."""
    return f"{day.year}年{day.month}月{day.day}日" if day else "—"


def format_moment(moment: datetime | None) -> str:
    """2026年3月5日 14:05, in the portal's time zone; "—" for None."""
    if moment is None:
        return "—"
    local = timezone.localtime(moment)
    return f"{format_date(local.date())} {local:%H:%M}"


def format_money(amount: Decimal | None) -> str:
    """1,234.50元; "—" for None."""
    return f"{amount:,.2f}元" if amount is not None else "—"


def format_count(number: int | None) -> str:
    """12,086; "—" for None."""
    return f"{number:,}" if number is not None else "—"


def age_on(birth: date | None, day: date) -> int | None:
    """Full years (周岁) on a day: one more from the birthday on (GB convention, the day itself counts)."""
    if birth is None:
        return None
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def years_before(day: date, years: int) -> date:
    """The same day ``years`` earlier; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
