"""A batch whose worker dies in the middle ends as one that was not disturbed."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from apps.core.scope import scope
from apps.imports import actions
from apps.imports.choices import Mode, State
from apps.imports.models import Batch, Row
from apps.jobs.choices import OVER
from apps.jobs.models import Job
from apps.retirees.models import Membership, PrivateDetails, Retiree, RetireeHistory, Spell
from tests.factories.city import make_city
from tests.processes import PortalProcesses, until

pytestmark = pytest.mark.processes
SAMPLE = Path(__file__).parent / "data" / "roster-nanling.xlsx"


def state(city: SimpleNamespace) -> str:
    with scope(city.actor(city.clerk_a)):
        return Batch.objects.get().state


def test_a_worker_that_dies_while_checking_and_while_writing_goes_on(
    committed, portal_processes: PortalProcesses, tmp_path
):
    city = make_city()
    deaths = tmp_path / "deaths"
    deaths.mkdir()
    for name in ("read", "stage", "register", "apply"):
        (deaths / name).touch()
    portal_processes.environment["PORTAL_TEST_DEATHS"] = str(deaths)
    portal_processes.worker(include="tests.imports.dying")
    portal_processes.beat()
    with scope(city.actor(city.clerk_a)) as actor:
        batch = actions.upload_batch(
            kind="roster", file_name="花名册.xlsx", content=SAMPLE.read_bytes(), unit=city.a, by=actor
        )
    until(lambda: state(city) == State.CHECKED, portal_processes, 90)
    with scope(city.actor(city.clerk_a)) as actor:
        assert Retiree.objects.count() == 0
        assert Row.objects.filter(batch=batch).exclude(verdict="skipped").count() == 42
        actions.confirm_batch(batch=batch, mode=Mode.VALID_ROWS, by=actor)
        actions.confirm_batch(batch=batch, mode=Mode.VALID_ROWS, by=actor)
    until(lambda: state(city) == State.DONE, portal_processes, 90)
    until(lambda: not Job.objects.exclude(state__in=OVER).exists(), portal_processes, 30)
    assert list(deaths.iterdir()) == []
    with scope(city.actor(city.clerk_a)):
        tables = (Retiree, PrivateDetails, Membership, Spell, RetireeHistory)
        assert [table.objects.count() for table in tables] == [33] * 5
        assert Row.objects.filter(batch=batch, is_applied=True).count() == 33
