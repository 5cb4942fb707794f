"""Dictionaries: those of the standards are switched and ordered, the bureau's own are made, renamed and merged."""

from typing import Any

import pytest

from apps.core.scope import scope
from apps.dictionaries.models import Dictionary, Term
from apps.dictionaries.queries import entries_of
from tests.factories.city import actor_of, make_person
from tests.factories.signed_in import signed_in


def labels(city: Any, code: str) -> list[str]:
    with scope(actor_of(city.city_clerk)):
        return [entry.label for entry in entries_of([code])[code] if entry.enabled]


def test_a_standard_is_shown_with_its_paper_and_used_by(city: Any) -> None:
    make_person(city.clerk_a, city.a1, health="3")
    client = signed_in(city.city_clerk)
    assert "GB/T 3304-1991" in client.get("/dictionaries/").content.decode()
    page = client.get("/dictionaries/health/")
    assert "GB/T 2261.3" in page.content.decode()
    assert {row["entry"].code: row["used"] for row in page.context["rows"]}["3"] == "1"


def test_a_term_switched_off_is_not_offered_but_stays_with_who_has_it(city: Any) -> None:
    person = make_person(city.clerk_a, city.a1, health="3")
    signed_in(city.city_clerk).post("/dictionaries/health/terms/3/switch/")
    client = signed_in(city.clerk_a)
    assert "慢性病" not in str(client.get("/retirees/new/").context["form"]["health"])
    form = client.get(f"/retirees/{person.pk}/edit/").context["form"]
    assert "慢性病（已停用）" in str(form["health"])
    sent = {name: form[name].value() or "" for name in form.fields} | {"post": "科长"}
    assert client.post(f"/retirees/{person.pk}/edit/", sent).status_code == 302
    refused = client.post("/retirees/new/", {"name": "张", "health": "3"})
    assert "health" in refused.context["form"].errors
    signed_in(city.city_clerk).post("/dictionaries/health/terms/3/switch/")
    assert "慢性病" in labels(city, "health")


def test_order_is_the_bureaus(city: Any) -> None:
    client = signed_in(city.city_clerk)
    assert labels(city, "marriage")[:2] == ["未婚", "已婚"]
    client.post("/dictionaries/marriage/terms/20/move/", {"to": "up"})
    assert labels(city, "marriage")[:2] == ["已婚", "未婚"]
    client.post("/dictionaries/marriage/terms/20/move/", {"to": "up"})
    assert labels(city, "marriage")[0] == "已婚"
    assert client.post("/dictionaries/marriage/terms/20/move/", {"to": "x"}).status_code == 400


def test_the_bureaus_own_is_made_renamed_and_merged(city: Any) -> None:
    client = signed_in(city.city_chief)
    address = client.post("/dictionaries/new/", {"label": "特长"}).headers["Location"]
    for label in ("书法", "毛笔字", "门球"):
        client.post(f"{address}terms/new/", {"label": label})
    code = address.split("/")[2]
    assert labels(city, code) == ["书法", "毛笔字", "门球"]
    assert client.post(f"{address}terms/new/", {"label": "书法"}).status_code == 422
    client.post(f"{address}terms/3/edit/", {"label": "门球、地掷球"})
    assert client.post(f"{address}terms/2/merge/", {"into": "2"}).status_code == 422
    assert client.post(f"{address}terms/2/merge/", {"into": "1"}).status_code == 302
    assert labels(city, code) == ["书法", "门球、地掷球"]
    assert "已并入书法" in client.get(address).content.decode()
    client.post(f"{address}terms/2/switch/")
    assert labels(city, code) == ["书法", "门球、地掷球"]
    with scope(actor_of(city.city_clerk)):
        assert Term.objects.filter(dictionary=code).count() == 3  # nothing is ever deleted


@pytest.mark.parametrize("label", ["", "字" * 10_000, "a\x00b", "\x07"])
def test_bad_names_are_refused(city: Any, label: str) -> None:
    client = signed_in(city.city_clerk)
    assert client.post("/dictionaries/new/", {"label": label}).status_code == 422
    with scope(actor_of(city.city_clerk)):
        assert not Dictionary.objects.exists()


def test_standards_are_not_edited_and_others_kept_out(city: Any) -> None:
    client = signed_in(city.city_clerk)
    for address in ("terms/new/", "terms/1/edit/", "terms/1/merge/"):
        assert client.get(f"/dictionaries/sex/{address}").status_code == 404
    assert client.get("/dictionaries/nonsense/").status_code == 404
    assert client.post("/dictionaries/sex/terms/zz/switch/").status_code == 404
    for user in (city.clerk_a, city.unit_a1, city.leader, city.system_admin):
        assert signed_in(user).get("/dictionaries/").status_code == 403
        assert signed_in(user).post("/dictionaries/sex/terms/1/switch/").status_code == 403
