"""Several numbers by one statement: right for each actor and day, and put together once."""

from datetime import date, timedelta

import pytest

from apps.core.scope import scope
from apps.core.tally import Tally
from apps.retirees.models import Retiree
from tests.factories.city import actor_of, make_person

TODAY = date(2026, 5, 4)


@pytest.fixture
def tally():
    def lists(actor, today):
        asked.append((actor.user_id, today))
        mine = Retiree.objects.visible_to(actor)
        return {
            "people": [mine],
            "twice": [mine, mine.order_by("name")],
            "nobody": [Retiree.objects.none()],
            "nothing": [],
            "old": [mine.filter(birth_from__lt=today)],
        }

    asked = []
    made = Tally(lists)
    made.asked = asked
    return made


def test_each_actor_has_his_own_numbers(city, tally, django_assert_num_queries):
    for unit in (city.a1, city.a2, city.b1):
        make_person(city.city_clerk, unit)
    for user, people in (("city_clerk", 3), ("clerk_a", 2), ("clerk_b", 1), ("unit_a1", 1), ("clerk_a", 2)):
        with scope(actor_of(city.users[user])) as actor, django_assert_num_queries(1):
            counts = tally.counts(actor, TODAY)
        assert counts == {"people": people, "twice": 2 * people, "nobody": 0, "nothing": 0, "old": people}


def test_the_statement_is_kept_for_the_actor_and_the_day_and_the_rows_are_not(city, tally):
    actor = actor_of(city.clerk_a)
    for request, people in (("one", 0), ("two", 1)):
        with scope(actor.within(request)) as reader:
            assert tally.counts(reader, TODAY)["people"] == people
        make_person(city.clerk_a, city.a1)
    assert len(tally.asked) == 1
    with scope(actor) as reader:
        assert tally.counts(reader, date(1930, 1, 1))["old"] == 0
        assert tally.counts(reader, TODAY + timedelta(days=1))["old"] == 2
    assert len(tally.asked) == 3


def test_nothing_asked_is_nothing_sent(city, django_assert_num_queries):
    with scope(actor_of(city.clerk_a)) as actor, django_assert_num_queries(0):
        assert Tally(lambda actor, today: {}).counts(actor, TODAY) == {}


def test_what_is_known_already_is_not_counted(city, tally, django_assert_num_queries):
    with scope(actor_of(city.clerk_a)) as actor, django_assert_num_queries(1) as asked:
        assert set(tally.counts(actor, TODAY, frozenset(("people", "old")))) == {"twice", "nobody", "nothing"}
    assert "birth_from" not in asked.captured_queries[0]["sql"]
