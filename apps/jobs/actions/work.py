"""Doing a job: how its kinds are declared, and the lease under which a handler works.

A handler stands in a ``tasks`` module and works in steps. What a step writes and the job's progress commit together,
and only while the lease is ours; so a job that is killed anywhere goes on behind its last step and does nothing
twice::

    @handles("retirees.export")
    def export(lease: Lease) -> None:
        with lease.step(done=0, total=2):
            rows = list(actions.rows_to_export(lease.job.payload, by=lease.actor))
        content = sheet_of(rows)                       # slow work outside of a transaction
        with lease.last_step(result := {}):
            record_event(kind=EventKind.EXPORT, by=lease.actor, ...)
            result["file"] = keep_file(content, filename="名册.xlsx", content_type=XLSX)

Results that the pages of apps/jobs know: ``file`` (from ``keep_file``), ``summary`` (one sentence), ``next``
({"label": "查看预览", "view": "imports:detail", "args": [5]}).
"""

import contextlib
import logging
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.conf import settings
from django.db import Error as DatabaseTrouble
from django.db import OperationalError, connection
from django.db.models import F

from apps.core.logs import request_number
from apps.core.scope import Actor, scope
from apps.jobs.actions.queue import STOPPED, end, ended, held_by, lease_end, put_back, take
from apps.jobs.choices import State
from apps.jobs.models import Job
from apps.jobs.queries import initiator

logger = logging.getLogger(__name__)

COLLISIONS = {"40001", "40P01"}
"""SQLSTATE of a serialization failure and of a deadlock: nothing is wrong but the moment."""
COLLISION_TRIES = 3
KEEPER_SECONDS = 1.0
"""How often the keeper looks whether there is progress to write."""
_LIMITS = (
    "SELECT set_config('statement_timeout', '5min', true),"
    " set_config('idle_in_transaction_session_timeout', '5min', true)"
)
T = TypeVar("T")


class LostLease(RuntimeError):
    """Another worker has the job; what this one did since its last step is rolled back."""


class Cancelled(RuntimeError):
    """The initiator asked to stop."""


class JobFailed(Exception):
    """Raised by a handler with a reason that the user can act on; the job is not tried again."""


