"""Fields of the bureau's own for many people at once: in bulk edit and in the quick grid."""

import uuid
from typing import Any

import pytest

from apps.core.scope import scope
from apps.dictionaries.actions import add_term, create_dictionary, switch_term
from apps.retirees.actions.custom import retire_custom_field, save_custom_field
from apps.retirees.models import ChangeSet, CustomField, Retiree
from tests.factories.city import actor_of, make_person
from tests.factories.signed_in import signed_in

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
