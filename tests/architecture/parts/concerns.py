"""The guards' part: concerns."""

from collections.abc import Callable
from typing import Any

from apps.concerns.actions import register_concern
from apps.core.scope import scope
from tests.architecture.kinds import FORM, PAGE, REGISTER, STAFF, Url
from tests.architecture.seen import PLACES, Objects, of_places
from tests.factories.city import actor_of

URLS: dict[str, Url] = {
    "concerns:list": Url(PAGE, REGISTER),
    "concerns:ranking": Url(PAGE, REGISTER),
    "concerns:find": Url(FORM, STAFF, post=200),
    "concerns:create": Url(FORM, STAFF, "person", post=422),
    "concerns:concern": Url(PAGE, REGISTER, "concern"),
    "concerns:letter": Url(FORM, STAFF, "concern", post=422),
    "concerns:people": Url(FORM, STAFF, "concern", post=422),
    "concerns:step": Url(FORM, STAFF, "concern step", post=422),
}


def _concern(world: Any, role: str) -> Objects:
    return of_places({place: {"pk": world.more["concerns"][place].pk} for place in PLACES}, role)


def _step(world: Any, role: str) -> Objects:
    rows = {place: {"pk": world.more["concerns"][place].pk, "name": "note"} for place in PLACES}
    return of_places(rows, role)


KINDS: dict[str, Callable[[Any, str], Objects]] = {"concern": _concern, "concern step": _step}


def build(world: Any) -> None:
    """A concern at each place, its words carrying the mark of the place."""
    from tests.architecture.world import OWNERS, mark

    found = {}
    for place in PLACES:
        with scope(actor_of(world.users[OWNERS[place]])) as actor:
            values = {"source": "letter", "title": f"{mark(place)}诉求", "body": f"{mark(place)}内容"}
            found[place] = register_concern(retiree=world.people[place], values=values, by=actor)
    world.more["concerns"] = found
