"""Asking for a change of reviewed fields, and what the asking side may still do."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core import private_files
from apps.core.bulk import insert_many
from apps.core.scope import Actor
from apps.retirees.actions.edit import edit_retiree
from apps.retirees.actions.life import NotPossible
from apps.retirees.actions.register import HiddenDuplicate
from apps.retirees.actions.requests.rows import (
    BUCKET,
    Proof,
    attach_proof,
    close_request,
    hold_request,
    log_decided,
    new_row,
)
from apps.retirees.choices import RequestKind, RequestState
from apps.retirees.models import ChangeRequest, PrivateDetails, Retiree, TakenId
from apps.retirees.models.private import id_index
from apps.retirees.models.requests import OPEN
from apps.retirees.queries.requests import (
    field_label,
    held_names,
    is_same_value,
    level_of,
    present_values,
    unpack,
)


def split_for_review(
    actor: Actor,
    values: Mapping[str, Any],
    *,
    taken_from_id: Iterable[str] = (),
    held: Collection[str] | None = None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Part values (keys as Entry.values) into those the actor writes at once and those that wait for review.

    ``taken_from_id``: fields that were filled in from the ID number, which wait where the number does.
    ``held``: ``held_names(actor)``, by whoever parts the values of thousands.
    """
    waiting = set(held_names(actor) if held is None else held)
    if "national_id" in waiting and "national_id" in values:
        waiting |= set(taken_from_id)
    direct = {name: value for name, value in values.items() if name not in waiting}
    return direct, {name: value for name, value in values.items() if name in waiting}


def changed_values(
    person: Retiree, private: PrivateDetails | None, values: Mapping[str, Any]
) -> dict[str, Any]:
    """Those of ``values`` that say something else than the register."""
    now = present_values(person, private, values)
    return {name: value for name, value in values.items() if not is_same_value(now[name], value)}


@transaction.atomic
def request_change(
    *,
    retiree: Retiree,
    values: Mapping[str, Any],
    reason: str,
    by: Actor,
    proof: Proof | None = None,
    origin: str = "",
    batch_id: int | None = None,
) -> ChangeRequest | None:
    """Ask for a change of ``values``; None where the register, or an open request, says the same already.

    Raises NotPossible without a reason, HiddenDuplicate for an ID number that is registered.
    """
    rows = request_changes(
        changes=[(retiree, values)], reason=reason, by=by, proof=proof, origin=origin, batch_id=batch_id
    )
    return rows[0] if rows else None


@transaction.atomic
def request_changes(
    *,
    changes: Sequence[tuple[Retiree, Mapping[str, Any]]],
    reason: str,
    by: Actor,
    proof: Proof | None = None,
    origin: str = "",
    batch_id: int | None = None,
) -> list[ChangeRequest]:
    """Ask for changes of many people at once, as ``request_change`` does for one. A request for a field that waits
    already takes the place of the older one, whose other fields it carries on."""
    if not reason.strip():
        raise NotPossible("请写明原因。")
    keys = [person.pk for person, _ in changes]
    list(Retiree.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=keys).values_list("pk"))
    private = PrivateDetails.objects.in_bulk(keys)
    earlier = _open_by_person(keys)
    made: list[ChangeRequest] = []
    replaced: list[ChangeRequest] = []
    for person, values in changes:
        wanted = changed_values(person, private.get(person.pk), values)
        older = [row for row in earlier.get(person.pk, ()) if set(row.names) & set(wanted)]
        if not wanted or any(_says(row, wanted) for row in older):
            continue
        for row in older:
            wanted = unpack(row.after) | wanted
        replaced += older
        before = present_values(person, private.get(person.pk), wanted)
        level = "county" if any(row.asked_level == "county" for row in older) else level_of(by)
        row = new_row(person, RequestKind.FIELDS, before, wanted, reason, by, level)
        row.origin, row.batch_id = origin[:100], batch_id
        made.append(row)
    _refuse_taken(made)
    if proof is not None:
        attach_proof(made, proof)
    insert_many(made)
    for row in replaced:
        close_request(row, RequestState.OVERTAKEN, by, "被后来的申请替代")
    _log_asked(made, origin, by)
    return made


