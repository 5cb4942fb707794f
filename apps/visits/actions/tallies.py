"""Keeping the counts of visits and campaigns ready, in the background."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from apps.core.alone import is_alone
from apps.core.bulk import insert_many
from apps.core.figures import Span
from apps.core.scope import Actor
from apps.units.models import Unit
from apps.visits.figures import COUNTINGS, TALLIED, counted
from apps.visits.models import CampaignTally, WorkTally
from apps.visits.queries.coverage import campaign_cells
from apps.visits.queries.tallies import kept_spans, tallies_of

PLACE = ("county_id", "unit_id")


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
    WorkTally.objects.exclude(_any_of(spans)).delete()
    for span in spans:
        stale = {unit for unit, since in changed.items() if since is None or since <= span.end}
        tallies_of(span).filter(unit_id__in=stale).delete()
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
    missing = {unit.pk: unit for unit in Unit.objects.filter(~Exists(kept)).order_by("pk")}
    everywhere = len(missing) == Unit.objects.count()
    values: dict[tuple[int, int], dict[str, Any]] = {
        (unit.area_id or unit.pk, unit.pk): {} for unit in missing.values()
    }
    for name, columns in TALLIED.items():
        found = COUNTINGS[name](by, span, today)
        if found is not None and missing:
            for row in counted(found, by, None if everywhere else missing.keys(), PLACE):
                values[row["county_id"], row["unit_id"]] |= {
                    column: row[column] for column in columns if row[column] is not None
                }
    insert_many(
        WorkTally(county_id=county, unit_id=unit, starts_on=span.start, ends_on=span.end, **row)
        for (county, unit), row in values.items()
    )
