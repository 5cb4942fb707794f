"""What happens in a life: state changes, death, another managing unit, a ruling on the date of joining."""

from datetime import date

from django.db import transaction

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.chinese import format_date
from apps.core.partial_date import PartialDate
from apps.core.scope import Actor
from apps.retirees.actions.spells import rebuild_spells, since
from apps.retirees.choices import ON_REGISTER, EntryKind, ExitKind, LifeState, Period
from apps.retirees.models import Attachment, LifeFact, Membership, Retiree, Ruling
from apps.retirees.rules import may_follow, period_of
from apps.units.models import Unit


class NotPossible(Exception):
    """The act does not fit the person's present state; the text says why."""


def hold_on_register(retiree: Retiree) -> Retiree:
    """The person, locked. Raises NotPossible for one who has left the register."""
    person = Retiree.objects.select_for_update(of=("self",), no_key=True).get(pk=retiree.pk)
    if person.state not in ON_REGISTER:
        raise NotPossible(f"{person.name}已{person.get_state_display()}，不能再办理这项变化。")
    return person


@transaction.atomic
def record_state(
    *,
    retiree: Retiree,
    state: LifeState,
    happened_on: PartialDate,
    reported_on: date,
    note: str = "",
    by: Actor,
) -> Retiree:
    """Record that a person is critical, missing or back (ALIVE). Death has its own action.

    Raises NotPossible for people who are off the register, for DEAD and LEFT, for no change, and for a change
    after its report.
    """
    person = hold_on_register(retiree)
    if state not in ON_REGISTER or not may_follow(person.state, state):
        raise NotPossible("请选择与现在不同的状态；去世请用“登记去世”。")
    if happened_on.earliest > reported_on:
        raise NotPossible("发生时间不能晚于报告日期。")
    LifeFact.objects.create(
        **person.row_keys(), state=state, happened_on=happened_on, reported_on=reported_on, note=note
    )
    person.state = state
    person.version += 1
    person.save(update_fields=["state", "version", "updated_at"])
    record_event(
        kind=EventKind.STATE,
        summary=f"{person.name}：{LifeState(state).label}（{happened_on}）",
        by=by,
        subject=person,
    )
    return person


@transaction.atomic
def move_unit(*, retiree: Retiree, unit: Unit, moved_on: date, by: Actor) -> Retiree:
    """Give a person another managing unit in the same county from a day on.

    Raises NotPossible for another county (that is a transfer, proposed and accepted), the same unit, or a day
    before he came to the present one.
    """
    person = hold_on_register(retiree)
    if unit.area_id != person.county_id:
        raise NotPossible("只能在本县市区内变动单位；人要转到别的县市区，请联系市局。")
    if unit.pk == person.unit_id:
        raise NotPossible("已经在这个单位。")
    stay = Membership.objects.get(retiree_id=person.pk, during__endswith=None)
    if stay.during.lower is not None and moved_on <= stay.during.lower:
        raise NotPossible(f"变动日期应晚于进入现单位的日期（{format_date(stay.during.lower)}）。")
    Membership.objects.filter(pk=stay.pk).update(
        during=since(stay.during.lower, moved_on), exit=ExitKind.UNIT
    )
    before = person.unit
    person.unit = unit
    person.version += 1
    person.save(update_fields=["unit", "version", "updated_at"])
    Membership.objects.create(
        retiree_id=person.pk,
        county_id=person.county_id,
        unit=unit,
        during=since(moved_on),
        entry=EntryKind.UNIT,
    )
    rebuild_spells([person.pk], today=moved_on)
    record_event(
        kind=EventKind.MOVE,
        summary=f"{person.name}：{before.label} → {unit.label}（{format_date(moved_on)}）",
        by=by,
        subject=person,
    )
    return person


@transaction.atomic
def record_ruling(
    *,
    retiree: Retiree,
    joined_on: PartialDate,
    basis: str,
    approved_by: str,
    document: str,
    decided_on: date,
    reason: str = "",
    paper: Attachment | None = None,
    benefits_from: date | None = None,
    by: Actor,
) -> Ruling:
    """Record what the archive decided about 参加革命工作时间, with proof and approver, and put it in force.

    Source of the demand for proof and approval: 中组发〔1982〕11号, 组通字〔1986〕8号.
    ``reason``: asked for where the date on file decides by itself. ``paper``: the scan that proves it.
    ``benefits_from``: the day from which benefits go by it; those of the months before keep the period of before.
    Raises NotPossible when the ruled date is still ambiguous, when a reason is missing, or when it lies after the
    day of the decision.
    """
    person = Retiree.objects.select_for_update(of=("self",), no_key=True).get(pk=retiree.pk)
    if paper is not None and paper.retiree_id != person.pk:
        raise NotPossible("扫描件不是这个人的文件。")
    period = _ruled_period(person, joined_on, decided_on, reason)
    ruling = Ruling.objects.create(
        **person.row_keys(),
        joined_on=joined_on,
        period=period,
        basis=basis,
        approved_by=approved_by,
        document=document,
        decided_on=decided_on,
        paper_id=paper.pk if paper else None,
        paper_title=paper.title if paper else "",
        period_before=person.period if benefits_from else "",
        benefits_from=benefits_from,
    )
    person.joined_on, person.joined_basis = joined_on, basis[:200]
    person.derive()
    person.version += 1
    person.save()
    rebuild_spells([person.pk], today=decided_on)
    record_event(
        kind=EventKind.RULING,
        summary=f"{person.name}：认定为{period.label}（{joined_on}）",
        reason=reason,
        by=by,
        subject=person,
    )
    return ruling


def _ruled_period(person: Retiree, joined_on: PartialDate, decided_on: date, reason: str) -> Period:
    period = period_of(joined_on)
    if period == Period.NEEDS_RULING:
        raise NotPossible("认定的时间仍跨两个时期，请认定到日。")
    if person.period != Period.NEEDS_RULING and not reason.strip():
        raise NotPossible("现有时间已能确定时期，不需要认定；确需改认的，请写明理由。")
    if joined_on.earliest > decided_on:
        raise NotPossible("认定的时间不能晚于认定日期。")
    return period
