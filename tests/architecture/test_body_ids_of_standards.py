"""Another office's keys in what is sent about standards: the paper, what is replaced, what is published."""

import pytest
from django.db import transaction
from django.urls import reverse

from apps.benefits.models import Standard
from apps.core.scope import scope
from tests.architecture.bodies import TOKENS, Case, Values, at, check
from tests.architecture.browsers import Browsers
from tests.architecture.world import World
from tests.factories.city import actor_of


def sent(world: World, office: str = "a", **more: object) -> Values:
    typed = {
        "benefit": world.more["benefit"]["own"].pk,
        "paper": world.more["papers of standards"]["a"].pk,
        "label": "试标准",
        "amount": "1",
        "starts": "2033-01-01",
        "token": TOKENS[4],
        "version": "1",
    }
    return typed | more


def paper(world: World, office: str) -> int:
    return world.more["papers of standards"][office].pk


def tick(world: World, *offices: str) -> Values:
    rows = [world.more["waiting standards"][office] for office in offices]
    return {"ids": [f"{row.pk}.{row.version}" for row in rows], "sent": "1"}


NEW = at("benefits:standard-create")
OWN = {"pk": lambda world: world.more["draft standards"]["a"].pk}
CASES: dict[str, Case] = {
    "standard: its paper": Case(
        "POST",
        NEW,
        lambda world: sent(world, paper=paper(world, "a")),
        lambda world: sent(world, paper=paper(world, "b")),
        (302,),
        (422,),
    ),
    "standard: what it replaces": Case(
        "POST",
        NEW,
        lambda world: sent(world, replaces=world.more["standards"]["a"].pk),
        lambda world: sent(world, replaces=world.more["standards"]["b"].pk),
        (302,),
        (422,),
    ),
    "standard: the city's is not replaced": Case(
        "POST",
        NEW,
        lambda world: sent(world, replaces=world.more["standards"]["a"].pk),
        lambda world: sent(world, replaces=world.more["standards"]["city"].pk),
        (302,),
        (422,),
    ),
    "standard: another one in the body": Case(
        "POST",
        at("benefits:standard-edit", **OWN),
        lambda world: sent(world),
        lambda world: sent(world, pk=world.more["draft standards"]["b"].pk, county=world.city.b.pk),
        (302,),
        (302,),
    ),
    "published: another office's": Case(
        "POST",
        at("benefits:standards-publish"),
        lambda world: tick(world, "a"),
        lambda world: tick(world, "b"),
        (302,),
        (302,),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_another_offices_key_is_refused_or_ignored(name: str, world: World, browsers: Browsers) -> None:
    check(CASES[name], world, browsers)


def test_anothers_among_ones_own_is_left_out(world: World, browsers: Browsers) -> None:
    """The waiting ones of county A overlap nothing but what is published for it: its own is ended first."""
    address = reverse("benefits:standards-publish")
    with transaction.atomic():
        with scope(actor_of(world.users["city_clerk"])):
            Standard.objects.filter(pk=world.more["standards"]["a"].pk).delete()
        browsers.probe("clerk_a", "POST", address, tick(world, "a", "b", "city"), keep=True)
        with scope(actor_of(world.users["city_clerk"])):
            states = {
                office: Standard.objects.get(pk=row.pk).state
                for office, row in world.more["waiting standards"].items()
            }
        assert states == {"a": "published", "b": "waiting", "city": "waiting"}
        transaction.set_rollback(True)
