"""Changing many people so that it can be taken back, and taking it back (docs/adr/0014-undo-by-restoring.md).

``ChangeSetRow.before`` of a changed person is JSON: ``values`` old values by field; ``after`` the new ones;
``steps`` rows of dated facts [table, before, after]; ``filled`` the track of completeness [[day, count]], null where no
field of the person changed; ``along`` lines written beside him [name of along.ALONG, row].
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.audit.models import History
from apps.core.bulk import batched, delete_many, insert_many, update_many
from apps.core.fields import PartialDateField, decode, encode
from apps.core.partial_date import PartialDate
from apps.core.scope import Actor
from apps.core.secret import Secret
from apps.retirees.actions.along import ALONG, LINES_MOVED, along_of, moved_along, remove_along
from apps.retirees.actions.edit import Changes, Made, make_changes, set_person, set_private, write_people
from apps.retirees.actions.facts import TABLES, row_texts, take_back, texts_now
from apps.retirees.actions.register import MONEY_FIELDS, SEALED_FIELDS
from apps.retirees.actions.spells import FilledTracks, filled_tracks, rebuild_spells
from apps.retirees.choices import ChangeSetKind
from apps.retirees.models import (
    Affiliation,
    ChangeSet,
    ChangeSetRow,
    Condition,
    LevelFact,
    Membership,
    PrivateDetails,
    Retiree,
    Spell,
    TakenId,
)
from apps.retirees.models.private import id_index
from apps.retirees.rules.custom import is_custom

CAME_ALONG = {PrivateDetails, LevelFact, Condition, Affiliation, ChangeSetRow}
"""What registering a person writes for him and removing him removes. Any other row that points at him speaks of
something that happened since, and he stays."""
MOVED_ON = "之后又有人改过"
NOT_HERE = "已不在本单位名册"
FACTS_MOVED = "级别、健康等时间记录之后又有变化"
ID_TAKEN = "原证件号码已被另一人登记"


class NotUndoable(Exception):
    """The change set was taken back already or is too old; the text says which."""


@dataclass
class Undone:
    """Keys of the people: set back, taken off the register, and left alone with the reason why."""

    restored: list[int] = field(default_factory=list)
    removed: list[int] = field(default_factory=list)
    conflicts: dict[int, str] = field(default_factory=dict)


def open_change_set(
    *, kind: str, label: str, reason: str = "", batch_id: int | None = None, by: Actor
) -> ChangeSet:
    """Begin a change set in the place of ``by``. The caller writes the event of the act."""
    return ChangeSet.objects.create(
        county_id=by.county_id,
        unit_id=by.unit_id,
        kind=kind,
        label=label[:200],
        reason=reason[:200],
        batch_id=batch_id,
        created_by=by.user_id,
        created_by_name=by.name,
    )


@transaction.atomic
def change_recorded(
    *, change_set: ChangeSet, changes: Changes, seen_on: date, today: date | None = None
) -> dict[int, set[str]]:
    """``change_many``, with what undoing needs kept. People of a set with a batch carry its number from now on.

    A person comes once in a change set. The caller holds the rows. Raises HiddenDuplicate.
    """
    names: dict[int, set[str]] = {}
    for some in batched(changes):
        filled = filled_tracks([person.pk for person, _ in some])
        made = make_changes(changes=some, seen_on=seen_on, today=today, batch_id=change_set.batch_id)
        rows = [_row(change_set, one, filled) for one in made.values() if one.names]
        insert_many(rows)
        change_set.people += len(rows)
        names |= {pk: one.names for pk, one in made.items()}
    change_set.save(update_fields=["people"])
    return names


def record_new(*, change_set: ChangeSet, people: Iterable[Retiree]) -> None:
    """Note that these people came to the register by this change set."""
    rows = [
        ChangeSetRow(
            change_set=change_set, **person.row_keys(), is_new=True, before=None, version_after=person.version
        )
        for person in people
    ]
    insert_many(rows)
    change_set.people += len(rows)
    change_set.save(update_fields=["people"])


def _row(change_set: ChangeSet, made: Made, filled: FilledTracks) -> ChangeSetRow:
    before = {
        "values": {name: _text(value) for name, value in made.old.items()},
        "after": {name: _text(value) for name, value in made.new.items()},
        "steps": [
            [step.model._meta.model_name, row_texts(step.old), row_texts(step.new)] for step in made.steps
        ],
        "filled": [[_text(day), count] for day, count in filled.get(made.person.pk, ())],
    }
    return ChangeSetRow(
        change_set=change_set,
        **made.person.row_keys(),
        fields=sorted(made.names),
        before=json.dumps(before, ensure_ascii=False),
        version_after=made.person.version,
    )


def _text(value: Any) -> Any:
    if isinstance(value, PartialDate):
        return encode(value)
    if isinstance(value, Secret):
        return value.for_processing()
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _values(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Old values as ``set_person`` and ``set_private`` take them."""
    return {name: _value(name, value) for name, value in kept.items()}


