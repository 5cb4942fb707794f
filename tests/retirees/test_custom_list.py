"""Fields of the bureau's own in the list: as conditions, as columns, on paper, and in sheets."""

from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.http import QueryDict
from django.urls import reverse

from apps.core.scope import scope
from apps.dictionaries.actions import add_term, create_dictionary
from apps.retirees.actions.custom import retire_custom_field, save_custom_field
from apps.retirees.exports import RegisterExporter
from apps.retirees.models import CustomField
from apps.retirees.queries.listing import register_list
from tests.factories.city import SEEN, actor_of, make_person
from tests.factories.signed_in import signed_in

LIST = reverse("retirees:list")
NAMES = ("张建国", "李秀英", "赵小山", "王建军")


@pytest.fixture
def fields(city: Any) -> dict[str, CustomField]:
    with scope(actor_of(city.city_clerk)) as actor:
        hobby = create_dictionary(label="特长", by=actor)
        for label in ("书法", "象棋"):
            add_term(dictionary=hobby, label=label, by=actor)
        made = {
            "text": {"label": "老战友", "kind": "text", "max_length": 20},
            "number": {"label": "藏书数", "kind": "number"},
            "date": {"label": "获纪念章时间", "kind": "date"},
            "yes_no": {"label": "愿意宣讲", "kind": "yes_no"},
            "choice": {"label": "特长", "kind": "choice", "dictionary": hobby.code},
        }
        return {kind: save_custom_field(field=None, values=given, by=actor) for kind, given in made.items()}


@pytest.fixture
def people(city: Any, fields: dict[str, CustomField]) -> dict[str, Any]:
    key = {kind: field.key for kind, field in fields.items()}
    given = {
        "张建国": {key["yes_no"]: True, key["choice"]: "1", key["text"]: "=1+1"},
        "李秀英": {key["yes_no"]: False, key["choice"]: "2", key["date"]: "1985-09 1985.9"},
        "赵小山": {},
    }
    made = {name: make_person(city.clerk_a, city.a1, name=name, **custom) for name, custom in given.items()}
    return made | {"王建军": make_person(city.clerk_b, city.b1, name="王建军", **{key["yes_no"]: True})}


def listed(user: Any, query: str) -> list[str]:
    page = signed_in(user).get(f"{LIST}?{query}")
    assert page.status_code == 200
    text = page.content.decode()
    return [name for name in NAMES if f">{name}</a>" in text]


@pytest.mark.parametrize(
    ("kind", "values", "names"),
    [
        ("yes_no", ["yes"], ["张建国"]),
        ("yes_no", ["no"], ["李秀英"]),
        ("yes_no", ["none"], ["赵小山"]),
        ("yes_no", ["any"], ["张建国", "李秀英"]),
        ("yes_no", ["yes", "none"], ["张建国", "赵小山"]),
        ("choice", ["1"], ["张建国"]),
        ("choice", ["1", "2"], ["张建国", "李秀英"]),
        ("text", ["any"], ["张建国"]),
        ("date", ["none"], ["张建国", "赵小山"]),
    ],
)
def test_conditions(
    city: Any, fields: Any, people: Any, kind: str, values: list[str], names: list[str]
) -> None:
    key = f"custom_{fields[kind].key}"
    query = "&".join(f"{key}={value}" for value in values)
    assert listed(city.clerk_a, query) == names
    assert listed(city.clerk_a, f"any={quote(query)}") == names


@pytest.mark.parametrize(
    ("kind", "bounds", "names"),
    [
        ("number", "from={}9", ["张建国", "李秀英"]),  # 12.5 and 100, compared as numbers
        ("number", "from={}12.5&until={}99", ["张建国"]),
        ("number", "until={}100", ["张建国", "李秀英"]),
        ("number", "from={}101", []),
        ("date", "from={}1985.9", ["张建国", "李秀英"]),
        ("date", "from={}1985.9.1", ["张建国", "李秀英"]),  # 1985-09 is not before its first day
        ("date", "from={}1985.9.2", ["张建国"]),
        ("date", "until={}1985", ["李秀英", "张建国"]),
        ("date", "until={}1985年9月", ["李秀英"]),
        ("date", "from={}1986", []),
    ],
)
def test_bounds(city: Any, fields: Any, kind: str, bounds: str, names: list[str]) -> None:
    number, day = fields["number"].key, fields["date"].key
    make_person(city.clerk_a, city.a1, name="张建国", **{number: "12.5", day: "1985-10-03"})
    make_person(city.clerk_a, city.a1, name="李秀英", **{number: "100", day: "1985-09 1985.9"})
    make_person(city.clerk_a, city.a1, name="赵小山")
    query = bounds.replace("={}", f"_{fields[kind].key}=")
    assert listed(city.clerk_a, query) == [name for name in NAMES if name in names]
    assert listed(city.clerk_a, f"any={quote(query)}") == [name for name in NAMES if name in names]


