"""The quick grid: a cell saved, refused, in conflict, taken back; a pasted block looked through and written."""

import json
from typing import Any

import pytest
from django.http import HttpResponse

from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.retirees.actions import edit_retiree
from apps.retirees.models import ChangeSet, Condition, PrivateDetails, Retiree
from tests.factories.city import SEEN, actor_of, make_person
from tests.factories.signed_in import signed_in

GRID, PASTE, APPLY = "/retirees/grid/", "/retirees/grid/paste/", "/retirees/grid/paste/apply/"
PHONE = "13912251394"


@pytest.fixture
def person(city: Any) -> Retiree:
    return make_person(city.clerk_a, city.a1, name="张建国", phone=PHONE, health="1")


def save(
    city: Any, person: Retiree, name: str, value: str, *, version: int = 1, user: Any = None
) -> HttpResponse:
    sent = {"name": name, "value": value, "version": str(version)}
    return signed_in(user or city.clerk_a).post(f"/retirees/{person.pk}/grid/", sent)


def stored(city: Any, person: Retiree) -> tuple[Retiree, PrivateDetails]:
    with scope(actor_of(city.clerk_a)):
        return Retiree.objects.get(pk=person.pk), PrivateDetails.objects.get(pk=person.pk)


def test_the_page_shows_masks_and_the_lists_conditions(city: Any, person: Retiree) -> None:
    make_person(city.clerk_b, city.b1, name="王建军")
    client = signed_in(city.clerk_a)
    text = client.get(GRID).content.decode()
    assert "张建国" in text
    assert "王建军" not in text
    assert "139****1394" in text
    assert PHONE not in text
    assert "张建国" not in client.get(f"{GRID}?category=lixiu").content.decode()
    assert client.get(f"{GRID}?nonsense=1").status_code == 400
    assert signed_in(city.leader_a).get(GRID).status_code == 403


def test_cells_are_saved_and_taken_back_one_by_one(city: Any, person: Retiree) -> None:
    health = save(city, person, "health", "慢性病").json()
    assert (health["shown"], health["version"]) == ("3", 2)
    phone = save(city, person, "phone", "13800000000", version=2).json()
    assert (phone["shown"], phone["secret"]) == ("138****0000", True)
    now, private = stored(city, person)
    assert (now.health, now.version) == ("3", 3)
    assert private.phone.same("13800000000")
    client = signed_in(city.clerk_a)
    # The earlier cell goes back although another of the same person was written since.
    undone = client.post(f"/retirees/{person.pk}/grid/undo/", {"change_set": health["change_set"]}).json()
    assert (undone["shown"], undone["version"]) == ("1", 4)
    now, private = stored(city, person)
    assert now.health == "1"
    assert private.phone.same("13800000000")
    client.post(f"/retirees/{person.pk}/grid/undo/", {"change_set": phone["change_set"]})
    assert stored(city, person)[1].phone.same(PHONE)
    with scope(actor_of(city.clerk_a)):
        assert [row.value for row in Condition.objects.filter(during__endswith=None)] == ["1"]
        assert Condition.objects.count() == 1


def test_an_empty_private_cell_keeps_what_is_stored(city: Any, person: Retiree) -> None:
    answer = save(city, person, "phone", "")
    assert answer.json()["shown"] == "139****1394"
    assert stored(city, person)[1].phone.same(PHONE)


def test_another_who_saved_the_same_field_first_is_shown(city: Any, person: Retiree) -> None:
    with scope(actor_of(city.chief_a)) as actor:
        edit_retiree(retiree=person, values={"phone": "13800000001"}, version=1, seen_on=SEEN, by=actor)
    late = save(city, person, "phone", "13800000002")
    assert late.status_code == 409
    found = late.json()
    assert "试chief_a" in found["who"]
    assert (found["theirs"], found["mine"]) == ("138****0001", "138****0002")
    assert "13800000001" not in late.content.decode()
    assert save(city, person, "health", "一般").status_code == 200  # another field: no conflict
    again = save(city, person, "phone", "13800000002", version=3)
    assert again.status_code == 200
    assert stored(city, person)[1].phone.same("13800000002")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("health", "很好"),
        ("phone", "12"),
        ("phone", "=cmd|' /C calc'!A0"),
        ("verified_on", "2999-01-01"),
        ("verified_on", "2026.3"),
        ("party_branch", "支" * 10_000),
        ("party_branch", "a\x00b"),
        ("name", "改名"),
        ("national_id", "420106192407026490"),
        ("version", "9"),
    ],
)
def test_bad_cells_are_refused_in_words(city: Any, person: Retiree, name: str, value: str) -> None:
    answer = save(city, person, name, value)
    assert answer.status_code == 422
    assert answer.json()["error"]
    assert stored(city, person)[0].version == 1


