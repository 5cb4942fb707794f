"""Conditions of the register: several values, 未填 and 已填, one of some groups; grouped with totals; on paper."""

from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.urls import reverse

from apps.audit.models import Event
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.retirees.actions.dossier import mark_group
from apps.retirees.actions.leaving import record_death
from apps.retirees.models import Retiree
from tests.factories.city import actor_of, make_person
from tests.factories.signed_in import signed_in

LIST = reverse("retirees:list")


@pytest.fixture
def people(city: Any) -> None:
    make_person(city.clerk_a, city.a1, name="张建国", treatment="131", birth_date=PartialDate(1934, 7))
    make_person(
        city.clerk_a, city.a2, name="李秀英", category="lixiu", treatment="141", birth_date=PartialDate(1928)
    )
    make_person(city.clerk_a, city.a2, name="赵小山", treatment="", note="住女儿家", birth_date=None)
    make_person(city.clerk_b, city.b1, name="王建军", treatment="131", birth_date=PartialDate(1950, 2))


def listed(user: Any, query: str) -> list[str]:
    page = signed_in(user).get(f"{LIST}?{query}")
    assert page.status_code == 200
    text = page.content.decode()
    return [name for name in ("张建国", "李秀英", "赵小山", "王建军") if f">{name}</a>" in text]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("treatment=131", ["张建国"]),
        ("treatment=131&treatment=141", ["张建国", "李秀英"]),
        ("treatment=none", ["赵小山"]),
        ("treatment=any", ["张建国", "李秀英"]),
        ("treatment=any&treatment=none", ["张建国", "李秀英", "赵小山"]),
        ("treatment=131&treatment=none", ["张建国", "赵小山"]),
        ("category=lixiu&category=tuixiu&treatment=131", ["张建国"]),
        ("age_band=90&age_band=none", ["张建国", "李秀英", "赵小山"]),
        ("age_band=0", []),
        ("has=note", ["赵小山"]),
        ("lacks=note", ["张建国", "李秀英"]),
        ("lacks=birth_date", ["赵小山"]),
        ("has=birth_date&has=treatment", ["张建国", "李秀英"]),
        ("has=verified_on", []),
        ("lacks=phone&has=note", ["赵小山"]),
    ],
)
def test_values_of_conditions(city: Any, people: None, query: str, names: list[str]) -> None:
    assert listed(city.clerk_a, query) == names


def test_another_day_asks_for_levels_of_that_day_and_for_what_nobody_dates(city: Any, people: None) -> None:
    make_person(city.clerk_a, city.a1, name="赵小山", rank="132", medical_treatment="122", residence="other")
    then = "on=2025-12-31"
    assert listed(city.clerk_a, f"{then}&nation=01&residence=other") == ["赵小山"]
    assert listed(city.clerk_a, f"{then}&nation=02") == []
    assert listed(city.clerk_a, f"{then}&rank=132&medical_treatment=any") == ["赵小山"]
    assert listed(city.clerk_a, f"{then}&rank=none&unit_kind=organ") == ["张建国", "李秀英", "赵小山"]
    assert listed(city.clerk_a, "on=1990-01-01&rank=132") == []
    page = signed_in(city.clerk_a).get(f"{LIST}?{then}&unit_kind=enterprise").text
    assert 'name="unit_kind" value="enterprise"' in page  # kept when other conditions are chosen
    assert ">赵小山</a>" not in page


def test_a_special_group_of_another_day_goes_by_that_day(city: Any, people: None) -> None:
    with scope(actor_of(city.clerk_a)) as actor:
        alone, marked = (Retiree.objects.get(name=name) for name in ("张建国", "赵小山"))
        mark_group(retiree=marked, group="hardship", reason="试", since=date(2025, 6, 1), by=actor)
        record_death(retiree=alone, died_on=PartialDate(2026, 1), reported_on=date(2026, 2, 1), by=actor)
    assert listed(city.clerk_a, "special=aged&on=2025-12-31") == ["张建国", "李秀英"]  # he has died since
    assert listed(city.clerk_a, "special=aged&on=2010-12-31") == ["李秀英"]
    assert listed(city.clerk_a, "special=hardship&on=2025-12-31") == ["赵小山"]
    assert listed(city.clerk_a, "special=hardship&on=2025-05-31") == []


