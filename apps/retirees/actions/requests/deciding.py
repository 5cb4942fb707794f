"""Deciding about requests, and which fields are reviewed at all."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.scope import Actor
from apps.retirees.actions.edit import edit_retiree
from apps.retirees.actions.leaving import retract_exit
from apps.retirees.actions.life import NotPossible
from apps.retirees.actions.requests.rows import close_life, close_request, hold_request, log_decided
from apps.retirees.choices import LifeState, RequestKind, RequestState
from apps.retirees.models import ChangeRequest, PrivateDetails, Retiree, ReviewSetting
from apps.retirees.queries.requests import (
    DEATH,
    REVIEWABLE,
    field_label,
    is_life_moot,
    is_same_value,
    present_values,
    unpack,
)


class Overtaken(Exception):
    """Somebody changed the person after the request was made; what stands there now must be looked at first."""

    def __init__(self) -> None:
        super().__init__("提出申请之后有人改过这几项，请看清现在的内容再审核。")


@transaction.atomic
def approve(*, request: ChangeRequest, by: Actor, seen: int | None = None) -> ChangeRequest:
    """Put a request in force, by the one who decides; the log names who asked.

    ``seen``: the version of the person that the decider had before him; without it a request whose fields were
    changed meanwhile is not put in force. Comes back as OVERTAKEN where nothing is left to change.
    Raises Overtaken, HiddenDuplicate, NotPossible (already decided).
    """
    row = hold_request(request, RequestState.WAITING)
    person = Retiree.objects.select_for_update(of=("self",), no_key=True).get(pk=row.retiree_id)
    if row.kind == RequestKind.FIELDS:
        is_done = _apply_fields(row, person, seen, by)
    else:
        is_done = not is_life_moot(row, person)
    if is_done and row.kind == RequestKind.RETRACTION:
        retract_exit(retiree=person, reason=f"{row.reason}（{row.asked_by_name}申请）"[:200], by=by)
        close_life(person, by, "去世登记已撤回", but=row)
    if is_done:
        close_request(row, RequestState.APPROVED, by)
        log_decided(row, person, "审核通过", by)
    else:
        close_request(row, RequestState.OVERTAKEN, by, "名册里已经是这样，不用再改")
    return row


def _apply_fields(row: ChangeRequest, person: Retiree, seen: int | None, by: Actor) -> bool:
    private = PrivateDetails.objects.get(pk=person.pk)
    before, wanted = unpack(row.before), unpack(row.after)
    now = present_values(person, private, wanted)
    changes = {name: value for name, value in wanted.items() if not is_same_value(now[name], value)}
    moved = any(not is_same_value(now[name], before.get(name)) for name in changes)
    if moved and seen != person.version:
        raise Overtaken
    if changes:
        edit_retiree(
            retiree=person, values=changes, version=person.version, seen_on=timezone.localdate(), by=by
        )
    return bool(changes)


@transaction.atomic
def return_(*, request: ChangeRequest, words: str, by: Actor) -> ChangeRequest:
    """Send a request back to be amended. A reported death stays in force meanwhile.

    Raises NotPossible without words, or when it is decided already.
    """
    return _answer(request, RequestState.RETURNED, words, by, "退回申请")


@transaction.atomic
def refuse(*, request: ChangeRequest, words: str, by: Actor) -> ChangeRequest:
    """Decide that a request is not right. A reported death is undone whole, as if it had not been.

    Raises NotPossible without words, or when it is decided already.
    """
    row = _answer(request, RequestState.REFUSED, words, by, "不予认可")
    if row.kind == RequestKind.DEATH:
        person = Retiree.objects.get(pk=row.retiree_id)
        if person.state == LifeState.DEAD:
            retract_exit(retiree=person, reason=f"审核不予认可：{words}"[:200], by=by)
            close_life(person, by, "去世登记已撤回", but=row)
    return row


def _answer(request: ChangeRequest, state: RequestState, words: str, by: Actor, what: str) -> ChangeRequest:
    row = hold_request(request, RequestState.WAITING)
    if not words.strip():
        raise NotPossible("请写明意见，让对方知道要改什么。")
    close_request(row, state, by, words)
    log_decided(row, row.retiree, what, by)
    return row


@transaction.atomic
def set_reviewed(*, names: Iterable[str], by: Actor) -> ReviewSetting:
    """Say which fields are reviewed from now on; what waits already goes on waiting.

    Raises NotPossible for a name that cannot be reviewed.
    """
    wanted = set(names)
    if wanted - {*REVIEWABLE, DEATH}:
        raise NotPossible("有的栏目不能设为审核。")
    setting = ReviewSetting.objects.create(
        names=[name for name in (*REVIEWABLE, DEATH) if name in wanted],
        set_by=by.user_id,
        set_by_name=by.name,
    )
    record_event(
        kind=EventKind.SETTING,
        summary=f"变更审核的栏目：{'、'.join(map(field_label, setting.names)) or '都不审核'}",
        by=by,
    )
    return setting
