"""Several at once: one claims, one is written, the slower one is rolled back."""

import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.db.models.functions import Now

from apps.audit.models import Event
from apps.core.scope import scope
from apps.jobs.actions import Lease, do_job, handles, request_job, system_actor, take
from apps.jobs.actions.work import handlers
from apps.jobs.choices import State
from apps.jobs.models import Job
from tests.jobs.handlers import effect

pytestmark = pytest.mark.usefixtures("committed")

THREADS = 8


def wanted(kind: str = "test.steps", key: str = "", lane: str = "") -> Job:
    return request_job(
        kind=kind,
        label="试",
        dedupe_key=key or str(uuid.uuid4()),
        by=system_actor(),
        lane=lane,
        payload={"steps": 1},
    )


def at_once(work: Callable[[int], object], number: int = THREADS) -> list:
    """Results of ``work(0) … work(number - 1)``, begun at the same moment, each on a connection of its own."""
    barrier = threading.Barrier(number)

    def one(index: int) -> object:
        try:
            with connection.cursor():  # connected before the start
                barrier.wait(10)
            return work(index)
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(one, range(number)))


@pytest.fixture
def doing() -> Iterator[Callable[[Callable[[Lease], None]], str]]:
    kinds = []

    def register(handler: Callable[[Lease], None]) -> str:
        kinds.append(f"test.{uuid.uuid4().hex[:20]}")
        handles(kinds[-1])(handler)
        return kinds[-1]

    yield register
    for kind in kinds:
        del handlers[kind]


def effects(job: Job) -> list[str]:
    with scope(system_actor()):
        return sorted(
            data["step"]
            for data in Event.objects.filter(data__job=str(job.pk)).values_list("data", flat=True)
        )


def test_one_of_many_claims_a_job():
    for _ in range(5):
        job = wanted()
        claims = [claim for claim in at_once(lambda _, job=job: take(job.pk)) if claim]
        assert len(claims) == 1
        job.refresh_from_db()
        assert (job.attempts, job.lease_owner) == (1, claims[0][1])


def test_one_of_many_claims_a_job_that_was_left():
    job = wanted()
    take(job.pk)
    Job.objects.filter(pk=job.pk).update(lease_until=Now() - timedelta(seconds=1))
    claims = [claim for claim in at_once(lambda _: take(job.pk)) if claim]
    assert len(claims) == 1
    assert claims[0][0].attempts == 2


def test_one_of_a_lane_is_claimed():
    for _ in range(5):
        lane = str(uuid.uuid4())
        jobs = [wanted(lane=lane) for _ in range(THREADS)]
        claims = at_once(lambda index, jobs=jobs: take(jobs[index].pk))
        assert [claim is not None for claim in claims] == [True] + [False] * (THREADS - 1)


def test_one_wish_at_once_is_one_job():
    jobs = at_once(lambda _: wanted(key="2026-H1:city"))
    assert {job.pk for job in jobs} == set(Job.objects.values_list("pk", flat=True))
    assert len({job.pk for job in jobs}) == 1


def test_a_wish_that_is_rolled_back_is_no_job():
    with transaction.atomic():
        wanted()
        transaction.set_rollback(True)
    assert not Job.objects.exists()


def test_a_worker_that_lost_its_lease_changes_nothing(doing):
    """It was thought dead (stopped, swapped out); meanwhile another one has done the job."""

    def slow(lease: Lease) -> None:
        with lease.step(done=1, total=2):
            effect(lease, "first")
        if lease.job.attempts == 1:
            with lease.step(done=2):
                effect(lease, "second, by the slow one")
                at_once(lambda _: _another_takes_over(lease.job), 1)
            pytest.fail("the step must not end")
        with lease.last_step({}):
            effect(lease, "last")

    job = wanted(doing(slow))
    do_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == (State.DONE, 2)
    assert effects(job) == ["first", "first", "last"]


def _another_takes_over(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(lease_until=Now() - timedelta(seconds=1))
    do_job(job.pk)


def test_a_real_deadlock_is_tried_again(doing):
    rows = [wanted() for _ in range(2)]
    barrier = threading.Barrier(2)

    def crossing(first: Job, second: Job) -> Callable[[Lease], None]:
        tried = []

        def work() -> None:
            tried.append(1)
            Job.objects.filter(pk=first.pk).update(label="甲")
            if len(tried) == 1:
                barrier.wait(10)
            Job.objects.filter(pk=second.pk).update(label="乙")

        return lambda lease: lease.retried(work)

    jobs = [wanted(doing(crossing(*pair))) for pair in (rows, rows[::-1])]
    at_once(lambda index: do_job(jobs[index].pk), 2)
    assert [Job.objects.get(pk=job.pk).state for job in jobs] == [State.DONE] * 2
    assert [Job.objects.get(pk=job.pk).attempts for job in jobs] == [1, 1]


def test_a_lease_is_kept_during_a_long_step(doing, settings):
    settings.PORTAL_JOB_LEASE_SECONDS = 2

    def long(lease: Lease) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(4)")
        assert take(lease.job.pk) is None

    job = wanted(doing(long))
    do_job(job.pk)
    assert Job.objects.get(pk=job.pk).state == State.DONE


def test_a_lease_survives_the_loss_of_its_keepers_connection(doing, settings):
    settings.PORTAL_JOB_LEASE_SECONDS = 2

    def cut(lease: Lease) -> None:
        for _ in range(4):
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_sleep(0.6), pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE usename = current_user AND datname = current_database() AND pid <> pg_backend_pid()"
                )
        assert take(lease.job.pk) is None

    job = wanted(doing(cut))
    do_job(job.pk)
    assert Job.objects.get(pk=job.pk).state == State.DONE


def test_a_job_whose_connection_is_cut_is_put_back(doing):
    def cut(lease: Lease) -> None:
        with lease.step():
            effect(lease, 1)
            with connections["owner"].cursor() as cursor:
                cursor.execute("SELECT 1")
            at_once(lambda _: _cut_others(), 1)
            effect(lease, 2)

    job = wanted(doing(cut))
    do_job(job.pk)
    job.refresh_from_db()
    assert (job.state, effects(job)) == (State.QUEUED, [])
    assert job.problem.startswith("程序出错：OperationalError")


def _cut_others() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE usename = current_user AND datname = current_database() AND pid <> pg_backend_pid()"
        )
