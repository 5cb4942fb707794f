"""Which birthdays fall on a day, by both calendars, and who keeps them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.lunar import LunarDate, birthday_in
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.retirees.actions import record_death
from apps.retirees.models import Retiree
from apps.retirees.queries.birthdays import birthdays_between, people_without_day, round_count
from apps.retirees.rules.birthdays import LEAP, LUNAR, keys_between
from tests.factories.city import actor_of, make_person


@given(st.dates(date(1902, 1, 1), date(1960, 12, 31)), st.integers(2001, 2090))
def test_a_lunar_birthday_is_found_on_the_day_it_is_kept(birth, year):
    lunar = LunarDate.of(birth)
    kept = birthday_in(lunar, year)
    number = (LEAP if lunar.leap else LUNAR) + lunar.month * 100 + lunar.day
    assert kept.on in keys_between(kept.on, kept.on).days(number)
    around = keys_between(kept.on - timedelta(days=20), kept.on + timedelta(days=20))
    assert around.days(number) == [kept.on]


def test_29_february_is_kept_on_1_march_of_a_common_year():
    assert keys_between(date(2026, 3, 1), date(2026, 3, 1)).days(229) == [date(2026, 3, 1)]
    assert keys_between(date(2028, 2, 1), date(2028, 3, 31)).days(229) == [date(2028, 2, 29)]


def make(city, birth, **values):
    return make_person(city.clerk_a, city.a1, birth_date=birth, **values)


def lunar(year, month, day=None, leap=False):
    return LunarDate(year, month, day, leap).solar()


@pytest.mark.parametrize(
    ("birth", "number"),
    [
        (PartialDate(1946, 9, 5), 905),
        (PartialDate(1946, 9), 900),
        (PartialDate(1946), None),
        (lunar(1946, 8, 15), 10815),
        (lunar(1946, 8), 10800),
        (lunar(1944, 4, 5, leap=True), 20405),
    ],
)
def test_the_register_keeps_the_number_of_the_birthday(city, birth, number):
    person = make(city, birth)
    with scope(actor_of(city.clerk_a)):
        assert Retiree.objects.get(pk=person.pk).birth_round == number


def found(city, start, end, user=None, **asked):
    with scope(actor_of(user or city.clerk_a)) as actor:
        return [(one.person.name, one.on, one.age) for one in birthdays_between(actor, start, end, **asked)]


def test_solar_and_lunar_birthdays_over_the_end_of_the_year(city):
    make(city, PartialDate(1946, 12, 31), name="岁末")
    make(city, PartialDate(1947, 1, 1), name="元旦")
    make(city, lunar(1946, 11, 23), name="农历")
    make(city, PartialDate(1946, 12), name="只有月")
    days = found(city, date(2026, 12, 20), date(2027, 1, 10))
    assert days == [
        ("农历", date(2026, 12, 31), 80),
        ("岁末", date(2026, 12, 31), 80),
        ("元旦", date(2027, 1, 1), 80),
    ]
    with scope(actor_of(city.clerk_a)) as actor:
        keys = keys_between(date(2026, 12, 1), date(2026, 12, 31))
        assert [person.name for person in people_without_day(actor, keys)] == ["只有月"]


def test_round_birthdays_alone(city):
    make(city, PartialDate(1946, 12, 5), name="八十")
    make(city, PartialDate(1947, 12, 5), name="七九")
    make(city, PartialDate(1966, 12, 5), name="六十")
    make(city, PartialDate(1976, 12, 5), name="五十")
    make(city, lunar(1936, 10, 20), name="九十")
    span = (date(2026, 11, 20), date(2026, 12, 20))
    assert {name for name, _, _ in found(city, *span, only_round=True)} == {"九十", "八十", "六十"}
    with scope(actor_of(city.clerk_a)) as actor:
        assert round_count(actor, *span, limit=100) == 3


def test_born_on_29_february_has_a_round_birthday_in_a_common_year(city):
    make(city, PartialDate(1936, 2, 29), name="闰日")
    assert found(city, date(2026, 3, 1), date(2026, 3, 1), only_round=True) == [
        ("闰日", date(2026, 3, 1), 90)
    ]
    assert found(city, date(2026, 2, 1), date(2026, 2, 28)) == []


def test_nobody_dead_and_nobody_of_another_county(city):
    person = make(city, PartialDate(1946, 12, 5), name="周一平")
    span = (date(2026, 12, 1), date(2026, 12, 31))
    assert len(found(city, *span)) == 1
    assert found(city, *span, user=city.clerk_b) == []
    assert len(found(city, *span, user=city.city_clerk)) == 1
    with scope(actor_of(city.clerk_a)) as actor:
        record_death(retiree=person, died_on=PartialDate(2026, 11), reported_on=date(2026, 11, 20), by=actor)
    assert found(city, *span) == []
