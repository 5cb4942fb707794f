"""The guards' part: imported visit logs."""

from collections.abc import Callable
from typing import Any

from apps.core.scope import scope
from apps.imports.choices import State
from apps.imports.models import Batch
from tests.architecture.kinds import FORM, STAFF, Url
from tests.architecture.seen import PLACES, Objects, of_places
from tests.factories.city import actor_of

URLS: dict[str, Url] = {"visits:import-undo": Url(FORM, STAFF, "visit batch")}


def _batch(world: Any, role: str) -> Objects:
    return of_places(world.more["visit import"], role)


KINDS: dict[str, Callable[[Any, str], Objects]] = {"visit batch": _batch}


def build(world: Any) -> None:
    """A written log at each place."""
    from tests.architecture.world import mark  # which takes the parts in

    world.more["visit import"] = {}
    for place in PLACES:
        unit, user = world.unit(place), world.users["unit_a1" if place == "a1" else f"clerk_{place[0]}"]
        with scope(actor_of(user)) as actor:
            batch = Batch.objects.create(
                county_id=unit.area_id,
                unit=unit,
                kind="visits",
                file_name=f"{mark(place)}台账.xlsx",
                file_ref="",
                digest=f"{place:0>64}",
                size=12,
                state=State.DONE,
                created_by=actor.user_id,
                created_by_name=actor.name,
            )
        world.more["visit import"][place] = {"pk": batch.pk}
