"""What Celery calls. None of these carries the truth: a call may come twice, late or never."""

import uuid

from celery import shared_task

from apps.jobs.actions import do_job, ring_again, sweep_files


@shared_task(name="apps.jobs.tasks.run")
def run(job_id: str) -> None:
    """Do one job, if it is due and free."""
    do_job(uuid.UUID(job_id))


@shared_task(name="apps.jobs.tasks.relay")
def relay() -> None:
    """Ring again for what is due."""
    ring_again()


@shared_task(name="apps.jobs.tasks.sweep")
def sweep() -> None:
    """Remove expired files and orphans."""
    sweep_files()
