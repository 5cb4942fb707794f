"""Somebody else's keys in what is sent about digests, calendar addresses and the standard list: the path and the grant
in hand count. These rows know no county, so that each row is compared by itself."""

from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from apps.agenda.models import Digest, Feed
from apps.visits.models import ChecklistItem
from tests.architecture.bodies import TOKENS
from tests.architecture.browsers import Browsers
from tests.architecture.canaries import seen
from tests.architecture.world import World
from tests.factories.city import actor_of


def _theirs(world: World) -> dict[str, Any]:
    """Every key of clerk B that such a form could name."""
    keys = {what: world.more[f"{what}s"]["clerk_b"]["pk"] for what in ("digest", "feed")}
    grant = actor_of(world.city.clerk_b).grant_id
    keys |= {
        "grant": grant,
        "grant_id": grant,
        "user": world.city.clerk_b.pk,
        "user_id": world.city.clerk_b.pk,
    }
    return keys | {"pk": keys["feed"], "week": "2026-01"}


def _rows_of_b(world: World) -> list[Any]:
    user = world.city.clerk_b.pk
    return [*Digest.objects.filter(user=user).values(), *Feed.objects.filter(user=user).values()]


@pytest.mark.parametrize(
    ("name", "what", "values"),
    [
        ("agenda:digest-read", "digests", {}),
        ("agenda:feed-revoke", "feeds", {}),
        ("agenda:feed-make", "", {"token": TOKENS[0]}),
    ],
)
def test_keys_of_somebody_else_in_a_body_do_nothing(
    name: str, what: str, values: dict[str, Any], world: World, browsers: Browsers
) -> None:
    own = [world.more[what]["clerk_a"]["pk"]] if what else []
    for more in ({}, _theirs(world)):
        with transaction.atomic():
            before = _rows_of_b(world)
            response = browsers.probe(
                "clerk_a", "POST", reverse(name, args=own), {**values, **more}, keep=True
            )
            assert _rows_of_b(world) == before
            transaction.set_rollback(True)
        assert response.status_code in (200, 302), browsers.crashes
        assert seen(world, "clerk_a", response) == []


def test_an_address_is_made_for_the_grant_in_hand(world: World, browsers: Browsers) -> None:
    """Whatever stands in the body."""
    with transaction.atomic():
        values = {"token": TOKENS[1], **_theirs(world)}
        browsers.probe("clerk_a", "POST", reverse("agenda:feed-make"), values, keep=True)
        made = Feed.objects.latest("pk")
        assert made.grant_id == actor_of(world.city.clerk_a).grant_id
        transaction.set_rollback(True)


def test_a_week_in_the_address_is_of_ones_own_digest(world: World, browsers: Browsers) -> None:
    """The week of B's older digest, which A has none of, is not there."""
    theirs = Digest.objects.get(pk=world.more["digests"]["clerk_b"]["pk"])
    with transaction.atomic():
        Digest.objects.create(user=theirs.user, grant=theirs.grant, week="2026-01", lines=[])
        for week, status in ((theirs.week, 200), ("2026-01", 404)):
            address = f"{reverse('agenda:digests')}?week={week}"
            assert browsers.probe("clerk_a", "GET", address).status_code == status
        transaction.set_rollback(True)


def test_the_standard_list_is_the_citys(world: World, browsers: Browsers) -> None:
    """The path says which line; a key in the body, and whose it shall be, say nothing. A county may change none."""
    item = ChecklistItem.objects.get(pk=world.more["checklist item"])
    other = ChecklistItem.objects.exclude(pk=item.pk).earliest("pk")
    typed = {
        "kind": item.kind,
        "part": item.part,
        "label": "试事项",
        "days": "1",
        "sort": "1",
        "is_active": "on",
    }
    typed |= {"token": TOKENS[2], "pk": other.pk, "id": other.pk, "county": world.city.b.pk}
    address = reverse("visits:incident-checklist-edit", args=[item.pk])
    with transaction.atomic():
        assert browsers.probe("clerk_a", "POST", address, typed, keep=True).status_code == 403
        assert browsers.probe("city_clerk", "POST", address, typed, keep=True).status_code == 302
        assert ChecklistItem.objects.get(pk=item.pk).label == "试事项"
        assert ChecklistItem.objects.get(pk=other.pk).label == other.label
        transaction.set_rollback(True)
