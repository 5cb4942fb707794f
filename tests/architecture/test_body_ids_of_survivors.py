"""Another county's keys in what is sent about survivors: whom of which family, which unit's list, which file."""

import pytest

from tests.architecture.bodies import TOKENS, Case, Values, at, check
from tests.architecture.browsers import Browsers
from tests.architecture.world import World


def registered(world: World, place: str) -> Values:
    return {
        "member": world.more["survivors to register"][place].pk,
        "relation": "other",
        "household": "town",
        "starts_on": "2026-02-01",
        "version": "0",
        "token": TOKENS[3],
    }


def file(world: World, place: str) -> Values:
    return {
        "kind": "survivors",
        "query": f"unit={world.unit(place).pk}",
        "format": "xlsx",
        "mask": "out",
        "reason": "试导出",
        "order": "place",
        "columns": ["name", "person"],
        "token": TOKENS[4],
    }


CREATE = at("benefits:survivor-create", pk=lambda world: world.dead["a1"].pk)
CASES: dict[str, Case] = {
    "another county's member": Case(
        "POST",
        CREATE,
        lambda world: registered(world, "a1"),
        lambda world: registered(world, "b1"),
        (302,),
        (422,),
    ),
    "another person's member": Case(
        "POST",
        CREATE,
        lambda world: registered(world, "a1"),
        lambda world: registered(world, "a2"),
        (302,),
        (422,),
    ),
    "list: unit": Case(
        "GET",
        at("benefits:survivors"),
        lambda world: {"unit": world.unit("a1").pk},
        lambda world: {"unit": world.unit("b1").pk},
        (200,),
        (400,),
    ),
    "list: county": Case(
        "GET",
        at("benefits:survivors"),
        lambda world: {"state": "alive"},
        lambda world: {"county": world.unit("b").pk},
        (200,),
        (400,),
    ),
    "file: conditions": Case(
        "POST",
        at("exports:new"),
        lambda world: file(world, "a1"),
        lambda world: file(world, "b1"),
        (302,),
        (302,),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_another_countys_key_is_refused_or_ignored(name: str, world: World, browsers: Browsers) -> None:
    check(CASES[name], world, browsers)
