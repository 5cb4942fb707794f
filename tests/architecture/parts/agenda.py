"""The guards' part: calendar, feeds, digests, birthdays."""

from collections.abc import Callable
from typing import Any

from tests.architecture.kinds import ACTION, PAGE, REGISTER, STAFF, Url
from tests.architecture.seen import Objects

URLS: dict[str, Url] = {
    "agenda:calendar": Url(PAGE, REGISTER),
    "agenda:digests": Url(PAGE, STAFF),
    "agenda:birthdays": Url(PAGE, REGISTER),
    "agenda:birthdays-print": Url(ACTION, REGISTER),
    "agenda:birthday-paper": Url(ACTION, STAFF),
}
KINDS: dict[str, Callable[[Any, str], Objects]] = {}


def build(world: Any) -> None:
    """Objects of this part at each place."""
