"""The guards' part: rules, due list, occasions, leaders."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.visits.models import Due, Leader, Occasion, VisitRule
from tests.architecture.kinds import ACTION, CITY, FORM, OFFICES, PAGE, REGISTER, STAFF, Url
from tests.architecture.seen import PLACES, Objects, of_offices, of_places

URLS: dict[str, Url] = {
    "visits:due": Url(PAGE, REGISTER),
    "visits:due-print": Url(ACTION, REGISTER, post=200),
    "visits:due-reasons": Url(ACTION, STAFF),
    "visits:due-reason": Url(FORM, STAFF, "due", post=422),
    "visits:due-remove": Url(FORM, OFFICES, "due", post=422),
    "visits:due-restore": Url(ACTION, OFFICES, "due"),
    "visits:rules": Url(PAGE, STAFF),
    "visits:rule-create": Url(FORM, OFFICES, post=422),
    "visits:rule-from-list": Url(ACTION, OFFICES),
    "visits:rule": Url(PAGE, STAFF, "visit rule", known=200),
    "visits:rule-edit": Url(FORM, OFFICES, "visit rule", post=422),
    "visits:rule-switch": Url(ACTION, OFFICES, "visit rule"),
    "visits:leaders": Url(PAGE, STAFF),
    "visits:leader-create": Url(FORM, OFFICES, post=422),
    "visits:leader-wanted": Url(PAGE, STAFF),
    "visits:leader-assign": Url(ACTION, STAFF),
    "visits:leader": Url(PAGE, STAFF, "visit leader", known=200),
    "visits:leader-edit": Url(FORM, OFFICES, "visit leader", post=422),
    "visits:named-leader": Url(FORM, STAFF, "person", post=422),
    "visits:occasions": Url(PAGE, STAFF),
    "visits:occasion-create": Url(FORM, CITY, post=422),
    "visits:occasion-edit": Url(FORM, CITY, "occasion", post=422),
}


def _due(world: Any, role: str) -> Objects:
    return of_places({place: {"pk": world.more["due"][place].pk} for place in PLACES}, role)


def _rule(world: Any, role: str) -> Objects:
    return of_offices(world.more["visit rules"], role)


def _leader(world: Any, role: str) -> Objects:
    return of_offices(world.more["visit leaders"], role)


def _occasion(world: Any, role: str) -> Objects:
    return Objects({"pk": world.more["occasion"]["own"].pk})


KINDS: dict[str, Callable[[Any, str], Objects]] = {
    "due": _due,
    "visit rule": _rule,
    "visit leader": _leader,
    "occasion": _occasion,
}


def build(world: Any) -> None:
    """A rule of each office, and at each place somebody who is due."""
    today = timezone.localdate()
    rules, dues, leaders = {}, {}, {}
    with scope(system_actor()):
        routine = Occasion.objects.get(code="routine")
        for office in ("city", "a", "b"):
            rules[office] = VisitRule.objects.create(
                county=None if office == "city" else world.unit(office),
                name="每季走访" if office == "city" else f"ZQ{office.upper()}规则",
                occasion=routine,
                trigger="period",
                every="quarter",
                query="category=lixiu",
                starts_on=date(2026, 1, 1),
            )
            county = None if office == "city" else world.unit(office)
            mark = "" if office == "city" else f"ZQ{office.upper()}"
            leaders[office] = Leader.objects.create(
                county=county, name=f"{mark}领导", post=f"{mark}书记", level="1"
            )
        world.more["occasion"] = {
            "own": Occasion.objects.create(code="own-1", name="古尔邦节", kind="festival")
        }
        for place in PLACES:
            dues[place] = Due.objects.create(
                **world.people[place].row_keys(),
                rule=rules[place[0]],
                occasion=routine,
                window="2026",
                from_on=today - timedelta(days=9),
                due_on=today + timedelta(days=9),
                who="3",
                reason="other",
                reason_note=f"ZQ{place.upper()}原因",
            )
    world.more |= {"visit rules": rules, "visit leaders": leaders, "due": dues}
