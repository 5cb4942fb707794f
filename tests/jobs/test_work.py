"""The life of a job, on the real database: wanted, claimed, done, put back, ended."""

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now

from apps.accounts.models import Grant, User
from apps.audit.models import Event
from apps.core import private_files
from apps.core.scope import Actor, current_actor, scope
from apps.jobs.actions import (
    Lease,
    bury_lost,
    cancel_job,
    do_job,
    handles,
    mark_seen,
    request_job,
    requeue_job,
    system_actor,
    take,
)
from apps.jobs.actions.work import handlers
from apps.jobs.choices import State
from apps.jobs.models import Job
from apps.jobs.queries import initiator, queue_state, telling_jobs
from tests.jobs.handlers import effect

pytestmark = pytest.mark.django_db


def wanted(kind: str = "test.steps", *, by: Actor | None = None, lane: str = "", **payload: object) -> Job:
    return request_job(
        kind=kind,
        label="试",
        dedupe_key=str(uuid.uuid4()),
        by=by or system_actor(),
        lane=lane,
        payload=payload,
    )


def effects(job: Job) -> list[str]:
    with scope(system_actor()):
        rows = Event.objects.filter(data__job=str(job.pk)).exclude(data__has_key="kind").order_by("at", "pk")
        return sorted(row.data["step"] for row in rows)


@pytest.fixture
def doing() -> Iterator[Callable[[Callable[[Lease], None]], str]]:
    """Registers a handler for one test and returns its kind."""
    kinds = []

    def register(handler: Callable[[Lease], None]) -> str:
        kinds.append(f"test.{uuid.uuid4().hex[:20]}")
        handles(kinds[-1])(handler)
        return kinds[-1]

    yield register
    for kind in kinds:
        del handlers[kind]


def again(job: Job) -> None:
    """The pause of a job that was put back is over."""
    Job.objects.filter(pk=job.pk).update(available_at=Now())


def test_a_job_is_done_once_however_often_the_bell_rings():
    job = wanted(steps=3)
    for _ in range(10):
        do_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.done, job.total, job.percent) == (State.DONE, 1, 3, 3, 100)
    assert job.result == {"summary": "试完"}
    assert job.finished_at is not None
    assert job.lease_owner is None
    assert effects(job) == ["0", "1", "2", "last"]


def test_the_same_wish_is_one_job():
    first = request_job(kind="test.steps", label="试" * 200, dedupe_key="same", by=system_actor())
    second = request_job(kind="test.refuses", label="试", dedupe_key="same", by=system_actor())
    assert first.pk == second.pk
    assert (second.kind, len(second.label)) == ("test.steps", 120)
    do_job(first.pk)
    assert (
        request_job(kind="test.steps", label="试", dedupe_key="same", by=system_actor()).state == State.DONE
    )


def test_a_handler_that_returns_has_done_the_job(doing):
    job = wanted(doing(lambda lease: None))
    do_job(job.pk)
    job.refresh_from_db()
    assert job.state == State.DONE


def test_a_refusal_tells_the_reason_and_is_not_tried_again():
    job = wanted("test.refuses")
    do_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.problem, job.attempts) == (State.FAILED, "文件不是花名册，请换一个文件。", 1)


def test_a_breakdown_is_tried_five_times_then_dead_and_put_back_by_hand(city):
    job = wanted("test.breaks")
    pauses = []
    for _ in range(5):
        do_job(job.pk)
        do_job(job.pk)  # a bell during the pause is not answered
        job.refresh_from_db()
        pauses.append(job.available_at - job.created_at)
        again(job)
    assert (job.state, job.attempts) == (State.DEAD, 5)
    assert job.problem.startswith("程序出错：ZeroDivisionError")
    assert effects(job) == []
    assert [pause > timedelta(seconds=s) for pause, s in zip(pauses, (7, 23, 70, 210), strict=False)] == [
        True
    ] * 4
    admin = city.actor(city.system_admin)
    assert telling_jobs(admin).count() == 1
    Job.objects.filter(pk=job.pk).update(kind="test.steps", payload={"steps": 1})
    with scope(admin):
        assert requeue_job(job=job, by=admin)
        assert not requeue_job(job=job, by=admin)
    do_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == (State.DONE, 1)


