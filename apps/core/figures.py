"""A number has one definition. A figure is named and documented, can be asked as of any day, knows the same day last
year, and opens the list behind it; the board, the list, the briefing and the yearly table all ask it here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Protocol

from apps.core.chinese import years_before
from apps.core.scope import Actor

Number = int | Decimal


@dataclass(frozen=True)
class Part:
    """One bar or table row of a figure that is broken down."""

    key: str
    label: str
    value: Number | None
    last_year: Number | None
    href: str = ""


@dataclass(frozen=True)
class FigureValue:
    """A figure as of a day. ``href`` opens the list behind ``value``, ``last_year_href`` that of the year before."""

    name: str
    label: str
    unit: str
    value: Number | None
    last_year: Number | None
    on: date
    definition: str
    parts: tuple[Part, ...] = ()
    href: str = ""
    last_year_href: str = ""

    @property
    def difference(self) -> Number | None:
        """Value less that of the year before; None where either is not known."""
        if self.value is None or self.last_year is None:
            return None
        return self.value - self.last_year


@dataclass(frozen=True)
class Span:
    """The days a figure looks at: stocks as of ``end``, flows from ``start`` to ``end``, both belonging."""

    start: date
    end: date

    @classmethod
    def year_to(cls, day: date) -> "Span":
        """From 1 January to the day."""
        return cls(day.replace(month=1, day=1), day)

    def year_before(self) -> "Span":
        """The same days a year earlier."""
        return Span(years_before(self.start, 1), years_before(self.end, 1))


class Figure(Protocol):
    """What an app registers: a name, words about it, and how it is counted."""

    name: str
    label: str
    unit: str
    definition: str

    def link(self, span: Span, part: str = "") -> str: ...


Compute = Callable[[Actor, Span, Sequence[str]], Mapping[str, FigureValue]]
_sources: dict[str, Compute] = {}


def register_figures(names: Sequence[str], compute: Compute) -> None:
    """Connect the figures of an app; called once from its AppConfig.ready()."""
    for name in names:
        if _sources.get(name, compute) is not compute:
            raise ValueError(f"figure {name} is defined twice")
        _sources[name] = compute


def figure_names() -> tuple[str, ...]:
    """All figures there are."""
    return tuple(_sources)


def figure_values(actor: Actor, span: Span, names: Sequence[str]) -> dict[str, FigureValue]:
    """Values of the named figures in the actor's scope, in the order asked; each app is asked once.

    Raises KeyError for a name nobody defined.
    """
    by_source: dict[Compute, list[str]] = {}
    for name in names:
        by_source.setdefault(_sources[name], []).append(name)
    found: dict[str, FigureValue] = {}
    for compute, wanted in by_source.items():
        found.update(compute(actor, span, wanted))
    return {name: found[name] for name in names}


def without_links(value: FigureValue) -> FigureValue:
    """The same figure for paper."""
    return replace(
        value, href="", last_year_href="", parts=tuple(replace(part, href="") for part in value.parts)
    )
