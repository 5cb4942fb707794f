"""Keeping survivors: who is provided for, what became of them, that they were seen alive."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.benefits.choices import SurvivorStateKind
from apps.benefits.models import Survivor, SurvivorState
from apps.benefits.rules.survivors import may_become
from apps.core.chinese import format_date
from apps.core.scope import Actor
from apps.retirees.choices import LifeState
from apps.retirees.models import FamilyMember, Retiree

FIELDS = ("relation", "household", "during", "document", "verified_on", "note")


class SurvivorError(Exception):
    """What may not be recorded of a survivor, in words for the reader; ``field`` is the one at fault."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.message, self.field = message, field


@transaction.atomic
def add_survivor(
    *, retiree: Retiree, member: FamilyMember, values: Mapping[str, Any], proof: str, by: Actor
) -> Survivor:
    """Register a member of a dead cadre's family as provided for; ``values``: FIELDS.

    Raises SurvivorError where the cadre is not dead, the member is not marked as 遗属 or registered already."""
    person = Retiree.objects.select_for_update(of=("self",), no_key=True).get(pk=retiree.pk)
    found = FamilyMember.objects.filter(pk=member.pk, retiree=person, is_survivor=True).first()
    if person.state != LifeState.DEAD:
        raise SurvivorError("干部没有登记去世，不能登记遗属待遇。")
    if found is None:
        raise SurvivorError("先在家庭成员里标记为遗属。", "member")
    if Survivor.objects.filter(retiree=person, member=found).exists():
        raise SurvivorError(f"{found.name}已经登记为遗属。", "member")
    given = {name: values[name] for name in FIELDS if name in values}
    row = Survivor.objects.create(**person.row_keys(), member=found, name=found.name, **given)
    SurvivorState.objects.create(
        **person.row_keys(),
        survivor=row,
        state=SurvivorStateKind.ALIVE,
        during=DateRange(row.during.lower, None),
        proof=proof,
        recorded_by_name=by.name,
    )
    _log(row, EventKind.CREATE, "登记遗属", by)
    return row


def _log(survivor: Survivor, kind: EventKind, what: str, by: Actor) -> None:
    """Names of the family are private, and auditors read the log: the relation is told, the name is not."""
    person, relation = survivor.retiree, survivor.get_relation_display()
    record_event(kind=kind, summary=f"{what}（{relation}）：{person.name}", by=by, subject=person)


def _locked(survivor: Survivor, version: int | None = None) -> Survivor:
    rows = Survivor.objects.select_for_update(of=("self",), no_key=True).select_related("retiree")
    row = rows.get(pk=survivor.pk)
    if version is not None and row.version != version:
        raise SurvivorError("别人刚改过，请刷新后再改。")
    return row


@transaction.atomic
def edit_survivor(*, survivor: Survivor, values: Mapping[str, Any], version: int, by: Actor) -> Survivor:
    """Change what is approved; states are recorded, not edited. Raises SurvivorError."""
    row = _locked(survivor, version)
    first = row.states.order_by("during").first()
    for name in FIELDS:
        if name in values:
            setattr(row, name, values[name])
    row.version += 1
    row.save()
    if first is not None and first.during.lower != row.during.lower:
        if first.during.upper is not None and first.during.upper <= row.during.lower:
            raise SurvivorError("起始日期在已登记的状态变化之后，请核对。", "starts_on")
        first.during = DateRange(row.during.lower, first.during.upper)
        first.save(update_fields=["during"])
    _log(row, EventKind.CHANGE, "修改遗属", by)
    return row


@transaction.atomic
def record_survivor_state(
    *, survivor: Survivor, state: str, day: date, proof: str, today: date, by: Actor
) -> SurvivorState:
    """Record what a survivor is from a day on; the state before ends with it. What he is entitled to ends, or begins
    again, with the month after.

    Raises SurvivorError: a day that is not after the last change or lies ahead, a state that cannot follow."""
    row = _locked(survivor)
    now = row.states.order_by("-during").first()
    if now is None or not may_become(now.state, state):
        raise SurvivorError(f"现在是“{row.get_state_display()}”，不能登记为这个状态。", "state")
    if day > today:
        raise SurvivorError("还没有到这一天，请核对。", "day")
    if day <= now.during.lower:
        raise SurvivorError(f"日期要在{format_date(now.during.lower)}之后。", "day")
    now.during = DateRange(now.during.lower, day)
    now.save(update_fields=["during"])
    made = SurvivorState.objects.create(
        **row.retiree.row_keys(),
        survivor=row,
        state=state,
        during=DateRange(day, None),
        proof=proof,
        recorded_by_name=by.name,
    )
    _stand(row, state)
    _log(row, EventKind.STATE, f"遗属{made.get_state_display()}", by)
    return made


def _stand(row: Survivor, state: str) -> None:
    row.state = state
    row.version += 1
    row.save(update_fields=["state", "version"])


@transaction.atomic
def retract_survivor_state(*, survivor: Survivor, by: Actor) -> Survivor:
    """Take the last state back, as a mistake; the one before holds again. The first one stays; the history keeps it.

    Raises SurvivorError where there is nothing to take back."""
    row = _locked(survivor)
    states = list(row.states.order_by("-during")[:2])
    if len(states) < 2:
        raise SurvivorError("没有可以撤回的状态。")
    last, before = states
    told = last.get_state_display()
    last.delete()
    before.during = DateRange(before.during.lower, None)
    before.save(update_fields=["during"])
    _stand(row, before.state)
    _log(row, EventKind.STATE, f"撤回遗属{told}", by)
    return row


@transaction.atomic
def verify_survivor(*, survivor: Survivor, on: date, by: Actor) -> Survivor:
    """Note that a survivor was seen alive on a day; no new version, since nothing anyone types has changed."""
    row = _locked(survivor)
    if row.verified_on is None or row.verified_on < on:
        row.verified_on = on
        row.save(update_fields=["verified_on"])
        _log(row, EventKind.CHANGE, "核实遗属", by)
    return row


@transaction.atomic
def forget_survivors(*, retiree: Retiree, by: Actor) -> int:
    """The cadre lives after all: nobody survives him. Return how many rows went; the history keeps them."""
    rows = Survivor.objects.filter(retiree=retiree)
    count = rows.count()
    if count:
        rows.delete()
        told = f"{retiree.name}去世登记撤回，撤销{count}位遗属"
        record_event(kind=EventKind.STATE, summary=told, by=by, subject=retiree)
    return count
