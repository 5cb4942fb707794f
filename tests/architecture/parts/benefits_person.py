"""The guards' part: one person's benefits by month, and what is decided about him."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from apps.benefits.models import Approval, Benefit, DeathRuling, PayAccount
from apps.core.scope import scope
from apps.retirees.models import Retiree
from tests.architecture.kinds import ACTION, FORM, OFFICES, PAGE, Url
from tests.architecture.seen import PLACES, Objects, of_places
from tests.factories.city import actor_of

URLS: dict[str, Url] = {
    "benefits:person-month": Url(PAGE, OFFICES, "person month"),
    "benefits:approval-create": Url(FORM, OFFICES, "paid person", post=422),
    "benefits:approval-end": Url(FORM, OFFICES, "approval", post=422),
    "benefits:death-ruling": Url(FORM, OFFICES, "dead cadre", post=422),
    "benefits:account": Url(FORM, OFFICES, "paid person", post=422),
    "benefits:account-drop": Url(FORM, OFFICES, "paid person", post=422),
    "benefits:account-reveal": Url(ACTION, OFFICES, "paid person", post=422),
    "benefits:earlier": Url(FORM, OFFICES, "paid person", post=422),
}


def _month(world: Any, role: str) -> Objects:
    rows = {place: {"pk": world.people[place].pk, "year": 2026, "number": 3} for place in PLACES}
    return of_places(rows, role)


def _person(world: Any, role: str) -> Objects:
    return of_places({place: {"pk": world.people[place].pk} for place in PLACES}, role)


def _approval(world: Any, role: str) -> Objects:
    rows = {
        place: {"pk": world.people[place].pk, "approval_pk": world.more["approvals"][place].pk}
        for place in PLACES
    }
    return of_places(rows, role)


KINDS: dict[str, Callable[[Any, str], Objects]] = {
    "person month": _month,
    "paid person": _person,
    "approval": _approval,
}


def build(world: Any) -> None:
    """At each place an approval and an account of the person, and a ruling about the dead one."""
    from tests.architecture.world import OWNERS, mark, secret_mark

    approvals = {}
    for place in PLACES:
        with scope(actor_of(world.users[OWNERS[place]])):
            person = Retiree.objects.get(pk=world.people[place].pk)
            approvals[place] = Approval.objects.create(
                **person.row_keys(),
                benefit=Benefit.objects.get(code="nursing"),
                during=DateRange(date(2026, 1, 1), None),
                document=f"{secret_mark(place)}{mark(place)}批文",
                approved_by_name="试批准",
            )
            PayAccount.objects.create(
                **person.row_keys(),
                bank=f"{secret_mark(place)}{mark(place)}银行",
                holder=f"{mark(place)}户名",
                number=f"6222000000000{PLACES.index(place)}",
            )
            dead = Retiree.objects.get(pk=world.dead[place].pk)
            DeathRuling.objects.create(**dead.row_keys(), kind="duty", document=f"{mark(place)}认定")
    world.more["approvals"] = approvals
