"""Everything that happens to a job. See docs/architecture.md and apps/jobs/actions/work.py for how to write one."""

from apps.jobs.actions.files import NoFile, download_file, expire_downloads, keep_file, sweep_files
from apps.jobs.actions.people import cancel_job, mark_seen, requeue_job
from apps.jobs.actions.queue import bury_lost, request_job, ring, ring_again, take
from apps.jobs.actions.signs import mark_alive
from apps.jobs.actions.work import (
    Cancelled,
    Handler,
    JobFailed,
    Lease,
    LostLease,
    do_job,
    handles,
)
from apps.jobs.rules import system_actor

__all__ = [
    "Cancelled",
    "Handler",
    "JobFailed",
    "Lease",
    "LostLease",
    "NoFile",
    "bury_lost",
    "cancel_job",
    "do_job",
    "download_file",
    "expire_downloads",
    "handles",
    "keep_file",
    "mark_alive",
    "mark_seen",
    "request_job",
    "requeue_job",
    "ring",
    "ring_again",
    "sweep_files",
    "system_actor",
    "take",
]
