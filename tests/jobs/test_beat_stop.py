"""Beat stops between two pieces of work: a signal in the middle of a statement writes nothing and loses nothing."""

import signal

import pytest

from apps.jobs.choices import Sign
from apps.jobs.queries import last_sign
from cadre_portal.beat import Scheduler
from cadre_portal.celery import app


@pytest.fixture
def scheduler(committed):
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield Scheduler(app=app)
    for number, handler in before.items():
        signal.signal(number, handler)


def test_it_stops_at_once_where_it_only_waits(scheduler):
    with pytest.raises(SystemExit):
        signal.raise_signal(signal.SIGTERM)


def test_it_finishes_the_work_at_hand_and_stops_then(scheduler, monkeypatch):
    rung = []

    def ring(*args, **kwargs):
        signal.raise_signal(signal.SIGTERM)
        rung.append(scheduler.schedule)  # asks the database under the signal
        return 5.0

    monkeypatch.setattr("django_celery_beat.schedulers.DatabaseScheduler.tick", ring)
    with pytest.raises(SystemExit):
        scheduler.tick()
    assert len(rung) == 1
    assert last_sign(Sign.BEAT) is not None
