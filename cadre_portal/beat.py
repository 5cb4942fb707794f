"""The ticks, with a sign of life at each: a beat that hangs is seen on the health page."""

import logging
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from django.db import Error as DatabaseTrouble
from django_celery_beat.schedulers import DatabaseScheduler

from apps.jobs.actions import mark_alive
from apps.jobs.choices import Sign

logger = logging.getLogger(__name__)

EVERY = 10.0


class Scheduler(DatabaseScheduler):
    """django-celery-beat's, whose loop comes by at least every five seconds.

    It stops by itself between two pieces of work. Celery's own handler of SIGTERM writes to the database from within
    the signal: one that arrives while a statement is under way waits for the lock of that connection for ever.
    """

    _marked = float("-inf")
    _is_busy = False
    _is_stopping = False

    def setup_schedule(self) -> None:
        """Read the schedule; from here on the signals are ours."""
        super().setup_schedule()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)

    def stop(self, number: int, frame: FrameType | None) -> None:
        """Stop at once where beat only waits, else when the work at hand is done. Raises SystemExit."""
        self._is_stopping = True
        if not self._is_busy:
            raise SystemExit

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Do what is due and return the seconds until the next look. Raises SystemExit when asked to stop meanwhile."""
        with self._at_work():
            if time.monotonic() - self._marked >= EVERY:
                self._marked = time.monotonic()
                try:
                    mark_alive(sign=Sign.BEAT, name=f"beat@{socket.gethostname()}")
                except DatabaseTrouble as error:  # the ticks go on, the sign's age tells
                    logger.warning("no sign of life written: %s", error)
            wait = super().tick(*args, **kwargs)
        if self._is_stopping:
            raise SystemExit
        return wait

    def sync(self) -> None:
        """Write down when each entry was last rung."""
        with self._at_work():
            super().sync()

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        before, self._is_busy = self._is_busy, True
        try:
            yield
        finally:
            self._is_busy = before
