"""Cards on the home page that an app puts there: what somebody chose to see first.

The home page stands above the apps and knows none of theirs by name; an app registers its source once, in
AppConfig.ready().
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.core.scope import Actor


@dataclass(frozen=True)
class HomeCard:
    """One card as components/tile.html takes it, without a year before."""

    label: str
    value: str
    unit: str
    href: str
    note: str = ""


CardSource = Callable[[Actor, Mapping[str, Any]], Sequence[HomeCard]]
_sources: list[CardSource] = []


def register_home_cards(source: CardSource) -> None:
    """Make a source of cards known. It is given the actor and the preferences of his account."""
    _sources.append(source)


def home_cards(actor: Actor, preferences: Mapping[str, Any]) -> list[HomeCard]:
    """All cards of somebody's home page, counted in his own scope."""
    return [card for source in _sources for card in source(actor, preferences)]
