"""Briefings with real workers and beats: standstill, doubles, deaths in the middle, a lost Redis."""

from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.utils import timezone

from apps.core import private_files
from apps.core.scope import scope
from apps.jobs.choices import OVER
from apps.jobs.models import Job
from apps.jobs.rules import system_actor
from apps.reports import actions
from apps.reports.choices import State
from apps.reports.models import Document, Schedule
from apps.reports.rules import Period
from tests.factories.city import make_city, make_person
from tests.processes import PortalProcesses, until

pytestmark = pytest.mark.processes
DYING = "tests.reports.dying"


@pytest.fixture
def city(committed: None) -> SimpleNamespace:
    """The small city, committed, with one person."""
    found = make_city()
    make_person(found.clerk_a, found.a1)
    return found


@pytest.fixture
def deaths(portal_processes: PortalProcesses, tmp_path: Path) -> Path:
    """The folder in which a test marks where a worker is to die."""
    folder = tmp_path / "deaths"
    folder.mkdir()
    portal_processes.environment["PORTAL_TEST_DEATHS"] = str(folder)
    return folder


def schedule(kind: str, starts_on: date) -> None:
    with scope(system_actor()):
        Schedule.objects.create(name="计划", kind=kind, starts_on=starts_on)


def documents() -> list[Document]:
    with scope(system_actor()):
        return list(Document.objects.order_by("made_at"))


def all_over() -> bool:
    return Job.objects.exists() and not Job.objects.exclude(state__in=OVER).exists()


def months_ago(number: int) -> date:
    period = Period.containing("month", timezone.localdate())
    for _ in range(number):
        period = period.previous()
    return period.start


def due_months(starts_on: date) -> list[str]:
    plan = Schedule(kind="month", starts_on=starts_on)
    return [period.key for period in actions.periods_due(plan, timezone.now())]


def test_two_months_of_standstill_and_two_beats_make_each_period_once_in_order(city, portal_processes):
    schedule("month", months_ago(4))
    expected = due_months(months_ago(4))
    assert len(expected) >= 3
    portal_processes.worker(include=None)
    portal_processes.beat()
    portal_processes.beat()
    until(lambda: len(documents()) == len(expected) and all_over(), portal_processes, 90)
    assert [document.period_key for document in documents()] == expected
    assert Job.objects.filter(kind="reports.draft").count() == len(expected)


def test_a_worker_that_dies_while_making_leaves_one_document(city, portal_processes, deaths):
    for point in ("render-after", "save-after"):
        (deaths / point).touch()
    period = Period.containing("half", timezone.localdate()).previous()
    with scope(city.actor(city.city_clerk)) as actor:
        actions.request_draft(period=period, county_id=None, by=actor)
    portal_processes.worker(include=DYING)
    portal_processes.beat()
    until(lambda: not list(deaths.iterdir()) and all_over(), portal_processes, 120)
    (document,) = documents()
    assert (document.state, document.period_key) == (State.DRAFT, period.key)
    assert private_files.read(actions.BUCKET, document.draft_file).startswith(b"%PDF")


def test_a_worker_that_dies_while_issuing_leaves_no_gap_and_one_file(city, portal_processes, deaths):
    """Two documents of a lane; the worker dies at three points of issuing the first one's number, file and commit."""
    with scope(city.actor(city.city_chief)) as actor:
        for number in (2, 1):
            period = Period.containing("quarter", timezone.localdate())
            for _ in range(number):
                period = period.previous()
            values = actions.freeze(period=period, actor=actor)
            document = actions.compose(period=period, county=None, values=values)
            document.state = State.CHECKED
            document.save()
            actions.request_issue(document=document, issued_on=timezone.localdate(), by=actor)
    for point in ("number-after", "keep-after", "issue-after"):
        (deaths / point).touch()
    portal_processes.worker(include=DYING)
    portal_processes.beat()
    until(lambda: not list(deaths.iterdir()) and all_over(), portal_processes, 120)
    found = documents()
    assert [(document.state, document.number, document.total_number) for document in found] == [
        (State.ISSUED, 1, 1),
        (State.ISSUED, 2, 2),
    ]
    for document in found:
        assert private_files.read(actions.BUCKET, document.issued_file).startswith(b"%PDF")


def test_an_emptied_redis_loses_nothing(city, portal_processes):
    with scope(city.actor(city.city_clerk)) as actor:
        period = Period.containing("month", timezone.localdate())
        for _ in range(3):
            period = period.previous()
            actions.request_draft(period=period, county_id=None, by=actor)
    portal_processes.redis.client().flushall()
    portal_processes.worker(include=None)
    portal_processes.beat()
    until(lambda: len(documents()) == 3 and all_over(), portal_processes, 90)


def test_schedules_are_asked_by_the_clock_of_the_office():
    plan = Schedule(kind="half", starts_on=date(2026, 1, 1), due_days=3)
    due = Period.from_key("2026-H1").due_at(3, plan.due_time)
    assert (due.hour, due.utcoffset()) == (8, timedelta(hours=8))
    assert actions.periods_due(plan, due - timedelta(seconds=1)) == []
    assert [period.key for period in actions.periods_due(plan, due)] == ["2026-H1"]
