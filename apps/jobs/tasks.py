"""What Celery calls. A bell may come twice, late or never: only ``take`` decides."""

import logging
import threading
import uuid

from celery import shared_task
from celery.signals import worker_process_init
from django.db import connection, connections

from apps.accounts.models import Grant
from apps.core.logs import request_number
from apps.core.scope import Actor
from apps.jobs.actions import Cancelled, JobFailed, Lease, LostLease, end, handlers, put_back, ring, take
from apps.jobs.choices import State
from apps.jobs.models import Job

logger = logging.getLogger(__name__)


@worker_process_init.connect
def fresh_connections(**_: object) -> None:
    """A forked child must not share its parent's connection."""
    connections.close_all()


@shared_task(name="apps.jobs.tasks.run")
def run(job_id: str) -> None:
    """Do one job, if it is due and free."""
    taken = take(uuid.UUID(job_id))
    if taken is None:
        return
    job, owner = taken
    number = f"job-{str(job.pk)[:8]}"
    token = request_number.set(number)
    try:
        actor = initiator(job)
        if actor is None:
            end(job, owner, State.FAILED, "发起人的授权已经失效，任务没有执行。")
            return
        carry_out(Lease(job, owner, actor.within(number)))
    finally:
        request_number.reset(token)


def carry_out(lease: Lease) -> None:
    """Run the handler while a thread keeps the lease; sort what it raises."""
    job, owner = lease.job, lease.owner
    over = threading.Event()
    keeper = threading.Thread(target=_keep, args=(lease, over), daemon=True)
    keeper.start()
    try:
        handlers[job.kind](lease)
    except LostLease:
        logger.warning("job %s passed to another worker", job.pk)
    except Cancelled:
        end(job, owner, State.CANCELLED, "已按要求停止。")
    except JobFailed as reason:
        end(job, owner, State.FAILED, str(reason))
    except Exception as error:
        logger.exception("job %s broke down", job.pk)
        put_back(job, owner, f"{type(error).__name__}（编号 {request_number.get()}）")
    finally:
        over.set()
        keeper.join()


def _keep(lease: Lease, over: threading.Event) -> None:
    try:
        while not over.wait(15):
            if not lease.extend():
                return
    finally:
        connection.close()


def initiator(job: Job) -> Actor | None:
    """The actor whose rights the job works with, read now: a right that was taken away is gone for jobs too."""
    grant = Grant.objects.valid().filter(pk=job.grant_id).select_related("user", "unit").first()
    return grant.actor() if grant is not None and grant.user_id == job.created_by else None


@shared_task(name="apps.jobs.tasks.relay", ignore_result=True)
def relay() -> None:
    """Ring again for what is due: bells that were lost, workers that died, jobs that waited."""
    for job_id in Job.objects.due().order_by("sequence").values_list("pk", flat=True)[:50]:
        ring(job_id)
