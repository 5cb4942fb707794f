"""Keeping the counts of visits and campaigns ready, in the background."""

from collections import defaultdict
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
    """Count the span for the units without a count of it, county by county, so that no statement takes long."""
    kept = tallies_of(span).filter(unit_id=OuterRef("pk"))
    missing: dict[int, list[int]] = defaultdict(list)
    for unit, area in Unit.objects.filter(~Exists(kept)).order_by("pk").values_list("pk", "area_id"):
        missing[area or unit].append(unit)
    dates = {"starts_on": span.start, "ends_on": span.end}
    for county, units in missing.items():
        insert_many(
            WorkTally(county_id=county, unit_id=unit, category=category, **dates, **row)
            for (unit, category), row in _values(span, today, by, county, units)
        )
        rows = leader_rows(by, span, units, "county_id", "unit_id", county=county)
        insert_many(LeaderTally(**dates, **row) for row in rows)


def _values(
    span: Span, today: date, by: Actor, county: int, units: Collection[int]
) -> Iterator[tuple[tuple[int, str], dict[str, Any]]]:
    """Columns by unit and category; of a unit without any one row of noughts, which says that it is counted."""
    values: dict[tuple[int, str], dict[str, Any]] = {}
    for name, columns in TALLIED.items():
        found = COUNTINGS[name](by, span, today)
        if found is not None:
            by_axes = {"in_unit": "unit_id", "kind": found.category}
            for row in counted(found, by, units, by_axes, county=county):
                told = {column: row[column] for column in columns if row[column] is not None}
                values.setdefault((row["in_unit"], row["kind"]), {}).update(told)
    yield from values.items()
    yield from (((unit, ""), {}) for unit in sorted(set(units) - {unit for unit, _ in values}))
