"""/livez, /readyz and 系统状态."""

import json
import shutil
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from apps.jobs.actions import mark_alive, request_job, system_actor
from apps.jobs.choices import Sign, State
from apps.jobs.models import Heartbeat, Job
from cadre_portal import health
from tests.factories.signed_in import signed_in


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    health.forget()
    yield
    health.forget()


@pytest.fixture
def alive(db: None) -> None:
    """Worker and beat gave a sign just now."""
    mark_alive(sign=Sign.WORKER, name="celery@one")
    mark_alive(sign=Sign.BEAT, name="beat@one")


def ready() -> tuple[int, dict]:
    answer = Client().get("/readyz")
    return answer.status_code, answer.json()


def older(name: str, seconds: int) -> None:
    Heartbeat.objects.filter(name=name).update(at=Now() - timedelta(seconds=seconds))


def test_livez_stands_on_nothing(settings):
    """No database is allowed in this test at all, and Redis is away."""
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    took = []
    client = Client()
    for _ in range(10):
        started = time.perf_counter()
        answer = client.get("/livez")
        took.append(time.perf_counter() - started)
        assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert min(took) < 0.02


def test_ready_when_everything_is(alive):
    status, body = ready()
    assert (status, body["status"]) == (200, "ok"), body
    assert set(body["checks"]) == {
        *("database", "migrations", "walls", "worker", "beat", "queue", "redis", "disk", "fonts"),
    }


def test_nothing_of_the_inside_is_told_to_the_outside(alive, settings):
    older("celery@one", 600)
    status, body = ready()
    assert status == 503
    assert set(body["checks"].values()) <= {"ok", "degraded", "failing"}
    text = json.dumps(body)
    assert not any(
        word in text for word in ("celery", "18.", "5.2", "postgres", str(settings.PORTAL_DATA_DIR))
    )


@pytest.mark.parametrize(("sign", "name"), [(Sign.WORKER, "celery@one"), (Sign.BEAT, "beat@one")])
def test_a_silent_process_fails(alive, sign, name):
    older(name, 59)
    assert ready()[0] == 200
    older(name, 61)
    status, body = ready()
    assert (status, body["checks"][sign.value]) == (503, "failing")
    mark_alive(sign=sign, name=f"{name}-more")
    assert ready()[0] == 200, "another process of the kind does the work"


def test_without_any_sign_it_fails(db):
    status, body = ready()
    assert (status, body["checks"]["worker"], body["checks"]["beat"]) == (503, "failing", "failing")


def test_without_redis_it_is_degraded_and_silence_is_forgiven(alive, settings):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    status, body = ready()
    assert (status, body["status"], body["checks"]["redis"]) == (200, "degraded", "degraded")
    older("celery@one", 3600)
    status, body = ready()
    assert (status, body["checks"]["worker"]) == (200, "degraded")


def test_a_redis_that_hangs_holds_nobody(alive, settings):
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{deaf.getsockname()[1]}/0"
        started = time.perf_counter()
        assert ready()[1]["checks"]["redis"] == "degraded"
        assert time.perf_counter() - started < 3


def test_a_missing_migration_fails(alive):
    missing = ("jobs", "0002_initial")
    connection.cursor().execute("SET LOCAL ROLE NONE")
    applied = set(health.MigrationRecorder(connection).applied_migrations())
    assert missing in applied
    assert health.missing_migrations(applied - {missing}) == {missing}
    assert health.check_migrations().state == health.OK


def test_a_full_disk_fails(alive, monkeypatch):
    for free, expected in (
        (10 * 1024**3, (200, "ok")),
        (1024**3, (200, "degraded")),
        (1024**2, (503, "failing")),
    ):
        usage = SimpleNamespace(free=free)
        monkeypatch.setattr(shutil, "disk_usage", lambda path, usage=usage: usage)
        status, body = ready()
        assert (status, body["checks"]["disk"]) == expected


def test_jobs_that_wait_too_long_degrade(alive):
    job = request_job(kind="test.x", label="试", dedupe_key="x", by=system_actor())
    assert ready()[1]["checks"]["queue"] == "ok"
    Job.objects.filter(pk=job.pk).update(available_at=Now() - timedelta(minutes=6))
    assert ready()[1]["checks"]["queue"] == "degraded"


def test_a_database_that_is_away_is_said(monkeypatch, django_db_setup, django_db_blocker):
    """The 500 page must show, too: it stands on nothing."""
    with django_db_blocker.unblock():
        connection.close()
        monkeypatch.setitem(connection.settings_dict, "PORT", "1")
        try:
            status, body = ready()
            assert (status, body["checks"]["database"]) == (503, "failing")
            assert "walls" not in body["checks"]
            client = Client(raise_request_exception=False)
            client.cookies["session"] = "a" * 32
            page = client.get(reverse("jobs:list"))
            assert page.status_code == 500
            assert page["X-Request-Number"] in page.text
        finally:
            monkeypatch.undo()
            connection.close()


def test_costly_checks_are_remembered_for_a_while(alive, django_assert_num_queries):
    ready()
    with django_assert_num_queries(10, exact=False) as first:
        ready()
    assert not any("pg_policies" in query["sql"] for query in first.captured_queries)
    assert len(first) <= 4


def test_the_status_page_is_the_system_administrators(city, settings):
    mark_alive(sign=Sign.WORKER, name="celery@one")
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    Job.objects.create(kind="test.x", label="试", dedupe_key="x", created_by=0, state=State.DEAD)
    page = signed_in(city.system_admin).get(reverse("health:status"))
    assert page.status_code == 200
    assert all(word in page.text for word in ("celery@one", "一天之内没有心跳", "Redis 没有应答", "失败 1。"))
    for user in (city.city_clerk, city.leader, city.security_admin, city.audit_admin):
        assert signed_in(user).get(reverse("health:status")).status_code == 403
    assert Client().get(reverse("health:status")).status_code == 302
