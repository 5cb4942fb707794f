"""Assessments of self-care, with assessor and the day of the next one."""

from datetime import date

import pytest
from django.urls import reverse

from apps.core.scope import scope
from apps.retirees.models import Condition, Retiree
from tests.factories.city import actor_of, make_person


def url(person):
    return reverse("retirees:assess", args=[person.pk])


def typed(**more):
    return {
        "self_care": "helpless",
        "seen_on": "2026-06-01",
        "review_on": "2026-07-01",
        "assessed_by": "县人民医院",
        "note": "",
    } | more


@pytest.fixture
def person(city):
    return make_person(city.clerk_a, city.a1, self_care="full")


def found(city, person):
    with scope(actor_of(city.clerk_a)):
        return list(Condition.objects.filter(retiree_id=person.pk, kind="self_care").order_by("during"))


def test_an_assessment_and_the_next_that_finds_the_same(city, sign_in, person):
    client = sign_in(city.unit_a1)
    assert url(person) in client.get(reverse("retirees:detail", args=[person.pk]) + "?tab=health").text
    assert client.post(url(person), typed()).status_code == 302
    with scope(actor_of(city.clerk_a)):
        assert Retiree.objects.get(pk=person.pk).self_care == "helpless"
    assert client.post(url(person), typed(seen_on="2026-07-02", review_on="")).status_code == 302
    rows = found(city, person)
    assert [(row.value, row.seen_on, row.review_on) for row in rows[-2:]] == [
        ("helpless", date(2026, 6, 1), date(2026, 7, 1)),
        ("helpless", date(2026, 7, 2), None),
    ]
    assert rows[-2].during.upper == rows[-1].during.lower == date(2026, 7, 2)
    page = client.get(reverse("retirees:detail", args=[person.pk]) + "?tab=health").text
    assert "县人民医院评估" in page
    assert "2026年7月1日复评" in page


def test_a_review_that_is_due_is_said(city, sign_in, person):
    client = sign_in(city.clerk_a)
    client.post(url(person), typed())
    assert "2026年7月1日，已到期" in client.get(reverse("retirees:detail", args=[person.pk])).text


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"assessed_by": ""}, "请写明由谁评估"),
        ({"review_on": "2026-05-01"}, "复评日期应晚于评估日期"),
        ({"seen_on": "2999-01-01", "review_on": ""}, "还没有到这一天"),
        ({"seen_on": "1990-01-01"}, "早于现在这项情况"),
        ({"self_care": "king"}, ""),
        ({"assessed_by": "医" * 10_000}, "60"),
        ({"note": "控\x00制"}, ""),
    ],
)
def test_what_is_no_assessment_changes_nothing(city, sign_in, person, more, why):
    before = [row.value for row in found(city, person)]
    page = sign_in(city.clerk_a).post(url(person), typed(**more))
    assert page.status_code == 422
    assert why in page.text
    assert [row.value for row in found(city, person)] == before


def test_who_may_assess(city, sign_in, person):
    assert sign_in(city.leader).get(url(person)).status_code == 403
    assert sign_in(city.clerk_b).get(url(person)).status_code == 404
