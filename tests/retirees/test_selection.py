"""Who is meant by a selection of the list: rows picked, or everybody under the conditions, inside one's own scope."""

from datetime import date
from typing import Any

import pytest
from django.http import QueryDict

from apps.core.scope import scope
from apps.retirees.forms.selection import BadSelection, read_kept, read_selection, selected_people
from tests.factories.city import actor_of, make_person

TODAY = date(2026, 3, 1)


@pytest.fixture
def people(city: Any) -> dict[str, Any]:
    return {
        "a1": make_person(city.clerk_a, city.a1, name="张建国"),
        "a2": make_person(city.clerk_a, city.a2, name="李秀英", category="lixiu"),
        "b1": make_person(city.clerk_b, city.b1, name="王建军"),
    }


def names(user: Any, query: str) -> list[str]:
    with scope(actor_of(user)) as actor:
        return sorted(selected_people(actor, QueryDict(query), TODAY).values_list("name", flat=True))


def test_rows_picked(city: Any, people: dict[str, Any]) -> None:
    both = f"ids={people['a1'].pk}&ids={people['a2'].pk}"
    assert names(city.clerk_a, both) == ["张建国", "李秀英"]
    assert names(city.unit_a1, both) == ["张建国"]


def test_another_countys_person_is_not_in_it(city: Any, people: dict[str, Any]) -> None:
    assert names(city.clerk_a, f"ids={people['b1'].pk}") == []
    assert names(city.clerk_a, "all=1") == ["张建国", "李秀英"]
    assert names(city.city_clerk, "all=1") == ["张建国", "李秀英", "王建军"]


def test_everybody_under_the_conditions(city: Any, people: dict[str, Any]) -> None:
    assert names(city.city_clerk, "all=1&query=category%3Dlixiu") == ["李秀英"]
    assert names(city.city_clerk, "all=1&query=q%3D%E7%8E%8B%26sort%3D-name") == ["王建军"]


@pytest.mark.parametrize(
    "posted",
    [
        "",
        "ids=",
        "ids=abc",
        "ids=-1",
        "ids=%C2%B2",
        "ids=99999999999999999999",
        "&".join(f"ids={number}" for number in range(1, 1200)),
        "all=1&query=password__startswith%3Da",
        "all=1&query=category%3Dx",
        "all=1&query=q%3Da%26q%3Db",
        "all=1&query=q%3D" + "x" * 10_000,
        "all=1&query=%ED%A0%80%3D1",
    ],
)
def test_what_is_no_selection_is_refused_in_words(city: Any, posted: str) -> None:
    with scope(actor_of(city.clerk_a)) as actor, pytest.raises(BadSelection) as refused:
        selected_people(actor, QueryDict(posted), TODAY)
    assert str(refused.value).endswith("。")


def test_a_selection_is_kept_for_a_job(city: Any, people: dict[str, Any]) -> None:
    with scope(actor_of(city.city_clerk)) as actor:
        chosen = read_selection(actor, QueryDict("all=1&query=category%3Dlixiu%26q%3D%E6%9D%8E"))
        assert chosen.whole
        assert read_kept(actor, chosen.kept()) == chosen
        assert "离休" in chosen.words
        assert "李" not in chosen.words
        picked = read_selection(actor, QueryDict(f"ids={people['a1'].pk}"))
        assert read_kept(actor, picked.kept()) == picked
