"""What lists tell on other pages: figures for offices and leaders, cards of the home page, payments after a death."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import ProgrammingError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.benefits.actions.compute import compute_run
from apps.benefits.actions.runs import open_county, open_run
from apps.benefits.figures import FIGURES, compute
from apps.benefits.models import Run, RunLine
from apps.benefits.queries.late_deaths import paid_after_death
from apps.benefits.rules.months import month_of, months
from apps.benefits.views.run_cards import run_cards
from apps.core.figures import Span
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.retirees.actions import record_death
from tests.benefits import steps
from tests.benefits.conftest import make_standard
from tests.factories.city import actor_of, make_city, make_person

pytestmark = pytest.mark.django_db
LIXIU = {
    "category": "lixiu",
    "joined_on": PartialDate(1947, 3),
    "retired_on": PartialDate(1985, 1),
    "birth_date": PartialDate(1926, 5, 4),
}
TODAY = timezone.localdate()
THIS = month_of(TODAY)
PAID = [month for month in months(date(THIS.year - 1, THIS.month, 1), THIS) if month < THIS][-3:]
"""The three months before this one."""


@pytest.fixture
def city() -> SimpleNamespace:
    made = make_city()
    made.people = [make_person(made.clerk_a, made.a1, name=name, **LIXIU) for name in ("王一", "李二")] + [
        make_person(made.clerk_b, made.b1, name="张三", **LIXIU)
    ]
    with scope(actor_of(made.city_clerk)) as actor:
        make_standard("nursing", 200, date(2020, 1, 1), conditions=steps.LIBERATION)
        for county in (made.a, made.b):
            open_county(county=county, month=PAID[0], by=actor)
    return made


def listed(city: SimpleNamespace, month: date, *, county: object = None, state: str = "approved") -> Run:
    """A county's list of a month in a state; by county a's clerk unless said otherwise."""
    with scope(actor_of(city.city_clerk)) as clerk:
        run = open_run(
            county=county or city.a, kind="month", first_month=month, last_month=month, today=TODAY, by=clerk
        )
    with scope(system_actor()) as portal:
        run = compute_run(run=run, by=portal)
        RunLine.objects.filter(run=run).update(is_checked=True)
        approved = {"approved_by": -1} if state == "approved" else {}
        Run.objects.filter(pk=run.pk).update(state=state, **approved)
    return run


def test_figures_by_county(city: SimpleNamespace) -> None:
    for month in PAID:
        listed(city, month)
    listed(city, PAID[-1], county=city.b)
    span = Span(PAID[0], PAID[-1].replace(day=28))
    with scope(actor_of(city.city_clerk)) as actor:
        found = compute(actor, span, list(FIGURES))
        told = {
            name: (value.value, {part.key: part.value for part in value.parts})
            for name, value in found.items()
        }
    a, b = str(city.a.pk), str(city.b.pk)
    assert told["benefits_money"] == (1400, {a: 1200, b: 200})
    assert told["benefits_people"] == (3, {a: 2, b: 1})
    assert told["benefits_missing"] == (2, {b: 2})
    assert told["benefits_claimed"][0] == told["benefits_back"][0] == 0


def test_leaders_see_sums_and_no_people(city: SimpleNamespace, sign_in: Callable[..., Client]) -> None:
    listed(city, PAID[-1])
    address = reverse("dashboards:benefits")
    year = f"?year={PAID[-1].year}"
    for user in (city.leader, city.leader_a, city.city_chief, city.clerk_a):
        answer = sign_in(user).get(address + year)
        assert answer.status_code == 200
        page = answer.content.decode()
        assert "0.04" in page, "400 yuan in 万元"
        assert "王一" not in page
        assert (reverse("benefits:runs") in page) == (user not in (city.leader, city.leader_a))
    assert sign_in(city.unit_a1).get(address).status_code == 403
    with (
        scope(actor_of(city.leader)),
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
    ):
        RunLine.objects.exists()


def test_payments_after_a_death_lead_to_their_claim(
    city: SimpleNamespace, sign_in: Callable[..., Client]
) -> None:
    """Died in the first of three paid months, heard of now: two months too many."""
    for month in PAID:
        listed(city, month)
    with scope(actor_of(city.clerk_a)) as actor:
        assert paid_after_death(actor, TODAY) == []
        record_death(
            retiree=city.people[0],
            died_on=PartialDate(PAID[0].year, PAID[0].month, 10),
            reported_on=TODAY,
            by=actor,
        )
        (found,) = paid_after_death(actor, TODAY)
        assert (found.retiree_id, found.money) == (city.people[0].pk, Decimal(400))
        assert (found.first_month, found.last_month) == (PAID[1], PAID[2])
    with scope(actor_of(city.clerk_b)) as actor:
        assert paid_after_death(actor, TODAY) == []
    clerk = sign_in(city.clerk_a)
    page = clerk.get(reverse("benefits:late-deaths")).content.decode()
    assert "王一" in page
    assert "400.00" in page
    with scope(actor_of(city.city_clerk)) as by:
        run = open_run(
            county=city.a, kind="arrears", first_month=PAID[1], last_month=PAID[2], today=TODAY, by=by
        )
    with scope(system_actor()) as portal:
        assert compute_run(run=run, by=portal).claimed == Decimal(400)
        Run.objects.filter(pk=run.pk).update(state="approved", approved_by=-1)
    with scope(actor_of(city.clerk_a)) as actor:
        assert paid_after_death(actor, TODAY) == [], "claimed once"


def test_cards_tell_what_waits(city: SimpleNamespace) -> None:
    listed(city, THIS, state="waiting")
    with scope(actor_of(city.chief_a)) as actor:
        cards = {card.label: card.value for card in run_cards(actor, {})}
        assert cards["待遇名单待审批"] == "1"
    with scope(actor_of(city.clerk_a)) as actor:
        assert "待遇名单待审批" not in {card.label for card in run_cards(actor, {})}
    with scope(system_actor()):
        Run.objects.update(state="draft", words="请核对")
    with scope(actor_of(city.clerk_a)) as actor:
        assert {card.label: card.value for card in run_cards(actor, {})}["退回的待遇名单"] == "1"
    with scope(actor_of(city.leader)) as actor:
        assert run_cards(actor, {}) == []