def _value(name: str, value: Any) -> Any:
    if name in SEALED_FIELDS or is_custom(name):
        return value
    column: Any = (PrivateDetails if name in MONEY_FIELDS else Retiree)._meta.get_field(name)
    if isinstance(column, PartialDateField):
        return decode(value or "")
    return column.to_python(value) if isinstance(value, str) else value


@transaction.atomic
def undo_change_set(*, change_set: ChangeSet, by: Actor) -> Undone:
    """Take a change set back: people whom nobody has touched since are as they were, those who came by it are gone
    again, the others are left alone and listed. The history keeps all of it.

    Raises NotUndoable, and HiddenDuplicate when an old ID number is being registered elsewhere at this moment.
    """
    held = ChangeSet.objects.visible_to(by).select_for_update(of=("self",), no_key=True).get(pk=change_set.pk)
    if held.undone_at is not None:
        raise NotUndoable("这批改动已经撤销过了。")
    if timezone.now() > held.undo_until:
        raise NotUndoable("这批改动已超过可以撤销的期限。")
    undone = Undone()
    keys = ChangeSetRow.objects.visible_to(by).filter(change_set=held).order_by("retiree_id")
    for some in batched(keys.values_list("pk", flat=True)):
        rows = ChangeSetRow.objects.filter(pk__among=some).order_by("retiree_id")
        _undo_rows(rows, undone, by_field=held.kind == ChangeSetKind.GRID)
    held.undone_at, held.undone_by, held.undone_by_name = timezone.now(), by.user_id, by.name
    held.restored, held.removed = len(undone.restored), len(undone.removed)
    held.conflicts = held.people - held.restored - held.removed
    held.save()
    record_event(
        kind=EventKind.CHANGE,
        summary=f"撤销{held.get_kind_display()}：{held.label}",
        by=by,
        subject=held,
        data={"restored": held.restored, "removed": held.removed, "conflicts": held.conflicts},
    )
    return undone


def _undo_rows(rows: Iterable[ChangeSetRow], undone: Undone, *, by_field: bool) -> None:
    """``by_field``: a cell of the grid, which goes back although other cells of the person were written since."""
    found = list(rows)
    held = Retiree.objects.select_for_update(of=("self",), no_key=True)
    people = {person.pk: person for person in held.filter(pk__among=[row.retiree_id for row in found])}
    for row in found:
        person = people.get(row.retiree_id)
        if person is None:
            row.conflict = NOT_HERE
        elif person.version != row.version_after and not (by_field and _stands(row, person)):
            row.conflict = MOVED_ON
    _restore([row for row in found if not row.is_new and not row.conflict], people)
    gone = _remove([row for row in found if row.is_new and not row.conflict])
    kept = [row for row in found if row.retiree_id not in gone]
    for row in kept:
        row.is_undone = not row.conflict
    update_many(kept, ["is_undone", "conflict"])
    undone.removed.extend(gone)
    undone.restored.extend(row.retiree_id for row in kept if row.is_undone)
    undone.conflicts.update({row.retiree_id: row.conflict for row in kept if row.conflict})


def _stands(row: ChangeSetRow, person: Retiree) -> bool:
    """Whether what the change wrote is still what is stored. A unit's name is a fact and compared with the facts."""
    private = PrivateDetails.objects.get(pk=person.pk)

    def stored(name: str) -> Any:
        if is_custom(name):
            return person.custom.get(name)
        return _text(getattr(private if name in (*SEALED_FIELDS, *MONEY_FIELDS) else person, name))

    return all(stored(name) == value for name, value in row.opened()["after"].items())


