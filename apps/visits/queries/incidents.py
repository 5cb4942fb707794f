"""What happened to people and is not over: who is in hospital, who is critical, whose death has open lines."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Model, Q, QuerySet

from apps.accounts.models import User
from apps.core.chinese import format_date
from apps.core.scope import Actor
from apps.retirees.models import Retiree
from apps.visits.choices import IncidentKind
from apps.visits.models import (
    ChecklistItem,
    ChecklistItemHistory,
    Incident,
    IncidentTask,
    IncidentTaskHistory,
)

PER_PAGE = 100
CHANGES = 50


def open_incidents(actor: Actor, kind: str = "") -> QuerySet[Incident]:
    """Not ended, closed or taken back, the latest first, with the number of lines still to be done."""
    rows = Incident.objects.visible_to(actor).filter(ended_on=None, closed_on=None, retracted_on=None)
    if kind in IncidentKind.values:
        rows = rows.filter(kind=kind)
    to_do = Count("tasks", filter=Q(tasks__done_on=None, tasks__is_needless=False))
    return (
        rows.select_related("retiree__county", "retiree__unit")
        .annotate(to_do=to_do)
        .order_by("-started_on", "pk")
    )


def incidents_of(person: Retiree, actor: Actor) -> QuerySet[Incident]:
    """All of one person, the latest first; those taken back, too."""
    return Incident.objects.visible_to(actor).filter(retiree=person)


def incidents_read(person: Retiree, actor: Actor) -> list[Incident]:
    """The same as a list, read once a page: the tab, its number and the story ask for them by one person object."""
    kept: list[Incident] | None = person.__dict__.get("_incidents_read")
    if kept is None:
        kept = person.__dict__["_incidents_read"] = list(incidents_of(person, actor))
    return kept


def waiting_tasks(actor: Actor, until: date) -> QuerySet[IncidentTask]:
    """Lines to be settled by a day, of what was not ended, closed or taken back."""
    rows = IncidentTask.objects.visible_to(actor).filter(
        done_on=None, is_needless=False, due_on__lte=until, incident__closed_on=None
    )
    rows = rows.filter(incident__ended_on=None, incident__retracted_on=None)
    return rows if actor.county_id is None else rows.filter(county_id=actor.county_id)


def late_and_today(actor: Actor, today: date) -> tuple[int, int]:
    """Lines whose day is over, and lines whose day is today; one query."""
    late = Count("pk", filter=Q(due_on__lt=today))
    found = waiting_tasks(actor, today).order_by().aggregate(late=late, whole=Count("pk"))
    return found["late"], found["whole"] - found["late"]


def late_tasks(actor: Actor, today: date) -> QuerySet[IncidentTask]:
    """Lines whose day is over."""
    return waiting_tasks(actor, today - timedelta(days=1))


def overdue_tasks(actor: Actor, today: date) -> int:
    """How many lines whose day is over."""
    return late_tasks(actor, today).count()


@dataclass(frozen=True)
class TaskChange:
    """One state of a line of a checklist, and who brought it about."""

    at: datetime
    by: str
    who: str
    due_on: date
    state: str
    note: str


def task_changes(task: IncidentTask) -> list[TaskChange]:
    """The states of a line, newest first. Ask only for a line that the reader sees."""
    return [
        TaskChange(
            row.pgh_created_at,
            by,
            row.who,
            row.due_on,
            "不需要" if row.is_needless else f"{format_date(row.done_on)}已办" if row.done_on else "待办",
            row.note,
        )
        for row, by in _states(IncidentTaskHistory, task)
    ]


def item_changes(item: ChecklistItem) -> list[tuple[ChecklistItemHistory, str]]:
    """The states of a line of the standard checklist, newest first, each with who brought it about."""
    return _states(ChecklistItemHistory, item)


def _states(history: Any, of: Model) -> list[tuple[Any, str]]:
    rows = list(history._default_manager.filter(pgh_obj_id=of.pk).order_by("-pgh_id")[:CHANGES])
    names = dict(User.objects.filter(pk__in={row.pgh_actor for row in rows}).values_list("pk", "full_name"))
    return [(row, names.get(row.pgh_actor, "系统")) for row in rows]
