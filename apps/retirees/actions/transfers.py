"""Giving a person from one county to another: proposed by one, answered by the other, carried by the city's hand.

A county's own step writes its own row and asks for a job; the job (``carry``) runs as the portal in the whole city,
does in one transaction whatever is due, and nothing the second time. Killed anywhere, the next one goes on.
"""

import uuid
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.chinese import format_date
from apps.core.scope import Actor
from apps.jobs.actions import request_job, system_actor
from apps.retirees.actions.life import NotPossible, hold_on_register
from apps.retirees.actions.spells import rebuild_spells, since
from apps.retirees.choices import (
    ON_REGISTER,
    TRANSFER_OPEN,
    EntryKind,
    ExitKind,
    TransferSide,
    TransferState,
)
from apps.retirees.models import Membership, Retiree, Transfer
from apps.retirees.models.transfers import sealed_summary
from apps.units.choices import Level
from apps.units.models import Unit

JOB = "retirees.transfer"
AHEAD = timedelta(days=366)


def summary_of(person: Retiree) -> str:
    """What the receiver may know before the person is his."""
    birth = person.birth_date
    month = "" if birth is None else f"{birth.year}年" + (f"{birth.month}月" if birth.month else "")
    return sealed_summary(
        {
            "name": person.name,
            "sex": person.get_sex_display(),
            "birth": month,
            "category": person.get_category_display(),
            "treatment": person.get_treatment_display(),
            "unit": person.unit.name,
        }
    )


@transaction.atomic
def propose_transfer(
    *, retiree: Retiree, to_county: Unit, effective_on: date, reason: str, today: date, by: Actor
) -> Transfer:
    """Propose that another county takes the person over from a day on; return the sender's side.

    Raises NotPossible for people off the register, the same county, one that is no open county, a day before he came
    or more than a year ahead, and where a transfer of him is under way.
    """
    person = hold_on_register(retiree)
    _check(person, to_county, effective_on, today)
    row = _out(person, to_county, effective_on, reason, TransferState.PROPOSED, by)
    _tell(row, f"提出转往{to_county.label}（{format_date(effective_on)}起）", by)
    ask_to_carry(row.pair, "deliver")
    return row


@transaction.atomic
def transfer_at_once(
    *, retiree: Retiree, unit: Unit, effective_on: date, reason: str, today: date, by: Actor
) -> Transfer:
    """The city moves a person between two counties in one step, or on a day to come. Both sides get their rows.

    Raises NotPossible as ``propose_transfer``, and as carrying over does.
    """
    person = hold_on_register(retiree)
    county = unit.area
    if unit.level != Level.UNIT or county is None or unit.closed_on is not None:
        raise NotPossible("请选择接收的单位。")
    _check(person, county, effective_on, today)
    row = _out(person, county, effective_on, reason, TransferState.ACCEPTED, by)
    row.to_unit, row.answered_by_name, row.answered_at = unit, by.name, timezone.now()
    row.save(update_fields=["to_unit", "answered_by_name", "answered_at"])
    other = _in(row, TransferState.ACCEPTED)
    _tell(row, f"市局办理转往{unit.name}（{format_date(effective_on)}起）", by)
    if effective_on <= today:
        _carry_over(row, other, today=today, by=by)
    return row


def _check(person: Retiree, county: Unit, effective_on: date, today: date) -> None:
    if county.level != Level.COUNTY or county.closed_on is not None:
        raise NotPossible("请选择接收的县市区。")
    if county.pk == person.county_id:
        raise NotPossible("同一县市区内请用“变动管理单位”。")
    if effective_on > today + AHEAD:
        raise NotPossible("生效日期最多提前一年。")
    _open_stay(person, effective_on)


def _open_stay(person: Retiree, effective_on: date) -> Membership:
    stay = Membership.objects.get(retiree_id=person.pk, during__endswith=None)
    if stay.during.lower is not None and effective_on <= stay.during.lower:
        raise NotPossible(f"生效日期应晚于进入现单位名册的日期（{format_date(stay.during.lower)}）。")
    return stay


def _out(
    person: Retiree, county: Unit, effective_on: date, reason: str, state: TransferState, by: Actor
) -> Transfer:
    try:
        with transaction.atomic():
            return Transfer.objects.create(
                side=TransferSide.OUT,
                county_id=person.county_id,
                other=county,
                retiree_id=person.pk,
                summary=summary_of(person),
                effective_on=effective_on,
                reason=reason,
                state=state,
                proposed_by=by.user_id,
                proposed_by_name=by.name,
                proposed_at=timezone.now(),
            )
    except IntegrityError:
        raise NotPossible(f"{person.name}已有一份转移在办理，请先办结或撤回。") from None


