"""What a survivor is entitled to as such, and until when: a change counts from the month after it, as with cadres."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from apps.benefits.choices import SurvivorRelation, SurvivorStateKind
from apps.benefits.rules.months import next_month
from apps.core.chinese import years_before
from apps.retirees.choices import Relation

ENDING = (SurvivorStateKind.REMARRIED, SurvivorStateKind.INCOME, SurvivorStateKind.DEAD)
"""In these nobody is provided for."""
FOLLOWS: dict[str, frozenset[str]] = {
    SurvivorStateKind.ALIVE: frozenset(ENDING),
    SurvivorStateKind.REMARRIED: frozenset({SurvivorStateKind.ALIVE, SurvivorStateKind.DEAD}),
    SurvivorStateKind.INCOME: frozenset(
        {SurvivorStateKind.ALIVE, SurvivorStateKind.REMARRIED, SurvivorStateKind.DEAD}
    ),
    SurvivorStateKind.DEAD: frozenset(),
}


def may_become(now: str, then: str) -> bool:
    """Whether a survivor in state ``now`` may be recorded as ``then``."""
    return then in FOLLOWS.get(now, frozenset())


@dataclass(frozen=True)
class StateSpan:
    """A state and the days it held; ``ends`` None: it still holds."""

    state: str
    starts: date
    ends: date | None = None


def entitled_in(month: date, starts: date, ends: date | None, states: Iterable[StateSpan]) -> bool:
    """Whether somebody is provided for in a month (its first day): within the days for which it was approved, and not
    in a state that ended it in an earlier month and still holds when the month begins."""
    if next_month(month) <= starts or (ends is not None and ends <= month):
        return False
    return not any(
        span.state in ENDING and span.starts < month and (span.ends is None or span.ends > month)
        for span in states
    )


def ends_with(state: StateSpan, ends: date | None) -> date | None:
    """From which day nobody is provided for any more: the approved end, or the month after an ending state began."""
    if state.state not in ENDING:
        return ends
    stopped = next_month(state.starts)
    return stopped if ends is None else min(stopped, ends)


def needs_check(state: str, verified_on: date | None, today: date) -> bool:
    """Whether somebody provided for was not seen alive for more than a year."""
    return state == SurvivorStateKind.ALIVE and (verified_on is None or verified_on < years_before(today, 1))


def relation_of(relation: str, kinship: str) -> SurvivorRelation:
    """What a member of the family is as a survivor, before somebody says otherwise."""
    if relation == Relation.SPOUSE:
        return SurvivorRelation.SPOUSE
    if any(word in kinship for word in ("父", "母")) and "岳" not in kinship:
        return SurvivorRelation.PARENT
    return SurvivorRelation.OTHER
