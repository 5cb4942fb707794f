"""Waking a Celery worker: at once, or not at all.

A bell is never the truth about work (that is a row in PostgreSQL), so nobody waits for it: one try, and after a try
that was not heard none for ten seconds in this process. Whoever rings must have somebody who rings again.
"""

import logging
import time

import redis
from celery import current_app
from kombu.exceptions import KombuError

logger = logging.getLogger(__name__)

SILENCE = 10.0
"""Seconds without a try after one that failed; else every page would wait for a Redis that hangs."""

_deaf_until = 0.0


def ring(task: str, *arguments: str) -> bool:
    """Send the Celery task of this name; False if Redis did not take it."""
    global _deaf_until
    if time.monotonic() < _deaf_until:
        return False
    try:
        current_app.send_task(task, arguments, retry=False, ignore_result=True)
    except (KombuError, redis.RedisError, OSError) as error:
        _deaf_until = time.monotonic() + SILENCE
        logger.warning("bell for %s not heard: %s", task, error)
        return False
    return True


def listen_again() -> None:
    """Forget the last failure; for whoever knows that Redis is back."""
    global _deaf_until
    _deaf_until = 0.0