def _in(out: Transfer, state: TransferState) -> Transfer:
    """The receiver's side of ``out``; the summary is sealed anew for its own row."""
    return Transfer.objects.create(
        pair=out.pair,
        side=TransferSide.IN,
        county_id=out.other_id,
        other_id=out.county_id,
        retiree_id=out.retiree_id,
        summary=sealed_summary(dict(out.person)),
        to_unit_id=out.to_unit_id,
        effective_on=out.effective_on,
        reason=out.reason,
        state=state,
        proposed_by=out.proposed_by,
        proposed_by_name=out.proposed_by_name,
        proposed_at=out.proposed_at,
        answered_by_name=out.answered_by_name,
        answered_at=out.answered_at,
    )


def ask_to_carry(pair: uuid.UUID, step: str) -> None:
    """Let the city's hand look at a transfer."""
    request_job(
        kind=JOB,
        label="县市区间转移",
        dedupe_key=f"transfer:{pair}:{step}",
        by=system_actor(),
        payload={"pair": str(pair)},
        lane=f"transfer:{pair}",
    )


@transaction.atomic
def accept_transfer(*, transfer: Transfer, unit: Unit, note: str = "", by: Actor) -> Transfer:
    """The receiver takes the person into one of his units. Asked twice, the first answer holds.

    Raises NotPossible where it was answered or withdrawn, and for a unit of another county.
    """
    row = _hold(transfer, TransferSide.IN)
    if row.state != TransferState.DELIVERED:
        raise NotPossible(_over(row))
    if unit.area_id != row.county_id or unit.level != Level.UNIT or unit.closed_on is not None:
        raise NotPossible("请选择本县市区的单位。")
    row.to_unit = unit
    return _answer(row, TransferState.ACCEPTED, note, f"同意接收到{unit.name}", by)


@transaction.atomic
def refuse_transfer(*, transfer: Transfer, note: str, by: Actor) -> Transfer:
    """The receiver sends the proposal back and says why. Raises NotPossible where it was answered or withdrawn."""
    row = _hold(transfer, TransferSide.IN)
    if row.state != TransferState.DELIVERED:
        raise NotPossible(_over(row))
    return _answer(row, TransferState.REFUSED, note, f"退回转移：{note}", by)


def _answer(row: Transfer, state: TransferState, note: str, words: str, by: Actor) -> Transfer:
    row.state, row.answer, row.answered_by_name, row.answered_at = state, note, by.name, timezone.now()
    row.save()
    _tell(row, words, by)
    ask_to_carry(row.pair, "answer")
    return row


@transaction.atomic
def withdraw_transfer(*, transfer: Transfer, by: Actor) -> Transfer:
    """The sender takes his proposal back before the answer has come; the city also afterwards, until the day.

    An answer on its way does not hold against it. Raises NotPossible when it is too late.
    """
    row = _hold(transfer, TransferSide.OUT)
    late = row.state == TransferState.ACCEPTED and by.county_id is not None
    if late or not row.is_open:
        raise NotPossible("对方已经同意，要撤回请联系市局。" if late else _over(row))
    row.state, row.done_at = TransferState.WITHDRAWN, timezone.now()
    row.save(update_fields=["state", "done_at"])
    _tell(row, "撤回转移", by)
    ask_to_carry(row.pair, "withdraw")
    return row


def _hold(transfer: Transfer, side: TransferSide) -> Transfer:
    return Transfer.objects.select_for_update(of=("self",), no_key=True).get(pair=transfer.pair, side=side)


def _over(row: Transfer) -> str:
    return f"这份转移现在是“{row.get_state_display()}”，不能再这样办理。"


def mark_transfers_seen(*, transfers: list[Transfer]) -> None:
    """The sender has looked at how his proposals ended."""
    keys = [row.pk for row in transfers]
    Transfer.objects.unread().filter(pk__in=keys).update(seen_at=timezone.now())


