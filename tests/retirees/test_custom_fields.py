"""Fields of the bureau's own: defined by the city, filled in forms, shown, kept in history, taken back, retired."""

from typing import Any

import pytest

from apps.core.scope import scope
from apps.dictionaries.actions import add_term, create_dictionary
from apps.retirees.actions import change_recorded, open_change_set, undo_change_set
from apps.retirees.actions.custom import save_custom_field
from apps.retirees.actions.merge import merge_people
from apps.retirees.actions.unmerge import undo_merge
from apps.retirees.models import CustomField, Retiree
from tests.factories.city import SEEN, actor_of, make_person
from tests.factories.signed_in import signed_in

NEW = "/retirees/fields/new/"


@pytest.fixture
def fields(city: Any) -> dict[str, CustomField]:
    with scope(actor_of(city.city_clerk)) as actor:
        hobby = create_dictionary(label="特长", by=actor)
        add_term(dictionary=hobby, label="书法", by=actor)
        made = {
            "text": {"label": "老战友", "kind": "text", "max_length": 20},
            "number": {"label": "藏书数", "kind": "number", "minimum": 0, "maximum": 999},
            "date": {"label": "获纪念章时间", "kind": "date"},
            "yes_no": {"label": "愿意宣讲", "kind": "yes_no"},
            "choice": {"label": "特长", "kind": "choice", "dictionary": hobby.code},
        }
        return {kind: save_custom_field(field=None, values=given, by=actor) for kind, given in made.items()}


def sent_with(client: Any, person: Retiree, given: dict[str, str]) -> dict[str, Any]:
    form = client.get(f"/retirees/{person.pk}/edit/").context["form"]
    return {name: form[name].value() or "" for name in form.fields} | given


def stored(city: Any, person: Retiree) -> dict[str, Any]:
    with scope(actor_of(city.clerk_a)):
        return dict(Retiree.objects.get(pk=person.pk).custom)


def test_filled_in_the_form_shown_on_the_page_and_in_the_history(city: Any, fields: Any) -> None:
    person = make_person(city.clerk_a, city.a1)
    client = signed_in(city.clerk_a)
    given = {
        fields["text"].key: "=1+1",
        fields["number"].key: "120",
        fields["date"].key: "1985.9",
        fields["yes_no"].key: "no",
        fields["choice"].key: "1",
    }
    address = f"/retirees/{person.pk}/edit/"
    assert client.post(address, sent_with(client, person, given)).status_code == 302
    assert stored(city, person) == {
        fields["text"].key: "=1+1",
        fields["number"].key: "120",
        fields["date"].key: "1985-09 1985.9",
        fields["yes_no"].key: False,
        fields["choice"].key: "1",
    }
    text = client.get(f"/retirees/{person.pk}/?tab=basic").content.decode()
    words = ("老战友", "=1+1", "1985", "书法", "愿意宣讲")
    assert [word for word in words if word not in text] == []
    again = sent_with(client, person, {fields["text"].key: ""})
    assert again[fields["yes_no"].key] == "no"
    assert client.post(address, again).status_code == 302
    assert fields["text"].key not in stored(city, person)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", "字" * 10_000),
        ("text", "a\x00b"),
        ("number", "1000"),
        ("number", "很多"),
        ("date", "去年"),
        ("choice", "99"),
        ("yes_no", "也许"),
    ],
)
def test_values_that_do_not_fit_are_refused(city: Any, fields: Any, kind: str, value: str) -> None:
    person = make_person(city.clerk_a, city.a1)
    client = signed_in(city.clerk_a)
    answer = client.post(f"/retirees/{person.pk}/edit/", sent_with(client, person, {fields[kind].key: value}))
    assert answer.status_code == 422
    assert fields[kind].key in answer.context["form"].errors
    assert stored(city, person) == {}


def test_taken_back_and_kept_when_retired(city: Any, fields: Any) -> None:
    key = fields["text"].key
    person = make_person(city.clerk_a, city.a1, **{key: "王班长"})
    with scope(actor_of(city.clerk_a)) as actor:
        made = open_change_set(kind="bulk", label="试", by=actor)
        held = Retiree.objects.get(pk=person.pk)
        change_recorded(change_set=made, changes=[(held, {key: "李班长"})], seen_on=SEEN)
        assert Retiree.objects.get(pk=person.pk).custom == {key: "李班长"}
        undo_change_set(change_set=made, by=actor)
    assert stored(city, person) == {key: "王班长"}
    signed_in(city.city_clerk).post(f"/retirees/fields/{fields['text'].pk}/retire/")
    client = signed_in(city.clerk_a)
    assert key not in client.get("/retirees/new/").context["form"].fields
    assert "王班长" in client.get(f"/retirees/{person.pk}/?tab=basic").content.decode()
    client.post(f"/retirees/{person.pk}/edit/", sent_with(client, person, {"post": "科长"}))
    assert stored(city, person) == {key: "王班长"}


def test_defined_by_the_city_alone(city: Any) -> None:
    client = signed_in(city.city_clerk)
    given = {"label": "老战友", "kind": "text", "max_length": "20"}
    assert client.post(NEW, given).status_code == 302
    assert client.post(NEW, given).status_code == 422
    assert client.post(NEW, given | {"label": "选", "kind": "choice"}).status_code == 422
    assert client.post(NEW, given | {"label": "数", "minimum": "5", "maximum": "1"}).status_code == 422
    assert "老战友" in client.get("/retirees/fields/").content.decode()
    for user in (city.clerk_a, city.leader, city.system_admin):
        assert signed_in(user).get("/retirees/fields/").status_code == 403
        assert signed_in(user).post(NEW, given).status_code == 403


def test_two_edits_at_once_lose_nothing(city: Any, fields: Any) -> None:
    person = make_person(city.clerk_a, city.a1)
    mine, other = signed_in(city.clerk_a), signed_in(city.unit_a1)
    text, day, answer = (fields[kind].key for kind in ("text", "date", "yes_no"))
    typed = sent_with(mine, person, {text: "王班长", answer: "no"})
    theirs = sent_with(other, person, {text: "李班长", day: "1985.9"})
    address = f"/retirees/{person.pk}/edit/"
    assert other.post(address, theirs).status_code == 302
    page = mine.post(address, typed)
    assert page.status_code == 409
    rows = {row.name: row for row in page.context["rows"]}
    assert (rows[text].who, rows[text].theirs, rows[text].mine) == ("both", "李班长", "王班长")
    assert (rows[day].who, rows[answer].who, rows[answer].mine) == ("theirs", "mine", "否")
    carried = dict(page.context["inputs"])
    assert (
        mine.post(address, carried | {f"pick_{text}": "theirs", f"pick_{day}": "theirs"}).status_code == 302
    )
    assert stored(city, person) == {text: "李班长", day: "1985-09", answer: False}


def test_two_records_of_one_person_give_what_only_one_knows(city: Any, fields: Any) -> None:
    text, number = fields["text"].key, fields["number"].key
    keep = make_person(city.clerk_a, city.a1, **{text: "王班长"})
    other = make_person(city.clerk_a, city.a1, **{text: "李班长", number: "12"})
    with scope(actor_of(city.clerk_a)) as actor:
        versions = (keep.version, other.version)
        made = merge_people(
            keep=keep, other=other, versions=versions, sides={}, why="同一人", today=SEEN, by=actor
        )
    assert stored(city, keep) == {text: "王班长", number: "12"}
    with scope(actor_of(city.clerk_a)) as actor:
        undo_merge(merge=made, today=SEEN, by=actor)
    assert stored(city, keep) == {text: "王班长"}
