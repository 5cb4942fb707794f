"""Writing the confirmed rows of a log, as visits recorded in bulk."""

from collections.abc import Mapping, Sequence
from typing import Any

from apps.core.bulk import batched
from apps.core.scope import Actor
from apps.imports.choices import Verdict
from apps.imports.rules import ChangedMeanwhile, Outcome, Place, StagedRow, Tell
from apps.retirees.models import Retiree
from apps.visits.actions.checking import VisitEntry, VisitRefused
from apps.visits.actions.log import record_visits
from apps.visits.choices import Recorded
from apps.visits.importers.matching import existing
from apps.visits.importers.values import visit_values
from apps.visits.models import FundSource, Occasion
from apps.visits.rules import VisitorEntry


def apply_rows(
    rows: Sequence[tuple[int, StagedRow]], place: Place, *, batch_id: int, by: Actor, tell: Tell
) -> Outcome:
    """Write the new visits. Raises ChangedMeanwhile where one of them was logged, or a person died or moved, since the
    check, and what ``tell`` raises; nothing is written then."""
    new = [(position, row) for position, row in rows if row.verdict == Verdict.NEW]
    occasions, sources = Occasion.objects.in_bulk(), FundSource.objects.in_bulk()
    targets: dict[int, int] = {}
    for some in batched(new):
        keys = [row.target_id for _, row in some if row.target_id]
        people = Retiree.objects.visible_to(by).filter(county_id=place.county_id).in_bulk(keys)
        logged = existing(keys)
        entries = [
            VisitEntry(
                _person(row, people, logged),
                visit_values(row.entry, occasions, sources),
                [VisitorEntry(**one) for one in row.entry["visitors"]],
            )
            for _, row in some
        ]
        try:
            record_visits(entries=entries, by=by, recorded=Recorded.IMPORT, batch_id=batch_id)
        except VisitRefused as refused:
            raise ChangedMeanwhile from refused
        targets |= {position: entry.retiree.pk for (position, _), entry in zip(some, entries, strict=True)}
        tell(len(targets), len(rows))
    return Outcome({Verdict.NEW: len(new)}, [], targets, batch_id)


def _person(row: StagedRow, people: Mapping[int, Retiree], logged: Mapping[Any, Sequence[int]]) -> Retiree:
    person = people.get(row.target_id or 0)
    key = (row.target_id, row.entry["visited_on"])
    if person is None or row.entry["occasion_id"] in logged.get(key, ()):
        raise ChangedMeanwhile
    return person
