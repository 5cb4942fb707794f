"""Another county's keys in what is sent about plans of visits: whom a reason is given for, what a rule means, who is in
a group and who leads it, whose visit a line of the results logs, where a campaign's money comes from."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from apps.core.scope import scope
from apps.visits.models import Due, Visit
from tests.architecture.bodies import TOKENS, Case, Values, at, check, person_a
from tests.architecture.browsers import Browsers
from tests.architecture.world import World
from tests.factories.city import actor_of

TODAY = timezone.localdate()
REASON = {"reason": "other", "note": "试说明", "sent": "1"}
RESULTS = {"visited_on": TODAY.isoformat(), "way": "home", "others": "试走访人", "others_level": "5"}


def of(kind: str, name: str) -> Callable[[World], Any]:
    """Key of a row of the filled city."""
    return lambda world: world.more[kind][name].pk


def occasion(world: World) -> Any:
    return world.more["occasion"]["own"].pk


def both(values: Callable[[World, str, str], Values]) -> tuple[Any, Any]:
    """The same body with a key of A's office and place, and with B's."""
    return (lambda world: values(world, "a", "a1")), (lambda world: values(world, "b", "b1"))


def case(name: str, values: Any, refused: tuple[int, ...], *, works: int = 302, **path: Any) -> Case:
    own, foreign = both(values)
    return Case("POST", at(name, **path), own, foreign, (works,), refused)


def rule(world: World, **more: Any) -> Values:
    typed = {"name": "试规则", "trigger": "period", "every": "year", "times": "1", "rule_class": "regular"}
    typed |= {"target": "self", "age_count": "full", "ahead_days": "7", "starts_on": "2026-01-01"}
    return typed | {"occasion": occasion(world), "token": TOKENS[0], "version": "1", **more}


def campaign(world: World, **more: Any) -> Values:
    ends = (TODAY + timedelta(days=9)).isoformat()
    typed = {"title": "试活动", "starts_on": TODAY.isoformat(), "ends_on": ends, "target": "self"}
    return typed | {"occasion": occasion(world), "token": TOKENS[1], "version": "1", **more}


def forming(world: World, **more: Any) -> Values:
    return {"size": "5", "first_day": TODAY.isoformat(), **more}


def line(world: World, place: str, **more: Any) -> Values:
    return RESULTS | {"token": TOKENS[2], f"{world.more['campaign dues'][place].pk}-done": "on", **more}


CITY = {"pk": of("campaigns", "city")}
OWN = {"pk": of("campaigns", "a")}
CASES: dict[str, Case] = {
    "reason: of people picked": case(
        "visits:due-reasons", lambda world, _, place: {"ids": [of("due", place)(world)], **REASON}, (302,)
    ),
    "reason: B's among one's own": Case(
        "POST",
        at("visits:due-reasons"),
        lambda world: {"ids": [of("due", "a1")(world)], **REASON},
        lambda world: {"ids": [of("due", "a1")(world), of("due", "b1")(world)], **REASON},
        (302,),
        (302,),
    ),
    "reason: of all of a rule": case(
        "visits:due-reasons",
        lambda world, office, _: {
            "all": "1",
            "query": f"rule={of('visit rules', office)(world)}",
            **REASON,
        },
        (400,),
    ),
    "reason: of all of a unit": case(
        "visits:due-reasons",
        lambda world, _, place: {"all": "1", "query": f"unit={world.unit(place).pk}", **REASON},
        (400,),
    ),
    "reason: the row in the body": case(
        "visits:due-reason",
        lambda world, _, place: {"reason": "away", "pk": of("due", place)(world), "due": 1},
        (302,),
        pk=of("due", "a1"),
    ),
    "off the list: the row in the body": case(
        "visits:due-remove",
        lambda world, _, place: {
            "change_reason": "试核减",
            "approved_by_name": "试批准人",
            "pk": of("due", place)(world),
        },
        (302,),
        pk=of("due", "a1"),
    ),
    "rule: by a saved view": Case(
        "POST",
        at("visits:rule-create"),
        lambda world: rule(world, view=world.views["clerk_a"].pk),
        lambda world: rule(world, view=world.views["clerk_b"].pk),
        (302,),
        (422,),
    ),
    "rule: conditions of a county": case(
        "visits:rule-create",
        lambda world, office, place: rule(world, query=f"unit={world.unit(place).pk}"),
        (422,),
    ),
    "rule: another one in the body": case(
        "visits:rule-edit",
        lambda world, office, _: rule(
            world, pk=of("visit rules", office)(world), county=getattr(world.city, office).pk
        ),
        (302,),
        pk=of("visit rules", "a"),
    ),
    "rule switched: another one in the body": case(
        "visits:rule-switch",
        lambda world, office, _: {"pk": of("visit rules", office)(world)},
        (302,),
        pk=of("visit rules", "a"),
    ),
    "leader of a person": case(
        "visits:named-leader",
        lambda world, office, _: {"leader": of("visit leaders", office)(world), "since": TODAY.isoformat()},
        (422,),
        pk=person_a,
    ),
    "leader of people picked": case(
        "visits:leader-assign",
        lambda world, _, place: {
            "ids": [world.people[place].pk],
            "leader": of("visit leaders", "a")(world),
            "since": TODAY.isoformat(),
            "sent": "1",
        },
        (302,),
    ),
    "campaign: source of the money": case(
        "visits:campaign-create",
        lambda world, office, _: campaign(
            world, planned_money="200", planned_source=world.more["fund sources"][office].pk
        ),
        (422,),
    ),
    "campaign: by a rule": case(
        "visits:campaign-create",
        lambda world, office, _: campaign(world, rule=f"rule-{world.more['festival rules'][office].pk}"),
        (422,),
    ),
    "campaign: conditions of a county": case(
        "visits:campaign-create",
        lambda world, _, place: campaign(world, query=f"unit={world.unit(place).pk}"),
        (422,),
    ),
    "campaign: of people picked": case(
        "visits:campaign-from-list",
        lambda world, _, place: campaign(world, ids=[world.people[place].pk], sent="1"),
        (302,),
    ),
    "campaign: of people picked, B's among one's own": Case(
        "POST",
        at("visits:campaign-from-list"),
        lambda world: campaign(world, ids=[person_a(world)], sent="1"),
        lambda world: campaign(world, ids=[person_a(world), world.people["b1"].pk], sent="1"),
        (302,),
        (302,),
    ),
    "campaign: of all of a unit": case(
        "visits:campaign-from-list",
        lambda world, _, place: campaign(world, all="1", query=f"unit={world.unit(place).pk}", sent="1"),
        (302,),
    ),
    "campaign: of rows of the due list": case(
        "visits:campaign-from-due",
        lambda world, _, place: campaign(world, ids=[of("due", place)(world)], sent="1"),
        (302,),
    ),
    "campaign: of all due by a rule": case(
        "visits:campaign-from-due",
        lambda world, office, _: campaign(
            world, all="1", query=f"rule={of('visit rules', office)(world)}", sent="1"
        ),
        (400,),
    ),
    "requests approved: of another office": case(
        "visits:list-changes-approve",
        lambda world, office, place: {"ids": [world.more["list changes"][office, place].pk]},
        (302,),
    ),
    "requests approved: of the city's list": case(
        "visits:list-changes-approve",
        lambda world, office, place: {
            "ids": [world.more["list changes"][office if office == "a" else "city", "a1"].pk]
        },
        (302,),
    ),
    "groups formed: of a county": Case(
        "POST",
        at("visits:teams-form", **CITY),
        lambda world: forming(world),
        lambda world: forming(world, county=world.city.b.pk, county_id=world.city.b.pk),
        (302,),
        (302,),
    ),
    "groups formed: who leads": case(
        "visits:teams-form",
        lambda world, office, _: forming(world, leaders=[of("visit leaders", office)(world)]),
        (422,),
        **CITY,
    ),
    "group: who leads": case(
        "visits:team-create",
        lambda world, office, _: {"name": "试组", "lead": of("visit leaders", office)(world)},
        (422,),
        **OWN,
    ),
    "group: who goes along": case(
        "visits:team-edit",
        lambda world, office, _: {"name": "试组", "members": [of("visit leaders", office)(world)]},
        (422,),
        pk=of("teams", "a"),
    ),
    "group: who is put into it": case(
        "visits:teams-move",
        lambda world, _, place: {
            "ids": [of("campaign dues", place)(world)],
            "team": world.more["city teams"]["a"].pk,
        },
        (302,),
        **CITY,
    ),
    "group: into another county's": case(
        "visits:teams-move",
        lambda world, office, _: {
            "ids": [of("campaign dues", "a1")(world)],
            "team": world.more["city teams"][office].pk,
        },
        (404,),
        **CITY,
    ),
    "group: out of any": case(
        "visits:teams-move",
        lambda world, _, place: {"ids": [of("campaign dues", place)(world)], "team": "none"},
        (302,),
        **CITY,
    ),
    "group: back to a page of": case(
        "visits:teams-move",
        lambda world, office, _: {"ids": [], "team": "none", "from": of("teams", office)(world)},
        (302,),
        **OWN,
    ),
    "group: up in the route": case(
        "visits:team-order",
        lambda world, _, place: {"step": f"up-{of('campaign dues', place)(world)}"},
        (302,),
        pk=of("teams", "a"),
    ),
    "results: whose line is ticked": case(
        "visits:results", lambda world, _, place: line(world, place), (422,), **CITY
    ),
    "results: B's among one's own": Case(
        "POST",
        at("visits:results", **CITY),
        lambda world: line(world, "a1"),
        lambda world: line(world, "b1") | line(world, "a1"),
        (302,),
        (302,),
    ),
    "results: which leader went": case(
        "visits:results",
        lambda world, office, _: line(world, "a1", leaders=[of("visit leaders", office)(world)]),
        (422,),
        **CITY,
    ),
    "results: source of the money": case(
        "visits:results",
        lambda world, office, _: line(world, "a1", source=world.more["fund sources"][office].pk),
        (422,),
        **CITY,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_another_countys_key_is_refused_or_ignored(name: str, world: World, browsers: Browsers) -> None:
    check(CASES[name], world, browsers)


def test_results_of_another_countys_group_are_not_there(world: World, browsers: Browsers) -> None:
    for office, status in (("a", 200), ("b", 404)):
        team = world.more["city teams"][office].pk
        address = f"{reverse('visits:results', args=[of('campaigns', 'city')(world)])}?team={team}"
        assert browsers.probe("clerk_a", "GET", address).status_code == status, office


def test_b_among_ones_own_is_left_out_and_ones_own_is_done(world: World, browsers: Browsers) -> None:
    """Not merely a refusal of the whole: a reason for a1 and b1 is given to a1, a grid with both logs a1."""
    with transaction.atomic():
        keys = [of("due", place)(world) for place in ("a1", "b1")]
        browsers.probe("clerk_a", "POST", reverse("visits:due-reasons"), {"ids": keys, **REASON}, keep=True)
        results = reverse("visits:results", args=[of("campaigns", "city")(world)])
        browsers.probe("clerk_a", "POST", results, line(world, "b1") | line(world, "a1"), keep=True)
        with scope(actor_of(world.users["city_clerk"])):
            notes = dict(Due.objects.filter(pk__in=keys).values_list("pk", "reason_note"))
            seen = Visit.objects.filter(campaign_id=of("campaigns", "city")(world))
            assert list(seen.values_list("retiree_id", flat=True)) == [world.people["a1"].pk]
        assert (notes[keys[0]], notes[keys[1]]) == ("试说明", "ZQB1原因")
        transaction.set_rollback(True)
