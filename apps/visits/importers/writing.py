"""Writing the confirmed rows of a log."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from apps.core.bulk import batched
from apps.core.scope import Actor
from apps.imports.choices import Verdict
from apps.imports.rules import ChangedMeanwhile, Outcome, Place, StagedRow, Tell
from apps.retirees.models import Retiree
from apps.visits.actions.imported import ImportedVisit, ImportedVisitor, write_imported
from apps.visits.importers.matching import existing
from apps.visits.importers.people import died_before

SUMMARY = 2000


def apply_rows(
    rows: Sequence[tuple[int, StagedRow]], place: Place, *, batch_id: int, by: Actor, tell: Tell
) -> Outcome:
    """Write the new visits. Raises ChangedMeanwhile where one of them was logged, or a person died or moved, since the
    check, and what ``tell`` raises; nothing is written then."""
    new = [(position, row) for position, row in rows if row.verdict == Verdict.NEW]
    targets: dict[int, int] = {}
    for some in batched(new):
        keys = [row.target_id for _, row in some if row.target_id]
        people = Retiree.objects.visible_to(by).filter(county_id=place.county_id)
        held = people.select_for_update(of=("self",), no_key=True).in_bulk(keys)
        logged = existing(keys)
        entries = [_entry(row, held, logged) for _, row in some]
        write_imported(entries=entries, batch_id=batch_id, by=by)
        targets |= {position: entry.retiree.pk for (position, _), entry in zip(some, entries, strict=True)}
        tell(len(targets), len(rows))
    return Outcome({Verdict.NEW: len(new)}, [], targets, batch_id)


def _entry(
    row: StagedRow, people: Mapping[int, Retiree], logged: Mapping[Any, Sequence[int]]
) -> ImportedVisit:
    entry = row.entry
    person = people.get(row.target_id or 0)
    day = date.fromisoformat(entry["visited_on"])
    if (
        person is None
        or died_before(person, day)
        or entry["occasion_id"] in logged.get((person.pk, entry["visited_on"]), ())
    ):
        raise ChangedMeanwhile
    values = {
        "occasion_id": entry["occasion_id"],
        "visited_on": day,
        "way": entry["way"],
        "place": entry.get("place", ""),
        "health_seen": entry.get("health", ""),
        "summary": _summary(entry),
        "money": Decimal(entry.get("money", "0")),
        "goods": entry.get("goods", ""),
        "goods_value": Decimal(entry.get("goods_value", "0")),
        "source_id": entry.get("source_id"),
    }
    return ImportedVisit(person, values, [ImportedVisitor(**one) for one in entry["visitors"]])


def _summary(entry: Mapping[str, Any]) -> str:
    wants = f"反映：{entry['wants']}" if entry.get("wants") else ""
    return "\n".join(filter(None, (entry.get("note", ""), wants)))[:SUMMARY]
