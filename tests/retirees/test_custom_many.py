"""Fields of the bureau's own for many people at once: in bulk edit and in the quick grid."""

import json
import uuid
from typing import Any

import pytest

from apps.core.scope import scope
from apps.dictionaries.actions import add_term, create_dictionary, switch_term
from apps.retirees.actions.custom import retire_custom_field, save_custom_field
from apps.retirees.models import ChangeSet, CustomField, Retiree
from tests.factories.city import actor_of, make_person
from tests.factories.signed_in import signed_in

GRID = "/retirees/grid/"
START, PREVIEW, APPLY = "/retirees/bulk/", "/retirees/bulk/preview/", "/retirees/bulk/apply/"


@pytest.fixture
def fields(city: Any) -> dict[str, CustomField]:
    with scope(actor_of(city.city_clerk)) as actor:
        hobby = create_dictionary(label="特长", by=actor)
        for label in ("书法", "象棋", "门球"):
            add_term(dictionary=hobby, label=label, by=actor)
        switch_term(dictionary=hobby.code, code="3", enabled=False, by=actor)
        made = {
            "text": {"label": "老战友", "kind": "text", "max_length": 20},
            "number": {"label": "藏书数", "kind": "number", "minimum": 0, "maximum": 999},
            "date": {"label": "获纪念章时间", "kind": "date"},
            "yes_no": {"label": "愿意宣讲", "kind": "yes_no", "is_required": True},
            "choice": {"label": "特长", "kind": "choice", "dictionary": hobby.code},
        }
        return {kind: save_custom_field(field=None, values=given, by=actor) for kind, given in made.items()}


@pytest.fixture
def people(city: Any, fields: dict[str, CustomField]) -> list[Retiree]:
    return [
        make_person(city.clerk_a, city.a1, name="张建国", **{fields["choice"].key: "3"}),
        make_person(city.clerk_a, city.a2, name="李秀英", **{fields["choice"].key: "2"}),
        make_person(city.clerk_b, city.b1, name="王建军", **{fields["choice"].key: "1"}),
    ]


def custom_of(city: Any) -> dict[str, dict[str, Any]]:
    with scope(actor_of(city.city_clerk)):
        return {person.name: dict(person.custom) for person in Retiree.objects.all()}


def send(city: Any, address: str, **data: Any) -> Any:
    return signed_in(city.clerk_a).post(address, {"token": str(uuid.uuid4()), **data})


def test_bulk_edit_previews_writes_and_takes_back(city: Any, fields: Any, people: Any) -> None:
    before = custom_of(city)
    key = {kind: field.key for kind, field in fields.items()}
    form = send(city, START, all="1", query="").context["form"]
    assert [code for code, _ in form.fields[key["choice"]].choices] == ["", "1", "2"]
    assert f"clear_{key['yes_no']}" not in form.fields
    assert f"clear_{key['text']}" in form.fields
    given = {
        "all": "1",
        "query": "",
        "reason": "普查",
        key["choice"]: "2",
        key["yes_no"]: "no",
        key["date"]: "1985.9",
        key["number"]: "12.50",
        key["text"]: "=1+1",
    }
    preview = send(city, PREVIEW, **given)
    text = preview.content.decode()
    assert "特长改为<strong>象棋</strong>：原“门球”1人；1人本来就是" in text
    assert "愿意宣讲改为<strong>否</strong>" in text
    assert "获纪念章时间改为<strong>1985年9月" in text
    answer = send(city, APPLY, **given, state=dict(preview.context["typed"])["state"])
    wanted = {
        key["choice"]: "2",
        key["yes_no"]: False,
        key["date"]: "1985-09 1985.9",
        key["number"]: "12.5",
        key["text"]: "=1+1",
    }
    now = custom_of(city)
    assert now == {"张建国": wanted, "李秀英": wanted, "王建军": before["王建军"]}
    with scope(actor_of(city.clerk_a)):
        assert ChangeSet.objects.get().label.startswith("修改老战友")
    assert "愿意宣讲" in signed_in(city.clerk_a).get(answer.headers["Location"]).content.decode()
    signed_in(city.clerk_a).post(f"{answer.headers['Location']}undo/")
    assert custom_of(city) == before


def test_bulk_edit_clears(city: Any, fields: Any, people: Any) -> None:
    key = fields["choice"].key
    given = {"all": "1", "query": "", "reason": "登记有误", f"clear_{key}": "on"}
    state = dict(send(city, PREVIEW, **given).context["typed"])["state"]
    send(city, APPLY, **given, state=state)
    assert custom_of(city) == {"张建国": {}, "李秀英": {}, "王建军": {key: "1"}}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", "字" * 10_000),
        ("text", "a\x00b"),
        ("number", "1000"),
        ("number", "NaN"),
        ("date", "去年"),
        ("choice", "3"),  # no longer offered
        ("choice", "99"),
        ("yes_no", "也许"),
    ],
)
def test_bulk_edit_refuses_what_the_form_refuses(
    city: Any, fields: Any, people: Any, kind: str, value: str
) -> None:
    before = custom_of(city)
    for address in (PREVIEW, APPLY):
        answer = send(city, address, all="1", query="", reason="试", **{fields[kind].key: value})
        assert answer.status_code == 422
        assert fields[kind].key in answer.context["form"].errors
    assert custom_of(city) == before


def test_a_retired_field_is_not_changed_in_bulk(city: Any, fields: Any, people: Any) -> None:
    with scope(actor_of(city.city_clerk)) as actor:
        retire_custom_field(field=fields["text"], retired=True, by=actor)
    answer = send(city, PREVIEW, all="1", query="", reason="试", **{fields["text"].key: "王班长"})
    assert answer.status_code == 422


