"""Registering what somebody asks for, and every step until he has his answer. Steps are added, never changed."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.concerns.choices import Kind, Result, Satisfaction, StepKind
from apps.concerns.models import Concern, ConcernCounter, ConcernPerson, ConcernStep
from apps.concerns.rules import MOST_DAYS, WORKING_DAYS, due_day, may_take, state_after
from apps.core.chinese import format_date
from apps.core.scope import Actor
from apps.retirees.models import Retiree


class NotPossible(Exception):
    """The step does not fit the matter as it stands; the text says why."""


class Stale(NotPossible):
    """Somebody else did something about it since the page was opened."""


@transaction.atomic
def register_concern(
    *, retiree: Retiree, values: Mapping[str, Any], by: Actor, others: Sequence[Retiree] = ()
) -> Concern:
    """Register a matter of a person; its number is the next of his county and year, without gaps.

    values: source and title; kind, topic, body, raised_on, received_on, people_count, repeat_of, owner_unit, owner,
    working_days have defaults. ``others``: who stands behind a collective matter, of the same county.
    Raises NotPossible for days that cannot be, another county's people, a deadline out of reason, and a repeat of
    somebody else's matter.
    """
    others = list({other.pk: other for other in others if other.pk != retiree.pk}.values())
    today = timezone.localdate()
    raised = values.get("raised_on") or today
    received = values.get("received_on") or max(raised, min(today, raised))
    kind = values.get("kind") or Kind.DEMAND
    days = values.get("working_days") or WORKING_DAYS[kind]
    _check(retiree, raised, received, today, days, others)
    _check_repeat(values.get("repeat_of"), retiree, others)
    number = _next_number(retiree.county_id, received.year)
    concern = Concern.objects.create(
        **retiree.row_keys(),
        office_id=retiree.county_id,
        year=received.year,
        number=number,
        kind=kind,
        source=values["source"],
        topic=values.get("topic") or "other",
        title=values["title"],
        body=values.get("body") or "",
        raised_on=raised,
        received_on=received,
        received_by_name=by.name,
        people_count=max(values.get("people_count") or 1, 1 + len(others)),
        repeat_of=values.get("repeat_of"),
        owner_unit=values.get("owner_unit") or retiree.unit,
        owner=values.get("owner"),
        working_days=days,
        due_on=due_day(received, days),
        touched_at=timezone.now(),
    )
    ConcernPerson.objects.bulk_create(ConcernPerson(**other.row_keys(), concern=concern) for other in others)
    write_step(concern, StepKind.RECEIVED, received, "", by)
    record_event(
        kind=EventKind.CREATE,
        summary=f"登记诉求 {concern.label}：{retiree.name}（{concern.get_kind_display()}）",
        by=by,
        subject=concern,
        data={"others": len(others)} if others else {},
    )
    return concern


def _check(
    retiree: Retiree, raised: date, received: date, today: date, days: int, others: Sequence[Retiree]
) -> None:
    if raised > today or received > today:
        raise NotPossible("还没有到这一天，请核对日期。")
    if received < raised:
        raise NotPossible("受理日期不能早于提出日期。")
    if not 1 <= days <= MOST_DAYS:
        raise NotPossible(f"办理时限：1到{MOST_DAYS}个工作日。")
    check_place(retiree, others)


def check_place(retiree: Retiree, others: Sequence[Retiree]) -> None:
    """Who stands behind a matter is of the same county. Raises NotPossible."""
    if any(other.county_id != retiree.county_id for other in others):
        raise NotPossible("共同提出人应在同一个县市区；别处的人请由当地另行登记。")


def _check_repeat(earlier: Concern | None, retiree: Retiree, others: Sequence[Retiree]) -> None:
    """A repeat is of a matter in which one of these people stands."""
    if earlier is None:
        return
    people = {retiree.pk, *(other.pk for other in others)}
    behind = ConcernPerson.objects.filter(concern=earlier, retiree_id__in=people)
    if earlier.retiree_id not in people and not behind.exists():
        raise NotPossible("重复事项应是这些人以前提出的那一件。")


def _next_number(office: int, year: int) -> int:
    ConcernCounter.objects.get_or_create(office_id=office, year=year)
    counter = ConcernCounter.objects.select_for_update(of=("self",), no_key=True).get(
        office_id=office, year=year
    )
    counter.last += 1
    counter.save(update_fields=["last"])
    return counter.last


def held_as_opened(concern: Concern, version: int, on: date) -> Concern:
    """The matter under a lock, as the page showed it. Raises Stale for another version, NotPossible for a day that
    cannot be."""
    held: Concern = Concern.objects.select_for_update(of=("self",), no_key=True).get(pk=concern.pk)
    if held.version != version:
        raise Stale("打开以后已有人办理过，请看最新的办理过程再办。")
    if on > timezone.localdate() or on < held.received_on:
        raise NotPossible("日期应在受理之后、今天以前。")
    return held


def write_step(concern: Concern, kind: StepKind, on: date, text: str, by: Actor) -> ConcernStep:
    """A line of what was done."""
    return ConcernStep.objects.create(
        county_id=concern.county_id,
        unit_id=concern.unit_id,
        retiree_id=concern.retiree_id,
        concern=concern,
        kind=kind,
        happened_on=on,
        text=text,
        by_name=by.name,
    )


@transaction.atomic
def take_step(
    *,
    concern: Concern,
    step: StepKind,
    version: int,
    by: Actor,
    on: date | None = None,
    text: str = "",
    **changes: Any,
) -> Concern:
    """Take a step: it is written with its day and words, and the matter goes into the state that follows.

    changes: fields of the matter that the step sets (owner_unit, owner, working_days of ASSIGNED and EXTENDED; answer,
    answer_way, result of ANSWERED; satisfaction of CLOSED). Raises Stale for another version, NotPossible where the
    step does not follow, a day has not come, or a reason is missing.
    """
    on = on or timezone.localdate()
    held = held_as_opened(concern, version, on)
    if not may_take(step, held.state):
        raise NotPossible(f"现在是“{held.get_state_display()}”，不能{step.label}。")
    if (
        step in (StepKind.DECLINED, StepKind.WITHDRAWN, StepKind.EXTENDED, StepKind.REOPENED)
        and not text.strip()
    ):
        raise NotPossible(f"{step.label}要写明理由。")
    for name, value in changes.items():
        setattr(held, name, value)
    _set_days(held, step, on)
    held.state = state_after(step, held.state)
    held.touched_at = timezone.now()
    held.version += 1
    held.save()
    write_step(held, step, on, text or _words(held, step), by)
    record_event(
        kind=EventKind.CHANGE,
        summary=f"诉求 {held.label}：{step.label}",
        reason=text,
        by=by,
        subject=held,
    )
    return held


def _set_days(held: Concern, step: StepKind, on: date) -> None:
    if step in (StepKind.ASSIGNED, StepKind.EXTENDED):
        if not 1 <= held.working_days <= MOST_DAYS:
            raise NotPossible(f"办理时限：1到{MOST_DAYS}个工作日。")
        held.due_on = due_day(held.received_on, held.working_days)
    elif step == StepKind.ANSWERED:
        if not held.answer.strip() or not held.answer_way:
            raise NotPossible("请写明怎样答复的、答复了什么。")
        held.answered_on = on
    elif step == StepKind.CLOSED:
        held.result = held.result or Result.EXPLAINED
        held.satisfaction = held.satisfaction or Satisfaction.UNASKED
        held.closed_on = on
    elif step == StepKind.REOPENED:
        held.answered_on = held.closed_on = None
        held.satisfaction = ""


def _words(held: Concern, step: StepKind) -> str:
    if step == StepKind.ASSIGNED:
        owner = f" {held.owner.full_name}" if held.owner else ""
        return f"由{held.owner_unit.label}{owner}办理，{format_date(held.due_on)}前答复"
    if step == StepKind.ANSWERED:
        return held.answer
    if step == StepKind.CLOSED:
        return f"{held.get_result_display()}；{held.get_satisfaction_display()}"
    return ""
