"""Keeping the counts of visits and campaigns ready, in the background."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from apps.core.alone import is_alone
from apps.core.bulk import insert_many
from apps.core.figures import Span
from apps.core.scope import Actor
from apps.units.models import Unit
from apps.visits.figures.counting import COUNTINGS, TALLIED, counted, leader_rows
from apps.visits.models import CampaignTally, LeaderTally, WorkTally
from apps.visits.queries.coverage import campaign_cells
from apps.visits.queries.tallies import kept_spans, tallies_of

PLACE = {"in_county": "county_id", "in_unit": "unit_id"}


def refresh_tallies(*, today: date, by: Actor) -> int:
    """Count again the marked units: what the board of visits shows, and the lists of campaigns; return how many units
    were marked.

    In one transaction under a city scope. A change committed meanwhile leaves its own mark and is counted next time.
    Where another is counting, nothing is done: two would write the same counts.
    """
    if not is_alone("visits"):
        return 0
    spans = kept_spans(today)
    changed = _take_marks()
    for model in (WorkTally, LeaderTally):
        model.objects.exclude(_any_of(spans)).delete()
    for span in spans:
        stale = {unit for unit, since in changed.items() if since is None or since <= span.end}
        for model in (WorkTally, LeaderTally):
            model.objects.filter(_any_of([span]), unit_id__in=stale).delete()
        _count_span(span, today, by)
    if changed:
        CampaignTally.objects.filter(unit_id__in=changed).delete()
        insert_many(CampaignTally(**row) for row in campaign_cells(by, changed))
    return len(changed)


def _take_marks() -> dict[int, date | None]:
    """Delete the marks that are seen; the earliest day from which each unit has to be counted again, None for all."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM visits_workchange RETURNING unit_id, since")
        marks: list[tuple[int, date | None]] = cursor.fetchall()
    found: dict[int, date | None] = {}
    for unit, since in marks:
        before = found.get(unit, since)
        found[unit] = None if since is None or before is None else min(since, before)
    return found


def _any_of(spans: Collection[Span]) -> Q:
    found = Q()
    for span in spans:
        found |= Q(starts_on=span.start, ends_on=span.end)
    return found


def _count_span(span: Span, today: date, by: Actor) -> None:
    """Count the span for the units without a count of it."""
    kept = tallies_of(span).filter(unit_id=OuterRef("pk"))
    missing = list(Unit.objects.filter(~Exists(kept)).order_by("pk"))
    if not missing:
        return
    units = None if len(missing) == Unit.objects.count() else {unit.pk for unit in missing}
    dates = {"starts_on": span.start, "ends_on": span.end}
    insert_many(
        WorkTally(county_id=county, unit_id=unit, category=category, **dates, **row)
        for (county, unit, category), row in _values(span, today, by, missing, units)
    )
    rows = leader_rows(by, span, units, "county_id", "unit_id")
    insert_many(LeaderTally(**dates, **row) for row in rows)


def _values(
    span: Span, today: date, by: Actor, missing: Collection[Unit], units: Collection[int] | None
) -> Iterator[tuple[tuple[int, int, str], dict[str, Any]]]:
    """Columns by county, unit and category; of a unit without any one row of noughts, which says that it is counted."""
    values: dict[tuple[int, int, str], dict[str, Any]] = {}
    for name, columns in TALLIED.items():
        found = COUNTINGS[name](by, span, today)
        if found is not None:
            for row in counted(found, by, units, PLACE | {"kind": found.category}):
                told = {column: row[column] for column in columns if row[column] is not None}
                values.setdefault((row["in_county"], row["in_unit"], row["kind"]), {}).update(told)
    empty = {(unit.area_id or unit.pk, unit.pk) for unit in missing} - {key[:2] for key in values}
    yield from values.items()
    yield from (((county, unit, ""), {}) for county, unit in sorted(empty))
