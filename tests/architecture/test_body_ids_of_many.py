"""Another county's keys where many people or rows are meant at once: requests approved together, bulk edits, undo in
the grid, transfers, exports. Each is sent with a key of one's own, which works, and with B's, which does nothing."""

from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from apps.core.scope import scope
from apps.exports.models import ExportRequest
from apps.retirees.choices import RequestState
from apps.retirees.models import ChangeRequest, ChangeSet, Retiree
from tests.architecture.bodies import TOKENS, Case, Values, at, check, person_a
from tests.architecture.browsers import Browsers
from tests.architecture.canaries import seen
from tests.architecture.digests import changed, digests
from tests.architecture.world import World
from tests.factories.city import actor_of

CHANGE = {"reason": "试成批", "party_branch": "试支部"}


def people(*places: str, **more: Any) -> Any:
    """``ids`` of a list, and what else stands in the form."""
    return lambda world: {"ids": [world.people[place].pk for place in places], **more}


def whole(county: str, **more: Any) -> Any:
    """Everybody under the list's condition of a county."""
    return lambda world: {"all": "1", "query": f"county={getattr(world.city, county).pk}", **more}


def requests(*names: str, **more: Any) -> Any:
    return lambda world: {"ids": [world.requests[name].pk for name in names], **more}


def export(token: str, **more: Any) -> Values:
    asked = {"kind": "roster", "format": "xlsx", "mask": "masked", "reason": "试导出", "columns": ["name"]}
    return asked | {"token": token, "order": "name", **more}


def transfer_to(place: str, field: str) -> Any:
    return lambda world: {
        field: world.unit(place).pk,
        "effective_on": "2026-03-01",
        "reason": "试转移",
        "token": TOKENS[0],
    }


def incoming(world: World) -> Any:
    return world.transfers["a", "in"].pk


CASES: dict[str, Case] = {
    "approve many: requests picked": Case(
        "POST", at("retirees:requests-approve"), requests("unit a1"), requests("b"), (302,), (302,), "chief_a"
    ),
    "approve many: B's among one's own": Case(
        "POST",
        at("retirees:requests-approve"),
        requests("unit a1"),
        requests("unit a1", "b"),
        (302,),
        (302,),
        "chief_a",
    ),
    "approve many: batch of the list": Case(
        "POST",
        at("retirees:requests-approve"),
        lambda world: {"all": "1", "query": f"batch={world.batches['a'].pk}"},
        lambda world: {"all": "1", "query": f"batch={world.batches['b'].pk}"},
        (302,),
        (302,),
        "chief_a",
    ),
    "bulk edit: start": Case(
        "POST", at("retirees:bulk"), people("a1"), people("b1"), (200,), (200, 302, 422)
    ),
    "bulk edit: preview of people picked": Case(
        "POST",
        at("retirees:bulk-preview"),
        people("a1", token=TOKENS[0], **CHANGE),
        people("b1", token=TOKENS[0], **CHANGE),
        (200,),
        (200, 302, 422),
    ),
    "bulk edit: preview of a county": Case(
        "POST",
        at("retirees:bulk-preview"),
        whole("a", token=TOKENS[0], **CHANGE),
        whole("b", token=TOKENS[0], **CHANGE),
        (200,),
        (302,),
    ),
    "bulk edit: done to people picked": Case(
        "POST",
        at("retirees:bulk-apply"),
        people("a1", token=TOKENS[0], **CHANGE),
        people("a1", "b1", token=TOKENS[0], **CHANGE),
        (302, 409),
        (302, 409),
    ),
    "transfer: county named as unit": Case(
        "POST",
        at("retirees:transfer-new", pk=person_a),
        transfer_to("b", "county"),
        transfer_to("b1", "county"),
        (302,),
        (422,),
    ),
    "transfer: taken into a unit of B": Case(
        "POST",
        at("retirees:transfer-accept", pk=incoming),
        lambda world: {"unit": world.unit("a1").pk, "note": ""},
        lambda world: {"unit": world.unit("b1").pk, "note": ""},
        (302,),
        (422,),
    ),
    "transfer: another one in the body": Case(
        "POST",
        at("retirees:transfer-refuse", pk=incoming),
        lambda world: {"note": "试退回"},
        lambda world: {"note": "试退回", "pk": world.transfers["b", "in"].pk},
        (302,),
        (302,),
    ),
    "export: people picked": Case(
        "POST",
        at("exports:new"),
        lambda world: people("a1", **export(TOKENS[0]))(world),
        lambda world: people("b1", **export(TOKENS[0]))(world),
        (302,),
        (302, 422),
    ),
    "export: county": Case(
        "POST",
        at("exports:new"),
        lambda world: whole("a", **export(TOKENS[0]))(world),
        lambda world: whole("b", **export(TOKENS[0]))(world),
        (302,),
        (302,),
    ),
    "export: form of B": Case(
        "POST",
        at("exports:new"),
        lambda world: people("a1", **export(TOKENS[0], template=world.forms["a"].pk))(world),
        lambda world: people("a1", **export(TOKENS[0], template=world.forms["b"].pk))(world),
        (302,),
        (422,),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_another_countys_keys_among_many_do_nothing(name: str, world: World, browsers: Browsers) -> None:
    check(CASES[name], world, browsers)


def test_b_among_ones_own_is_left_out_and_ones_own_is_done(world: World, browsers: Browsers) -> None:
    """Not merely a refusal of the whole: an export of a1 and b1 fixes a1 alone; so does an approval."""
    with transaction.atomic():
        mixed = people("a1", "b1", **export(TOKENS[1]))(world)
        assert browsers.probe("clerk_a", "POST", reverse("exports:new"), mixed, keep=True).status_code == 302
        both = requests("unit a1", "b")(world)
        address = reverse("retirees:requests-approve")
        assert browsers.probe("chief_a", "POST", address, both, keep=True).status_code == 302
        with scope(actor_of(world.users["city_clerk"])):
            assert ExportRequest.objects.latest("pk").keys == [world.people["a1"].pk]
            states = dict(ChangeRequest.objects.values_list("pk", "state"))
        assert states[world.requests["unit a1"].pk] == RequestState.APPROVED
        assert states[world.requests["b"].pk] == RequestState.WAITING
        transaction.set_rollback(True)


def test_the_grid_takes_back_ones_own_only(world: World, browsers: Browsers) -> None:
    """B's saved cell, under the address of a person of one's own: not there."""
    person = world.people["b1"]
    with transaction.atomic():
        with scope(actor_of(world.users["clerk_b"])):
            version = Retiree.objects.get(pk=person.pk).version
        typed = {"name": "party_branch", "value": "试支部", "version": version, "seen_on": "2026-03-01"}
        saved = browsers.probe(
            "clerk_b", "POST", reverse("retirees:grid-save", args=[person.pk]), typed, keep=True
        )
        assert saved.status_code == 200, saved.content.decode()
        with scope(actor_of(world.users["clerk_b"])):
            change = {"change_set": ChangeSet.objects.filter(kind="grid").latest("pk").pk}
        before = digests(world.city.b.pk)
        mine = reverse("retirees:grid-undo", args=[world.people["a1"].pk])
        refused = browsers.probe("clerk_a", "POST", mine, change, keep=True)
        assert refused.status_code == 404
        assert changed(before, digests(world.city.b.pk)) == []
        assert seen(world, "clerk_a", refused) == []
        theirs = reverse("retirees:grid-undo", args=[person.pk])
        assert browsers.probe("clerk_b", "POST", theirs, change, keep=True).status_code == 200
        transaction.set_rollback(True)