def cell(city: Any, person: Retiree, name: str, value: str, version: int = 1, user: Any = None) -> Any:
    sent = {"name": name, "value": value, "version": str(version)}
    return signed_in(user or city.clerk_a).post(f"/retirees/{person.pk}/grid/", sent)


def options(city: Any, person: Retiree, name: str) -> list[tuple[str, str]]:
    rows = signed_in(city.clerk_a).get(GRID).context["rows"]
    row = next(row for row in rows if row["person"].pk == person.pk)
    return next(list(found["choices"]) for found in row["cells"] if found["name"] == name)


def test_the_grid_saves_and_takes_back_each_alone(city: Any, fields: Any, people: Any) -> None:
    person, before = people[0], custom_of(city)
    assert options(city, person, fields["choice"].key) == [
        ("", ""),
        ("1", "书法"),
        ("2", "象棋"),
        ("3", "门球（已停用）"),
    ]
    assert options(city, people[1], fields["choice"].key) == [("", ""), ("1", "书法"), ("2", "象棋")]
    typed = {"choice": "象棋", "yes_no": "否", "date": "1985.9", "number": "12.50", "text": "=1+1"}
    shown = {"choice": "2", "yes_no": "no", "date": "1985年9月", "number": "12.5", "text": "=1+1"}
    made = {}
    for version, (kind, value) in enumerate(typed.items(), start=1):
        answer = cell(city, person, fields[kind].key, value, version)
        assert (answer.status_code, answer.json().get("shown")) == (200, shown[kind])
        made[kind] = answer.json()["change_set"]
    assert custom_of(city)["张建国"] == {
        fields["choice"].key: "2",
        fields["yes_no"].key: False,
        fields["date"].key: "1985-09 1985.9",
        fields["number"].key: "12.5",
        fields["text"].key: "=1+1",
    }
    text = signed_in(city.clerk_a).get(GRID).content.decode()
    assert "1985年9月" in text
    assert "藏书数" in text
    for kind, change_set in made.items():  # the first one goes back although others were written since
        answer = signed_in(city.clerk_a).post(f"/retirees/{person.pk}/grid/undo/", {"change_set": change_set})
        assert answer.status_code == 200, kind
    assert custom_of(city) == before


def test_a_cell_shows_what_another_wrote_into_it(city: Any, fields: Any, people: Any) -> None:
    key = fields["choice"].key
    assert cell(city, people[0], key, "书法", user=city.chief_a).status_code == 200
    late = cell(city, people[0], key, "象棋")
    assert late.status_code == 409
    assert (late.json()["theirs"], late.json()["mine"]) == ("书法", "象棋")
    assert (
        cell(city, people[0], fields["text"].key, "王班长").status_code == 200
    )  # another field: no conflict
    assert cell(city, people[0], key, "象棋", version=3).status_code == 200


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", "字" * 10_000),
        ("text", "a\x00b"),
        ("number", "1000"),
        ("date", "去年"),
        ("choice", "99"),
        ("choice", "飞行"),
        ("yes_no", "也许"),
        ("yes_no", ""),  # it must be filled in
    ],
)
def test_the_grid_refuses_what_the_form_refuses(
    city: Any, fields: Any, people: Any, kind: str, value: str
) -> None:
    before = custom_of(city)
    answer = cell(city, people[1], fields[kind].key, value)
    assert answer.status_code == 422
    assert answer.json()["error"]
    assert custom_of(city) == before


def test_a_term_no_longer_offered_may_stay_but_is_given_to_nobody(
    city: Any, fields: Any, people: Any
) -> None:
    key = fields["choice"].key
    assert cell(city, people[0], key, "3").json()["change_set"] is None
    assert cell(city, people[1], key, "门球").status_code == 422
    signed_in(city.city_clerk).post("/dictionaries/health/terms/3/switch/")
    ill = make_person(city.clerk_a, city.a1, name="钱大江", health="3")
    assert ("3", "慢性病（已停用）") in options(city, ill, "health")
    assert "3" not in dict(options(city, people[1], "health"))
    assert cell(city, people[1], "health", "慢性病").status_code == 422


def test_a_pasted_block_fills_them(city: Any, fields: Any, people: Any) -> None:
    cells = [
        [people[0].pk, 1, fields["choice"].key, "象棋"],
        [people[0].pk, 1, fields["yes_no"].key, "否"],
        [people[1].pk, 1, fields["choice"].key, "门球"],
        [people[1].pk, 1, fields["date"].key, "1985.9"],
    ]
    sent = {"cells": json.dumps(cells), "next": GRID}
    client = signed_in(city.clerk_a)
    text = client.post(f"{GRID}paste/", sent).content.decode()
    assert "写入 3 格" in text
    assert "不在特长的选项里：书法、象棋" in text
    client.post(f"{GRID}paste/apply/", sent)
    now = custom_of(city)
    assert now["张建国"] == {fields["choice"].key: "2", fields["yes_no"].key: False}
    assert now["李秀英"] == {fields["choice"].key: "2", fields["date"].key: "1985-09 1985.9"}
    wrong = json.dumps([[people[0].pk, 2, "x_999999", "1"]])
    assert client.post(f"{GRID}paste/", {"cells": wrong}).status_code == 302
    assert cell(city, people[0], "x_999999", "1", 2).status_code == 422
    half = {"cells": json.dumps([[people[0].pk, 2, fields["text"].key, "半个\ud800字"]]), "next": GRID}
    for address in (f"{GRID}paste/", f"{GRID}paste/apply/"):
        assert client.post(address, half).status_code == 302
    assert fields["text"].key not in custom_of(city)["张建国"]