def test_an_unknown_kind_is_a_breakdown():
    job = wanted("test.nobody")
    do_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.problem[:13]) == (State.QUEUED, "程序出错：KeyError")


def test_a_worn_out_job_is_buried():
    job = wanted()
    for _ in range(5):
        assert take(job.pk) is not None
        assert take(job.pk) is None
        Job.objects.filter(pk=job.pk).update(lease_until=Now() - timedelta(seconds=1))
    assert take(job.pk) is None, "the sixth time nobody takes it"
    bury_lost()
    job.refresh_from_db()
    assert (job.state, job.problem) == (State.DEAD, "执行进程连续 5 次中断。")
    assert queue_state().dead == 1


def test_a_waiting_job_is_cancelled_at_once(city):
    clerk = city.actor(city.clerk_a)
    job = wanted(by=clerk)
    with scope(clerk):
        assert cancel_job(job=job, by=clerk)
        assert not cancel_job(job=job, by=clerk)
    do_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.problem) == (State.CANCELLED, "由试clerk_a取消。")
    assert effects(job) == []


def test_a_running_job_stops_at_its_next_step(city, doing):
    clerk = city.actor(city.clerk_a)

    def handler(lease: Lease) -> None:
        with lease.step():
            effect(lease, 1)
        with scope(clerk):
            assert cancel_job(job=lease.job, by=clerk)
        with lease.step():
            effect(lease, 2)

    job = wanted(doing(handler), by=clerk)
    do_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.problem) == (State.CANCELLED, "已按要求停止。")
    assert effects(job) == ["1"]
    assert telling_jobs(clerk).count() == 0, "who stopped it himself need not be told"


def test_a_cancelled_job_that_breaks_down_or_dies_does_not_come_back(city, doing):
    def handler(lease: Lease) -> None:
        Job.objects.filter(pk=lease.job.pk).update(cancel_asked=True)
        raise ZeroDivisionError

    broken, lost = wanted(doing(handler)), wanted()
    do_job(broken.pk)
    take(lost.pk)
    Job.objects.filter(pk=lost.pk).update(lease_until=Now() - timedelta(seconds=1), cancel_asked=True)
    bury_lost()
    assert set(Job.objects.values_list("state", flat=True)) == {State.CANCELLED}


def test_work_is_done_with_the_rights_of_the_initiator(city, doing):
    seen = []
    kind = doing(lambda lease: seen.append(lease.actor) or _in_step(lease, seen))
    clerk = city.actor(city.clerk_a)
    do_job(wanted(kind, by=clerk).pk)
    do_job(wanted(kind, by=system_actor()).pk)
    do_job(wanted(kind, by=system_actor(city.b.pk), county_id=city.b.pk).pk)
    roles = [
        (actor.user_id, actor.db_role, actor.county_id)
        for actor, _ in zip(seen[::2], seen[1::2], strict=True)
    ]
    assert roles == [
        (city.clerk_a.pk, "s_county", city.a.pk),
        (0, "s_city", None),
        (0, "s_county", city.b.pk),
    ]
    assert seen[1::2] == ["s_county", "s_city", "s_county"]


def _in_step(lease: Lease, seen: list) -> None:
    with lease.step(), connection.cursor() as cursor:
        assert current_actor() == lease.actor
        cursor.execute("SELECT current_user::text")
        seen.append(cursor.fetchone()[0])


@pytest.mark.parametrize("how", ["ended", "switched off", "of another", "without grant"])
def test_rights_that_are_gone_refuse_the_job(city, how):
    jobs = [wanted(by=city.actor(city.clerk_a)) for _ in range(20)]
    if how == "ended":
        _end_grant(city.clerk_a)
    elif how == "switched off":
        User.objects.filter(pk=city.clerk_a.pk).update(is_active=False)
    elif how == "of another":
        Job.objects.update(created_by=city.clerk_b.pk)
    else:
        Job.objects.update(grant_id=None)
    for job in jobs:
        do_job(job.pk)
        job.refresh_from_db()
        assert (job.state, effects(job)) == (State.FAILED, [])
        assert job.problem == "发起人的授权已经失效，任务没有继续执行。"


