"""Bad weather, with real processes: workers killed anywhere, bells lost and doubled, Redis emptied and away."""

import time
import uuid

import pytest
from django.urls import reverse

from apps.audit.models import Event
from apps.core.scope import scope
from apps.jobs.actions import request_job, ring, ring_again, system_actor
from apps.jobs.choices import OVER, Sign, State
from apps.jobs.models import Job
from apps.jobs.queries import last_sign
from tests.factories.city import make_city
from tests.factories.signed_in import signed_in
from tests.processes import PortalProcesses, bells_to, until

pytestmark = pytest.mark.processes

POINTS = ("start", "in 0", "after 0", "in 1", "after 1", "in last", "after last")


def wanted(*, lane: str = "", **payload: object) -> Job:
    return request_job(
        kind="test.steps",
        label="试",
        dedupe_key=str(uuid.uuid4()),
        by=system_actor(),
        lane=lane,
        payload={"steps": 2, **payload},
    )


def effects() -> dict[str, list[str]]:
    """Steps of every job that had an effect, in the order in which they committed."""
    found: dict[str, list[str]] = {}
    with scope(system_actor()):
        for data in Event.objects.order_by("at").values_list("data", flat=True):
            found.setdefault(data["job"], []).append(data["step"])
    return found


def all_over() -> bool:
    return not Job.objects.exclude(state__in=OVER).exists()


def all_over_ringing() -> bool:
    """As beat does every five seconds."""
    ring_again()
    return all_over()


def assert_each_done_once(jobs: list[Job]) -> None:
    states = set(Job.objects.values_list("state", flat=True))
    assert states == {State.DONE}
    assert effects() == {str(job.pk): ["0", "1", "last"] for job in jobs}


def test_a_worker_child_killed_anywhere_does_the_work_once(portal_processes: PortalProcesses):
    jobs = [wanted(die_at=point) for point in POINTS]
    lane = [wanted(lane="x", die_at=point) for point in ("in 1", "after 0", "")]
    for job in jobs + lane:
        for _ in range(10):
            assert ring(job.pk)
    portal_processes.worker(processes=3)
    took = until(all_over_ringing, portal_processes)
    assert_each_done_once(jobs + lane)
    attempts = [Job.objects.get(pk=job.pk).attempts for job in jobs]
    assert attempts == [2] * 6 + [1], "killed once each, the last one after it was done"
    order = Job.objects.filter(lane="x").order_by("finished_at").values_list("pk", flat=True)
    assert list(order) == [job.pk for job in lane]
    print(f"{len(jobs + lane)} jobs, 9 kills, done in {took:.1f} s")


def test_a_whole_worker_killed_is_followed_by_another(portal_processes: PortalProcesses):
    job = wanted(pause=0.7)
    first = portal_processes.worker(processes=1)
    until(lambda: Job.objects.get(pk=job.pk).done == 1, portal_processes)
    time.sleep(0.3)  # in the middle of the second step
    portal_processes.kill(first)
    assert Job.objects.get(pk=job.pk).state == State.RUNNING
    portal_processes.worker(processes=1)
    took = until(all_over_ringing, portal_processes)
    assert_each_done_once([job])
    assert Job.objects.get(pk=job.pk).attempts == 2
    print(f"taken up and done {took:.1f} s after the kill")


def test_redis_emptied_killed_and_away_loses_and_doubles_nothing(portal_processes: PortalProcesses):
    redis = portal_processes.redis
    jobs = [wanted() for _ in range(40)]
    redis.client().flushall()
    portal_processes.worker(processes=2)
    for _ in range(2):
        portal_processes.beat()  # two: what both ring for is still done once
    took = until(all_over, portal_processes)
    print(f"40 jobs after FLUSHALL, from cold processes: {took:.1f} s")
    assert last_sign(Sign.WORKER) is not None
    assert last_sign(Sign.BEAT) is not None

    jobs += [wanted(pause=0.02) for _ in range(40)]
    redis.kill()
    assert not all_over(), "the queue was lost with jobs in it"
    started = time.monotonic()
    jobs += [wanted() for _ in range(20)]
    assert time.monotonic() - started < 3, "nobody waits for Redis"
    redis.start()
    took = until(all_over, portal_processes)
    print(f"60 jobs after Redis was killed and came back empty: {took:.1f} s")
    back = time.monotonic()
    for sign in Sign:  # both go on giving signs of life
        until(lambda sign=sign: last_sign(sign).total_seconds() < time.monotonic() - back, portal_processes)
    assert_each_done_once(jobs)
    assert set(Job.objects.values_list("attempts", flat=True)) == {1}


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "redis://nowhere.invalid:6379/0"])
def test_a_bell_that_nobody_hears_costs_nobody_time(committed: None, url: str):
    with bells_to(url):
        started = time.monotonic()
        for _ in range(20):
            wanted()
        assert time.monotonic() - started < 2
    assert Job.objects.filter(state=State.QUEUED).count() == 20


def test_pages_that_start_work_answer_at_once_without_redis(committed: None):
    city = make_city()
    job = wanted()
    Job.objects.filter(pk=job.pk).update(state=State.DEAD)
    client = signed_in(city.system_admin)
    with bells_to("redis://127.0.0.1:1/0"):
        started = time.monotonic()
        assert client.post(reverse("jobs:requeue", args=[job.pk])).status_code == 302
        assert time.monotonic() - started < 2
    assert Job.objects.get(pk=job.pk).state == State.QUEUED