def _restore(rows: Sequence[ChangeSetRow], people: Mapping[int, Retiree]) -> None:
    """Set people back. Rows that cannot be get their ``conflict``."""
    kept = {row.retiree_id: row.opened() for row in rows}
    moved, taken = _moved_facts(kept), _taken_ids(kept)
    along = along_of(kept)
    lines_moved = moved_along(along)
    for row in rows:
        if row.retiree_id in lines_moved:
            row.conflict = LINES_MOVED
        elif row.retiree_id in moved:
            row.conflict = FACTS_MOVED
        elif row.retiree_id in taken:
            row.conflict = ID_TAKEN
    back = [row.retiree_id for row in rows if not row.conflict]
    remove_along(along, back)
    back = [pk for pk in back if kept[pk]["filled"] is not None]
    private = {row.pk: row for row in PrivateDetails.objects.filter(pk__among=back)}
    for pk in back:
        values = _values(kept[pk]["values"])
        set_person(people[pk], values)
        set_private(private[pk], values)
        if "import_batch_id" in values:
            people[pk].import_batch_id = values["import_batch_id"]
    write_people((people[pk], private[pk]) for pk in back)
    take_back(told for pk in back for told in kept[pk]["steps"])
    # Where other fields were written since, how complete the record was before the change tells nothing of now.
    moved_on = [row.retiree_id for row in rows if people[row.retiree_id].version != row.version_after + 1]
    filled = {
        pk: [(date.fromisoformat(day) if day else None, count) for day, count in kept[pk]["filled"]]
        for pk in back
    } | dict(filled_tracks(moved_on))
    if back:
        set_back = {pk: people[pk] for pk in back}
        rebuild_spells(back, today=timezone.localdate(), known_filled=filled, known_people=set_back)


def _moved_facts(kept: Mapping[int, Mapping[str, Any]]) -> set[int]:
    """People of whom a fact that the change wrote no longer stands as it was written."""
    moved = set()
    for model in TABLES:
        written = [
            (pk, new)
            for pk, found in kept.items()
            for table, _, new in found["steps"]
            if table == model._meta.model_name and new is not None
        ]
        keys = [model._meta.pk.to_python(new["id"]) for _, new in written]
        now = texts_now(model, keys)
        moved |= {pk for (pk, new), key in zip(written, keys, strict=True) if now.get(key) != new}
    return moved


def _taken_ids(kept: Mapping[int, Mapping[str, Any]]) -> set[int]:
    """People whose old ID number is somebody else's now."""
    wanted = {
        pk: id_index(found["values"]["national_id"])
        for pk, found in kept.items()
        if found["values"].get("national_id")
    }
    rows = (
        TakenId.objects.filter(pk__among=set(wanted.values())).values_list("pk", flat=True) if wanted else ()
    )
    taken = {bytes(index) for index in rows}
    return {pk for pk, index in wanted.items() if index in taken}


def _remove(rows: Sequence[ChangeSetRow]) -> set[int]:
    """Take new people off the register with all that came along; return who went."""
    wanted = {row.retiree_id for row in rows}
    along = along_of({row.retiree_id: row.opened() for row in rows})
    hanging = _hanging(wanted, {key for lines in along.values() for key in lines})
    hanging |= dict.fromkeys(moved_along(along), LINES_MOVED)
    for row in rows:
        if row.retiree_id in hanging:
            row.conflict = hanging[row.retiree_id][:100]
    gone = wanted - hanging.keys()
    tables: tuple[type[Model], ...] = (*CAME_ALONG, *ALONG.values(), Membership, Spell)
    for table in tables:
        delete_many(table, gone, column="retiree_id")
    delete_many(Retiree, gone)
    return gone


def _hanging(people: Collection[int], along: Collection[Any]) -> dict[int, str]:
    """What has been written of people since they came, by person: one table. Lines whose keys are among ``along``
    came with them."""
    found: dict[int, str] = {}
    for relation in Retiree._meta.related_objects if people else ():
        model: Any = relation.related_model
        if model in CAME_ALONG or issubclass(model, History):
            continue
        column = relation.field.attname
        rows = model._default_manager.filter(**{f"{column}__among": people})
        if model in ALONG.values():
            rows = rows.exclude(pk__in=along)
        found |= dict.fromkeys(rows.values_list(column, flat=True), f"已有{model._meta.verbose_name}")
    return found
