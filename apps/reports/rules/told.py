"""Words for one figure of a briefing, and which figures the text has used."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from apps.core.documents.blocks import note_mark
from apps.reports.rules.periods import Period
from apps.reports.rules.wording import change, counted

if TYPE_CHECKING:
    from apps.core.figures import FigureValue, Part

FLOWS = frozenset({"additions", "transferred_in", "transferred_out", "deaths"})
WORK = (
    "visits_made",
    "visits_led",
    "people_visited",
    "lixiu_visited",
    "due_rate",
    "due_missing",
    "gifts_money",
    "gifts_goods",
    "concerns_received",
    "concerns_in_time",
    "concerns_satisfied",
)
OF_A_SPAN = FLOWS | frozenset(WORK)
"""Figures of the days of the period, not of its last one."""


class Told:
    """The figures of a briefing. ``values``: by name; of these only ``headcount`` must be there."""

    def __init__(self, values: Mapping[str, "FigureValue"], period: Period, area: str, places: str) -> None:
        self.values, self.period, self.area, self.places = values, period, area, places
        self.marked: set[str] = set()
        self.headcount = values["headcount"]
        self.by, self.complete_by = (
            ("by_unit", "completeness_by_unit")
            if "by_unit" in values
            else ("by_county", "completeness_by_county")
        )

    def known(self, name: str) -> bool:
        return name in self.values and self.values[name].value is not None

    def positive(self, name: str) -> bool:
        return self.known(name) and bool(self.values[name].value)

    def unit(self, name: str) -> str:
        return self.values[name].unit

    def plain(self, name: str) -> str:
        return counted(self.values[name].value, self.unit(name))

    def mark(self, name: str) -> str:
        self.marked.add(name)
        return name

    def told(self, name: str) -> str:
        """The value with its unit and the mark of its note."""
        return self.plain(name) + note_mark(self.mark(name))

    def change(self, name: str, *, short: bool = False) -> str:
        figure = self.values[name]
        return change(figure.value, figure.last_year, figure.unit, short=short)

    def phrase(self, name: str, label: str) -> str:
        return f"{label}{self.told(name)}{clause(self.change(name, short=True))}" if self.known(name) else ""

    def parts(self, name: str) -> Sequence["Part"]:
        return self.values[name].parts if name in self.values else ()

    def listed(self, name: str) -> str:
        """市直3,412人、南岭县1,198人: the parts that are not empty."""
        parts = [part for part in self.parts(name) if part.value]
        if not parts:
            return ""
        listed = "、".join(f"{part.label}{counted(part.value, self.unit(name))}" for part in parts)
        return listed + note_mark(self.mark(name))


def clause(words: str) -> str:
    """The words behind a comma; nothing of nothing."""
    return f"，{words}" if words else ""


def bracketed(words: str) -> str:
    """The words in brackets; nothing of nothing."""
    return f"（{words}）" if words else ""
