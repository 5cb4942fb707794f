"""Matters registered at the same moment get different numbers without a gap, with real commits."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections

from apps.concerns.actions import register_concern
from apps.concerns.models import Concern
from apps.core.scope import scope
from apps.jobs.rules import system_actor
from tests.factories.city import actor_of, make_city, make_person

HANDS, EACH = 4, 3


def test_numbers_of_a_county_are_given_once(committed: Any) -> None:
    city = make_city()
    person = make_person(city.clerk_a, city.a1, name="周一平")
    elsewhere = make_person(city.clerk_b, city.b1, name="王四平")
    hands = [(city.clerk_a, person)] * (HANDS - 1) + [(city.clerk_b, elsewhere)]

    def register(hand: tuple[Any, Any]) -> None:
        user, of = hand
        try:
            for _ in range(EACH):
                with scope(actor_of(user)) as actor:
                    register_concern(retiree=of, values={"source": "call", "title": "来电"}, by=actor)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(HANDS) as pool:
        list(pool.map(register, hands))
    with scope(system_actor()):
        numbers = list(Concern.objects.values_list("office_id", "number"))
    assert sorted(number for office, number in numbers if office == person.county_id) == list(range(1, 10))
    assert sorted(number for office, number in numbers if office != person.county_id) == [1, 2, 3]
