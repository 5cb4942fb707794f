"""Periods of reporting, and how numbers are put into the words of a Chinese briefing. Values in, values out."""

from apps.reports.rules.composition import briefing_title, compose_briefing, compose_half_year
from apps.reports.rules.periods import KINDS, SHANGHAI, Period, due_periods
from apps.reports.rules.wording import (
    as_of,
    change,
    change_cell,
    counted,
    growth,
    number,
    share,
    ten_thousands,
)

__all__ = [
    "KINDS",
    "SHANGHAI",
    "Period",
    "as_of",
    "briefing_title",
    "change",
    "change_cell",
    "compose_briefing",
    "compose_half_year",
    "counted",
    "due_periods",
    "growth",
    "number",
    "share",
    "ten_thousands",
]
