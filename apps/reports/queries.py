"""Reads over documents and schedules."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast

from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.accounts.choices import Role
from apps.core.scope import Actor
from apps.jobs.choices import State as JobState
from apps.jobs.models import Job
from apps.reports.choices import State
from apps.reports.models import Document, Schedule
from apps.reports.rules import Period, due_periods
from apps.reports.rules.periods import Kind


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


@dataclass(frozen=True)
class BriefingDay:
    """A day on which a briefing of one's own place is to be made, or since which it waits (``document``)."""

    day: date
    period: Period
    document: Document | None


def briefing_days(actor: Actor, start: date, end: date) -> list[BriefingDay]:
    """What the schedules of the actor's own place ask for from ``start`` to ``end``, both inclusive, and its briefings
    that are not issued: each on its due day, or, where no schedule asks for it, on the day it was made. What was
    issued is left out."""
    if actor.unit_id is not None:
        return []
    schedules = list(Schedule.objects.filter(county_id=actor.county_id, is_active=True))
    own = {
        (one.kind, one.period_key): one
        for one in Document.objects.filter(county_id=actor.county_id).defer("figures", "blocks")
    }
    days = {
        (schedule.kind, period.key): day
        for schedule in schedules
        for period, day in _due_between(schedule, start, end)
    }
    late = {one.kind: one for one in schedules}
    for key, one in own.items():
        schedule = late.get(one.kind)
        if schedule is None or one.period.end < schedule.starts_on:
            days[key] = timezone.localdate(one.made_at)
    return sorted(
        (
            BriefingDay(day, Period.from_key(key[1]), own.get(key))
            for key, day in days.items()
            if start <= day <= end and (key not in own or own[key].state != State.ISSUED)
        ),
        key=lambda found: (found.day, found.period.key),
    )


def _due_between(schedule: Schedule, start: date, end: date) -> Iterator[tuple[Period, date]]:
    offset, kind = timedelta(days=schedule.due_days), cast("Kind", schedule.kind)
    period = Period.containing(kind, max(schedule.starts_on, start - offset))
    while (day := period.end + offset) <= end:
        if day >= start:
            yield period, day
        period = period.next()


def files_in_use(names: set[str]) -> set[str]:
    """Of these stored files, those that documents still point to. Asked by the sweeper, in a city scope."""
    used = set()
    for column in ("draft_file", "issued_file"):
        used |= set(Document.objects.filter(**{f"{column}__in": names}).values_list(column, flat=True))
    return used
