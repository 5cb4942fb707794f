"""A transfer whose worker dies at each of its points ends as one that was not disturbed."""

from datetime import date
from pathlib import Path

import pytest

from apps.core.scope import scope
from apps.jobs.choices import OVER
from apps.jobs.models import Job
from apps.retirees.actions.transfers import accept_transfer, propose_transfer
from apps.retirees.figures.counts import register_counts
from apps.retirees.models import Membership, Retiree, Transfer
from tests.factories.city import actor_of, make_city, make_person
from tests.processes import PortalProcesses, until

pytestmark = pytest.mark.processes
DAY = date(2026, 3, 2)


def states(city) -> list[str]:
    with scope(actor_of(city.city_clerk)):
        return list(Transfer.objects.order_by("side").values_list("state", flat=True))


def test_a_worker_that_dies_delivering_and_moving(
    committed, portal_processes: PortalProcesses, tmp_path: Path
) -> None:
    city = make_city()
    person = make_person(city.clerk_a, city.a1, phone="13912251394")
    deaths = tmp_path / "deaths"
    deaths.mkdir()
    for name in ("deliver", "move", "carry"):
        (deaths / name).touch()
    portal_processes.environment["PORTAL_TEST_DEATHS"] = str(deaths)
    portal_processes.worker(include="tests.retirees.dying")
    portal_processes.beat()
    with scope(actor_of(city.clerk_a)) as actor:
        propose_transfer(retiree=person, to_county=city.b, effective_on=DAY, reason="试", today=DAY, by=actor)
    until(lambda: states(city) == ["delivered", "delivered"], portal_processes, 120)
    with scope(actor_of(city.clerk_b)) as actor:
        accept_transfer(transfer=Transfer.objects.get(), unit=city.b1, by=actor)
    until(lambda: states(city) == ["done", "done"], portal_processes, 120)
    until(lambda: not Job.objects.exclude(state__in=OVER).exists(), portal_processes, 30)
    assert list(deaths.iterdir()) == []
    with scope(actor_of(city.city_clerk)):
        assert Retiree.objects.get().county_id == city.b.pk
        assert Membership.objects.count() == 2
    for user, heads in ((city.clerk_a, 0), (city.clerk_b, 1)):
        with scope(actor_of(user)) as actor:
            assert register_counts(actor, DAY).total() == heads
