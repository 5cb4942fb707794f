"""Sources of money: kept by their office, offered where gifts are recorded."""

import uuid

import pytest
from django.urls import reverse

from apps.audit.models import Event
from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.visits.models import FundSource, FundSourceHistory
from tests.factories.city import make_person

LIST, NEW = reverse("visits:fund-sources"), reverse("visits:fund-source-create")


def typed(**values):
    return {"name": "财政老干部专项经费", "sort": "1", "token": uuid.uuid4()} | values


@pytest.fixture
def sources(city):
    """One of the city, one of county A."""
    with scope(system_actor()):
        return (
            FundSource.objects.create(name="市级专项"),
            FundSource.objects.create(name="县级专项", county=city.a),
        )


def test_without_a_source_the_form_of_a_visit_says_where_to_go(city, sign_in):
    person = make_person(city.clerk_a, city.a1)
    client = sign_in(city.clerk_a)
    form = reverse("visits:record", args=[person.pk])
    assert "还没有资金来源" in client.get(form).text
    assert LIST in client.get(form).text
    assert "新增资金来源" in client.get(LIST).text, "the next step"
    sent = typed()
    assert client.post(NEW, sent).status_code == 302
    assert client.post(NEW, sent).status_code == 302, "sent twice"
    with scope(system_actor()):
        row = FundSource.objects.get()
        assert (row.county_id, row.name) == (city.a.pk, "财政老干部专项经费")
        assert Event.objects.filter(summary="新增资金来源：财政老干部专项经费").count() == 1
    page = client.get(form).text
    assert "还没有资金来源" not in page
    assert "财政老干部专项经费" in page
    assert "慰问经费" in page, "in the menu"


def test_a_source_is_renamed_switched_off_and_on_with_history(city, sources, sign_in):
    own = sources[1]
    client = sign_in(city.clerk_a)
    person = make_person(city.clerk_a, city.a1)
    form = reverse("visits:record", args=[person.pk])
    page, switch = (
        reverse("visits:fund-source", args=[own.pk]),
        reverse("visits:fund-source-switch", args=[own.pk]),
    )
    edit = reverse("visits:fund-source-edit", args=[own.pk])
    assert client.post(edit, typed(name="县级老干部经费")).status_code == 302
    client.get(LIST)  # which takes the message away
    assert "县级老干部经费" in client.get(form).text
    assert client.post(switch).status_code == 302
    assert "停用" in client.get(LIST).text
    assert "县级老干部经费" not in client.get(form).text, "no longer offered"
    assert client.post(switch).status_code == 302
    client.get(LIST)
    assert "县级老干部经费" in client.get(form).text
    shown = client.get(page).text
    assert "县级专项" in shown, "the name before"
    assert shown.count("县级老干部经费") >= 3
    with scope(system_actor()):
        assert FundSourceHistory._default_manager.filter(pgh_obj_id=own.pk).count() == 4


def test_one_name_once_an_office(city, sources, sign_in):
    client = sign_in(city.clerk_a)
    again = client.post(NEW, typed(name="县级专项"))
    assert again.status_code == 422
    assert "这个资金来源已经有了" in again.text
    assert client.post(NEW, typed(name="市级专项")).status_code == 302, "the county's own of that name"
    client.post(reverse("visits:fund-source-switch", args=[sources[1].pk]))
    assert "已停用" in client.post(NEW, typed(name="县级专项")).text


def test_whose_sources_are_whose(city, sources, sign_in):
    whole, own = sources
    other = sign_in(city.clerk_b)
    for name in ("fund-source", "fund-source-edit"):
        assert other.get(reverse(f"visits:{name}", args=[own.pk])).status_code == 404
    assert other.post(reverse("visits:fund-source-switch", args=[own.pk])).status_code == 404
    assert "县级专项" not in other.get(LIST).text
    mine = sign_in(city.clerk_a)
    assert mine.get(reverse("visits:fund-source", args=[whole.pk])).status_code == 200
    assert mine.post(reverse("visits:fund-source-edit", args=[whole.pk]), typed()).status_code == 403
    assert mine.post(reverse("visits:fund-source-switch", args=[whole.pk])).status_code == 403
    unit = sign_in(city.unit_a1)
    assert "市级专项" in unit.get(LIST).text
    assert unit.get(NEW).status_code == 403
    assert unit.post(NEW, typed()).status_code == 403
    assert sign_in(city.leader).get(LIST).status_code == 403
    assert (
        sign_in(city.city_clerk).post(reverse("visits:fund-source-switch", args=[own.pk])).status_code == 302
    )
    with scope(system_actor()):
        assert FundSource.objects.filter(is_active=True).get() == whole


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "款" * 10_000},
        {"name": "甲\x00乙"},
        {"name": "甲\x07"},
        {"name": "绝密★经费"},
        {"sort": "-1"},
        {"sort": "1e9"},
        {"token": ""},
        {"token": "x"},
    ],
)
def test_what_is_wrong_changes_nothing_and_is_said(city, sign_in, wrong):
    answer = sign_in(city.clerk_a).post(NEW, typed(**wrong))
    assert answer.status_code == 422
    assert "没有保存" in answer.text
    with scope(system_actor()):
        assert not FundSource.objects.exists()


def test_markup_in_a_name_is_text(city, sign_in):
    client = sign_in(city.clerk_a)
    assert client.post(NEW, typed(name="<script>alert(1)</script>")).status_code == 302
    page = client.get(LIST).text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_half_a_character_breaks_nothing(city, sign_in):
    sent = f"name=%ED%A0%80&sort=1&token={uuid.uuid4()}"
    answer = sign_in(city.clerk_a).post(NEW, sent, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in (302, 422)
    assert sign_in(city.clerk_a).get(LIST).status_code == 200
