"""Lines of the personnel file that an import wrote beside a person: noted with the change set, so that they go when it
is taken back, and hold back its taking back once somebody has worked on them."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from apps.core.bulk import delete_many, insert_many, update_many
from apps.retirees.actions.facts import row_texts
from apps.retirees.models import (
    CareerEntry,
    ChangeSet,
    ChangeSetRow,
    FamilyMember,
    Honour,
    Portrait,
    Retiree,
)
from apps.retirees.models.facts import PersonRow

ALONG: dict[str, type[PersonRow]] = {
    "career": CareerEntry,
    "family": FamilyMember,
    "honours": Honour,
    "portrait": Portrait,
}
"""What a form brings along, by the importer's name of it."""
LINES_MOVED = "履历、家庭、荣誉或照片之后又有人改过"
PLACE = frozenset({"county_id", "unit_id"})


def record_along(*, change_set: ChangeSet, written: Mapping[str, Iterable[PersonRow]]) -> None:
    """Note the rows just written, by name of ALONG. People who are not in the change set yet come into it."""
    told: dict[int, list[list[Any]]] = {}
    for name, rows in written.items():
        for row in rows:
            told.setdefault(row.retiree_id, []).append([name, row_texts(row)])
    known = {
        row.retiree_id: row
        for row in ChangeSetRow.objects.filter(change_set=change_set, retiree_id__in=list(told))
    }
    people = Retiree.objects.in_bulk([pk for pk in told if pk not in known])
    rows = []
    for pk, lines in told.items():
        row = known.get(pk) or ChangeSetRow(
            change_set=change_set, **people[pk].row_keys(), version_after=people[pk].version
        )
        kept = {"values": {}, "after": {}, "steps": [], "filled": None} | row.opened()
        row.before = json.dumps(kept | {"along": kept.get("along", []) + lines}, ensure_ascii=False)
        row.fields = sorted({*row.fields, *(name for name, _ in lines)})
        rows.append(row)
    insert_many([row for row in rows if row.retiree_id not in known])
    update_many([row for row in rows if row.retiree_id in known], ["before", "fields"])
    change_set.people += len(people)
    change_set.save(update_fields=["people"])


def along_of(
    kept: Mapping[int, Mapping[str, Any]],
) -> dict[str, dict[Any, tuple[int, Mapping[str, Any]]]]:
    """Name of ALONG → key of a line → (person, the line as it was written), of what came along. ``kept``: person →
    his row of the change set, opened."""
    found: dict[str, dict[Any, tuple[int, Mapping[str, Any]]]] = {}
    for pk, told in kept.items():
        for name, texts in told.get("along", ()):
            key = ALONG[name]._meta.pk.to_python(texts["id"])
            found.setdefault(name, {})[key] = pk, texts
    return found


def moved_along(along: Mapping[str, Mapping[Any, tuple[int, Mapping[str, Any]]]]) -> set[int]:
    """People of whom a line no longer stands as it was written; that he has moved with it does not count."""
    moved = set()
    for name, lines in along.items():
        now = {row.pk: row_texts(row) for row in ALONG[name]._default_manager.filter(pk__in=list(lines))}
        moved |= {pk for key, (pk, texts) in lines.items() if _said(now.get(key)) != _said(texts)}
    return moved


def _said(texts: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if texts is None else {name: text for name, text in texts.items() if name not in PLACE}


def remove_along(
    along: Mapping[str, Mapping[Any, tuple[int, Mapping[str, Any]]]], people: Iterable[int]
) -> None:
    """Take the lines of these people away; the history keeps them."""
    wanted = set(people)
    for name, lines in along.items():
        delete_many(ALONG[name], [key for key, (pk, _) in lines.items() if pk in wanted])
