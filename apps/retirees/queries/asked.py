"""The people whom a query string of the register's list means, or who were picked in it, for the apps above: rules and
campaigns keep such strings. Reading one is a matter of the list's forms, which register themselves here
(AppConfig.ready()).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from apps.core.scope import Actor
from apps.retirees.models import RetireeQuerySet
from apps.retirees.queries.listing import register_list


@dataclass(frozen=True)
class Asked:
    """A query string as somebody may use it now: the cleaned conditions, the string of what holds, the words that the
    list shows for it ("" for everybody on the register), and the labels of what no longer holds."""

    conditions: Mapping[str, Any]
    query: str
    words: str
    dropped: tuple[str, ...]


Reader = Callable[[Actor, str], Asked]
Picked = Callable[[Actor, Any, date], RetireeQuerySet]
_reader: list[Reader] = []
_picked: list[Picked] = []


def register_reader(reader: Reader, picked: Picked) -> None:
    """Connect the list's forms."""
    _reader[:], _picked[:] = [reader], [picked]


def asked(actor: Actor, query: str) -> Asked:
    """Read a kept query string with somebody's eyes."""
    return _reader[0](actor, query)


def people_asked(actor: Actor, query: str, today: date) -> RetireeQuerySet:
    """The people in the actor's scope whom a query string means today, not yet in order."""
    return register_list(actor, asked(actor, query).conditions, today)


def people_picked(actor: Actor, data: Any, today: date) -> RetireeQuerySet:
    """The people whom the bar under the list posted (``data``: the QueryDict), in the actor's scope.

    Raises ValueError for a selection that means nobody or is none.
    """
    return _picked[0](actor, data, today)