def test_foreign_people_and_undoings_are_not_found(city: Any, person: Retiree) -> None:
    made = save(city, person, "health", "3").json()["change_set"]
    other = make_person(city.clerk_b, city.b1)
    assert save(city, person, "health", "3", user=city.clerk_b).status_code == 404
    assert save(city, person, "health", "3", user=city.leader_a).status_code == 403
    client = signed_in(city.clerk_b)
    assert client.post(f"/retirees/{other.pk}/grid/undo/", {"change_set": made}).status_code == 404
    assert (
        signed_in(city.clerk_a).post(f"/retirees/{person.pk}/grid/undo/", {"change_set": "x"}).status_code
        == 404
    )


def test_a_block_is_shown_and_then_written_as_one(city: Any, person: Retiree) -> None:
    second = make_person(city.clerk_a, city.a2, name="李秀英")
    foreign = make_person(city.clerk_b, city.b1, name="王建军")
    cells = [
        [person.pk, 1, "phone", "13800000003"],
        [person.pk, 1, "verified_on", "2026.3.5"],
        [second.pk, 1, "health", "卧床"],
        [second.pk, 1, "living", "月球"],
        [foreign.pk, 1, "health", "卧床"],
    ]
    client = signed_in(city.clerk_a)
    sent = {"cells": json.dumps(cells), "next": GRID}
    text = client.post(PASTE, sent).content.decode()
    assert "写入 3 格" in text
    assert "不在居住方式的选项里" in text
    assert "王建军" not in text
    assert stored(city, person)[0].version == 1
    assert client.post(APPLY, sent).headers["Location"] == GRID
    now, private = stored(city, person)
    assert now.verified_on.isoformat() == "2026-03-05"
    assert private.phone.same("13800000003")
    assert stored(city, second)[0].health == "b"
    with scope(actor_of(city.city_clerk)):
        assert Retiree.objects.get(pk=foreign.pk).health == ""
        assert ChangeSet.objects.get().people == 2


@pytest.mark.parametrize(
    "cells", ["", "{", "[]", "[[1]]", '[["x",1,"health","1"]]', '[[1,1,"name","x"]]', "null"]
)
def test_what_is_no_block_is_refused(city: Any, person: Retiree, cells: str) -> None:
    for address in (PASTE, APPLY):
        assert signed_in(city.clerk_a).post(address, {"cells": cells}).status_code == 302
    assert stored(city, person)[0].version == 1


def test_a_block_that_does_not_fit_and_rows_left_out_say_why(city: Any, person: Retiree) -> None:
    gone = make_person(city.clerk_a, city.a2, name="李秀英")
    with scope(actor_of(city.clerk_a)):
        Retiree.objects.filter(pk=person.pk).update(version=2)
        Retiree.objects.filter(pk=gone.pk).update(state="dead", died_on=PartialDate(2026, 1, 2))
    cells = [[person.pk, 1, "health", "卧床"], [gone.pk, 1, "health", "卧床"]]
    client = signed_in(city.clerk_a)
    sent = {"cells": json.dumps(cells), "next": GRID, "out": "7"}
    assert "有7格超出了表格" in client.post(PASTE, sent).content.decode()
    assert "超出了表格" not in client.post(PASTE, sent | {"out": "x"}).content.decode()
    client.post(APPLY, sent)
    text = client.get(GRID).content.decode()
    assert "没有写入张建国：您打开表格以后有人改过" in text
    assert "没有写入李秀英：已不在册" in text