def test_rights_taken_away_between_two_steps_end_the_job(city, doing):
    def handler(lease: Lease) -> None:
        with lease.step():
            effect(lease, 1)
        _end_grant(city.clerk_a)
        with lease.step():
            effect(lease, 2)

    job = wanted(doing(handler), by=city.actor(city.clerk_a))
    do_job(job.pk)
    job.refresh_from_db()
    assert job.state == State.FAILED
    assert effects(job) == ["1"]


def _end_grant(user: User) -> None:
    with scope(Actor(user_id=0, name="测试", role="security_admin", db_role="s_security")):
        Grant.objects.filter(user=user).update(ends_on="2020-01-02")


def test_a_lane_is_worked_in_order_and_not_held_up_by_a_failure():
    first, second, third = (wanted(kind, lane="x") for kind in ("test.breaks", "test.refuses", "test.steps"))
    other = wanted(lane="y")
    assert take(second.pk) is None
    do_job(first.pk)  # put back: its turn comes again, the others wait
    assert take(second.pk) is None
    assert take(third.pk) is None
    assert take(other.pk) is not None
    for _ in range(4):
        again(first)
        do_job(first.pk)
    first.refresh_from_db()
    assert first.state == State.DEAD
    assert take(third.pk) is None
    do_job(second.pk)
    do_job(third.pk)
    third.refresh_from_db()
    assert third.state == State.DONE


@pytest.mark.parametrize(
    ("code", "tries", "state"),
    [
        ("40P01", 3, State.DONE),
        ("40001", 3, State.DONE),
        ("40P01", 4, State.QUEUED),
        ("22012", 2, State.QUEUED),
    ],
)
def test_a_collision_in_the_database_is_tried_three_times(doing, code, tries, state):
    count = []

    def work() -> None:
        count.append(1)
        if len(count) < tries:
            with connection.cursor() as cursor:
                cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{code}'; END $$")

    job = wanted(doing(lambda lease: lease.retried(work)))
    do_job(job.pk)
    job.refresh_from_db()
    assert job.state == state
    assert len(count) == (1 if code == "22012" else 3)


def test_progress_never_exceeds_the_total(doing):
    def handler(lease: Lease) -> None:
        lease.progress(done=1, total=4)
        assert Job.objects.get(pk=lease.job.pk).percent == 25
        lease.progress(done=9)
        assert Job.objects.get(pk=lease.job.pk).percent == 99

    job = wanted(doing(handler))
    do_job(job.pk)
    job.refresh_from_db()
    assert (job.done, job.total, job.state) == (4, 4, State.DONE)


def test_the_bell_counts_what_ended_until_it_was_looked_at(city):
    clerk, other = city.actor(city.clerk_a), city.actor(city.clerk_b)
    jobs = [wanted(kind, by=clerk) for kind in ("test.steps", "test.refuses")]
    wanted(by=clerk)
    for job in jobs:
        do_job(job.pk)
    assert (telling_jobs(clerk).count(), telling_jobs(other).count()) == (2, 0)
    with scope(other):
        assert mark_seen(by=other, job=jobs[0]) == 0
    with scope(clerk):
        assert mark_seen(by=clerk, job=jobs[0]) == 1
        assert telling_jobs(clerk).count() == 1
        assert mark_seen(by=clerk) == 1
    assert telling_jobs(clerk).count() == 0


def test_a_step_may_take_longer_than_a_page(doing):
    seen = []

    def handler(lease: Lease) -> None:
        with lease.step(), connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            seen.append(cursor.fetchone()[0])

    do_job(wanted(doing(handler)).pk)
    assert seen == ["5min"]


def test_ticks_outlive_clocks_that_differ_by_ten_minutes(settings):
    entries = settings.CELERY_BEAT_SCHEDULE.values()
    assert all(entry["options"]["expires"] >= 900 for entry in entries)


def test_every_bucket_can_be_asked_what_is_in_use(db):
    with scope(system_actor()):
        for bucket in private_files.buckets():
            assert private_files._buckets[bucket]({"a" * 64}) == set()
    assert "downloads" in private_files.buckets()


def test_only_the_portal_itself_works_without_a_grant(city):
    assert initiator(Job(created_by=0, grant_id=None)).role == "portal"
    assert initiator(Job(created_by=city.clerk_a.pk, grant_id=None)) is None
    assert initiator(Job(created_by=0, grant_id=Grant.objects.get(user=city.clerk_a).pk)) is None
