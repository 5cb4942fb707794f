"""The rows of requests themselves: making, holding, closing them, and what the log says."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core import private_files
from apps.core.scope import Actor
from apps.retirees.actions.life import NotPossible
from apps.retirees.choices import RequestKind, RequestState
from apps.retirees.models import ChangeRequest, Retiree
from apps.retirees.models.requests import OPEN
from apps.retirees.queries.requests import (
    field_label,
    pack,
)

BUCKET = "proofs"


@dataclass(frozen=True)
class Proof:
    """A scan that goes with a request."""

    name: str
    content: bytes


def new_row(
    person: Retiree,
    kind: RequestKind,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    reason: str,
    by: Actor,
    level: str,
) -> ChangeRequest:
    return ChangeRequest(
        retiree=person,
        county_id=person.county_id,
        unit_id=person.unit_id,
        kind=kind,
        names=sorted(after),
        before=pack(before),
        after=pack(after),
        base_version=person.version,
        reason=reason.strip()[:200],
        asked_level=level,
        asked_by=by.user_id,
        asked_by_name=by.name,
        asked_at=timezone.now(),
    )


def attach_proof(rows: Iterable[ChangeRequest], proof: Proof) -> None:
    rows = list(rows)
    if rows:
        stored = private_files.keep(BUCKET, proof.content)
        for row in rows:
            row.proof_file = stored.name
            row.proof_name = private_files.clean_filename(proof.name)


def hold_request(request: ChangeRequest, *states: RequestState) -> ChangeRequest:
    row = ChangeRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if row.state not in states:
        raise NotPossible(f"这条申请{row.get_state_display()}，不能再办理。")
    return row


def close_request(row: ChangeRequest, state: RequestState, by: Actor, words: str = "") -> None:
    row.state, row.words = state, words.strip()[:200]
    row.decided_by, row.decided_by_name, row.decided_at = by.user_id, by.name, timezone.now()
    row.save(update_fields=["state", "words", "decided_by", "decided_by_name", "decided_at"])


def log_decided(row: ChangeRequest, person: Retiree, what: str, by: Actor) -> None:
    fields = "" if row.kind != RequestKind.FIELDS else f"（{'、'.join(map(field_label, row.names))}）"
    record_event(
        kind=EventKind.CHANGE if row.kind == RequestKind.FIELDS else EventKind.STATE,
        summary=f"{what}：{person.name}，{row.get_kind_display()}{fields}，{row.asked_by_name}申请",
        by=by,
        subject=person,
        data={"request": str(row.pk), "asked_by": row.asked_by},
    )


def close_life(person: Retiree, by: Actor, words: str, but: ChangeRequest | None = None) -> None:
    """Requests about a death that is no more."""
    rows = ChangeRequest.objects.select_for_update().filter(retiree_id=person.pk, state__in=OPEN)
    others = rows.exclude(pk=but.pk) if but else rows
    for row in others.exclude(kind=RequestKind.FIELDS):
        close_request(row, RequestState.OVERTAKEN, by, words)
