"""Another county's keys in what is sent about concerns: who stands behind one, what it repeats, who answers, the list's
pages, the file. Each is sent with a key of one's own, which works, and with B's, which does nothing."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.architecture.bodies import TOKENS, Case, Values, at, check, person_a
from tests.architecture.browsers import Browsers
from tests.architecture.world import World


def concern(place: str) -> Callable[[World], str]:
    return lambda world: world.more["concerns"][place].pk


def new_concern(world: World, **more: object) -> Values:
    today = timezone.localdate().isoformat()
    return {
        "kind": "demand",
        "source": "call",
        "topic": "other",
        "title": "试登记一件",
        "raised_on": today,
        "received_on": today,
        "working_days": "15",
        "people_count": "1",
        "owner_unit": world.unit("a1").pk,
        "token": TOKENS[0],
        **more,
    }


def assigned(world: World, place: str) -> Values:
    today = timezone.localdate().isoformat()
    return {"on": today, "version": 1, "working_days": "15", "owner_unit": world.unit(place).pk, "owner": ""}


def signers(world: World, *places: str, **more: object) -> Values:
    today = timezone.localdate().isoformat()
    keys = [world.people[place].pk for place in places]
    return {"on": today, "version": 1, "people_count": "1", "text": "试理由", "others": keys, **more}


def file(world: World, query: str) -> Values:
    return {
        "kind": "concerns",
        "query": query,
        "format": "xlsx",
        "mask": "out",
        "reason": "试导出",
        "order": "due_on",
        "columns": ["number", "title", "person"],
        "token": TOKENS[1],
    }


CREATE = at("concerns:create", pk=person_a)
CASES: dict[str, Case] = {
    "others behind it": Case(
        "POST",
        CREATE,
        lambda world: new_concern(world, others=[world.people["a2"].pk]),
        lambda world: new_concern(world, others=[world.people["b1"].pk]),
        (302,),
        (422,),
    ),
    "B's among one's own": Case(
        "POST",
        CREATE,
        lambda world: new_concern(world, others=[world.people["a2"].pk]),
        lambda world: new_concern(world, others=[world.people["a2"].pk, world.people["b1"].pk]),
        (302,),
        (422,),
    ),
    "of a unit clerk: the unit next door": Case(
        "POST",
        CREATE,
        lambda world: new_concern(world),
        lambda world: new_concern(world, others=[world.people["a2"].pk]),
        (302,),
        (422,),
        "unit_a1",
    ),
    "looked for by name": Case(
        "POST",
        CREATE,
        lambda world: new_concern(world, who="ZQA"),
        lambda world: new_concern(world, who="ZQ", others=[world.people["b1"].pk]),
        (200,),
        (200,),
    ),
    "what it repeats": Case(
        "POST",
        CREATE,
        lambda world: new_concern(world, repeat_of=concern("a1")(world)),
        lambda world: new_concern(world, repeat_of=concern("b1")(world)),
        (302,),
        (422,),
    ),
    "who answers": Case(
        "POST",
        CREATE,
        lambda world: new_concern(world),
        lambda world: new_concern(world, owner_unit=world.unit("b1").pk),
        (302,),
        (422,),
    ),
    "who joins it later": Case(
        "POST",
        at("concerns:people", pk=concern("a1")),
        lambda world: signers(world, "a2"),
        lambda world: signers(world, "a2", "b1"),
        (302,),
        (422,),
    ),
    "looked for to join": Case(
        "POST",
        at("concerns:people", pk=concern("a1")),
        lambda world: signers(world, who="ZQA"),
        lambda world: signers(world, "b1", who="ZQ"),
        (200,),
        (200,),
    ),
    "who is asked to answer": Case(
        "POST",
        lambda world: reverse("concerns:step", args=[concern("a1")(world), "assigned"]),
        lambda world: assigned(world, "a1"),
        lambda world: assigned(world, "b1"),
        (302,),
        (422,),
    ),
    "list: page after a matter": Case(
        "GET",
        at("concerns:list"),
        lambda world: {"show": "all", "after": concern("a1")(world), "page": 2},
        lambda world: {"show": "all", "after": concern("b1")(world), "page": 2},
        (200, 404),
        (404,),
    ),
    "list: name": Case(
        "GET", at("concerns:list"), lambda world: {"q": "ZQA1"}, lambda world: {"q": "ZQ"}, (200,), (200,)
    ),
    "list: unit": Case(
        "GET",
        at("concerns:list"),
        lambda world: {"unit": world.unit("a1").pk},
        lambda world: {"unit": world.unit("b1").pk},
        (200,),
        (400,),
    ),
    "file: conditions": Case(
        "POST",
        at("exports:new"),
        lambda world: file(world, f"unit={world.unit('a1').pk}"),
        lambda world: file(world, f"unit={world.unit('b1').pk}"),
        (302,),
        (302,),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_another_countys_key_is_refused_or_ignored(name: str, world: World, browsers: Browsers) -> None:
    check(CASES[name], world, browsers)