@transaction.atomic
def carry(*, pair: uuid.UUID, today: date, by: Actor) -> None:
    """Do what is due between the two sides: deliver, tell the answer, carry the person over. In the city's scope."""
    rows = Transfer.objects.select_for_update(of=("self",), no_key=True).filter(pair=pair)
    sides = {row.side: row for row in rows.order_by("side")}
    out, other = sides[TransferSide.OUT], sides.get(TransferSide.IN)
    if out.state == TransferState.PROPOSED and other is None:
        _in(out, TransferState.DELIVERED)
        out.state = TransferState.DELIVERED
        out.save(update_fields=["state"])
        return
    if other is None:
        return
    if out.state not in TRANSFER_OPEN:  # withdrawn meanwhile, whatever the answer was
        if other.is_open:
            _end(other, TransferState(out.state))
        return
    if other.state == TransferState.REFUSED:
        _take_answer(out, other)
        _end(out, TransferState.REFUSED)
    elif other.state == TransferState.ACCEPTED:
        if out.state != TransferState.ACCEPTED:
            out.state = TransferState.ACCEPTED
            _take_answer(out, other)
            out.save()
        if out.effective_on <= today:
            _carry_over(out, other, today=today, by=by)


def _take_answer(out: Transfer, other: Transfer) -> None:
    out.to_unit_id, out.answer = other.to_unit_id, other.answer
    out.answered_by_name, out.answered_at = other.answered_by_name, other.answered_at


def _end(row: Transfer, state: TransferState, problem: str = "") -> None:
    row.state, row.problem, row.done_at = state, problem[:200], timezone.now()
    row.save()


def _carry_over(out: Transfer, other: Transfer, *, today: date, by: Actor) -> None:
    try:
        with transaction.atomic():
            person = move_between(
                retiree_id=out.retiree_id,
                from_county=out.county_id,
                unit=Unit.objects.get(pk=other.to_unit_id or 0),
                on=out.effective_on,
                today=today,
            )
    except NotPossible as reason:
        for row in (out, other):
            _end(row, TransferState.FAILED, str(reason))
            _tell(row, f"转移没有办成：{reason}", by)
        return
    for row, words in ((out, f"已转往{out.other.label}"), (other, f"已由{other.other.label}转入")):
        _end(row, TransferState.DONE)
        record_event(
            kind=EventKind.MOVE,
            summary=f"{person.name}：{words}（{format_date(out.effective_on)}起）",
            by=by,
            subject=person,
            county_id=row.county_id,
            data={"transfer": str(row.pair)},
        )


def move_between(*, retiree_id: int, from_county: int, unit: Unit, on: date, today: date) -> Retiree:
    """Close the stay in one county and begin one in another, on the same day; all rows of the person go along.

    For the city's scope only. Raises NotPossible where he is not on that county's register any more.
    """
    person = Retiree.objects.select_for_update(of=("self",), no_key=True).get(pk=retiree_id)
    if person.state not in ON_REGISTER:
        raise NotPossible(f"{person.name}已{person.get_state_display()}。")
    if person.county_id != from_county:
        raise NotPossible(f"{person.name}已不在原县市区的名册里。")
    if unit.closed_on is not None:
        raise NotPossible(f"接收单位“{unit.name}”已经撤销。")
    stay = _open_stay(person, on)
    Membership.objects.filter(pk=stay.pk).update(during=since(stay.during.lower, on), exit=ExitKind.MOVED_OUT)
    person.county_id, person.unit = unit.area_id or unit.pk, unit
    person.version += 1
    person.save(update_fields=["county", "unit", "version", "updated_at"])
    Membership.objects.create(
        retiree_id=person.pk,
        county_id=person.county_id,
        unit=unit,
        during=since(on),
        entry=EntryKind.MOVED_IN,
    )
    rebuild_spells([person.pk], today=today)
    return person


def ask_for_due(*, today: date) -> int:
    """Ask to carry every agreed transfer whose day has come; return how many. In the city's scope."""
    due = Transfer.objects.filter(
        side=TransferSide.OUT, state=TransferState.ACCEPTED, effective_on__lte=today
    ).values_list("pair", flat=True)
    for pair in due:
        ask_to_carry(pair, f"due-{today:%Y%m%d}")
    return len(due)


def _tell(row: Transfer, words: str, by: Actor) -> None:
    record_event(
        kind=EventKind.MOVE,
        summary=f"{row.person['name']}：{words}",
        by=by,
        subject=row,
        county_id=row.county_id,
        data={"retiree": row.retiree_id},
    )
