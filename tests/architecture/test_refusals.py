"""Whoever asks for what is not his leaves a line in the log: who, in which request, for what, and the answer
(acceptance 5)."""

import uuid

import pytest
from django.db import transaction
from django.urls import reverse

from apps.audit.choices import EventKind
from apps.audit.models import Event
from apps.core.scope import scope
from tests.architecture.browsers import Browsers
from tests.architecture.world import World
from tests.factories.city import actor_of

PROBES = {
    "another county's person": ("clerk_a", "GET", "retirees:detail", "b1", 404),
    "another county's person, written": ("clerk_a", "POST", "retirees:edit", "b1", 404),
    "another county's person, a right he never has": ("clerk_a", "POST", "retirees:mistake", "b1", 403),
    "the unit next door": ("unit_a1", "GET", "retirees:detail", "a2", 404),
    "a page he has no right to": ("leader_a", "POST", "retirees:edit", "a1", 403),
    "an administrator at the register": ("system_admin", "GET", "retirees:detail", "a1", 403),
}
WORDS = {403: "没有权限", 404: "不在范围内或不存在"}


def refused_of(world: World) -> dict[uuid.UUID, Event]:
    with scope(actor_of(world.users["audit_admin"])):
        return {event.pk: event for event in Event.objects.filter(kind=EventKind.REFUSED)}


@pytest.mark.parametrize("name", PROBES)
def test_a_refusal_leaves_a_line(name: str, world: World, browsers: Browsers) -> None:
    role, method, view, place, status = PROBES[name]
    address = reverse(view, args=[world.people[place].pk])
    with transaction.atomic():
        before = refused_of(world)
        response = browsers.probe(role, method, address, keep=True)
        new = [event for key, event in refused_of(world).items() if key not in before]
        transaction.set_rollback(True)
    assert response.status_code == status
    assert len(new) == 1
    assert new[0].actor_id == world.users[role].pk
    assert new[0].summary == f"{WORDS[status]}：{view}"
    assert new[0].data == {"path": address, "method": method}
    assert new[0].request == response.headers["X-Request-Number"]


def test_what_is_ones_own_leaves_none(world: World, browsers: Browsers) -> None:
    with transaction.atomic():
        before = refused_of(world)
        address = reverse("retirees:detail", args=[world.people["a1"].pk])
        assert browsers.probe("clerk_a", "GET", address, keep=True).status_code == 200
        assert refused_of(world).keys() == before.keys()
        transaction.set_rollback(True)
