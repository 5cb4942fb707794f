"""What people do to jobs by hand."""

from django.db import transaction
from django.db.models.functions import Now

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.scope import Actor
from apps.jobs.actions.queue import ended, ring
from apps.jobs.choices import State
from apps.jobs.models import Job
from apps.jobs.queries import kind_label


@transaction.atomic
def cancel_job(*, job: Job, by: Actor) -> bool:
    """Stop a waiting job at once, a running one at its next step. Returns whether there was anything to stop."""
    waiting = Job.objects.filter(pk=job.pk, state=State.QUEUED)
    if waiting.update(**ended(State.CANCELLED, f"由{by.name}取消。")):
        stopped = True
    else:
        stopped = bool(Job.objects.filter(pk=job.pk, state=State.RUNNING).update(cancel_asked=True))
    if stopped:
        _record("停止任务", job, by)
    return stopped


@transaction.atomic
def requeue_job(*, job: Job, by: Actor) -> bool:
    """Try a dead job once more from its first try, behind its last step. Returns whether it was dead."""
    again = Job.objects.filter(pk=job.pk, state=State.DEAD).update(
        state=State.QUEUED,
        attempts=0,
        problem="",
        available_at=Now(),
        finished_at=None,
        cancel_asked=False,
        seen_at=None,
    )
    if again:
        _record("重新排队", job, by)
        transaction.on_commit(lambda: ring(job.pk), robust=True)
    return bool(again)


def mark_seen(*, by: Actor, job: Job | None = None) -> int:
    """The actor has looked at the end of his job, or of all his jobs. Return how many were new."""
    jobs = Job.objects.visible_to(by).telling()
    if job is not None:
        jobs = jobs.filter(pk=job.pk)
    return jobs.update(seen_at=Now())


def _record(what: str, job: Job, by: Actor) -> None:
    record_event(
        kind=EventKind.JOB,
        summary=f"{what}：{kind_label(job)}",
        by=by,
        data={"job": str(job.pk), "kind": job.kind},
    )