@pytest.mark.parametrize("value", ["很多", "1 OR 1=1", "去年", "9" * 10_000, "=1+1", "NaN"])
def test_bounds_that_are_none_are_refused(city: Any, fields: Any, people: Any, value: str) -> None:
    client = signed_in(city.clerk_a)
    for kind in ("number", "date"):
        page = client.get(LIST, {f"from_{fields[kind].key}": value})
        assert page.status_code in (200, 400)
        assert page.status_code == 400 or page.context["form"].errors
    for name in (f"from_{fields['text'].key}", f"until_{fields['choice'].key}", "from_x_999999"):
        assert client.get(LIST, {name: "1"}).status_code == 400


def test_bounds_are_told_in_words(city: Any, fields: Any, people: Any) -> None:
    query = {f"from_{fields['number'].key}": "12", f"until_{fields['date'].key}": "1985.9"}
    text = signed_in(city.clerk_a).get(LIST, query).content.decode()
    assert "藏书数不小于12" in text
    assert "获纪念章时间不晚于1985年9月" in text


def test_whoever_sees_the_whole_city_asks_an_index(city: Any, fields: Any, people: Any) -> None:
    asked = {f"custom_{fields['choice'].key}": ["1", "2"], "state": "all"}
    plans = {}
    for user in (city.city_clerk, city.leader, city.clerk_a):
        with scope(actor_of(user)) as actor, connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            plans[user.username] = register_list(actor, asked, SEEN).order_by().explain()
    assert "retiree_custom" in plans[city.city_clerk.username]
    assert "retiree_custom" in plans[city.leader.username]
    # A county's people are found by their county and then looked through.
    assert "retiree_custom" not in plans[city.clerk_a.username]


def test_conditions_are_closed_and_told_in_words(city: Any, fields: Any, people: Any) -> None:
    client, key = signed_in(city.leader), f"custom_{fields['choice'].key}"
    assert listed(city.leader, f"custom_{fields['yes_no'].key}=yes") == ["张建国", "王建军"]
    assert "特长：书法" in client.get(f"{LIST}?{key}=1").content.decode()
    assert client.get(reverse("retirees:options", args=[key])).status_code == 200
    for wrong in ("custom_x_999999=1", "custom_=1", "custom_name=1"):
        assert client.get(f"{LIST}?{wrong}").status_code == 400
    assert listed(city.leader, f"{key}=99") == []
    assert listed(city.leader, f"{key}={quote('1 OR 1=1')}") == []
    with scope(actor_of(city.city_clerk)) as actor:
        retire_custom_field(field=fields["choice"], retired=True, by=actor)
    assert f'name="{key}"' not in client.get(LIST).content.decode()
    assert listed(city.leader, f"{key}=1") == ["张建国"]


def test_columns_on_the_screen_and_on_paper(city: Any, fields: Any, people: Any) -> None:
    client = signed_in(city.clerk_a)
    assert "=1+1" not in client.get(LIST).content.decode()
    wanted = ["name", *(field.key for field in fields.values()), "x_999999", "custom"]
    client.post(reverse("retirees:columns"), {"columns": wanted})
    for page in (client.get(LIST), client.post(reverse("retirees:print-list"), {"all": "1"})):
        text = page.content.decode()
        assert all(word in text for word in ("老战友", "=1+1", "1985年9月", "愿意宣讲", "书法", "象棋"))
    assert [column.name for column in client.get(LIST).context["table"].columns] == wanted[:-2]


def test_columns_of_sheets(city: Any, fields: Any, people: Any) -> None:
    names = ["name", *(field.key for field in fields.values())]
    exporter, keys = RegisterExporter(), [people[name].pk for name in NAMES]
    with scope(actor_of(city.clerk_a)) as actor:
        offered = {column.name: column.label for column in exporter.columns(actor)}
        rows = dict(exporter.rows(actor, keys, names, "mask"))
        assert exporter.pick(actor, QueryDict("all=1")).keys
    assert offered[fields["choice"].key] == "特长"
    assert list(rows.values()) == [
        ["张建国", "=1+1", "", "", "是", "书法"],
        ["李秀英", "", "", "1985-09", "否", "象棋"],
        ["赵小山", "", "", "", "", ""],
    ]