def any_of(*groups: dict[str, Any]) -> str:
    return urlencode([("any", urlencode(group, doseq=True)) for group in groups])


def test_one_of_some_groups(city: Any, people: None) -> None:
    both = any_of({"category": "lixiu"}, {"treatment": "131", "age_min": "80"})
    assert listed(city.clerk_a, both) == ["张建国", "李秀英"]
    assert listed(city.clerk_a, f"{both}&has=note") == []
    assert listed(city.clerk_a, any_of({"treatment": ["none", "131"]})) == ["张建国", "赵小山"]


def test_groups_ask_for_states_and_issues(city: Any, people: None) -> None:
    from apps.retirees.models import Retiree

    with scope(actor_of(city.clerk_a)):
        Retiree.objects.filter(name="李秀英").update(state="dead", died_on="2025-03")
        Retiree.objects.filter(name="张建国").update(state="critical")
    dead, young = {"state": "dead"}, {"treatment": "none"}
    for query, names in (
        (any_of(dead, young), ["李秀英", "赵小山"]),
        (any_of(dead, {"treatment": ["131", "141"]}), ["张建国", "李秀英"]),
        (any_of({"issue": "death_vague"}, {"issue": "no_birth"}), ["李秀英", "赵小山"]),
        (
            any_of({"issue": "no_birth", "state": "critical"}, {"state": "all", "category": "lixiu"}),
            ["李秀英"],
        ),
        (any_of({"issue": "no_birth"}), ["赵小山"]),
        (any_of({"issue": "health_stale"}, {"issue": "birth_differs"}), []),
        (any_of(dead, young) + "&state=critical", []),  # what stands outside of the groups holds for all
        (any_of(young, {"treatment": "131"}) + "&state=all", ["张建国", "赵小山"]),
        (any_of({"treatment": "141"}), []),  # without a state: on the register
    ):
        assert listed(city.clerk_a, query) == names, query
    page = signed_in(city.clerk_a).get(f"{LIST}?issue=no_id&state=critical").content.decode()
    assert f"any={quote('issue=no_id&state=critical', safe='')}" in page
    told = signed_in(city.clerk_a).get(f"{LIST}?{any_of(dead, young)}").content.decode()
    assert "任一组：状态：去世" in told
    for hostile in ("state=nobody", "issue=' OR 1", "state=all&state=dead", "issue=%00"):
        page = signed_in(city.clerk_a).get(f"{LIST}?any={quote(hostile)}")
        assert "还不能" in page.content.decode()


def test_conditions_become_a_group_and_chips_take_them_away_one_by_one(city: Any, people: None) -> None:
    page = signed_in(city.clerk_a).get(f"{LIST}?treatment=131&treatment=141").content.decode()
    assert "现享受待遇：正县级" in page
    assert f'href="{LIST}?treatment=141"' in page
    assert f"any={quote('treatment=131&treatment=141', safe='')}" in page


@pytest.mark.parametrize(
    "query",
    [
        "any=x%3D1",
        "any=category%3Dnobody",
        "any=" + quote("any=category%3Dlixiu"),
        "any=q%3Da",
        "any=" + quote("on=2026-01-01"),
        "any=%00",
        "any=" + quote("category=lixiu") + "&on=2026-01-01",
        "&".join(f"any={quote(f'age_min={number}')}" for number in range(1, 9)),
        "lacks=national_id_index",
        "has=private__phone",
        "treatment=131&treatment=999",
    ],
)
def test_what_is_no_condition_shows_nobody_and_says_so(city: Any, people: None, query: str) -> None:
    page = signed_in(city.clerk_a).get(f"{LIST}?{query}")
    assert page.status_code == 200
    text = page.content.decode()
    assert "还不能" in text
    assert "张建国" not in text


@pytest.mark.parametrize(
    "query", ["by=name", "by=password", "treatment=131" + "&treatment=141" * 80, "sort=x"]
)
def test_what_the_list_does_not_know_is_refused(city: Any, people: None, query: str) -> None:
    assert signed_in(city.clerk_a).get(f"{LIST}?{query}").status_code == 400


