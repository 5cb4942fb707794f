"""The ticks, with a sign of life at each: a beat that hangs is seen on the health page."""

import logging
import socket
import time
from typing import Any

from django.db import Error as DatabaseTrouble
from django_celery_beat.schedulers import DatabaseScheduler

from apps.jobs.actions import mark_alive
from apps.jobs.choices import Sign

logger = logging.getLogger(__name__)

EVERY = 10.0


class Scheduler(DatabaseScheduler):
    """django-celery-beat's, whose loop comes by at least every five seconds."""

    _marked = float("-inf")

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Do what is due and return the seconds until the next look."""
        if time.monotonic() - self._marked >= EVERY:
            self._marked = time.monotonic()
            try:
                mark_alive(sign=Sign.BEAT, name=f"beat@{socket.gethostname()}")
            except DatabaseTrouble as error:  # the ticks go on, the sign's age tells
                logger.warning("no sign of life written: %s", error)
        return super().tick(*args, **kwargs)
