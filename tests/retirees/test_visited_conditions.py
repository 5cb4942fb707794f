"""Conditions and columns of the register about visits and about leading posts."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.core.scope import scope
from apps.retirees.models import Retiree
from apps.retirees.tables import COLUMNS
from tests.factories.city import actor_of, make_person
from tests.factories.signed_in import signed_in

LIST = reverse("retirees:list")
TODAY = timezone.localdate()


def before(days: int) -> Any:
    return TODAY - timedelta(days=days)


@pytest.fixture
def people(city: Any) -> None:
    for name, days, held in (("张建国", 10, True), ("李秀英", 90, False), ("赵小山", None, None)):
        person = make_person(city.clerk_a, city.a1, name=name, held_leading_post=held)
        if days is not None:
            with scope(actor_of(city.clerk_a)):
                Retiree.objects.filter(pk=person.pk).update(visited_on=before(days))
    make_person(city.clerk_b, city.b1, name="王建军", held_leading_post=True)


def listed(user: Any, **query: Any) -> list[str]:
    page = signed_in(user).get(f"{LIST}?{urlencode(query, doseq=True)}")
    assert page.status_code == 200
    return [name for name in ("张建国", "李秀英", "赵小山", "王建军") if f">{name}</a>" in page.text]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"visited_before": before(10)}, ["李秀英"]),
        ({"visited_before": before(9)}, ["张建国", "李秀英"]),
        ({"visited_after": before(90)}, ["张建国"]),
        ({"visited_after": before(91), "visited_before": before(10)}, ["李秀英"]),
        ({"unvisited_days": 90}, ["李秀英", "赵小山"]),
        ({"unvisited_days": 91}, ["赵小山"]),
        ({"unvisited_days": 36500}, ["赵小山"]),
        ({"visited": "never"}, ["赵小山"]),
        ({"visited": "ever"}, ["张建国", "李秀英"]),
        ({"held_post": "1"}, ["张建国"]),
        ({"held_post": "0"}, ["李秀英"]),
        ({"held_post": "none"}, ["赵小山"]),
        ({"held_post": "1", "visited": "never"}, []),
        ({"any": ["visited=never", "held_post=1"]}, ["张建国", "赵小山"]),
        ({"on": before(400), "visited": "never"}, ["赵小山"]),
        ({"on": before(400), "held_post": "0"}, ["李秀英"]),
    ],
)
def test_last_visit_and_leading_post_are_conditions(
    city: Any, people: None, query: dict[str, Any], names: list[str]
) -> None:
    assert listed(city.clerk_a, **query) == names


def test_what_is_asked_is_told_in_words(city: Any, people: None) -> None:
    page = signed_in(city.clerk_a).get(f"{LIST}?unvisited_days=90&held_post=0").text
    assert "90天以上没有走访" in page
    assert "担任过实职：否" in page


@pytest.mark.parametrize(
    "query",
    [
        "visited=sometimes",
        "held_post=2",
        "unvisited_days=0",
        "unvisited_days=99999999999999999999",
        "unvisited_days=三十",
        "visited_before=2026-02-30",
        "visited_before=%3Cb%3E",
        "visited_after=" + "9" * 10000,
        "unvisited_days=1&unvisited_days=2",
    ],
)
def test_other_values_are_refused(city: Any, people: None, query: str) -> None:
    page = signed_in(city.clerk_a).get(f"{LIST}?{query}")
    assert page.status_code == 400 or page.context["form"].errors


def test_columns_are_shown(city: Any, people: None) -> None:
    city.clerk_a.preferences = {COLUMNS: ["name", "visited", "held_leading_post"]}
    city.clerk_a.save()
    page = signed_in(city.clerk_a).get(LIST).text
    day = before(10)
    assert f"{day.year}年{day.month}月{day.day}日" in page
    assert "最近走访" in page
    assert ">是<" in page