def test_options_are_counted_under_the_other_conditions(city: Any, people: None) -> None:
    address = reverse("retirees:options", args=["treatment"])
    page = signed_in(city.clerk_a).get(f"{address}?treatment=131&category=tuixiu").content.decode()
    assert '<input type="hidden" name="category" value="tuixiu">' in page
    assert 'value="131" checked' in page
    assert page.count("1人") == 2  # 正县级 and 未填; 李秀英 is no 退休, 王建军 is elsewhere
    living = reverse("retirees:options", args=["living"])
    assert "3人" in signed_in(city.clerk_a).get(living).content.decode()
    assert signed_in(city.clerk_a).get(reverse("retirees:options", args=["q"])).status_code == 404


@pytest.mark.parametrize(
    "by", ["county", "unit", "category", "treatment", "age_band", "health", "nation", "state"]
)
def test_groups_add_up_and_open_their_lists(city: Any, people: None, by: str) -> None:
    client = signed_in(city.city_clerk)
    page = client.get(f"{LIST}?by={by}&treatment=131&treatment=141").content.decode()
    foot = page.split("<tfoot", 1)[1]
    assert ">3</td>" in foot
    assert "100.0%" in foot
    body = page.split("<tbody", 1)[1].split("</tbody", 1)[0]
    links = [part.split('"', 1)[0].replace("&amp;", "&") for part in body.split('href="')[1:]]
    assert links
    for link in links:
        assert "treatment=" in link
        assert "by=" not in link
        assert client.get(link).status_code == 200


def test_cells_and_people_give_the_same_groups(city: Any, people: None) -> None:
    """A condition that cells cannot tell (sex is one they can; nation is not) must not change the numbers."""
    client = signed_in(city.city_clerk)
    for by in ("county", "category", "treatment", "age_band", "sex", "period"):
        rows = [
            client.get(f"{LIST}?by={by}{more}").content.decode().split("<tbody", 1)[1].split("</table", 1)[0]
            for more in ("", "&nation=01")
        ]
        assert rows[0].count(" href=") == rows[1].count(" href=")
        numbers = [[part.split("<", 1)[0] for part in text.split('">')[1:]] for text in rows]
        assert numbers[0] == numbers[1]


def test_units_have_subtotals_of_their_county(city: Any, people: None) -> None:
    page = signed_in(city.city_clerk).get(f"{LIST}?by=unit").content.decode()
    assert "南岭县 小计" in page
    assert "石桥县 小计" in page
    assert "小计" not in signed_in(city.clerk_a).get(f"{LIST}?by=unit").content.decode()


def test_the_list_is_printed_whole_with_its_conditions(city: Any, people: None) -> None:
    client = signed_in(city.clerk_a)
    posted = {"all": "1", "query": "treatment=131&treatment=141", "sort": "-name"}
    page = client.post(reverse("retirees:print-list"), posted)
    text = page.content.decode()
    assert page.status_code == 200
    assert text.index("张建国") < text.index("李秀英")
    assert "赵小山" not in text
    assert "现享受待遇：正县级" in text
    assert "制表人" in text
    with scope(actor_of(city.audit_admin)):
        event = Event.objects.get(kind="export")
        assert event.data["people"] == 2


def test_nothing_is_printed_of_others_or_of_nobody(city: Any, people: None) -> None:
    client = signed_in(city.clerk_a)
    assert "王建军" not in client.post(reverse("retirees:print-list"), {"all": "1"}).content.decode()
    for posted in ({}, {"ids": "x"}, {"all": "1", "query": "x=1"}):
        assert client.post(reverse("retirees:print-list"), posted).status_code == 302
    assert signed_in(city.system_admin).post(reverse("retirees:print-list"), {"all": "1"}).status_code == 403


def test_a_special_group_can_be_one_of_the_groups(city: Any, people: None) -> None:
    client, either = signed_in(city.clerk_a), f"any={quote('special=alone')}"
    page = client.get(f"{reverse('retirees:list')}?{either}&any={quote('category=lixiu')}")
    assert page.status_code == 200
    assert not page.context["form"].errors
