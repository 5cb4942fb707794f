"""Lines of a checklist: settled, given to somebody else or another day, and added to one person's list."""

from datetime import date

from django.db import transaction
from django.db.models import Max

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.chinese import format_date
from apps.core.scope import Actor
from apps.core.side_by_side import Opened, not_stale
from apps.retirees.actions.life import NotPossible
from apps.visits.actions.incidents import held_incident
from apps.visits.choices import TaskPart
from apps.visits.models import Incident, IncidentTask


@transaction.atomic
def settle_task(*, task: IncidentTask, word: str, told_to: str = "", today: date, by: Actor) -> IncidentTask:
    """word: done, needless, or open again; ``told_to``: who took the message, of a line that is to be told.

    Settling twice keeps the first. Raises NotPossible where the matter is closed or taken back.
    """
    incident = _open_incident(task.incident)
    row = IncidentTask.objects.select_for_update(of=("self",)).get(pk=task.pk)
    if word == "done" and row.done_on is not None:
        return row
    row.done_on = today if word == "done" else None
    row.done_by_name = by.name[:60] if word != "open" else ""
    row.told_to = told_to[:40] if word == "done" and row.part == TaskPart.TELL else ""
    row.is_needless = word == "needless"
    row.save()
    done = "已告知" if row.part == TaskPart.TELL else "已办"
    label = {"done": done, "needless": "不需要", "open": "重新办理"}[word]
    record_event(
        kind=EventKind.CHANGE, summary=f"{incident.retiree.name}：{row.label}（{label}）", by=by, subject=row
    )
    return row


@transaction.atomic
def edit_task(
    *, task: IncidentTask, who: str, due_on: date, note: str, by: Actor, opened: Opened | None = None
) -> IncidentTask:
    """Give a line to somebody else or another day. Raises NotPossible for a closed matter, a settled line, and a day
    before it happened; Stale where the line is no longer what the form was ``opened`` on."""
    incident = _open_incident(task.incident)
    row = IncidentTask.objects.select_for_update(of=("self",)).get(pk=task.pk)
    if row.done_on or row.is_needless:
        raise NotPossible("这一项已经办完，要改请先点“重新办理”。")
    not_stale(row, opened)
    _check_day(incident, due_on)
    was = f"{row.who or '未定'}，{format_date(row.due_on)}"
    row.who, row.due_on, row.note = who, due_on, note
    row.save()
    now = f"{who or '未定'}，{format_date(due_on)}"
    record_event(
        kind=EventKind.CHANGE,
        summary=f"{incident.retiree.name}：{row.label}由“{was}”改为“{now}”",
        by=by,
        subject=row,
    )
    return row


@transaction.atomic
def add_task(
    *, incident: Incident, part: str, label: str, who: str, due_on: date, note: str, by: Actor
) -> IncidentTask:
    """Put one more line on the list of this matter alone. Raises NotPossible as ``edit_task`` does."""
    held = _open_incident(incident)
    _check_day(held, due_on)
    last = held.tasks.aggregate(last=Max("sort"))["last"] or 0
    row = IncidentTask.objects.create(
        **held.retiree.row_keys(),
        incident=held,
        part=part,
        label=label,
        who=who,
        due_on=due_on,
        note=note,
        sort=min(last + 10, 32_000),
    )
    record_event(kind=EventKind.CREATE, summary=f"{held.retiree.name}：新增事项“{label}”", by=by, subject=row)
    return row


def _open_incident(incident: Incident) -> Incident:
    held = held_incident(incident)
    if held.closed_on:
        raise NotPossible("已经办结，不能再改清单。")
    return held


def _check_day(incident: Incident, due_on: date) -> None:
    if due_on < incident.started_on:
        raise NotPossible(f"期限不能早于{format_date(incident.started_on)}（发生那天）。")
