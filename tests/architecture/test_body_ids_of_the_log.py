"""Another county's keys in the lists and forms of visits: what is due, a visit and who went, papers, budgets. Each
is sent with a key of one's own, which works, and with B's, which does nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from tests.architecture.bodies import TOKENS, Case, Values, at, check, person_a
from tests.architecture.browsers import Browsers
from tests.architecture.world import World

TODAY = timezone.localdate().isoformat()
Find = Callable[[World], Any]


def of(what: str, name: str) -> Find:
    """The key of something that a part of the world made."""
    return lambda world: world.more[what][name].pk


def sent(key: str, find: Find, **more: Any) -> Callable[[World], Values]:
    return lambda world: {**more, key: find(world)}


def many(key: str, *finds: Find, **more: Any) -> Callable[[World], Values]:
    return lambda world: {**more, key: [find(world) for find in finds]}


def both(
    method: str,
    address: Callable[[World], str],
    key: str,
    own: Find,
    foreign: Find,
    works: int,
    refused: int,
    role: str = "clerk_a",
    **more: Any,
) -> Case:
    """The same request with one's own key and with B's."""
    return Case(
        method, address, sent(key, own, **more), sent(key, foreign, **more), (works,), (refused,), role
    )


def unit_of(place: str) -> Find:
    return lambda world: world.unit(place).pk


def person(place: str) -> Find:
    return lambda world: world.people[place].pk


CAMPAIGN = of("campaigns", "a")
VISIT = {
    "visited_on": TODAY,
    "way": "home",
    "target": "self",
    "others": "试走访人",
    "others_level": "5",
    "token": TOKENS[0],
}
BUDGET = {"year": TODAY[:4], "amount": "100", "approved_by_name": "", "paper": "", "token": TOKENS[0]}
PAPER = {"paper": "groups", "form": "docx", "token": TOKENS[0]}


def with_occasion(values: Callable[[World], Values]) -> Callable[[World], Values]:
    return lambda world: values(world) | {"occasion": world.more["occasion"]["own"].pk}


def with_plan(values: Callable[[World], Values]) -> Callable[[World], Values]:
    given = {"source": of("fund sources", "a"), "campaign": of("campaigns", "a")}
    return lambda world: {name: find(world) for name, find in given.items()} | values(world)


CASES: dict[str, Case] = {
    "due list: unit": both("GET", at("visits:due"), "unit", unit_of("a1"), unit_of("b1"), 200, 400),
    "due list: rule": both(
        "GET", at("visits:due"), "rule", of("visit rules", "a"), of("visit rules", "b"), 200, 400
    ),
    "due list: campaign": both(
        "GET", at("visits:due"), "campaign", of("campaigns", "a"), of("campaigns", "b"), 200, 400
    ),
    "due list: page after a row": both(
        "GET", at("visits:due"), "after", of("due", "a1"), of("due", "b1"), 200, 404, show="told", page="2"
    ),
    "list of a campaign: unit": both(
        "GET",
        at("visits:campaign-people", pk=of("campaigns", "city")),
        "unit",
        unit_of("a1"),
        unit_of("b1"),
        200,
        200,
    ),
    "papers: group": Case(
        "POST",
        at("visits:campaign-papers", pk=CAMPAIGN),
        lambda world: PAPER | {"scope": ""},
        lambda world: PAPER | {"scope": f"team-{of('teams', 'b')(world)}"},
        (302,),
        (422,),
    ),
    "results: group": both(
        "GET", at("visits:results", pk=CAMPAIGN), "team", of("teams", "a"), of("teams", "b"), 200, 404
    ),
    "a visit: due row of B in the address": both(
        "GET", at("visits:record", pk=person_a), "due", of("due", "a1"), of("due", "b1"), 200, 200
    ),
    "a visit: campaign": Case(
        "POST",
        at("visits:record", pk=person_a),
        with_occasion(sent("campaign", of("campaigns", "a"), **VISIT)),
        with_occasion(sent("campaign", of("campaigns", "b"), **VISIT)),
        (302,),
        (422,),
    ),
    "a visit: leaders": Case(
        "POST",
        at("visits:record", pk=person_a),
        with_occasion(many("leaders", of("visit leaders", "a"), **VISIT)),
        with_occasion(many("leaders", of("visit leaders", "b"), **VISIT)),
        (302,),
        (422,),
    ),
    "a visit: source of the money": Case(
        "POST",
        at("visits:record", pk=person_a),
        with_occasion(sent("source", of("fund sources", "a"), money="100", **VISIT)),
        with_occasion(sent("source", of("fund sources", "b"), money="100", **VISIT)),
        (302,),
        (422,),
    ),
    "a visit: family": Case(
        "POST",
        at("visits:record", pk=person_a),
        with_occasion(lambda world: VISIT | {"target": "spouse", "family": world.members["a1"].pk}),
        with_occasion(lambda world: VISIT | {"target": "spouse", "family": world.members["b1"].pk}),
        (302, 422),
        (422,),
    ),
    "a visit of many: people picked": Case(
        "POST",
        at("visits:record-many"),
        many("ids", person("a1")),
        many("ids", person("b1")),
        (200,),
        (200, 302),
    ),
    "log: unit": both("GET", at("visits:log"), "unit", unit_of("a1"), unit_of("b1"), 200, 400),
    "log: leader": both(
        "GET", at("visits:log"), "leader", of("visit leaders", "a"), of("visit leaders", "b"), 200, 400
    ),
    "log: campaign": both(
        "GET", at("visits:log"), "campaign", of("campaigns", "a"), of("campaigns", "b"), 200, 400
    ),
    "budget: campaign": Case(
        "POST",
        at("visits:budget-create"),
        with_plan(sent("campaign", of("campaigns", "a"), **BUDGET)),
        with_plan(sent("campaign", of("campaigns", "b"), **BUDGET)),
        (302,),
        (422,),
    ),
    "budget: source": Case(
        "POST",
        at("visits:budget-create"),
        with_plan(sent("source", of("fund sources", "a"), **BUDGET)),
        with_plan(sent("source", of("fund sources", "b"), **BUDGET)),
        (302,),
        (422,),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_another_countys_key_is_refused_or_ignored(name: str, world: World, browsers: Browsers) -> None:
    check(CASES[name], world, browsers)
