"""Celery rings bells; the truth about jobs is in PostgreSQL (see apps/jobs).

Settings that differ from Celery's defaults each answer a measured fault: without
``reject_on_worker_lost`` a killed child loses its task, without ``acks_late`` it is acknowledged
before it ran, and a long visibility timeout keeps a running job from being handed out twice.
"""

import logging
import os
from typing import Any

from celery import Celery, bootsteps
from celery.signals import worker_process_init, worker_ready

logger = logging.getLogger(__name__)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cadre_portal.settings")

app = Celery("cadre_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


class LifeSigns(bootsteps.StartStopStep):
    """The worker's main process writes a sign of life while it listens, however busy its children are.

    From the worker's own timer rather than from a thread: the process forks. A step of the consumer rather than of the
    worker: when Redis is lost the timer is emptied, and the consumer starts its steps anew once it is back. The
    connection is closed each time, so that no child inherits one.
    """

    every = 10.0
    tick: Any = None

    def start(self, parent: Any) -> None:
        """Mark at once (the demo waits for it), then regularly."""
        self._mark(parent.hostname)
        self.tick = parent.timer.call_repeatedly(self.every, self._mark, (parent.hostname,))

    def stop(self, parent: Any) -> None:
        """No more signs: the health page shows the age of the last one."""
        if self.tick is not None:
            self.tick.cancel()
            self.tick = None

    def _mark(self, name: str) -> None:
        from django.db import Error as DatabaseTrouble
        from django.db import connection

        from apps.jobs.actions import mark_alive
        from apps.jobs.choices import Sign

        try:
            mark_alive(sign=Sign.WORKER, name=name)
        except DatabaseTrouble as error:
            logger.warning("no sign of life written: %s", error)
        finally:
            connection.close()


app.steps["consumer"].add(LifeSigns)


@worker_process_init.connect
def settle(**_: Any) -> None:
    """A child that does the work collects as seldom as a web process."""
    from apps.core.collector import look_seldom

    look_seldom()


AT_ONCE = (
    "apps.reports.tasks.ensure_due",
    "apps.retirees.tasks.transfers_due",
    "apps.retirees.tasks.refresh_figures",
    "apps.visits.tasks.refresh_work",
    "apps.visits.tasks.ask_for_dues",
    "apps.agenda.tasks.ask_for_digests",
)
"""What a standstill may have left undone; beat would wait a whole interval before it looks."""


@worker_ready.connect
def look_at_once(sender: Any, **_: Any) -> None:
    """A worker that comes up looks at once what fell due while none was there."""
    for name in AT_ONCE:
        sender.app.send_task(name)
