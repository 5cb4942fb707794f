"""The guards' part: survivors of dead cadres."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from apps.benefits.actions.survivors import add_survivor
from apps.core.scope import scope
from apps.retirees.actions import add_family_member
from apps.retirees.models import Retiree
from tests.architecture.kinds import FORM, PAGE, STAFF, Url
from tests.architecture.seen import PLACES, Objects, of_places
from tests.factories.city import actor_of

URLS: dict[str, Url] = {
    "benefits:survivors": Url(PAGE, STAFF),
    "benefits:survivors-due": Url(PAGE, STAFF),
    "benefits:survivor-create": Url(FORM, STAFF, "dead cadre", post=422),
    "benefits:survivor": Url(PAGE, STAFF, "survivor"),
    "benefits:survivor-edit": Url(FORM, STAFF, "survivor", post=422),
    "benefits:survivor-state": Url(FORM, STAFF, "survivor", post=422),
    "benefits:survivor-state-retract": Url(FORM, STAFF, "survivor"),
    "benefits:survivor-verify": Url(FORM, STAFF, "survivor", post=422),
}


def _dead(world: Any, role: str) -> Objects:
    return of_places({place: {"pk": world.dead[place].pk} for place in PLACES}, role)


def _survivor(world: Any, role: str) -> Objects:
    return of_places({place: {"pk": world.more["survivors"][place].pk} for place in PLACES}, role)


KINDS: dict[str, Callable[[Any, str], Objects]] = {"dead cadre": _dead, "survivor": _survivor}


def build(world: Any) -> None:
    """A survivor at each place, and a member of the family who may be registered yet."""
    from tests.architecture.world import OWNERS, mark, secret_mark

    found, waiting = {}, {}
    for place in PLACES:
        with scope(actor_of(world.users[OWNERS[place]])) as actor:
            person = Retiree.objects.get(pk=world.dead[place].pk)
            spouse, child = (
                add_family_member(
                    retiree=person,
                    values={
                        "relation": relation,
                        "name": f"{secret_mark(place)}{mark(place)}{word}",
                        "is_survivor": True,
                    },
                    by=actor,
                )
                for relation, word in (("spouse", "妻"), ("child", "子"))
            )
            values = {
                "relation": "spouse",
                "household": "town",
                "during": DateRange(date(2026, 1, 1), None),
                "document": f"{mark(place)}批文",
                "note": f"{mark(place)}说明",
            }
            found[place] = add_survivor(
                retiree=person, member=spouse, values=values, proof=f"{mark(place)}依据", by=actor
            )
            waiting[place] = child
    world.more |= {"survivors": found, "survivors to register": waiting}
