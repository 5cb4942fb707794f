"""Reads over requests: what waits for whom, what was taken today, and how a request stands."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from apps.accounts.choices import Role
from apps.accounts.models import Grant
from apps.core.scope import Actor
from apps.exports.choices import State
from apps.exports.models import CHIEFS, ExportRequest, FormTemplate
from apps.exports.rules import DECIDE_WITHIN
from apps.jobs.choices import State as JobState
from apps.jobs.models import Job


def waiting_for(actor: Actor) -> QuerySet[ExportRequest]:
    """Requests that wait for this actor's decision, the oldest first; none for those who do not decide."""
    if actor.role not in CHIEFS:
        return ExportRequest.objects.none()
    fresh = ExportRequest.objects.visible_to(actor).filter(
        state=State.WAITING, created_at__gt=timezone.now() - DECIDE_WITHIN
    )
    return fresh.exclude(created_by=actor.user_id).order_by("pk")


def has_approver(request: ExportRequest) -> bool:
    """Whether there is an account, not that of whoever asked, that could agree: a chief of the city or of the
    request's county."""
    chiefs = Q(role=Role.CITY_CHIEF)
    if request.county_id is not None:
        chiefs |= Q(role=Role.COUNTY_CHIEF, unit_id=request.county_id)
    return Grant.objects.valid().filter(chiefs).exclude(user_id=request.created_by).exists()


def waiting_exports(actor: Actor) -> int:
    """How many requests wait for this actor's decision."""
    return waiting_for(actor).count()


def own_requests(actor: Actor) -> QuerySet[ExportRequest]:
    """What the actor asked for, the newest first."""
    return ExportRequest.objects.visible_to(actor).filter(created_by=actor.user_id).defer("keys")


def taken_today(actor: Actor, now: datetime) -> int:
    """People the account has taken since midnight by requests that needed nobody's consent."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    mine = ExportRequest.objects.filter(created_by=actor.user_id, created_at__gte=midnight, needs="")
    return mine.exclude(state=State.FAILED).aggregate(people=Sum("rows"))["people"] or 0


def open_requests(actor: Actor) -> int:
    """Requests of the account that wait or are being made."""
    mine = ExportRequest.objects.filter(created_by=actor.user_id)
    waiting = Q(state=State.WAITING, created_at__gt=timezone.now() - DECIDE_WITHIN)
    running = Job.objects.filter(
        created_by=actor.user_id, kind="exports.make", state__in=(JobState.QUEUED, JobState.RUNNING)
    )
    return mine.filter(waiting).count() + running.count()


def state_now(request: ExportRequest, job: Job | None, now: datetime) -> State:
    """How a request stands: its own state, and what its job and the calendar make of it."""
    state = State(request.state)
    if state == State.WAITING and now - request.created_at > DECIDE_WITHIN:
        return State.LAPSED
    if state == State.RUNNING and job is not None and job.is_over:
        return State.FAILED
    if state == State.READY and (job is None or job.file is None):
        return State.EXPIRED
    return state


def states_now(requests: list[ExportRequest], now: datetime) -> dict[int, State]:
    """``state_now`` of a page of requests, with one look at their jobs."""
    jobs: dict[Any, Job] = Job.objects.in_bulk([one.job_id for one in requests if one.job_id])
    return {one.pk: state_now(one, jobs.get(one.job_id), now) for one in requests}


def forms_in_use(names: set[str]) -> set[str]:
    """Of these stored files, those of a form or of one of its versions."""
    return set(FormTemplate.objects.filter(file_ref__in=names).values_list("file_ref", flat=True))
