"""Figures that are counted place by place: counties for the city, units for a county, one number for a unit.

An app says which rows it counts (a source) and what it makes of them (a figure); sums over places are sums of the
places' counts, so that the table always foots.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils import timezone

from apps.core.figures import Compute, FigureValue, Number, Part, Span
from apps.core.scope import Actor
from apps.units.models import Unit

Row = Mapping[str, Any]
Source = Callable[[Actor, Span, date], Iterable[Row] | None]
"""Rows of counts, each with its ``place_key``; None where the counts of that span cannot be known any more."""


@dataclass(frozen=True)
class PlacedFigure:
    """``part``: the column that is summed. ``whole``: the column it is divided by, ``times`` 100 for a percentage; the
    quotient has one decimal, rounded half up, and is None of nothing. ``link``: the list behind it."""

    name: str
    label: str
    unit: str
    definition: str
    source: str
    part: str
    whole: str = ""
    times: int = 1
    link: Callable[[Actor, Span, date, str], str] = lambda actor, span, today, place: ""

    def number(self, rows: Iterable[Row]) -> Number | None:
        """The figure over the counts of one place or of several."""
        rows = list(rows)
        part = sum((row[self.part] or 0 for row in rows), 0)
        if not self.whole:
            return part
        whole = sum(int(row[self.whole] or 0) for row in rows)
        if not whole:
            return None
        return (Decimal(part) * self.times / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


def place_column(actor: Actor) -> str:
    """The column by which rows are put to their places."""
    return "county_id" if actor.county_id is None else "unit_id"


def places_of(actor: Actor) -> list[Unit]:
    """The places of an actor in office order; none below the county."""
    if actor.unit_id is not None:
        return []
    seen = Unit.objects.visible_to(actor)
    if actor.county_id is None:
        return list(seen.counties())
    return list(seen.filter(level="unit").order_by("sort", "pk"))


def placed_values(
    actor: Actor,
    span: Span,
    figures: Sequence[PlacedFigure],
    sources: Mapping[str, Source],
    *,
    today: date,
) -> dict[str, FigureValue]:
    """Values of the figures in the actor's scope, with those of the same days last year; each source is read once a
    span. Places without anything are left out."""
    before = span.year_before()
    wanted = {figure.source for figure in figures}
    now = {name: _by_place(sources[name](actor, span, today)) for name in wanted}
    then = {name: _by_place(sources[name](actor, before, today)) for name in wanted}
    places = places_of(actor)
    found = {}
    for figure in figures:
        rows, rows_before = now[figure.source], then[figure.source]
        parts = []
        for place in places:
            value, last_year = _of(figure, rows, place.pk), _of(figure, rows_before, place.pk)
            if value or last_year:
                link = figure.link(actor, span, today, str(place.pk))
                parts.append(Part(str(place.pk), place.label, value, last_year, link))
        found[figure.name] = FigureValue(
            name=figure.name,
            label=figure.label,
            unit=figure.unit,
            value=None if rows is None else figure.number(rows.values()),
            last_year=None if rows_before is None else figure.number(rows_before.values()),
            on=span.end,
            definition=figure.definition,
            parts=tuple(parts),
            href=figure.link(actor, span, today, ""),
        )
    return found


def placed_compute(figures: Mapping[str, PlacedFigure], sources: Mapping[str, Source]) -> Compute:
    """What an app registers: values of the named figures as of today, by place."""

    def compute(actor: Actor, span: Span, names: Sequence[str]) -> dict[str, FigureValue]:
        wanted = [figures[name] for name in names]
        return placed_values(actor, span, wanted, sources, today=timezone.localdate())

    return compute


def _by_place(rows: Iterable[Row] | None) -> dict[int, Row] | None:
    return None if rows is None else {row["place_key"]: row for row in rows}


def _of(figure: PlacedFigure, rows: Mapping[int, Row] | None, place: int) -> Number | None:
    return None if rows is None else figure.number([rows[place]] if place in rows else [])
