"""Deaths and their retraction: a death takes effect at once, its retraction by a county waits (docs/adr/0020)."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.partial_date import PartialDate
from apps.core.scope import Actor
from apps.retirees.actions.leaving import record_death, retract_exit
from apps.retirees.actions.life import NotPossible
from apps.retirees.actions.requests.rows import Proof, attach_proof, close_life, new_row
from apps.retirees.choices import LifeState, RequestKind
from apps.retirees.models import ChangeRequest, Retiree
from apps.retirees.models.requests import OPEN
from apps.retirees.queries.requests import (
    DEATH,
    held_names,
    level_of,
)


@transaction.atomic
def report_death(
    *,
    retiree: Retiree,
    died_on: PartialDate,
    reported_on: date,
    place: str = "",
    funeral: str = "",
    note: str = "",
    survivors: Collection[uuid.UUID] = (),
    new_survivors: Sequence[Mapping[str, Any]] = (),
    proof: Proof | None = None,
    by: Actor,
) -> ChangeRequest | None:
    """Record a death at once; below the city, where deaths are reviewed, with a request to confirm it.

    Raises NotPossible as ``record_death`` does.
    """
    before = {"state": retiree.state}
    person = record_death(
        retiree=retiree,
        died_on=died_on,
        reported_on=reported_on,
        place=place,
        funeral=funeral,
        note=note,
        survivors=survivors,
        new_survivors=new_survivors,
        by=by,
    )
    if DEATH not in held_names(by):
        return None
    after = {"died_on": died_on, "reported_on": reported_on, "place": place, "note": note}
    row = new_row(person, RequestKind.DEATH, before, after, "登记去世", by, level_of(by))
    if proof is not None:
        attach_proof([row], proof)
    row.save(force_insert=True)
    return row


@transaction.atomic
def take_back_death(
    *, retiree: Retiree, reason: str, proof: Proof | None = None, by: Actor
) -> ChangeRequest | None:
    """Take back a death: by the city at once, by a county (where deaths are reviewed) as a request; the person stays
    dead until then. Returns the request, None where it was done.

    Raises NotPossible for people who are not dead, without a reason, and when the same was asked for already.
    """
    if DEATH not in held_names(by):
        retract_exit(retiree=retiree, reason=reason, by=by)
        close_life(retiree, by, "去世登记已撤回")
        return None
    person = Retiree.objects.select_for_update(of=("self",), no_key=True).get(pk=retiree.pk)
    if person.state != LifeState.DEAD:
        raise NotPossible(f"{person.name}没有登记去世。")
    if not reason.strip():
        raise NotPossible("请写明撤回的原因。")
    asked = ChangeRequest.objects.filter(retiree=person, kind=RequestKind.RETRACTION, state__in=OPEN)
    if asked.exists():
        raise NotPossible("已经报市局审核，请等审核结果。")
    row = new_row(
        person,
        RequestKind.RETRACTION,
        {"state": person.state},
        {"died_on": person.died_on},
        reason,
        by,
        level_of(by),
    )
    if proof is not None:
        attach_proof([row], proof)
    row.save(force_insert=True)
    record_event(
        kind=EventKind.STATE,
        summary=f"报审：撤回{person.name}的去世登记",
        by=by,
        subject=person,
        data={"request": str(row.pk)},
    )
    return row
