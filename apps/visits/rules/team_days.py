"""What pages say of days of groups: which were skipped, on which nobody works, and what the calendar cannot know."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby

from apps.core.chinese import format_date
from apps.core.workdays import holiday_name, is_announced, rest_name
from apps.visits.rules.grouping import free_days

RULE = "日期由系统排的，避开周末和法定节假日，调休上班的周末照排。"


def unknown_years(first: date, last: date) -> str:
    """Years whose holidays are not known yet, as a sentence; "" for none."""
    years = [year for year in range(first.year, last.year + 1) if not is_announced(year)]
    if not years:
        return ""
    return f"{'、'.join(f'{year}年' for year in years)}放假安排尚未收录，这些日子只避开周六周日，放假安排公布后请核对。"


def skipped_words(first: date, last: date) -> str:
    """已避开周末和法定节假日3天，其中春节2026年2月16日至2026年2月17日。 "" where no day was skipped."""
    free = free_days(first, last)
    if not free:
        return ""
    named = "、".join(
        f"{name}（{_span(days)}）" for name, days in _runs([(holiday_name(day), day) for day in free]) if name
    )
    return f"已避开周末和法定节假日{len(free)}天{f'，其中{named}' if named else ''}。"


def _runs(days: Sequence[tuple[str, date]]) -> list[tuple[str, list[date]]]:
    """Neighbouring days of one name."""
    numbered = enumerate(days)
    found = groupby(numbered, key=lambda one: (one[1][0], one[1][1] - timedelta(days=one[0])))
    return [(name, [day for _, (_, day) in rows]) for (name, _), rows in found]


def _span(days: Sequence[date]) -> str:
    return format_date(days[0]) if len(days) == 1 else f"{format_date(days[0])}至{format_date(days[-1])}"


def day_note(day: date | None) -> str:
    """元旦假期 or 周六 beside a day on which offices rest; "" for a working day and for none."""
    return rest_name(day) if day else ""
