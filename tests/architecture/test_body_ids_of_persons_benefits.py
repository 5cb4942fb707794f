"""Another county's keys in what is sent about one person's benefits: whose row it is comes from the address alone."""

import pytest
from django.db import transaction
from django.urls import reverse

from apps.benefits.models import Approval, Benefit, PayAccount, Payment
from apps.core.scope import scope
from apps.jobs.rules import system_actor
from tests.architecture.bodies import TOKENS, Case, Values, at, check, person_a
from tests.architecture.browsers import Browsers
from tests.architecture.world import World


def approval(world: World) -> Values:
    with scope(system_actor()):
        benefit = Benefit.objects.filter(needs_approval=True, is_active=True, audience="cadre").first()
    return {
        "benefit": benefit.pk if benefit else 0,
        "starts_on": "2026-01-01",
        "document": "试批文",
        "approved_by_name": "试批准",
        "token": TOKENS[0],
    }


def account(world: World) -> Values:
    return {
        "bank": "试银行",
        "holder": "试户名",
        "number": "62220000999988887",
        "reason": "试变更",
        "token": TOKENS[1],
    }


def earlier(world: World) -> Values:
    with scope(system_actor()):
        benefit = Benefit.objects.get(code="nursing")
    return {
        "benefit": benefit.pk,
        "first_month": "2025-03-01",
        "last_month": "2025-03-01",
        "amount": "10",
        "paid_on": "2025-03-05",
        "note": "试说明",
        "token": TOKENS[2],
    }


def others(world: World) -> Values:
    foreign = world.people["b1"].pk
    return {
        "pk": foreign,
        "retiree": foreign,
        "retiree_id": foreign,
        "county": world.unit("b").pk,
        "unit": world.unit("b1").pk,
        "approval_pk": world.more["approvals"]["b1"].pk,
    }


PERSON = {"pk": person_a}
CASES: dict[str, Case] = {
    "account: another person in the body": Case(
        "POST",
        at("benefits:account", **PERSON),
        account,
        lambda world: account(world) | others(world),
        (302,),
        (302,),
    ),
    "earlier: another person and county in the body": Case(
        "POST",
        at("benefits:earlier", **PERSON),
        earlier,
        lambda world: earlier(world) | others(world),
        (302,),
        (302,),
    ),
    "earlier: a benefit that is none": Case(
        "POST",
        at("benefits:earlier", **PERSON),
        earlier,
        lambda world: earlier(world) | {"benefit": 0},
        (302,),
        (422,),
    ),
    "approval: another one in the body": Case(
        "POST",
        at(
            "benefits:approval-end",
            **PERSON,
            approval_pk=lambda world: world.more["approvals"]["a1"].pk,
        ),
        lambda world: {"how": "revoke", "reason": "试", "token": TOKENS[3]},
        lambda world: {"how": "revoke", "reason": "试", "token": TOKENS[3]} | others(world),
        (302,),
        (302,),
    ),
    "approval: of another benefit that needs none": Case(
        "POST",
        at("benefits:approval-create", **PERSON),
        approval,
        lambda world: approval(world) | {"benefit": earlier(world)["benefit"]},
        (302,),
        (422,),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_another_countys_key_is_refused_or_ignored(name: str, world: World, browsers: Browsers) -> None:
    check(CASES[name], world, browsers)


def test_rows_go_to_the_person_of_the_address(world: World, browsers: Browsers) -> None:
    person, foreign = world.people["a1"], world.people["b1"]
    with transaction.atomic():
        for name, values in (("account", account(world)), ("earlier", earlier(world))):
            address = reverse(f"benefits:{name}", args=[person.pk])
            browsers.probe("clerk_a", "POST", address, values | others(world), keep=True)
        with scope(system_actor()):
            assert PayAccount.objects.get(pk=person.pk).bank == "试银行"
            assert PayAccount.objects.get(pk=foreign.pk).bank != "试银行"
            made = Payment.objects.filter(note="试说明")
            assert [(row.retiree_id, row.county_id) for row in made] == [(person.pk, person.county_id)]
        transaction.set_rollback(True)


def test_anothers_approval_under_ones_own_person_is_not_found(world: World, browsers: Browsers) -> None:
    pair = [world.people["a1"].pk, world.more["approvals"]["a2"].pk]
    address = reverse("benefits:approval-end", args=pair)
    answer = browsers.probe("clerk_a", "POST", address, {"how": "revoke", "reason": "试", "token": TOKENS[4]})
    assert answer.status_code == 404
    with scope(system_actor()):
        assert Approval.objects.filter(pk=pair[1]).exists()