@transaction.atomic
def edit_with_review(
    *,
    retiree: Retiree,
    direct: Mapping[str, Any],
    held: Mapping[str, Any],
    version: int,
    seen_on: date,
    today: date,
    reason: str,
    proof: Proof | None = None,
    by: Actor,
) -> tuple[Retiree, ChangeRequest | None]:
    """Write ``direct`` at once and ask for ``held`` (both from ``split_for_review``): both or nothing.

    Raises what ``edit_retiree`` and ``request_change`` raise.
    """
    person = edit_retiree(
        retiree=retiree, values=direct, version=version, seen_on=seen_on, today=today, by=by
    )
    if not held:
        return person, None
    return person, request_change(retiree=person, values=held, reason=reason, proof=proof, by=by)


def _open_by_person(keys: Sequence[int]) -> dict[int, list[ChangeRequest]]:
    found: dict[int, list[ChangeRequest]] = {}
    rows = ChangeRequest.objects.filter(retiree_id__in=keys, kind=RequestKind.FIELDS, state__in=OPEN)
    for row in rows.order_by("asked_at"):
        found.setdefault(row.retiree_id, []).append(row)
    return found


def _says(row: ChangeRequest, wanted: Mapping[str, Any]) -> bool:
    after = unpack(row.after)
    return row.state == RequestState.WAITING and all(
        name in after and is_same_value(after[name], value) for name, value in wanted.items()
    )


def _refuse_taken(rows: Iterable[ChangeRequest]) -> None:
    numbers = [unpack(row.after).get("national_id") for row in rows if "national_id" in row.names]
    indexes = [id_index(number) for number in numbers if number]
    if len(set(indexes)) != len(indexes) or (
        indexes and TakenId.objects.filter(national_id_index__in=indexes).exists()
    ):
        raise HiddenDuplicate


def _log_asked(rows: Sequence[ChangeRequest], origin: str, by: Actor) -> None:
    """The reasons stay with the requests: the log is read by people who see nothing of the register."""
    if len(rows) == 1:
        row = rows[0]
        record_event(
            kind=EventKind.CHANGE,
            summary=f"报审：{row.retiree.name}（{'、'.join(map(field_label, row.names))}）",
            by=by,
            subject=row.retiree,
            data={"request": str(row.pk), "fields": row.names},
        )
    elif rows:
        record_event(
            kind=EventKind.CHANGE,
            summary=f"报审：{len(rows)}人的资料{f'（{origin}）' if origin else ''}",
            by=by,
            data={"requests": len(rows)},
        )


@transaction.atomic
def withdraw(*, request: ChangeRequest, by: Actor) -> ChangeRequest:
    """Take a request back. A reported death is not taken back like that but by 撤回去世登记.

    Raises NotPossible for a death, or when it is decided already.
    """
    row = hold_request(request, *OPEN)
    if row.kind == RequestKind.DEATH:
        raise NotPossible("去世已经登记，登记错了请用“撤回去世登记”。")
    close_request(row, RequestState.WITHDRAWN, by)
    log_decided(row, row.retiree, "撤回申请", by)
    return row


@transaction.atomic
def resend(*, request: ChangeRequest, reason: str, proof: Proof | None = None, by: Actor) -> ChangeRequest:
    """Give a request a better reason or proof; a returned one is sent again, its words stay until it is decided.

    Raises NotPossible when it is decided already, or without a reason.
    """
    row = hold_request(request, *OPEN)
    if not reason.strip():
        raise NotPossible("请写明原因。")
    row.state, row.reason = RequestState.WAITING, reason.strip()[:200]
    row.asked_by, row.asked_by_name, row.asked_at = by.user_id, by.name, timezone.now()
    if proof is not None:
        attach_proof([row], proof)
    row.save()
    log_decided(row, row.retiree, "补充并报审", by)
    return row


def read_proof(*, request: ChangeRequest, by: Actor) -> bytes:
    """The proof of a request, with a line in the log. Raises FileGone or FileDamaged."""
    content = private_files.read(BUCKET, request.proof_file)
    record_event(
        kind=EventKind.DOWNLOAD,
        summary=f"下载证明材料：{request.retiree.name}",
        by=by,
        subject=request.retiree,
        data={"request": str(request.pk)},
    )
    return content
