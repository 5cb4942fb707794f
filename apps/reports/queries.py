"""Reads over documents and schedules."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q, QuerySet

from apps.accounts.choices import Role
from apps.core.scope import Actor
from apps.jobs.choices import State as JobState
from apps.jobs.models import Job
from apps.reports.choices import State
from apps.reports.models import Document, Schedule
from apps.reports.rules import Period, due_periods


def documents(actor: Actor) -> QuerySet[Document]:
    """Documents the actor may read: leaders only what was issued."""
    found = Document.objects.visible_to(actor).select_related("county")
    return found.filter(state=State.ISSUED) if actor.role == Role.LEADER else found


def waiting_documents(actor: Actor) -> int:
    """How many of the actor's own place wait for checking or issuing."""
    if actor.unit_id is not None:
        return 0
    return Document.objects.filter(county_id=actor.county_id).exclude(state=State.ISSUED).count()


def open_jobs(actor: Actor) -> Sequence[Job]:
    """Briefings being made for the actor's place, and those that could not be made, the oldest first."""
    if actor.unit_id is not None:
        return []
    jobs = Job.objects.filter(kind="reports.draft", payload__county_id=actor.county_id)
    return jobs.filter(~Q(state__in=(JobState.DONE, JobState.CANCELLED))).order_by("sequence")


def periods_due(schedule: Schedule, now: datetime) -> list[Period]:
    """Every period of a schedule that has fallen due by ``now``, the oldest first, made or not."""
    return list(
        due_periods(
            schedule.kind,
            after=None,
            since=schedule.starts_on,
            now=now,
            offset_days=schedule.due_days,
            at=schedule.due_time,
        )
    )


def files_in_use(names: set[str]) -> set[str]:
    """Of these stored files, those that documents still point to. Asked by the sweeper, in a city scope."""
    used = set()
    for column in ("draft_file", "issued_file"):
        used |= set(Document.objects.filter(**{f"{column}__in": names}).values_list(column, flat=True))
    return used
