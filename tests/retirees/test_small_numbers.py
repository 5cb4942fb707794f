"""Leaders are not told small numbers about health, in tables, options, on paper and on the board; staff are."""

import re
from typing import Any

import pytest
from django.urls import reverse

from apps.core.scope import scope
from apps.retirees.actions.views import keep_view
from apps.retirees.choices import Audience
from tests.factories.city import actor_of, make_person
from tests.factories.signed_in import signed_in

LIST, PAPER = reverse("retirees:list"), reverse("retirees:print-groups")


@pytest.fixture
def people(city: Any) -> None:
    """County A: 2 helpless of 8 at two units; county B: 6 of 6."""
    for number in range(8):
        care = {"self_care": "helpless"} if number < 2 else {"self_care": "full"}
        make_person(city.clerk_a, city.a1 if number % 2 else city.a2, name=f"甲{number}", **care)
    for number in range(6):
        make_person(city.clerk_b, city.b1, name=f"乙{number}", self_care="helpless")


def table(page: Any) -> dict[str, list[str]]:
    """Row label → its numbers."""
    found = {}
    for row in re.findall(
        r'<tr role="row".*?</tr>', page.text.split("<tbody", 1)[1].split("</table", 1)[0], re.S
    ):
        label = re.sub("<[^>]+>", "", re.search("<th.*?</th>", row, re.S)[0]).strip()
        found[label] = [text.strip() for text in re.findall(r'data-label="[^"]*">([^<]*)<', row)]
    return found


HELPLESS = 5
"""Column."""


def test_the_column_of_the_helpless(city: Any, people: None) -> None:
    clerk, leader = (
        table(signed_in(user).get(f"{LIST}?by=county")) for user in (city.city_clerk, city.leader)
    )
    assert {label: row[HELPLESS] for label, row in clerk.items()} == {
        "南岭县": "2",
        "石桥县": "6",
        "合计": "8",
    }
    assert {label: row[HELPLESS] for label, row in leader.items()} == {
        "南岭县": "＊",
        "石桥县": "＊",
        "合计": "8",
    }
    assert [row[:HELPLESS] for row in leader.values()] == [row[:HELPLESS] for row in clerk.values()]
    units = table(signed_in(city.leader).get(f"{LIST}?by=unit"))
    assert [row[HELPLESS] for row in units.values()] == ["＊", "＊", "＊", "＊", "＊", "8"]
    of_county = signed_in(city.leader_a).get(f"{LIST}?by=unit")
    assert [row[HELPLESS] for row in table(of_county).values()] == ["＊", "＊", "＊"]
    assert "＊ 不到5人" in of_county.text
    assert "＊ 不到5人" not in signed_in(city.clerk_a).get(f"{LIST}?by=unit").text


def test_tables_of_health_as_a_whole_paper_and_options(city: Any, people: None) -> None:
    leader = signed_in(city.leader_a)
    page = leader.get(f"{LIST}?by=self_care")
    assert table(page)["能自理"] == ["＊", "＊", "＊", "＊", "＊", "＊", "＊"]
    assert table(page)["完全不能自理"][0] == "＊"
    assert table(page)["合计"][0] == "8"
    assert "self_care=helpless" not in page.text.split("<tbody", 1)[1]
    narrowed = leader.get(f"{LIST}?by=category&self_care=helpless")
    assert set(table(narrowed)["合计"]) == {"＊"}
    assert "＊人" in narrowed.text
    assert "2人" not in narrowed.text
    paper = leader.post(PAPER, {"query": "by=category&self_care=helpless"})
    assert set(table(paper)["合计"]) == {"＊"}
    options = reverse("retirees:options", args=["self_care"])
    assert re.findall(r"＊", leader.get(options).text)
    assert "＊" not in signed_in(city.clerk_a).get(options).text
    whole = table(signed_in(city.leader).get(f"{LIST}?by=self_care"))
    assert [row[0] for row in whole.values()] == ["6", "8", "14"]


def test_the_board(city: Any, people: None) -> None:
    def tile(user: Any) -> str:
        page = signed_in(user).get(reverse("dashboards:board")).text
        return re.sub(r"\s+", "", re.sub("<[^>]+>", "", page.split("完全不能自理", 1)[1][:600]))

    assert tile(city.leader_a).startswith("&lt;5人")
    assert "增加" not in tile(city.leader_a).split("名册")[0][:40]
    assert tile(city.clerk_a).startswith("2人")
    assert tile(city.leader).startswith("8人")


def test_a_shared_view_on_the_home_page(city: Any, people: None) -> None:
    with scope(actor_of(city.city_clerk)) as actor:
        made = {"query": "self_care=helpless", "audience": Audience.ALL}
        view = keep_view(values=made | {"name": "失能"}, by=actor)
    values = {}
    for user in (city.leader_a, city.leader, city.clerk_a):
        client = signed_in(user)
        client.post(reverse("retirees:view-home", args=[view.pk]), {"home": "1"})
        values[user.username] = [
            card.value for card in client.get(reverse("dashboards:home")).context["cards"]
        ]
    assert values == {"leader_a": ["<5"], "leader": ["8"], "clerk_a": ["2"]}
