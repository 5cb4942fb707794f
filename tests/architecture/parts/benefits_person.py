"""The guards' part: one person's benefits by month."""

from collections.abc import Callable
from typing import Any

from tests.architecture.kinds import OFFICES, PAGE, Url
from tests.architecture.seen import PLACES, Objects, of_places

URLS: dict[str, Url] = {
    "benefits:person-month": Url(PAGE, OFFICES, "person month"),
}


def _month(world: Any, role: str) -> Objects:
    rows = {place: {"pk": world.people[place].pk, "year": 2026, "number": 3} for place in PLACES}
    return of_places(rows, role)


KINDS: dict[str, Callable[[Any, str], Objects]] = {"person month": _month}


def build(world: Any) -> None:
    """The people of the filled city are enough."""
