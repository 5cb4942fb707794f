"""Which of the visits that were due a visit has been. Pure functions on values.

- Same person and, where the due asks for one, same member of the family; a visit to the spouse or the survivors is none
  to the person himself, and the other way round.
- The way counts, and somebody of the level that was asked for, or above it, went.
- What is due for an occasion wants that occasion (住院 and 病危 are one, 生日 and 整寿 are one); a periodic rule of
  everyday visits is met by a visit on any occasion, since the person was seen.
- What a campaign asks for wants the campaign, or, where the visit names none, its occasion and a day within it.
- The day lies within the window; of a period, within the period, even where the rule begins later in it or asks for the
  second time only from July on.
- A visit later than that still settles the newest open due of the rule that is over, because being late is not
  being missed; but only when no window of the same rule holds that day: a visit in October is October's, and September,
  which nobody used, stays visible until somebody gives a reason or goes once more.
- One visit settles one due of each rule and one of a campaign, so that "twice a year" takes two visits.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from apps.visits.choices import OccasionKind, Trigger
from apps.visits.rules.windows import period_span


@dataclass(frozen=True)
class OpenDue:
    """What of a due visit and its rule decides."""

    key: int
    rule: int | None
    campaign: int | None
    window: str
    from_on: date
    due_on: date
    target: str
    family: UUID | None
    occasion: int
    occasion_kind: str
    trigger: str
    who: str
    ways: tuple[str, ...]


@dataclass(frozen=True)
class Seen:
    """What of a visit decides."""

    key: int
    on: date
    way: str
    level: str
    target: str
    family: UUID | None
    occasion: int
    occasion_kind: str
    campaign: int | None


def settled_by(visit: Seen, dues: Iterable[OpenDue]) -> list[int]:
    """Keys of the open dues of the visited person that this visit settles: one of each rule and campaign."""
    groups: dict[tuple[int | None, int | None], list[OpenDue]] = {}
    for due in dues:
        if _fits(visit, due):
            groups.setdefault((due.rule, due.campaign), []).append(due)
    found = (_first_of(visit.on, group) for group in groups.values())
    return [due.key for due in found if due is not None]


def _fits(visit: Seen, due: OpenDue) -> bool:
    if visit.target != due.target or (due.family and visit.family and due.family != visit.family):
        return False
    if due.ways and visit.way not in due.ways:
        return False
    if due.who and visit.level > due.who:  # the highest is "1"
        return False
    if due.campaign is not None:
        if visit.campaign is not None:
            return visit.campaign == due.campaign
        return visit.occasion == due.occasion and due.from_on <= visit.on <= due.due_on
    return _occasion_fits(visit, due)


def _occasion_fits(visit: Seen, due: OpenDue) -> bool:
    if due.trigger == Trigger.PERIOD and due.occasion_kind == OccasionKind.ROUTINE:
        return True
    if due.occasion_kind == OccasionKind.FESTIVAL:
        return visit.occasion == due.occasion
    return visit.occasion_kind == due.occasion_kind


def begins_of(due: OpenDue) -> date:
    """From which day on a visit counts for it: of a period, from its first day."""
    span = period_span(due.window) if due.trigger == Trigger.PERIOD else None
    return min(span[0], due.from_on) if span else due.from_on


def _first_of(day: date, dues: Sequence[OpenDue]) -> OpenDue | None:
    """Of one rule or campaign: the first whose window holds the day, else the newest that is over."""
    holding = [due for due in dues if begins_of(due) <= day <= due.due_on]
    if holding:
        return min(holding, key=lambda due: (due.due_on, due.from_on, due.key))
    over = [due for due in dues if due.due_on < day]
    return max(over, key=lambda due: (due.due_on, -due.key), default=None)
