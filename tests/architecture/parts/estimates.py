"""The guards' part: reckoning ahead."""

from collections.abc import Callable
from datetime import date
from typing import Any

from apps.benefits.models import Estimate
from apps.core.scope import scope
from apps.jobs.rules import system_actor
from tests.architecture.kinds import CITY, FORM, OFFICES, PAGE, Url
from tests.architecture.seen import COUNTY_OF, Objects

URLS: dict[str, Url] = {
    "benefits:estimates": Url(PAGE, OFFICES),
    "benefits:estimate-effect": Url(FORM, OFFICES, post=422),
    "benefits:estimate-forecast": Url(FORM, OFFICES, post=422),
    "benefits:estimate-fairness": Url(FORM, CITY, post=422),
    "benefits:estimate": Url(PAGE, OFFICES, "estimate"),
    "benefits:estimate-drop": Url(FORM, OFFICES, "dropped estimate"),
}


def _estimate(name: str) -> Callable[[Any, str], Objects]:
    """One's own office's; a county's foreign ones are the other county's and the city's."""

    def find(world: Any, role: str) -> Objects:
        rows = {key: {"pk": world.more[name][key].pk} for key in ("", "a", "b")}
        county = COUNTY_OF.get(role)
        if county is None:
            return Objects(rows[""])
        return Objects(rows[county], (rows["b" if county == "a" else "a"], rows[""]))

    return find


KINDS: dict[str, Callable[[Any, str], Objects]] = {
    "estimate": _estimate("estimates"),
    "dropped estimate": _estimate("dropped estimates"),
}


def build(world: Any) -> None:
    """Two of the city and of each county, with a county's mark in the title."""
    for name in ("estimates", "dropped estimates"):
        with scope(system_actor()):
            world.more[name] = {key: _made(world, key) for key in ("", "a", "b")}


def _made(world: Any, key: str) -> Estimate:
    return Estimate.objects.create(
        county=world.unit(key) if key else None,
        kind="effect",
        title=f"ZQ{key.upper()}1测算" if key else "全市测算",
        first_month=date(2026, 1, 1),
        last_month=date(2026, 12, 1),
        result={"rows": [], "notes": []},
        made_by=0,
        made_by_name="系统",
    )
