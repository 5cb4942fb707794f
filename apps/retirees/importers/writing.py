"""Writing confirmed rows, through the register's own actions."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from apps.core import pinyin
from apps.core.bulk import batched
from apps.core.cells import error
from apps.core.fields import decode
from apps.core.scope import Actor
from apps.imports.choices import Decision, Verdict
from apps.imports.models import Batch
from apps.imports.rules import ChangedMeanwhile, Outcome, Place, Review, StagedRow, Tell, silent
from apps.retirees.actions import (
    Entry,
    HiddenDuplicate,
    change_recorded,
    open_change_set,
    record_new,
    register_many,
)
from apps.retirees.actions.along import ALONG
from apps.retirees.actions.register import MONEY_FIELDS
from apps.retirees.actions.requests import Proof, request_changes, split_for_review
from apps.retirees.choices import ChangeSetKind
from apps.retirees.importers.alike import remember_decided
from apps.retirees.importers.cells import LINES, SHEET
from apps.retirees.importers.dossier import write_dossiers
from apps.retirees.importers.matching import DATE_FIELDS
from apps.retirees.models import ChangeSet, Retiree
from apps.retirees.queries.requests import held_names
from apps.units.choices import Kind, Level
from apps.units.models import Unit

CHANGED_MEANWHILE = error("changed-meanwhile", "核对之后有人修改了这个人。请重新上传核对。")


def apply_rows(
    rows: Sequence[tuple[int, StagedRow]],
    place: Place,
    *,
    batch_id: int,
    label: str,
    seen_on: date,
    by: Actor,
    tell: Tell = silent,
    review: Review | None = None,
) -> Outcome:
    """Register the new people and change the known ones, as one change set that can be undone. A person changed since
    the check is left alone and told.

    Raises ChangedMeanwhile when a number was registered meanwhile, and what ``tell`` raises; nothing is written then.
    """
    try:
        with transaction.atomic():
            return _apply(
                rows, place, batch_id=batch_id, label=label, seen_on=seen_on, by=by, tell=tell, review=review
            )
    except HiddenDuplicate as duplicate:
        raise ChangedMeanwhile from duplicate


def _apply(
    rows: Sequence[tuple[int, StagedRow]],
    place: Place,
    *,
    batch_id: int,
    label: str,
    seen_on: date,
    by: Actor,
    tell: Tell,
    review: Review | None,
) -> Outcome:
    units = _units(rows, place, by)
    change_set = open_change_set(kind=ChangeSetKind.IMPORT, label=label, batch_id=batch_id, by=by)
    new = [(position, row) for position, row in rows if row.verdict == Verdict.NEW]
    targets: dict[int, int] = {}
    for some in batched(new):  # a whole county at once would be held in memory several times over
        entries = [_entry(row, place, units) for _, row in some]
        people = register_many(entries=entries, seen_on=seen_on, batch_id=batch_id)
        record_new(change_set=change_set, people=people)
        targets |= {position: person.pk for (position, _), person in zip(some, people, strict=True)}
        tell(len(targets), len(rows))
    changes, late = _held_changes(rows, targets)
    for part in batched(changes):
        _write_part(part, change_set, seen_on=seen_on, by=by, review=review)
        tell(len(targets), len(rows))
    decided = {targets[place]: row for place, row in new if row.decision == Decision.NEW}
    if decided:
        remember_decided(decided, by)
    write_dossiers(_lines_told(rows, targets), change_set)
    _read_back(targets.values(), by)
    return Outcome({Verdict.NEW: len(new), Verdict.UPDATE: len(changes)}, late, targets, change_set.pk)


def _held_changes(
    rows: Sequence[tuple[int, StagedRow]], targets: dict[int, int]
) -> tuple[list[tuple[Retiree, dict[str, Any]]], list[StagedRow]]:
    """The people of the updates, locked, each with what changes (into ``targets`` as well), and the rows whose people
    somebody else has changed meanwhile."""
    updates = [(position, row) for position, row in rows if row.verdict == Verdict.UPDATE]
    held = Retiree.objects.select_for_update(of=("self",), no_key=True).in_bulk(
        [row.target_id for _, row in updates]
    )
    changes, late = [], []
    for position, row in updates:
        person = held.get(row.target_id)
        if person is None or person.version != row.target_version:
            row.add("name", CHANGED_MEANWHILE)
            row.verdict = Verdict.ERROR
            late.append(row)
            continue
        changes.append((person, _changed(row.entry, person)))
        targets[position] = person.pk
    return changes, late


def _lines_told(
    rows: Sequence[tuple[int, StagedRow]], targets: Mapping[int, int]
) -> dict[int, dict[str, Any]]:
    """What the rows say of careers, families and honours, by person."""
    told = {
        position: {name: row.entry[name] for name in LINES if row.entry.get(name)} for position, row in rows
    }
    return {targets[position]: texts for position, texts in told.items() if texts and position in targets}


def _changed(entry: Mapping[str, Any], person: Retiree) -> dict[str, Any]:
    values = _values(entry)
    if values.get("joined_basis") == SHEET and person.joined_basis:
        del values["joined_basis"]
    return values


def _write_part(
    changes: Sequence[tuple[Retiree, dict[str, Any]]],
    change_set: ChangeSet,
    *,
    seen_on: date,
    by: Actor,
    review: Review | None,
) -> None:
    """What the city has reviewed goes to it as requests, to be decided in one go; the rest is written."""
    held = held_names(by)
    parted = [(person, *split_for_review(by, values, held=held)) for person, values in changes]
    change_recorded(
        change_set=change_set, changes=[(person, direct) for person, direct, _ in parted], seen_on=seen_on
    )
    wanted = [(person, waiting) for person, _, waiting in parted if waiting]
    if wanted:
        batch_id = change_set.batch_id
        name = Batch.objects.filter(pk=batch_id).values_list("file_name", flat=True).first() or "花名册"
        origin = f"来自导入 {name}"
        proof = Proof(*review.proof) if review and review.proof else None
        reason = review.reason if review else origin
        request_changes(changes=wanted, reason=reason, proof=proof, origin=origin, batch_id=batch_id, by=by)


class OutOfScope(RuntimeError):
    """A written row is not visible to its writer; the transaction is rolled back."""


def _read_back(keys: Iterable[int], by: Actor) -> None:
    wanted = set(keys)
    if Retiree.objects.visible_to(by).filter(pk__among=wanted).count() != len(wanted):
        raise OutOfScope


def _units(rows: Sequence[tuple[int, StagedRow]], place: Place, by: Actor) -> dict[str, int]:
    """Name → key of the units that the rows bring along, added under the county where they are not there yet."""
    names = list(dict.fromkeys(row.entry["new_unit"] for _, row in rows if "new_unit" in row.entry))
    if not names:
        return {}
    county = Unit.objects.get(pk=place.county_id)
    found = {unit.name: unit.pk for unit in Unit.objects.filter(area=county, name__in=names)}
    last = Unit.objects.filter(area=county).count()
    for offset, name in enumerate((name for name in names if name not in found), start=1):
        code = f"{county.code}-{slugify(pinyin.initials(name))[:20]}-{last + offset}"
        unit = Unit.objects.create(
            code=code,
            name=name,
            level=Level.UNIT,
            kind=_kind(name),
            parent=county,
            area=county,
            sort=last + offset,
        )
        found[name] = unit.pk
    return found


def _kind(name: str) -> str:
    if name.endswith(("镇", "乡", "街道", "办事处")):
        return Kind.TOWNSHIP
    if name.endswith(("公司", "厂", "集团", "银行")):
        return Kind.ENTERPRISE
    if name.endswith(("学校", "中学", "小学", "一中", "医院", "中心", "站", "所", "馆", "院")):
        return Kind.INSTITUTION
    return Kind.ORGAN


def _entry(row: StagedRow, place: Place, units: Mapping[str, int]) -> Entry:
    unit_id = units.get(row.entry.get("new_unit", ""), row.entry.get("unit_id", place.unit_id))
    values = _values(row.entry)
    if "named_unit" in row.entry:
        values.setdefault("original_unit", row.entry["named_unit"])
    return Entry(county_id=place.county_id, unit_id=unit_id, values=values)


def _values(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Entry values as the actions take them."""
    values: dict[str, Any] = {}
    for name, value in entry.items():
        if name in DATE_FIELDS:
            values[name] = decode(value)
        elif name in MONEY_FIELDS:
            values[name] = Decimal(value)
        elif name not in ("unit_id", "new_unit", "named_unit", "person_key", *ALONG):
            values[name] = value
    return values
