"""What a day is called, and what stands in the calendar on it."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.agenda.queries.entries import entries_between
from apps.agenda.queries.today import today_groups
from apps.agenda.rules.days import day_words, span_of
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.retirees.actions import record_death
from apps.visits.models import Due, Occasion
from tests.factories.city import actor_of, make_person

PAGE = reverse("agenda:calendar")


@pytest.mark.parametrize(
    ("day", "festival"),
    [
        (date(2026, 2, 17), "春节"),
        (date(2026, 2, 16), "除夕"),
        (date(2026, 3, 3), "元宵节"),
        (date(2026, 4, 5), "清明"),
        (date(2026, 6, 19), "端午节"),
        (date(2026, 8, 19), "七夕"),
        (date(2026, 9, 25), "中秋节"),
        (date(2026, 10, 18), "重阳节"),
        (date(2026, 12, 22), "冬至"),
        (date(2027, 1, 15), "腊八节"),
    ],
)
def test_festivals_and_solar_terms(day, festival):
    assert festival in day_words(day).festivals


def test_a_leap_month_has_no_second_festival():
    assert "端午节" in day_words(date(2028, 5, 28)).festivals
    assert "端午节" not in day_words(date(2028, 6, 27)).festivals  # 闰五月初五


def test_lunar_words_holidays_and_days_worked_instead():
    assert day_words(date(2026, 2, 17)).lunar == "正月"
    assert day_words(date(2026, 2, 18)).lunar == "初二"
    assert (day_words(date(2025, 10, 1)).rest, day_words(date(2025, 10, 11)).rest) == ("休", "班")
    assert not day_words(date(2080, 10, 1)).known


def test_spans_over_the_end_of_the_year():
    week = span_of("week", date(2026, 12, 31))
    assert (week.start, week.end) == (date(2026, 12, 28), date(2027, 1, 3))
    month = span_of("month", date(2028, 2, 29))
    assert (month.start, month.end) == (date(2028, 1, 31), date(2028, 3, 5))
    assert (month.before, month.after) == (date(2028, 1, 1), date(2028, 3, 1))


@pytest.fixture
def due(city):
    """Somebody in county a who is to be seen today, and who turns eighty today."""
    today = timezone.localdate()
    born = PartialDate(today.year - 80, today.month, today.day)
    person = make_person(city.clerk_a, city.a1, name="周一平", birth_date=born)
    with scope(system_actor()):
        return Due.objects.create(
            **person.row_keys(),
            occasion=Occasion.objects.get(code="routine"),
            from_on=today - timedelta(days=3),
            due_on=today,
        )


def texts(user):
    today = timezone.localdate()
    with scope(actor_of(user)) as actor:
        found = entries_between(actor, today, today)
        groups = today_groups(actor, today)
    return (
        {(entry.kind, entry.text, entry.names) for entry in found},
        {(group.title, line.label, line.count, line.names) for group in groups for line in group.lines},
    )


def die(city, person):
    with scope(actor_of(city.clerk_a)) as actor:
        record_death(
            retiree=person,
            died_on=PartialDate(timezone.localdate().year),
            reported_on=timezone.localdate(),
            by=actor,
        )


def test_entries_and_today_are_of_the_living_of_ones_own_place(city, due):
    entries, lines = texts(city.clerk_a)
    assert entries == {
        ("birthday", "生日1人", ""),
        ("round", "整寿1人", "周一平"),
        ("due", "应访到期1人次", "周一平"),
    }
    assert ("今天到期", "应访", "1人次", "周一平") in lines
    assert ("今天到期", "今天生日", "1人", "周一平；其中整寿1人") in lines
    assert texts(city.clerk_b) == (set(), set())
    assert texts(city.city_clerk)[0] == entries
    assert texts(city.leader)[0] == entries
    die(city, due.retiree)
    entries, lines = texts(city.clerk_a)
    assert {(kind, names) for kind, _, names in entries} <= {("task", "")}  # what the death asks to be done
    assert {(label, names) for _, label, _, names in lines} <= {("重要情况办理事项", "")}


def test_pages(city, due, sign_in):
    client = sign_in(city.clerk_a)
    for view in ("list", "month", "week"):
        page = client.get(PAGE, {"view": view})
        assert page.status_code == 200
        assert "应访到期1人次" in page.text
    assert "应访到期" not in client.get(PAGE, {"kind": "round"}).text.partition("agenda-list")[2]
    assert "周一平" in client.get(reverse("dashboards:home")).text
    assert "周一平" not in sign_in(city.clerk_b).get(PAGE).text


def test_without_names_nobody_is_named(city, due):
    today = timezone.localdate()
    with scope(actor_of(city.clerk_a)) as actor:
        found = entries_between(actor, today, today, names=False)
    assert found
    assert not any(entry.names for entry in found)


@pytest.mark.parametrize(
    "query",
    [
        {"view": "year"},
        {"day": "2026-02-30"},
        {"day": "0001-01-01"},
        {"kind": "=1+1"},
        {"own": "2"},
        {"x": "1"},
        {"day": "9" * 10_000},
    ],
)
def test_what_is_no_condition_is_refused(city, sign_in, query):
    assert sign_in(city.clerk_a).get(PAGE, query).status_code == 400


@pytest.mark.parametrize(
    ("days", "title"), [(-1, "逾期"), (0, "今天到期"), (3, "3天内到期"), (4, "7天内到期"), (7, "7天内到期")]
)
def test_what_is_due_moves_up_by_stages(city, days, title):
    person = make_person(city.clerk_a, city.a1)
    today = timezone.localdate()
    with scope(actor_of(city.clerk_a)) as actor:
        Due.objects.create(
            **person.row_keys(),
            occasion=Occasion.objects.get(code="routine"),
            from_on=today - timedelta(days=30),
            due_on=today + timedelta(days=days),
        )
        found = {group.title: [line.label for line in group.lines] for group in today_groups(actor, today)}
    assert [name for name, labels in found.items() if "应访" in labels] == [title]
