"""The same visit from several hands at the same moment, with real commits."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.urls import reverse

from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.visits.models import FundSource, Visit
from tests.factories.city import make_city, make_person
from tests.visits.test_log_actions import campaign
from tests.visits.test_log_pages import typed

HANDS = 4


def together(job):
    def alone(number):
        try:
            return job(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(HANDS) as pool:
        return list(pool.map(alone, range(HANDS)))


@pytest.fixture
def place(committed):
    """A city with a person."""
    city = make_city()
    return city, make_person(city.clerk_a, city.a1, name="周一平")


def test_one_form_sent_by_many_hands_is_one_visit(place, sign_in):
    city, person = place
    clients = [sign_in(city.clerk_a) for _ in range(HANDS)]
    data, where = typed(), reverse("visits:record", args=[person.pk])
    answers = together(lambda number: clients[number].post(where, data))
    assert [answer.status_code for answer in answers] == [302] * HANDS
    assert len({answer.url for answer in answers}) == 1
    with scope(system_actor()):
        assert Visit.objects.count() == 1


def test_two_gifts_of_a_campaign_at_once_are_one(place, sign_in):
    city, person = place
    with scope(system_actor()):
        spring, pot = campaign(), FundSource.objects.create(name="财政专项")
    clients = [sign_in(city.clerk_a) for _ in range(HANDS)]
    sent = [typed(campaign=spring.pk, money="500", source=pot.pk) for _ in range(HANDS)]
    where = reverse("visits:record", args=[person.pk])
    answers = together(lambda number: clients[number].post(where, sent[number]))
    assert sorted(answer.status_code for answer in answers) == [302, *[422] * (HANDS - 1)]
    assert "已领过" in next(answer for answer in answers if answer.status_code == 422).text
    with scope(system_actor()):
        assert Visit.objects.count() == 1
