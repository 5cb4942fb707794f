"""The same form from several hands at the same moment, with real commits."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.urls import reverse

from apps.core.scope import scope
from apps.retirees.models import Retiree
from tests.factories.city import actor_of, make_city, make_person
from tests.retirees.test_person_forms import CREATE, fields_of, typed

HANDS = 5


def together(job):
    """Run ``job(number)`` in threads at once; each has a connection of its own."""

    def alone(number):
        try:
            return job(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(HANDS) as pool:
        return list(pool.map(alone, range(HANDS)))


@pytest.mark.usefixtures("committed")
def test_one_form_sent_five_times_at_once_makes_one_person(sign_in):
    city = make_city()
    clients = [sign_in(city.clerk_a) for _ in range(HANDS)]
    data = typed(city)
    answers = together(lambda number: clients[number].post(CREATE, data))
    assert [answer.status_code for answer in answers] == [302] * HANDS
    assert len({answer.url for answer in answers}) == 1
    with scope(actor_of(city.clerk_a)):
        assert Retiree.objects.count() == 1


@pytest.mark.usefixtures("committed")
def test_five_edits_of_one_version_at_once_let_one_through(sign_in):
    city = make_city()
    person = make_person(city.clerk_a, city.a1)
    address = reverse("retirees:edit", args=[person.pk])
    clients = [sign_in(city.clerk_a) for _ in range(HANDS)]
    sent = fields_of(clients[0].get(address))
    answers = together(lambda number: clients[number].post(address, sent | {"note": f"第{number}个人写的"}))
    assert sorted(answer.status_code for answer in answers) == [302, *[409] * (HANDS - 1)]
    with scope(actor_of(city.clerk_a)):
        person = Retiree.objects.get(pk=person.pk)
        assert person.version == 2
    for number, answer in enumerate(answers):
        if answer.status_code == 409:
            assert f"第{number}个人写的" in answer.text
            assert person.note in answer.text
