"""Lines of the personnel file: career, honours and notes are added, changed, put in order and taken off; groups are
marked."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.scope import Actor
from apps.core.side_by_side import Opened, keys_of, not_stale
from apps.retirees.choices import MARKED_GROUPS
from apps.retirees.models import CareerEntry, GroupMark, Honour, PersonNote, Retiree

Line = CareerEntry | Honour | PersonNote
LINE_FIELDS: dict[type[Line], tuple[str, ...]] = {
    CareerEntry: ("from_on", "until_on", "organisation", "post", "note"),
    Honour: ("name", "level", "awarded_by", "awarded_on", "paper"),
    PersonNote: ("noted_on", "text"),
}
"""What is typed of a line, by model."""
NOUNS: dict[type[Line], str] = {CareerEntry: "履历", Honour: "荣誉", PersonNote: "记事"}
NEVER = date.max


class MarkRefused(Exception):
    """The mark cannot stand; the text says why."""


def _hold(retiree: Retiree) -> None:
    Retiree.objects.select_for_update(of=("self",), no_key=True).get(pk=retiree.pk)


def _log(what: str, line: Line, person: Retiree, by: Actor) -> None:
    summary = f"{what}{NOUNS[type(line)]}：{person.name}"
    record_event(kind=EventKind.CHANGE, summary=summary, by=by, subject=person)


@transaction.atomic
def add_line(
    *,
    model: type[Line],
    retiree: Retiree,
    values: Mapping[str, Any],
    by: Actor,
    token: uuid.UUID | None = None,
) -> Line:
    """Add a line of the career, an honour or a note; ``values``: LINE_FIELDS. A career line takes its place by its
    start, a note carries its writer.

    ``token`` is the form's: the same form sent twice gives the same line.
    """
    _hold(retiree)
    key = uuid.uuid5(token, f"{model.__name__}{retiree.pk}") if token else uuid.uuid4()
    known = model.objects.filter(pk=key, retiree=retiree).first()
    if known is not None:
        return known
    line = model(id=key, **retiree.row_keys(), **_typed(model, values))
    if isinstance(line, CareerEntry):
        _give_place(line)
    if isinstance(line, PersonNote):
        line.written_by_name = by.name
    line.save(force_insert=True)
    _log("新增", line, retiree, by)
    return line


def _typed(model: type[Line], values: Mapping[str, Any]) -> dict[str, Any]:
    dates = ("from_on", "until_on", "awarded_on", "noted_on")
    return {
        name: values[name] if name in dates else values[name] or ""
        for name in LINE_FIELDS[model]
        if name in values
    }


def _give_place(line: CareerEntry) -> None:
    """After the last line that began no later; without a date at the end."""
    others = _career(line.retiree)
    start = line.from_on.earliest if line.from_on else NEVER
    before = [o for o in others if o.from_on is None or o.from_on.earliest <= start]
    line.position = (before[-1].position if before else 0) + 1
    _renumber([*others[: len(before)], line, *others[len(before) :]], skip=line)


def _career(retiree: Retiree) -> list[CareerEntry]:
    return list(CareerEntry.objects.filter(retiree=retiree).order_by("position", "from_on", "pk"))


def _renumber(lines: list[CareerEntry], skip: CareerEntry | None = None) -> None:
    for number, line in enumerate(lines, start=1):
        if line is skip:
            line.position = number
        elif line.position != number:
            CareerEntry.objects.filter(pk=line.pk).update(position=number)


@transaction.atomic
def edit_line(*, line: Line, values: Mapping[str, Any], by: Actor, opened: Opened | None = None) -> Line:
    """Change a line; ``opened``: what the form was opened on. Raises Stale when it changed since."""
    _hold(line.retiree)
    current = type(line).objects.select_related("retiree").get(pk=line.pk)
    not_stale(current, opened)
    before = keys_of(current, LINE_FIELDS[type(line)])
    for name, value in _typed(type(line), values).items():
        setattr(current, name, value)
    if keys_of(current, LINE_FIELDS[type(line)]) != before:
        current.save()
        _log("修改", current, current.retiree, by)
    return current


@transaction.atomic
def remove_line(*, line: Line, by: Actor) -> None:
    """Take a line off; the history keeps it, later lines of a career close up."""
    _hold(line.retiree)
    _log("删除", line, line.retiree, by)
    type(line).objects.filter(pk=line.pk).delete()
    if isinstance(line, CareerEntry):
        _renumber(_career(line.retiree))


@transaction.atomic
def shift_career_entry(*, line: CareerEntry, up: bool, by: Actor) -> None:
    """Move a line of the career one place up or down; at the end nothing happens."""
    _hold(line.retiree)
    lines = _career(line.retiree)
    place = next(number for number, other in enumerate(lines) if other.pk == line.pk)
    target = place - 1 if up else place + 1
    if 0 <= target < len(lines):
        lines[place], lines[target] = lines[target], lines[place]
        _renumber(lines)
        _log("调整次序，", line, line.retiree, by)


@transaction.atomic
def mark_group(*, retiree: Retiree, group: str, reason: str, since: date, by: Actor) -> GroupMark:
    """Mark a person as one of MARKED_GROUPS from a day on. Raises MarkRefused when he is marked so already."""
    if group not in MARKED_GROUPS:
        raise MarkRefused("这个群体由资料推出，不能手工标记。")
    _hold(retiree)
    marks = GroupMark.objects.filter(retiree=retiree, group=group)
    if marks.filter(during__overlap=DateRange(since, None)).exists():
        raise MarkRefused("这个时期已经标记过，请先结束原来的标记。")
    mark = GroupMark.objects.create(
        retiree=retiree,
        county_id=retiree.county_id,
        unit_id=retiree.unit_id,
        group=group,
        during=DateRange(since, None),
        reason=reason,
    )
    summary = f"标记特殊群体（{mark.get_group_display()}）：{retiree.name}"
    # Not the reason: why somebody is in hardship is no matter for whoever reads the log.
    record_event(kind=EventKind.CHANGE, summary=summary, by=by, subject=retiree)
    return mark


@transaction.atomic
def end_group_mark(*, mark: GroupMark, on: date, by: Actor) -> None:
    """The mark holds no longer from ``on``; one that began that day or later goes away altogether."""
    _hold(mark.retiree)
    current = GroupMark.objects.get(pk=mark.pk)
    if current.during.upper is not None:
        return
    if current.during.lower and current.during.lower >= on:
        current.delete()
    else:
        current.during = DateRange(current.during.lower, on)
        current.save(update_fields=["during"])
    summary = f"取消特殊群体标记（{mark.get_group_display()}）：{mark.retiree.name}"
    record_event(kind=EventKind.CHANGE, summary=summary, by=by, subject=mark.retiree)
