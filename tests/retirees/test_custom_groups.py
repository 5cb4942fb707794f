"""The register by groups of the bureau's own fields: choices and yes or no."""

from typing import Any

import pytest
from django.urls import reverse

from apps.core.scope import scope
from apps.dictionaries.actions import add_term, create_dictionary
from apps.retirees.actions.custom import retire_custom_field, save_custom_field
from apps.retirees.models import CustomField
from tests.factories.city import actor_of, make_person
from tests.factories.signed_in import signed_in

LIST = reverse("retirees:list")


@pytest.fixture
def fields(city: Any) -> dict[str, CustomField]:
    with scope(actor_of(city.city_clerk)) as actor:
        craft = create_dictionary(label="手艺", by=actor)
        for label in ("书法", "象棋", "门球"):
            add_term(dictionary=craft, label=label, by=actor)
        made = {
            "yes_no": {"label": "愿意宣讲", "kind": "yes_no"},
            "choice": {"label": "手艺", "kind": "choice", "dictionary": craft.code},
            "text": {"label": "老战友", "kind": "text"},
            "number": {"label": "藏书数", "kind": "number"},
        }
        return {kind: save_custom_field(field=None, values=given, by=actor) for kind, given in made.items()}


@pytest.fixture
def people(city: Any, fields: dict[str, CustomField]) -> None:
    choice, yes_no = fields["choice"].key, fields["yes_no"].key
    given: tuple[dict[str, Any], ...] = (
        {choice: "2", yes_no: True},
        {choice: "2", yes_no: False},
        {choice: "1", yes_no: True},
        {},
    )
    for number, custom in enumerate(given):
        make_person(city.clerk_a, city.a1, name=f"赵{'一二三四'[number]}", **custom)
    make_person(city.clerk_b, city.b1, name="李外县", **{choice: "3"})


def rows(user: Any, query: str) -> list[tuple[str, str, str]]:
    page = signed_in(user).get(f"{LIST}?{query}")
    assert page.status_code == 200
    return [(row["label"], row["numbers"][0], row["url"]) for row in page.context["group_rows"]]


def test_groups_of_choices_and_truths_open_their_lists(city: Any, fields: Any, people: None) -> None:
    choice, yes_no = fields["choice"].key, fields["yes_no"].key
    found = rows(city.clerk_a, f"by={choice}")
    assert [(label, number) for label, number, _ in found] == [("书法", "1"), ("象棋", "2"), ("未填", "1")]
    truths = rows(city.clerk_a, f"by={yes_no}&category=tuixiu")
    assert [(label, number) for label, number, _ in truths] == [("是", "2"), ("否", "1"), ("未填", "1")]
    client = signed_in(city.clerk_a)
    for _, number, address in (*found, *truths):
        assert client.get(address).context["listed"].total == int(number)
    assert [label for label, _, _ in rows(city.city_clerk, f"by={choice}")] == [
        "书法",
        "象棋",
        "门球",
        "未填",
    ]
    offered = {item["label"] for item in client.get(LIST).context["filters"]["tools"]["groupings"]}
    assert {"手艺", "愿意宣讲"} <= offered
    assert not offered & {"老战友", "藏书数"}
    options = client.get(reverse("retirees:options", args=[f"custom_{choice}"]))
    counted = {one["label"]: one["count"] for one in options.context["choices"]}
    assert (counted["书法"], counted["象棋"], counted["未填"]) == ("1", "2", "1")
    for way in ("print-groups", "groups-sheet"):
        answer = client.post(reverse(f"retirees:{way}"), {"query": f"by={choice}&category=tuixiu"})
        assert answer.status_code == 200
    for wrong in (fields["text"].key, fields["number"].key, "x_999999", "x_", "custom", f"{choice}__x"):
        assert client.get(f"{LIST}?by={wrong}").status_code == 400


def test_a_view_keeps_such_a_grouping_also_when_the_field_is_retired(
    city: Any, fields: Any, people: None
) -> None:
    client, choice = signed_in(city.clerk_a), fields["choice"].key
    token = "00000000-0000-4000-8000-000000000077"
    sent = {"name": "按手艺", "audience": "private", "query": "", "grouping": choice, "token": token}
    assert client.post(reverse("retirees:view-create"), sent).status_code == 302
    bad = sent | {"name": "坏", "grouping": fields["text"].key}
    assert client.post(reverse("retirees:view-create"), bad).status_code == 422
    with scope(actor_of(city.city_clerk)) as actor:
        retire_custom_field(field=fields["choice"], retired=True, by=actor)
    page = client.get(LIST)
    assert "手艺" not in {item["label"] for item in page.context["filters"]["tools"]["groupings"]}
    assert [label for label, _, _ in rows(city.clerk_a, f"by={choice}")] == ["书法", "象棋", "未填"]
