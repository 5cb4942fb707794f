"""Saving cells of the quick grid: one at a time, or a pasted block as one; each can be taken back."""

from collections.abc import Mapping, Sequence, Set
from datetime import date
from typing import Any

from django.db import transaction

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.scope import Actor
from apps.retirees.actions.changesets import change_recorded, open_change_set
from apps.retirees.actions.edit import StaleEdit
from apps.retirees.choices import ON_REGISTER, ChangeSetKind
from apps.retirees.models import ChangeSet, Retiree
from apps.retirees.queries.requests import held_names
from apps.retirees.queries.versions import value_at, value_now
from apps.retirees.queries.words import field_label


class OffRegister(Exception):
    """The person is no longer on the register."""


class NeedsReview(OffRegister):
    """The office has this field reviewed; a cell has no room for reason and proof."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{field_label(name)}的改动要报审，请打开这个人，在“修改”里改。")


@transaction.atomic
def save_cell(
    *, retiree: Retiree, name: str, value: Any, version: int, seen_on: date, today: date, by: Actor
) -> tuple[Retiree, ChangeSet | None]:
    """Write one field of one person; return him as he is now and what undoes it, None where nothing changed.

    A person changed since ``version`` in other fields only is no conflict.
    Raises StaleEdit when somebody changed this very field, OffRegister, and NeedsReview.
    """
    if name in held_names(by):
        raise NeedsReview(name)
    person = Retiree.objects.select_for_update(of=("self",), no_key=True).get(pk=retiree.pk)
    if person.state not in ON_REGISTER:
        raise OffRegister(f"{person.name}已{person.get_state_display()}，不能在表格里修改。")
    if person.version != version and value_at(person, version, name) != value_now(person, name):
        raise StaleEdit(person)
    change_set = open_change_set(kind=ChangeSetKind.GRID, label=f"修改{field_label(name)}", by=by)
    change_recorded(change_set=change_set, changes=[(person, {name: value})], seen_on=seen_on, today=today)
    if not change_set.people:
        change_set.delete()
        return person, None
    record_event(
        kind=EventKind.CHANGE,
        summary=f"修改人员：{person.name}",
        by=by,
        subject=person,
        data={"fields": [name], "change_set": change_set.pk},
    )
    return person, change_set


@transaction.atomic
def save_block(
    *,
    cells: Sequence[tuple[int, int, Mapping[str, Any]]],
    seen_on: date,
    today: date,
    by: Actor,
) -> tuple[ChangeSet | None, dict[str, list[str]]]:
    """Write a pasted block: (key, version seen, values) of each person. People changed since, gone, off the register
    or with a value that is reviewed are left alone; their names come back by reason. The rest is one change set."""
    held = held_names(by)
    wanted = {key: (version, values) for key, version, values in cells}
    people = (
        Retiree.objects.visible_to(by)
        .filter(pk__in=wanted)
        .order_by("pk")
        .select_for_update(of=("self",), no_key=True)
    )
    changes: list[tuple[Retiree, Mapping[str, Any]]] = []
    left: dict[str, list[str]] = {}
    for person in people:
        version, values = wanted[person.pk]
        reason = _left_alone(person, version, held & values.keys())
        if reason:
            left.setdefault(reason, []).append(person.name)
        else:
            changes.append((person, values))
    change_set = open_change_set(kind=ChangeSetKind.GRID, label=f"粘贴{len(changes)}人的资料", by=by)
    change_recorded(change_set=change_set, changes=changes, seen_on=seen_on, today=today)
    if not change_set.people:
        change_set.delete()
        return None, left
    record_event(
        kind=EventKind.CHANGE,
        summary=f"粘贴修改{change_set.people}人",
        by=by,
        subject=change_set,
        data={"people": change_set.people},
    )
    return change_set, left


def _left_alone(person: Retiree, version: int, reviewed: Set[str]) -> str:
    """Why a pasted row is not written, "" where it is."""
    if person.state not in ON_REGISTER:
        return "已不在册，不能在表格里修改"
    if person.version != version:
        return "您打开表格以后有人改过"
    if reviewed:
        labels = "、".join(sorted(field_label(name) for name in reviewed))
        return f"{labels}的改动要报审，请打开这个人，在“修改”里改"
    return ""
