"""What a person's page tells of his money: entitled and paid by month, and why."""

import re
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.benefits.actions.runs import open_county, record_earlier
from apps.benefits.forms.person import SpanForm
from apps.benefits.models import Benefit, Payment
from apps.benefits.queries.person import person_money
from apps.benefits.rules.months import month_of, month_words, months
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.library.models import Paper
from tests.benefits.conftest import make_standard, put_in_force
from tests.factories.city import actor_of, make_city, make_person
from tests.factories.signed_in import signed_in

pytestmark = pytest.mark.django_db
LIXIU = {"category": "lixiu", "retired_on": PartialDate(1985, 1), "birth_date": PartialDate(1926, 5, 4)}
THIS = month_of(timezone.localdate())
BEFORE = month_of(THIS - timedelta(days=1))


@pytest.fixture
def city() -> SimpleNamespace:
    """王一 has a nursing fee of 200 a month since 2009; county A pays by the portal since 2020."""
    made = make_city()
    made.person = make_person(made.clerk_a, made.a1, name="王一", joined_on=PartialDate(1947, 3), **LIXIU)
    with scope(actor_of(made.city_clerk)) as actor:
        put_in_force("组通字〔2008〕48号")
        open_county(county=made.a, month=date(2020, 1, 1), by=actor)
    return made


def pay(city: SimpleNamespace, month: date, amount: object, user: object = None) -> None:
    with scope(actor_of(user or city.clerk_a)) as actor:
        row = {
            "county": city.a,
            "unit": city.a1,
            "retiree_id": city.person.pk,
            "name": "王一",
            "benefit": Benefit.objects.get(code="nursing"),
            "month": month,
            "amount": Decimal(str(amount)),
            "paid_on": month,
        }
        record_earlier(rows=[row], by=actor)


