"""The list in order of the bureau's own fields: pages turned from a row, on paper, in sheets, in views."""

from typing import Any

import pytest
from django.http import QueryDict
from django.urls import reverse

from apps.core import paging
from apps.core.scope import scope
from apps.dictionaries.actions import add_term, create_dictionary, move_term
from apps.retirees.actions.custom import save_custom_field
from apps.retirees.exports import RegisterExporter
from apps.retirees.models import CustomField
from apps.retirees.views import listing
from tests.factories.city import actor_of, make_person
from tests.factories.signed_in import signed_in

LIST = reverse("retirees:list")
PEOPLE = ("赵一", "钱二", "孙三", "李四", "周五")


@pytest.fixture
def fields(city: Any) -> dict[str, CustomField]:
    with scope(actor_of(city.city_clerk)) as actor:
        craft = create_dictionary(label="手艺", by=actor)
        for label in ("书法", "象棋"):
            add_term(dictionary=craft, label=label, by=actor)
        made = {
            "number": {"label": "藏书数", "kind": "number"},
            "date": {"label": "获纪念章时间", "kind": "date"},
            "yes_no": {"label": "愿意宣讲", "kind": "yes_no"},
            "choice": {"label": "手艺", "kind": "choice", "dictionary": craft.code},
            "text": {"label": "老战友", "kind": "text"},
        }
        return {kind: save_custom_field(field=None, values=given, by=actor) for kind, given in made.items()}


@pytest.fixture
def people(city: Any, fields: dict[str, CustomField]) -> None:
    number, date, yes_no, choice = (fields[kind].key for kind in ("number", "date", "yes_no", "choice"))
    given: tuple[dict[str, Any], ...] = (
        {number: "100", date: "1985-10", yes_no: False, choice: "2"},
        {number: "9", date: "1985", yes_no: True, choice: "1"},
        {number: "-2.5", date: "1984-12-31", choice: "2"},
        {number: "12.5", date: "1985-09 1985.9", yes_no: True},
        {},
    )
    for name, custom in zip(PEOPLE, given, strict=True):
        make_person(city.clerk_a, city.a1, name=name, **custom)


ORDERS = (
    ("number", ["孙三", "钱二", "李四", "赵一", "周五"]),
    ("date", ["孙三", "钱二", "李四", "赵一", "周五"]),
    ("yes_no", ["钱二", "李四", "赵一", "孙三", "周五"]),
    ("choice", ["钱二", "赵一", "孙三", "李四", "周五"]),
)
"""Of equals in the order in which they were registered."""
BACK = {
    "number": ["赵一", "李四", "钱二", "孙三", "周五"],
    "date": ["赵一", "李四", "钱二", "孙三", "周五"],
    "yes_no": ["赵一", "李四", "钱二", "周五", "孙三"],
    "choice": ["孙三", "赵一", "钱二", "周五", "李四"],
}


def walk(client: Any, query: str) -> tuple[list[str], list[str]]:
    """Names of all pages going forward, then of all going back."""
    ways = []
    for direction, begin in (("next", query), ("previous", f"{query}&page=last")):
        names: list[str] = []
        address = begin
        while address:
            listed = client.get(f"{LIST}?{address}").context["listed"]
            page = [person.name for person in listed.rows]
            names = names + page if direction == "next" else page + names
            address = getattr(listed, direction)
        ways.append(names)
    return ways[0], ways[1]


def test_every_order_forward_and_back(
    city: Any, fields: Any, people: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "SIZE", 2)
    client = signed_in(city.clerk_a)
    for kind, names in ORDERS:
        assert walk(client, f"sort={fields[kind].key}") == (names, names), kind
        assert walk(client, f"sort=-{fields[kind].key}") == (BACK[kind], BACK[kind]), kind
    assert walk(client, f"sort={fields['number'].key}&has=birth_date")[0] == ORDERS[0][1]
    with scope(actor_of(city.city_clerk)) as actor:
        move_term(dictionary=fields["choice"].dictionary, code="2", up=True, by=actor)
    assert walk(client, f"sort={fields['choice'].key}")[0] == ["赵一", "孙三", "钱二", "李四", "周五"]
    for wrong in (fields["text"].key, "x_999999", "-x_", "custom", f"{fields['number'].key}__x", "own_order"):
        assert client.get(f"{LIST}?sort={wrong}").status_code == 400


def test_on_the_head_on_paper_in_sheets_and_in_views(city: Any, fields: Any, people: None) -> None:
    client, key = signed_in(city.clerk_a), fields["number"].key
    client.post(reverse("retirees:columns"), {"columns": ["name", *(field.key for field in fields.values())]})
    page = client.get(f"{LIST}?sort={key}")
    assert 'aria-sort="ascending"' in page.text
    assert f"sort=-{key}" in page.text
    assert f"sort={fields['text'].key}" not in page.text
    paper = client.post(reverse("retirees:print-list"), {"all": "1", "sort": f"-{key}"})
    assert [row.name for row in paper.context["table"].data] == BACK["number"]
    with scope(actor_of(city.clerk_a)) as actor:
        exporter = RegisterExporter()
        picked = exporter.pick(actor, QueryDict(f"all=1&query=&sort=-{key}"))
        names = [texts[0] for _, texts in exporter.rows(actor, picked.keys, ["name"], "masked")]
        assert (names, picked.order) == (BACK["number"], f"-{key}")
        assert dict(exporter.orders)[f"-{key}"] == "藏书数（倒序）"
        assert exporter.pick(actor, QueryDict(f"all=1&sort={fields['text'].key}")).order == "name"
    token = "00000000-0000-4000-8000-000000000078"
    sent = {"name": "按藏书", "audience": "private", "query": "", "sort": f"-{key}", "token": token}
    answer = client.post(reverse("retirees:view-create"), sent, follow=True)
    listed = client.get(answer.redirect_chain[-1][0]).context["listed"]
    assert [person.name for person in listed.rows] == BACK["number"]
    bad = sent | {"name": "坏", "sort": fields["text"].key}
    assert client.post(reverse("retirees:view-create"), bad).status_code == 422


def test_too_many_stay_in_order_of_name_and_are_told(
    city: Any, fields: Any, people: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "SORT_LIMIT", 3)
    client, key = signed_in(city.clerk_a), fields["number"].key
    page = client.get(f"{LIST}?sort={key}")
    assert "不能按“藏书数”排序" in page.text
    assert [person.name for person in page.context["listed"].rows] == ["李四", "钱二", "孙三", "赵一", "周五"]
    narrowed = client.get(f"{LIST}?sort={key}&from_{key}=10")
    assert "不能按" not in narrowed.text
    assert [person.name for person in narrowed.context["listed"].rows] == ["李四", "赵一"]
