"""What the apps above put on the register's pages: tabs and next steps of a person, actions on picked people.

They register once, in AppConfig.ready(); the register knows none of them by name.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from apps.core.scope import Actor


@dataclass(frozen=True)
class Tab:
    """A tab of the person page. ``name`` stands in the address (?tab=visits), ``before`` names the tab it stands
    left of. ``count`` and ``panel`` get the person and the actor, ``panel`` the request before them. A tab whose rows
    are only reckoned when it is opened has no count."""

    name: str
    label: str
    template: str
    perm: Callable[[Actor], bool]
    count: Callable[[Any, Actor], int | None]
    panel: Callable[[Any, Any, Actor], Mapping[str, Any]]
    before: str = "files"


@dataclass(frozen=True)
class SelectionAction:
    """A button of the bar under the list, shown to those who may use it. ``view``: the name of the page it posts to,
    which reads who is meant with ``queries.asked.people_picked`` and answers a page that says how many and asks."""

    label: str
    view: str
    perm: Callable[[Actor], bool]


NextSteps = Callable[[Any, Actor, date], Sequence[Mapping[str, Any]]]
"""Facts for 下一步 of a person, as components/facts.html takes them."""

_tabs: list[Tab] = []
_actions: list[SelectionAction] = []
_steps: list[NextSteps] = []


def register_tab(tab: Tab) -> None:
    """Put a tab on the person page."""
    _tabs.append(tab)


def person_tabs(actor: Actor) -> list[Tab]:
    """The tabs of other apps that somebody may open, in the order of registration."""
    return [tab for tab in _tabs if tab.perm(actor)]


def register_selection_action(action: SelectionAction) -> None:
    """Put a button into the bar of picked people."""
    _actions.append(action)


def more_selection_actions() -> tuple[SelectionAction, ...]:
    """The actions of other apps."""
    return tuple(_actions)


def register_next_steps(source: NextSteps) -> None:
    """Let an app say what comes next for a person."""
    _steps.append(source)


def more_next_steps(person: Any, actor: Actor, today: date) -> list[Mapping[str, Any]]:
    """What other apps say comes next."""
    return [fact for source in _steps for fact in source(person, actor, today)]
