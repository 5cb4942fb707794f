"""Another county's keys in what is sent about funds of units: who is helped, which county is looked at."""

import pytest
from django.utils import timezone

from tests.architecture.bodies import TOKENS, Case, Values, at, check, unit
from tests.architecture.browsers import Browsers
from tests.architecture.world import World


def line(world: World, *places: str) -> Values:
    keys = [world.people[place].pk for place in places]
    today = timezone.localdate().isoformat()
    fixed = {"purpose": "hardship", "amount": "10", "words": "试摘要", "token": TOKENS[2]}
    return {"day": today, "people": keys, **fixed}


ADD = at("benefits:unit-fund-add", pk=lambda world: world.more["unit funds"]["a1"].pk)
CASES: dict[str, Case] = {
    "helped: another county's": Case(
        "POST", ADD, lambda world: line(world, "a1"), lambda world: line(world, "b1"), (302,), (422,)
    ),
    "helped: another unit's": Case(
        "POST", ADD, lambda world: line(world, "a1"), lambda world: line(world, "a2"), (302,), (422,)
    ),
    "list: county": Case(
        "GET",
        at("benefits:unit-funds"),
        lambda world: {"county": unit("a")(world)},
        lambda world: {"county": unit("b")(world)},
        (200,),
        (400,),
    ),
    "looked for by name": Case(
        "GET", ADD, lambda world: {"who": "ZQA1"}, lambda world: {"who": "ZQ"}, (200,), (200,)
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_another_countys_key_is_refused_or_ignored(name: str, world: World, browsers: Browsers) -> None:
    check(CASES[name], world, browsers)
