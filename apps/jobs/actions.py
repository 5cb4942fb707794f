"""Wanting, taking, carrying on and ending a job."""

import contextlib
import logging
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.scope import Actor, scope
from apps.jobs.choices import State
from apps.jobs.models import Job

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
TRIES = 5
FIRST_PAUSE = timedelta(seconds=10)


class LostLease(RuntimeError):
    """Another worker has the job; what this one did since its last step is rolled back."""


class Cancelled(RuntimeError):
    """The initiator asked to stop."""


class JobFailed(Exception):
    """Raised by a handler with a reason that the user can act on; the job is not tried again."""


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

    The same ``dedupe_key`` gives the job that is there already. ``lane``: jobs of a lane run one after the other.
    """
    Job.objects.bulk_create(
        [
            Job(
                kind=kind,
                label=label,
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
    transaction.on_commit(lambda: ring(job.pk), robust=True)
    return job


def ring(job_id: uuid.UUID) -> None:
    """Tell a worker that a job is due. A bell that Redis does not hear is rung again by the relay."""
    from apps.jobs.tasks import run  # the task module stands above: it imports this one

    try:
        run.apply_async([str(job_id)], retry=False)
    except Exception as error:
        logger.warning("bell for job %s not heard: %s", job_id, error)


@dataclass
class Lease:
    """A job in hand."""

    job: Job
    owner: uuid.UUID
    actor: Actor

    @contextlib.contextmanager
    def step(self, *, done: int | None = None, total: int | None = None) -> Iterator[None]:
        """One transaction in the initiator's scope; its effect and the job's progress commit together.

        Raises LostLease (and rolls back) if the lease has passed to another worker, Cancelled if asked to stop.
        """
        with scope(self.actor):
            yield
            changes: dict[str, Any] = {"lease_until": Now() + LEASE}
            if total is not None:
                changes["total"] = self.job.total = total
            if done is not None:
                changes["done"] = self.job.done = done
            self._write(changes)
        if Job.objects.filter(pk=self.job.pk, cancel_asked=True).exists():
            raise Cancelled

    @contextlib.contextmanager
    def last_step(self, result: dict[str, Any]) -> Iterator[None]:
        """As ``step``, and the job is done with it. ``result`` may still be filled inside the block."""
        with scope(self.actor):
            yield
            self._write({"state": State.DONE, "result": result, "finished_at": Now(), "done": F("total")})

    def _write(self, changes: dict[str, Any]) -> None:
        held = Job.objects.filter(pk=self.job.pk, lease_owner=self.owner, state=State.RUNNING)
        if held.update(**changes) != 1:
            raise LostLease(str(self.job.pk))

    def extend(self) -> bool:
        """Keep the lease while a long step runs; False when it is lost."""
        held = Job.objects.filter(pk=self.job.pk, lease_owner=self.owner, state=State.RUNNING)
        return held.update(lease_until=Now() + LEASE) == 1


Handler = Callable[[Lease], None]
handlers: dict[str, Handler] = {}


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register the function that does the jobs of a kind. Called from ``tasks`` modules."""

    def register(handler: Handler) -> Handler:
        handlers[kind] = handler
        return handler

    return register


def take(job_id: uuid.UUID) -> tuple[Job, uuid.UUID] | None:
    """Claim a job that is due, by the database's clock; None if it is not, or somebody else has it."""
    owner = uuid.uuid4()
    with transaction.atomic(), connection.cursor() as cursor:
        # Only one worker at a time decides about a lane.
        cursor.execute("SELECT lane FROM jobs_job WHERE id = %s", [job_id])
        row = cursor.fetchone()
        if row is None:
            return None
        if row[0]:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [row[0]])
        taken = (
            Job.objects.due()
            .filter(pk=job_id)
            .update(
                state=State.RUNNING,
                attempts=F("attempts") + 1,
                lease_owner=owner,
                lease_until=Now() + LEASE,
                problem="",
            )
        )
    return (Job.objects.get(pk=job_id), owner) if taken else None


def put_back(job: Job, owner: uuid.UUID, problem: str) -> None:
    """After a breakdown: wait 10 s · 3ⁿ and try again, five times in all; then it is dead and shown."""
    last = job.attempts >= TRIES
    Job.objects.filter(pk=job.pk, lease_owner=owner, state=State.RUNNING).update(
        state=State.DEAD if last else State.QUEUED,
        problem=problem[:500],
        lease_owner=None,
        lease_until=None,
        available_at=Now() + FIRST_PAUSE * 3 ** (job.attempts - 1),
        finished_at=Now() if last else None,
    )
    if last:
        logger.error("job %s (%s) is dead after %s tries: %s", job.pk, job.kind, job.attempts, problem)


def end(job: Job, owner: uuid.UUID, state: State, problem: str) -> None:
    """End a job without a result: the work said no, or the initiator stopped it."""
    Job.objects.filter(pk=job.pk, lease_owner=owner, state=State.RUNNING).update(
        state=state, problem=problem[:500], lease_owner=None, lease_until=None, finished_at=Now()
    )


def cancel_job(*, job: Job, by: Actor) -> bool:
    """Stop a waiting job at once, a running one at its next step. Returns whether there was anything to stop."""
    waiting = Job.objects.filter(pk=job.pk, state=State.QUEUED)
    if waiting.update(state=State.CANCELLED, finished_at=Now(), problem=f"{by.name}取消"):
        return True
    return bool(Job.objects.filter(pk=job.pk, state=State.RUNNING).update(cancel_asked=True))


def requeue_job(*, job: Job, by: Actor) -> bool:
    """Try a dead job once more from its first try. Returns whether it was dead."""
    again = Job.objects.filter(pk=job.pk, state=State.DEAD).update(
        state=State.QUEUED, attempts=0, problem="", available_at=Now(), finished_at=None
    )
    if again:
        record_event(kind=EventKind.JOB, summary=f"重新排队：{job.label}", by=by, data={"job": str(job.pk)})
        transaction.on_commit(lambda: ring(job.pk), robust=True)
    return bool(again)


def stuck() -> Q:
    """Jobs whose bell should have been heard five minutes ago; asked by the health page."""
    return Q(state=State.QUEUED, available_at__lt=Now() - timedelta(minutes=5))
