"""What happened to a person: a stay in hospital, a critical illness, a misfortune. Deaths come from the register
(actions/deaths.py). Each write holds the person's row, so that two who report the same stay write it once."""

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.chinese import format_date
from apps.core.partial_date import PartialDate
from apps.core.scope import Actor
from apps.retirees.actions.life import NotPossible, hold_on_register, record_state
from apps.retirees.choices import LifeState
from apps.retirees.models import Retiree
from apps.visits.actions.dues import make_incident_dues
from apps.visits.choices import IncidentKind
from apps.visits.models import ChecklistItem, Incident, IncidentTask


@transaction.atomic
def report_incident(
    *,
    retiree: Retiree,
    kind: str,
    started_on: date,
    reported_on: date,
    hospital: str = "",
    ward: str = "",
    is_nominal: bool = False,
    note: str = "",
    by: Actor,
) -> Incident:
    """Write down what happened, its checklist, and whom it makes due; a critical illness sets the register's state.

    The same report twice gives the first one. Raises NotPossible for people off the register, for a death (which has
    its own form), a day after the report or before the birth, and where another of the kind is not closed.
    """
    person = hold_on_register(retiree)
    if kind == IncidentKind.DEATH:
        raise NotPossible("去世请用“登记去世”。")
    if started_on > reported_on:
        raise NotPossible("发生日期不能晚于报告日期。")
    if person.birth_date and started_on < person.birth_date.earliest:
        raise NotPossible("发生日期早于出生时间，请核对。")
    there = running(person).filter(kind=kind).first()
    if there is not None:
        if there.started_on == started_on and there.hospital == hospital:
            return there
        raise NotPossible(
            f"{person.name}已有一条没有办结的{there.get_kind_display()}"
            f"（{format_date(there.started_on)}起，{there.reported_by_name}登记），请先办结。"
        )
    in_hospital = kind != IncidentKind.FAMILY
    incident = Incident.objects.create(
        **person.row_keys(),
        kind=kind,
        started_on=started_on,
        reported_on=reported_on,
        hospital=hospital if in_hospital else "",
        ward=ward if in_hospital else "",
        is_nominal=is_nominal and kind == IncidentKind.HOSPITAL,
        note=note,
        reported_by_name=by.name[:60],
    )
    if kind == IncidentKind.CRITICAL and person.state != LifeState.CRITICAL:
        _set_state(person, LifeState.CRITICAL, started_on, reported_on, by)
    make_tasks(incident=incident)
    make_incident_dues(incident=incident, by=by)
    _tell(incident, "登记", by)
    return incident


def running(person: Retiree) -> QuerySet[Incident]:
    """What is not ended, closed or taken back, of one person."""
    return Incident.objects.filter(retiree=person, ended_on=None, closed_on=None, retracted_on=None)


def make_tasks(*, incident: Incident) -> int:
    """The checklist of what happened, by the treatment the person enjoys; return how many lines."""
    items = ChecklistItem.objects.filter(kind=incident.kind, is_active=True)
    items = items.filter(Q(levels=[]) | Q(levels__contains=[incident.retiree.treatment]))
    rows = [
        IncidentTask(
            **incident.retiree.row_keys(),
            incident=incident,
            part=item.part,
            label=item.label,
            who=item.who,
            due_on=incident.reported_on + timedelta(days=item.days),
            note=item.note,
            sort=item.sort,
        )
        for item in items
    ]
    return len(IncidentTask.objects.bulk_create(rows))


@transaction.atomic
def end_incident(*, incident: Incident, ended_on: date, today: date, by: Actor) -> Incident:
    """Discharged, recovered, settled; what is due afterwards becomes due. A death's file closes when all is done.

    Raises NotPossible for what is over already, a day before it began or still to come, and a death with open lines.
    """
    row = held_incident(incident)
    if row.closed_on or row.ended_on:
        raise NotPossible("这条情况已经办结。")
    if not row.started_on <= ended_on <= today:
        raise NotPossible("结束日期不能早于发生日期，也不能晚于今天。")
    if row.kind == IncidentKind.DEATH:
        if open_tasks(row).exists():
            raise NotPossible("清单里还有没有办的事项；不用办的请选“不需要”。")
        row.closed_on = ended_on
    else:
        person = hold_on_register(row.retiree)
        row.ended_on = row.closed_on = ended_on
        if row.kind == IncidentKind.CRITICAL and person.state == LifeState.CRITICAL:
            _set_state(person, LifeState.ALIVE, ended_on, today, by)
    row.version += 1
    row.save()
    if row.kind != IncidentKind.DEATH:
        make_incident_dues(incident=row, by=by, today=today)
    _tell(row, "办结", by)
    return row


@transaction.atomic
def retract_incident(*, incident: Incident, reason: str, today: date, by: Actor) -> Incident:
    """Take back what was written by mistake: what it made due goes, the person's state is as before.

    Raises NotPossible without a reason, for a death (taken back in the register), and a second time.
    """
    row = held_incident(incident)
    if row.kind == IncidentKind.DEATH:
        raise NotPossible("去世登记请在人员页面撤回。")
    if not reason.strip():
        raise NotPossible("请写明撤销的原因。")
    person = hold_on_register(row.retiree)
    was_running = row.ended_on is None and row.closed_on is None
    row.retracted_on, row.retract_reason = today, reason[:120]
    row.version += 1
    row.save()
    if row.kind == IncidentKind.CRITICAL and was_running and person.state == LifeState.CRITICAL:
        _set_state(person, LifeState.ALIVE, today, today, by)
    make_incident_dues(incident=row, by=by, today=today)
    _tell(row, "撤销", by, reason)
    return row


def open_tasks(incident: Incident) -> QuerySet[IncidentTask]:
    """Lines of a checklist that are still to be done."""
    return IncidentTask.objects.filter(incident=incident, done_on=None, is_needless=False)


def held_incident(incident: Incident) -> Incident:
    """The row as it is now, with its person's row held. Raises NotPossible for one that was taken back."""
    key: UUID = incident.pk
    Retiree.objects.select_for_update(of=("self",), no_key=True).get(pk=incident.retiree_id)
    row = Incident.objects.select_related("retiree").get(pk=key)
    if row.retracted_on:
        raise NotPossible("这条情况已经撤销。")
    return row


def _set_state(person: Retiree, state: LifeState, happened_on: date, reported_on: date, by: Actor) -> None:
    day = PartialDate.from_date(happened_on)
    record_state(retiree=person, state=state, happened_on=day, reported_on=reported_on, by=by)


def _tell(incident: Incident, word: str, by: Actor, reason: str = "") -> None:
    record_event(
        kind=EventKind.CREATE if word == "登记" else EventKind.CHANGE,
        summary=f"{incident.retiree.name}：{word}{incident.get_kind_display()}（{format_date(incident.started_on)}）",
        reason=reason,
        by=by,
        subject=incident,
    )
