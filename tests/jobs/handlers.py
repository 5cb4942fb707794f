"""Kinds of jobs that only the tests know. A worker process loads them with ``-I tests.jobs.handlers``."""

import os
import signal
import time

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.jobs.actions import JobFailed, Lease, handles


def effect(lease: Lease, step: object) -> None:
    """Something that can be counted: exactly once is what the tests want."""
    record_event(
        kind=EventKind.JOB,
        summary="试",
        by=lease.actor,
        data={"job": str(lease.job.pk), "step": str(step), "attempt": lease.job.attempts},
    )


@handles("test.steps")
def steps(lease: Lease) -> None:
    """``steps`` effects and a last one; killed at the point ``die_at`` in each of its first ``deaths`` tries."""
    payload = lease.job.payload
    mortal = lease.job.attempts <= payload.get("deaths", 1)

    def here(point: str) -> None:
        if mortal and point == payload.get("die_at"):
            os.kill(os.getpid(), signal.SIGKILL)

    here("start")
    count = payload.get("steps", 3)
    for number in range(lease.job.done, count):
        with lease.step(done=number + 1, total=count):
            effect(lease, number)
            here(f"in {number}")
            time.sleep(payload.get("pause", 0))
        here(f"after {number}")
    with lease.last_step({"summary": "试完"}):
        effect(lease, "last")
        here("in last")
    here("after last")


@handles("test.refuses")
def refuses(lease: Lease) -> None:
    raise JobFailed("文件不是花名册，请换一个文件。")


@handles("test.breaks")
def breaks(lease: Lease) -> None:
    with lease.step():
        effect(lease, "broken")
        raise ZeroDivisionError