def tab(city: SimpleNamespace, client: Client, **asked: str) -> str:
    asked = {"tab": "benefits", **asked}
    answer = client.get(reverse("retirees:detail", args=[city.person.pk]), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def month_links(text: str) -> int:
    """How many lines of months the tab has."""
    return len(re.findall(r"/benefits/people/\d+/\d{4}/\d{1,2}/", text))


def money(city: SimpleNamespace, *span: date, user: object = None):
    with scope(actor_of(user or city.clerk_a)) as actor:
        return person_money(city.person, actor, span)


def why(city: SimpleNamespace, month: date) -> str:
    return reverse("benefits:person-month", args=[city.person.pk, month.year, month.month])


def test_twelve_months_with_the_rule_in_words(city):
    pay(city, THIS, 150)
    pay(city, BEFORE, 200)
    text = tab(city, signed_in(city.clerk_a))
    assert "组通字〔2008〕48号" in text
    assert "每月200.00元，自2009年1月" in text
    assert "少发50.00元" in text
    assert "相符" in text
    assert text.count(why(city, THIS)) == 1
    assert month_links(text) == 12
    assert "2,400.00元" in text
    assert "350.00元" in text


def test_more_is_paid_than_due_and_what_nobody_is_due(city):
    pay(city, THIS, 260)
    with scope(actor_of(city.city_clerk)):
        Payment.objects.create(
            county=city.a,
            unit=city.a1,
            retiree_id=city.person.pk,
            name="王一",
            benefit=Benefit.objects.exclude(code="nursing").filter(audience="cadre").first(),
            month=THIS,
            amount=80,
            paid_on=THIS,
            source="earlier",
            recorded_by_name="试",
        )
    lines = money(city, THIS).lines
    assert [one.difference for one in lines if one.entitled] == [Decimal("-60.00")]
    (other,) = [one for one in lines if not one.entitled]
    assert other.difference == -80
    assert other.words == ""
    assert "没有这项待遇" in other.notes[0]
    text = tab(city, signed_in(city.clerk_a))
    assert "多发60.00元" in text
    assert "多发80.00元" in text


def test_months_before_the_portal_paid_are_not_compared(city):
    early = date(2019, 12, 1)
    (line,) = money(city, early).lines
    assert line.entitled == 200
    assert line.difference is None
    assert "启用系统发放以前" in line.notes[0]
    assert money(city, early).difference == 0


def test_another_countys_clerk_does_not_see_the_tab_and_units_and_leaders_have_none(city):
    address = reverse("retirees:detail", args=[city.person.pk])
    assert signed_in(city.clerk_b).get(address, {"tab": "benefits"}).status_code == 404
    assert signed_in(city.clerk_b).get(why(city, THIS)).status_code == 404
    for user in (city.unit_a1, city.leader):
        assert signed_in(user).get(address, {"tab": "benefits"}).status_code == 404
        assert "待遇发放</a>" not in signed_in(user).get(address).content.decode()
        assert signed_in(user).get(why(city, THIS)).status_code == 403


def test_a_span_is_chosen_and_bounded(city):
    client = signed_in(city.clerk_a)
    text = tab(city, client, first=BEFORE.isoformat(), last=THIS.isoformat())
    assert month_links(text) == 2
    wide = tab(city, client, first=date(THIS.year - 6, 1, 1).isoformat(), last=THIS.isoformat())
    assert "一次最多看60个月" in wide
    assert month_links(wide) == 12
    assert "截止月份不能早于起始月份" in tab(city, client, first=THIS.isoformat(), last=BEFORE.isoformat())
    assert "月份选得不对" in tab(city, client, first="2026-13-01")


def test_of_the_dead_the_months_around_the_death_are_shown(city):
    city.person = make_person(city.clerk_a, city.a1, name="李二", joined_on=PartialDate(1940, 3), **LIXIU)
    with scope(actor_of(city.clerk_a)):
        person = type(city.person).objects.get(pk=city.person.pk)
        person.state, person.died_on = "dead", PartialDate(2021, 5, 3)
        form = SpanForm({}, person=person, today=timezone.localdate())
        assert form.months()[-1] == date(2021, 6, 1)
        assert len(form.months()) == 12


def test_why_lists_every_rule_that_was_considered(city):
    with scope(actor_of(city.city_clerk)):
        make_standard(
            "nursing",
            90,
            date(2015, 1, 1),
            conditions={"category": ["lixiu"], "period": ["resistance_early"]},
        )
        paper = Paper.objects.get(number="组通字〔2008〕48号")
    text = signed_in(city.clerk_a).get(why(city, THIS)).content.decode()
    assert f"{month_words(THIS)}为什么" in text
    assert "200.00元" in text
    assert "执行" in text
    assert "条件不符" in text
    assert "参加革命工作时期为" in text
    assert reverse("library:paper", args=[paper.pk]) in text
    assert "参加革命工作时间" in text
    assert "1947年3月" in text


@pytest.mark.parametrize(("year", "month"), [(1800, 1), (2026, 13), (2026, 0), (9999, 1)])
def test_months_that_are_none(city, year, month):
    address = reverse("benefits:person-month", args=[city.person.pk, year, month])
    assert signed_in(city.clerk_a).get(address).status_code == 404


def test_queries_do_not_grow_with_months_and_rules(city, django_assert_max_num_queries):
    last = list(months(date(THIS.year - 5, THIS.month, 1), THIS))[-60:]
    with scope(actor_of(city.clerk_a)) as actor:
        person_money(city.person, actor, last)
        with django_assert_max_num_queries(16):
            person_money(city.person, actor, last[-1:])
        with django_assert_max_num_queries(16):
            found = person_money(city.person, actor, last)
    assert len(found.lines) == 60


def test_reading_writes_nothing_and_the_other_tabs_reckon_nothing(city, django_assert_num_queries):
    client = signed_in(city.clerk_a)
    with scope(actor_of(city.clerk_a)):
        before = Payment.objects.count()
    text = client.get(reverse("retirees:detail", args=[city.person.pk])).content.decode()
    assert "待遇发放</a>" in text
    tab(city, client)
    with scope(actor_of(city.clerk_a)):
        assert Payment.objects.count() == before
