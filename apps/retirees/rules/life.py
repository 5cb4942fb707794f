"""Which state of a life may follow which, and what those above the register have to say when somebody leaves it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from apps.retirees.choices import LifeState

A = LifeState
FOLLOWS: dict[LifeState, frozenset[LifeState]] = {
    A.ALIVE: frozenset({A.CRITICAL, A.MISSING, A.DEAD, A.LEFT, A.MISTAKE}),
    A.CRITICAL: frozenset({A.ALIVE, A.MISSING, A.DEAD, A.LEFT, A.MISTAKE}),
    A.MISSING: frozenset({A.ALIVE, A.CRITICAL, A.DEAD, A.LEFT, A.MISTAKE}),
    A.DEAD: frozenset({A.MISTAKE}),
    A.LEFT: frozenset({A.MISTAKE}),
    A.MISTAKE: frozenset(),
    A.MERGED: frozenset(),
}
"""What may be registered next. DEAD, LEFT and MISTAKE end by being taken back, not by a new state."""


def may_follow(now: str, then: str) -> bool:
    """Whether somebody in state ``now`` may be registered as ``then``."""
    return then in FOLLOWS.get(LifeState(now), frozenset())


@dataclass(frozen=True)
class Follower:
    """What an app above does when somebody dies or moves out of the city, and how it is told beforehand. Each gets
    the person, the state he goes into (DEAD or LEFT), the day from which he is off the register, and the actor."""

    tell: Callable[[Any, LifeState, date, Any], Iterable[str]]
    """Sentences for the one who registers it: what will happen, on which day."""
    do: Callable[[Any, LifeState, date, Any], None]
    """Runs in the transaction of the registration."""
    undo: Callable[[Any, LifeState, date, Any], None]
    """Runs in the transaction of its taking back."""
    landing: Callable[[Any, Any], str] | None = None
    """Address of the page where the work goes on after a death, for the person and the actor; "" for none."""


_followers: list[Follower] = []


def register_follower(follower: Follower) -> None:
    """Let an app above follow who leaves the register. Called in ``AppConfig.ready()``."""
    _followers.append(follower)


def landing_of(person: Any, actor: Any) -> str:
    """Where whoever registered a death goes on; "" where no app above has a page for it."""
    found = (one.landing(person, actor) for one in _followers if one.landing)
    return next((address for address in found if address), "")


def followers() -> tuple[Follower, ...]:
    """Who follows those who leave, in the order of registration."""
    return tuple(_followers)
