"""Wanting a job, claiming it, putting it back, ending it. All times are the database's."""

import logging
import random
import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from apps.core import doorbell
from apps.core.scope import Actor
from apps.jobs.choices import State
from apps.jobs.models import Job
from apps.jobs.rules import TRIES, pause_before

logger = logging.getLogger(__name__)

RUN = "apps.jobs.tasks.run"
STOPPED = "已按要求停止。"
_LANES = 20261
"""Class of the advisory locks on lanes; the database has no other use of it."""


def request_job(
    *,
    kind: str,
    label: str,
    dedupe_key: str,
    by: Actor,
    payload: dict[str, Any] | None = None,
    lane: str = "",
    total: int = 0,
) -> Job:
    """Write the job, in the caller's transaction, and ring the bell once it is committed.

    kind: "app.verb". label: what the user reads in his list; no names of retirees. payload: ids and settings, never
    personal data. The same ``dedupe_key`` gives the job that is there already, whatever its state: a fresh try by
    the user needs a fresh key. ``lane``: jobs of a lane run one after the other, in the order they were written.
    """
    Job.objects.bulk_create(
        [
            Job(
                kind=kind,
                label=label[:120],
                dedupe_key=dedupe_key,
                payload=payload or {},
                lane=lane,
                total=total,
                created_by=by.user_id,
                grant_id=by.grant_id,
            )
        ],
        ignore_conflicts=True,
    )
    job = Job.objects.get(dedupe_key=dedupe_key)
    if not job.is_over:
        transaction.on_commit(lambda: ring(job.pk), robust=True)
    return job


def ring(job_id: uuid.UUID) -> bool:
    """Tell a worker that a job is due. A bell that Redis does not hear is rung again by ``ring_again``."""
    return doorbell.ring(RUN, str(job_id))


def ring_again(limit: int = 50) -> int:
    """Ring for what is due: bells that were lost, workers that died, tries whose pause is over. Return how many.

    Called every few seconds by beat; twice, late or by several at once does no harm.
    """
    bury_lost()
    due = Job.objects.due().order_by("sequence").values_list("pk", flat=True)[:limit]
    rung = 0
    for job_id in due:
        if not ring(job_id):
            break
        rung += 1
    return rung


def bury_lost() -> None:
    """End jobs that their worker did not survive, five times over or after somebody asked to stop: nobody is left
    to do it, and nobody should try again."""
    Job.objects.lost().filter(cancel_asked=True).update(**ended(State.CANCELLED, STOPPED))
    worn_out = Job.objects.lost().filter(attempts__gte=TRIES)
    if worn_out.update(**ended(State.DEAD, f"执行进程连续 {TRIES} 次中断。")):
        logger.error("a job is dead: its worker was killed %s times", TRIES)


def lease_end() -> Any:
    """Until when a claim or an extension made now holds."""
    return Now() + timedelta(seconds=settings.PORTAL_JOB_LEASE_SECONDS)


def take(job_id: uuid.UUID) -> tuple[Job, uuid.UUID] | None:
    """Claim a job that is due; None if it is not, or somebody else has it."""
    owner = uuid.uuid4()
    with transaction.atomic():
        lane = Job.objects.filter(pk=job_id).values_list("lane", flat=True).first()
        if lane:  # one worker at a time decides about a lane
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LANES, lane])
        claim = {"state": State.RUNNING, "lease_owner": owner, "lease_until": lease_end(), "problem": ""}
        taken = Job.objects.due().filter(pk=job_id).update(attempts=F("attempts") + 1, **claim)
        return (Job.objects.get(pk=job_id), owner) if taken else None


def held_by(job: Job, owner: uuid.UUID) -> QuerySet[Job]:
    """The job, if ``owner`` still holds it: every change by a worker goes through this fence."""
    return Job.objects.filter(pk=job.pk, lease_owner=owner, state=State.RUNNING)


def put_back(job: Job, owner: uuid.UUID, problem: str) -> None:
    """After a breakdown: wait 10 s · 3ⁿ and try again, five times in all; then it is dead and shown."""
    held = held_by(job, owner)
    if held.filter(cancel_asked=True).update(**ended(State.CANCELLED, STOPPED)):
        return
    if job.attempts >= TRIES:
        held.update(**ended(State.DEAD, problem))
        logger.error("job %s (%s) is dead after %s tries: %s", job.pk, job.kind, job.attempts, problem)
        return
    held.update(
        state=State.QUEUED,
        problem=problem[:500],
        lease_owner=None,
        lease_until=None,
        available_at=Now() + pause_before(job.attempts, random.random()),
    )


def end(job: Job, owner: uuid.UUID, state: State, problem: str) -> None:
    """End a job without a result: the work said no, or the initiator stopped it."""
    held_by(job, owner).update(**ended(state, problem))


def ended(state: State, problem: str = "") -> dict[str, Any]:
    """The columns of a job that is over."""
    return {
        "state": state,
        "problem": problem[:500],
        "lease_owner": None,
        "lease_until": None,
        "finished_at": Now(),
    }