Handler = Callable[["Lease"], None]
handlers: dict[str, Handler] = {}


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register the function that does the jobs of a kind. Called from ``tasks`` modules."""

    def register(handler: Handler) -> Handler:
        if handlers.setdefault(kind, handler) is not handler:
            raise ValueError(f"two handlers for {kind}")
        return handler

    return register


@dataclass
class Lease:
    """A job in hand."""

    job: Job
    owner: uuid.UUID
    actor: Actor = field(init=False)
    """The initiator, with the rights of his grant as they were at the last ``check``."""
    is_over: bool = False
    told: tuple[int, int] | None = None
    """Progress that the keeper has still to write."""
    stop_seen: bool = False
    """The keeper saw that the initiator asked to stop."""

    @property
    def number(self) -> str:
        """Request number of what the job does, in the log and in history."""
        return f"job-{str(self.job.pk)[:8]}"

    def check(self) -> None:
        """Look whether to go on; every step does. In long work between steps call it now and then.

        Raises LostLease, Cancelled, or JobFailed when the initiator's rights were taken away.
        """
        asked = held_by(self.job, self.owner).values_list("cancel_asked", flat=True).first()
        if asked is None:
            raise LostLease(str(self.job.pk))
        if asked:
            raise Cancelled
        actor = initiator(self.job)
        if actor is None:
            raise JobFailed("发起人的授权已经失效，任务没有继续执行。")
        self.actor = actor.within(self.number)

    @contextlib.contextmanager
    def step(self, *, done: int | None = None, total: int | None = None) -> Iterator[None]:
        """One transaction in the initiator's scope; its effect and the job's progress commit together.

        Raises what ``check`` raises; if the lease is lost meanwhile, LostLease, and the step is rolled back.
        """
        with self._scope():
            yield
            self.job.total = self.job.total if total is None else total
            wanted = self.job.done if done is None else done
            self.job.done = min(wanted, self.job.total) if self.job.total else wanted
            self._write({"lease_until": lease_end(), "done": self.job.done, "total": self.job.total})

    @contextlib.contextmanager
    def last_step(self, result: dict[str, Any]) -> Iterator[None]:
        """As ``step``, and the job is done with it. ``result`` may still be filled inside the block."""
        with self._scope():
            yield
            self._write({**ended(State.DONE), "result": result, "done": F("total")})
        self.is_over = True

    def retried(self, work: Callable[[], T], *, done: int | None = None, total: int | None = None) -> T:
        """Do ``work`` as one step, up to three times while the database says that it collided with somebody."""
        for left in reversed(range(COLLISION_TRIES)):
            try:
                with self.step(done=done, total=total):
                    return work()
            except OperationalError as error:
                if getattr(error.__cause__, "sqlstate", None) not in COLLISIONS or not left:
                    raise
                logger.info("step collided, trying again: %s", error)
        raise AssertionError("unreachable")

    def progress(self, *, done: int, total: int | None = None) -> None:
        """Tell how far the work is, outside of any step."""
        with self.step(done=done, total=total):
            pass

    def tell(self, done: int, total: int) -> None:
        """Tell from within a long step, or between steps, how far the work is; cheap enough for every few rows. The
        keeper writes it on its own connection within a second or two. Raises Cancelled when the initiator asked to
        stop: a step that is left so is rolled back."""
        if self.stop_seen:
            raise Cancelled
        self.told = (min(done, total), total)

    def extend(self) -> bool:
        """Keep the lease while a long step runs, and write what was told; False when it is lost."""
        told, self.told = self.told, None
        changes: dict[str, Any] = {"lease_until": lease_end()}
        if told is not None:
            changes |= {"done": told[0], "total": told[1]}
        held = held_by(self.job, self.owner)
        if held.update(**changes) != 1:
            return False
        self.stop_seen = held.filter(cancel_asked=True).exists()
        return True

    @contextlib.contextmanager
    def _scope(self) -> Iterator[None]:
        """The login's limits are made for pages; a job may take minutes over a statement, or between two."""
        self.check()
        with scope(self.actor):
            with connection.cursor() as cursor:
                cursor.execute(_LIMITS)
            yield

    def _write(self, changes: dict[str, Any]) -> None:
        if held_by(self.job, self.owner).update(**changes) != 1:
            raise LostLease(str(self.job.pk))


def do_job(job_id: uuid.UUID) -> None:
    """Do one job, if it is due and free. A bell may come twice, late or never: only ``take`` decides."""
    taken = take(job_id)
    if taken is None:
        return
    lease = Lease(*taken)
    token = request_number.set(lease.number)
    over = threading.Event()
    keeper = threading.Thread(target=_keep, args=(lease, over), daemon=True)
    keeper.start()
    try:
        _carry_out(lease)
    finally:
        over.set()
        keeper.join()
        request_number.reset(token)


def _carry_out(lease: Lease) -> None:
    """Run the handler and sort what it raises. A handler that just returns has done the job."""
    job, owner = lease.job, lease.owner
    try:
        lease.check()
        handlers[job.kind](lease)
        if not lease.is_over:
            with lease.last_step({}):
                pass
    except LostLease:
        logger.warning("job %s passed to another worker", job.pk)
    except Cancelled:
        end(job, owner, State.CANCELLED, STOPPED)
    except JobFailed as reason:
        end(job, owner, State.FAILED, str(reason))
    except Exception as error:
        logger.exception("job %s broke down", job.pk)
        if not connection.in_atomic_block:  # the breakdown may be that of the connection
            connection.close_if_unusable_or_obsolete()
        put_back(job, owner, f"程序出错：{type(error).__name__}（编号 {lease.number}）")


def _keep(lease: Lease, over: threading.Event) -> None:
    """Extend the lease while the handler works. A breakdown of this connection is not yet the end of the lease."""
    try:
        quarter = settings.PORTAL_JOB_LEASE_SECONDS / 4
        pause, quiet = min(KEEPER_SECONDS, quarter), 0.0
        while not over.wait(pause):
            quiet += pause
            if lease.told is None and quiet < quarter:
                continue
            quiet = 0.0
            try:
                if not lease.extend():
                    return
            except DatabaseTrouble as error:
                logger.warning("lease of job %s not extended: %s", lease.job.pk, error)
                connection.close()
    finally:
        connection.close()
