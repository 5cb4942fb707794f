"""Deciding about pairs that may be one person."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.scope import Actor
from apps.retirees.choices import DoubleState
from apps.retirees.models import PossibleDouble, Retiree
from apps.retirees.queries.doubles import Candidate


class Decided(Exception):
    """Somebody else has decided about the pair meanwhile; the text says what."""


def common_place(one: Retiree, other: Retiree) -> tuple[int | None, int | None]:
    """County and unit that both people are in; None where they are in two."""
    county = one.county_id if one.county_id == other.county_id else None
    unit = one.unit_id if county is not None and one.unit_id == other.unit_id else None
    return county, unit


@transaction.atomic
def remember_different(*, person: Retiree, others: Iterable[Candidate], why: str, by: Actor) -> int:
    """Remember that the person just saved is none of ``others``, whom the clerk was shown; return how many pairs."""
    rows = []
    for one in others:
        first, second = sorted((person.pk, one.person.pk))
        county, unit = common_place(person, one.person)
        rows.append(
            PossibleDouble(
                county_id=county,
                unit_id=unit,
                first_id=first,
                second_id=second,
                reasons=list(one.reasons),
                weight=one.weight,
                state=DoubleState.NOT_DOUBLE,
                decided_by=by.user_id,
                decided_by_name=by.name,
                decided_at=timezone.now(),
                why=why[:200],
            )
        )
    # Not as one statement: a row that stands in another place by now must not break the saving.
    PossibleDouble.objects.bulk_create(rows, ignore_conflicts=True)
    for row in rows:
        known = PossibleDouble.objects.filter(first_id=row.first_id, second_id=row.second_id)
        known.filter(state=DoubleState.OPEN).update(
            state=row.state,
            decided_by=row.decided_by,
            decided_by_name=row.decided_by_name,
            decided_at=row.decided_at,
            why=row.why,
        )
    return len(rows)


@transaction.atomic
def decide_different(*, pair: PossibleDouble, why: str, by: Actor) -> None:
    """Two people: the pair leaves the list for good, until ``reopen``. Raises Decided."""
    held = _hold(pair, DoubleState.OPEN)
    held.state, held.why = DoubleState.NOT_DOUBLE, why[:200]
    held.decided_by, held.decided_by_name, held.decided_at = by.user_id, by.name, timezone.now()
    held.save(update_fields=["state", "why", "decided_by", "decided_by_name", "decided_at"])
    _record(held, "核实为不是同一个人", why, by)


@transaction.atomic
def reopen(*, pair: PossibleDouble, by: Actor) -> None:
    """Take the decision back: the pair is on the list again. Raises Decided."""
    held = _hold(pair, DoubleState.NOT_DOUBLE)
    held.state, held.why, held.decided_by, held.decided_by_name, held.decided_at = (
        DoubleState.OPEN, "", None, "", None,
    )  # fmt: skip
    held.save(update_fields=["state", "why", "decided_by", "decided_by_name", "decided_at"])
    _record(held, "重新列入疑似重复", "", by)


def _hold(pair: PossibleDouble, state: DoubleState) -> PossibleDouble:
    held = PossibleDouble.objects.select_for_update(of=("self",), no_key=True).get(pk=pair.pk)
    if held.state != state:
        who = f"由{held.decided_by_name}" if held.decided_by_name else ""
        raise Decided(f"这一对已经{who}处理：{held.get_state_display()}。")
    return held


def _record(pair: PossibleDouble, what: str, why: str, by: Actor) -> None:
    """In the log of both."""
    people = Retiree.objects.in_bulk([pair.first_id, pair.second_id])
    for key, other in ((pair.first_id, pair.second_id), (pair.second_id, pair.first_id)):
        if key in people:
            record_event(
                kind=EventKind.CHANGE,
                summary=f"{people[key].name}：{what}",
                reason=why,
                by=by,
                subject=people[key],
                data={"other": other},
            )
