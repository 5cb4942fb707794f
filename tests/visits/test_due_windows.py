"""Windows of rules: periods, birthdays, events. Pure functions."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.lunar import LunarDate, birthday_in
from apps.core.partial_date import PartialDate
from apps.visits.choices import AgeCount, Every
from apps.visits.rules.windows import (
    add_months,
    birthday_days,
    birthday_window,
    event_windows,
    lunar_keys,
    period_name,
    period_span,
    period_start,
    period_windows,
    solar_keys,
)

LONG_AGO = date(2020, 1, 1)


@pytest.mark.parametrize(
    ("every", "name", "begin", "end"),
    [
        (Every.MONTH, "2026-11", date(2026, 11, 1), date(2026, 11, 30)),
        (Every.QUARTER, "2026Q4", date(2026, 10, 1), date(2026, 12, 31)),
        (Every.HALF, "2026H2", date(2026, 7, 1), date(2026, 12, 31)),
        (Every.YEAR, "2026", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_one_window_a_period(every, name, begin, end):
    (window,) = period_windows(every, 1, date(2026, 11, 23), starts_on=LONG_AGO)
    assert (window.name, window.from_on, window.due_on) == (name, begin, end)
    assert period_span(name) == (begin, end)


@given(st.dates(date(1950, 1, 1), date(2150, 12, 31)), st.sampled_from(list(Every)))
def test_names_tell_the_period_again(day, every):
    start = period_start(every, day)
    span = period_span(period_name(every, start))
    assert span is not None
    assert span[0] == start
    assert span[0] <= day <= span[1]


def test_several_times_are_asked_one_after_the_other_until_the_end():
    first, second = period_windows(Every.YEAR, 2, date(2026, 3, 1), starts_on=LONG_AGO)
    assert (first.name, first.from_on, first.due_on) == ("2026", date(2026, 1, 1), date(2026, 12, 31))
    assert second.name == "2026#2"
    assert date(2026, 7, 1) <= second.from_on <= date(2026, 7, 3)
    assert second.due_on == date(2026, 12, 31)
    assert period_span("2026#2") == (date(2026, 1, 1), date(2026, 12, 31))


def test_the_next_period_comes_some_days_ahead_and_a_rule_has_an_end():
    names = [
        one.name for one in period_windows(Every.MONTH, 1, date(2026, 11, 25), ahead=7, starts_on=LONG_AGO)
    ]
    assert names == ["2026-11", "2026-12"]
    ending = date(2026, 11, 28)
    (only,) = period_windows(Every.MONTH, 1, date(2026, 11, 25), ahead=7, starts_on=LONG_AGO, ends_on=ending)
    assert only.due_on == ending


def test_a_rule_that_begins_within_a_period_asks_from_that_day():
    (window,) = period_windows(Every.QUARTER, 1, date(2026, 11, 23), starts_on=date(2026, 11, 20))
    assert window.from_on == date(2026, 11, 20)
    assert period_windows(Every.QUARTER, 1, date(2026, 11, 23), starts_on=date(2027, 1, 1)) == []


def test_no_other_name_is_a_period():
    for name in ("2026-12-05", "2026-12-05#2", "2026-13", "", "2026Q5"):
        assert period_span(name) is None


def test_months_are_added_to_the_last_day():
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2028, 1, 31), 1) == date(2028, 2, 29)
    assert add_months(date(2026, 12, 5), 1) == date(2027, 1, 5)


# --- birthdays


def test_born_on_29_february():
    assert 229 in solar_keys(date(2026, 3, 1))
    assert 229 not in solar_keys(date(2028, 3, 1))
    assert solar_keys(date(2028, 2, 29)) == [229]


@given(st.dates(date(1905, 1, 1), date(1970, 12, 31)), st.integers(2001, 2060))
def test_everybody_with_a_lunar_birth_has_his_lunar_birthday(birth_day, year):
    birth = LunarDate.of(birth_day)
    birthday = birthday_in(birth, year)
    assert birthday is not None
    assert birth.code()[5:] in lunar_keys(birthday.on)


def test_ages_by_the_years_and_by_the_lunar_count():
    birth = PartialDate(1937, 5, 8)
    at_89 = {"day": date(2026, 5, 8), "ahead": 7, "starts_on": LONG_AGO}
    assert birthday_window(birth, ages=[89], count=AgeCount.FULL, **at_89)
    assert birthday_window(birth, ages=[90], count=AgeCount.FULL, **at_89) is None
    window = birthday_window(birth, ages=[90], count=AgeCount.NOMINAL, **at_89)
    assert window is not None
    assert (window.from_on, window.due_on, window.name) == (date(2026, 5, 1), date(2026, 5, 8), "2026-05-08")


def test_a_birth_known_to_the_month_has_no_birthday():
    more = {"day": date(2026, 5, 8), "ages": [], "count": AgeCount.FULL, "ahead": 7, "starts_on": LONG_AGO}
    assert birthday_window(PartialDate(1937, 5), **more) is None
    assert birthday_window(None, **more) is None


def test_days_without_a_run_lose_no_birthday():
    days = birthday_days(date(2026, 11, 23), 7, LONG_AGO)
    assert days[0] == date(2026, 11, 16)
    assert days[-1] == date(2026, 11, 30)
    assert birthday_days(date(2026, 11, 23), 7, date(2026, 11, 22))[0] == date(2026, 11, 22)


# --- what happened


def test_within_days_from_when_it_was_known():
    (window,) = event_windows(
        happened_on=date(2026, 11, 1),
        known_on=date(2026, 11, 10),
        ended_on=None,
        within=3,
        every="",
        today=date(2026, 11, 10),
    )
    assert (window.from_on, window.due_on) == (date(2026, 11, 1), date(2026, 11, 13))


def test_each_month_of_a_long_stay():
    stay = {
        "happened_on": date(2026, 8, 15),
        "known_on": date(2026, 8, 15),
        "within": 3,
        "every": Every.MONTH,
    }
    windows = event_windows(ended_on=None, today=date(2026, 11, 23), **stay)
    assert [(one.name, one.from_on, one.due_on) for one in windows] == [
        ("2026-08-15", date(2026, 8, 15), date(2026, 8, 18)),
        ("2026-08-15#2", date(2026, 9, 15), date(2026, 10, 14)),
        ("2026-08-15#3", date(2026, 10, 15), date(2026, 11, 14)),
        ("2026-08-15#4", date(2026, 11, 15), date(2026, 12, 14)),
    ]
    over = event_windows(ended_on=date(2026, 10, 20), today=date(2026, 11, 23), **stay)
    assert [one.name for one in over] == ["2026-08-15", "2026-08-15#2"]
