"""Which counts are kept ready, and where they no longer hold."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.core.figures import Span
from apps.core.places import PlaceQuerySet
from apps.core.scope import Actor
from apps.units.models import Unit
from apps.visits.models import WorkChange, WorkTally

YEARS = 3
"""Years that the board of visits shows."""


def span_of_year(year: int, today: date) -> Span:
    """The days of a year that have been: this year's to date."""
    return Span.year_to(today) if year == today.year else Span(date(year, 1, 1), date(year, 12, 31))


def kept_spans(today: date) -> list[Span]:
    """The spans whose counts are kept ready: the years of the board, and each one's year before."""
    spans = [span_of_year(today.year - ago, today) for ago in range(YEARS)]
    return list(dict.fromkeys([*spans, *(span.year_before() for span in spans)]))


def tallies_of(span: Span) -> PlaceQuerySet[WorkTally]:
    """The kept counts of a span; none of a span that is not kept."""
    found: PlaceQuerySet[WorkTally] = WorkTally.objects.filter(starts_on=span.start, ends_on=span.end)
    return found.order_by()


def stale_units(actor: Actor, span: Span | None = None) -> Collection[int] | None:
    """Units of the actor's scope whose counts of ``span`` do not hold or are not there; without a span, those whose
    counts of campaigns do not hold. None: all of them, so that there is nothing to be left out."""
    marks = WorkChange.objects.visible_to(actor).filter(unit_id=OuterRef("pk"))
    if span is None:
        stale: Any = Exists(marks)
    else:
        kept = tallies_of(span).visible_to(actor).filter(unit_id=OuterRef("pk"))
        stale = Exists(marks.filter(Q(since=None) | Q(since__lte=span.end))) | ~Exists(kept)
    units = Unit.objects.visible_to(actor).order_by().values_list("pk", stale)
    known = dict(units)
    found = {unit for unit, is_stale in known.items() if is_stale}
    return None if len(found) == len(known) else found


def of_units(rows: QuerySet[Any], units: Collection[int] | None) -> QuerySet[Any]:
    """Rows of those units; of all where it is None."""
    return rows if units is None else rows.filter(unit_id__in=units)
