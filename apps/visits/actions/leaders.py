"""Leaders in office, and who keeps in touch with whom."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.bulk import insert_many, update_values
from apps.core.scope import Actor
from apps.retirees.models import Retiree
from apps.visits.models import Leader, NamedLeader


class NotNamed(ValueError):
    """Somebody cannot get this leader from this day on. The text says why."""


@transaction.atomic
def save_leader(*, leader: Leader | None, values: Mapping[str, Any], by: Actor) -> Leader:
    """Add a leader of the actor's office, or change one. Visits keep the post of their day.

    Raises IntegrityError for one who stands there already."""
    row = leader or Leader(county_id=by.county_id)
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    word = "修改" if leader else "登记"
    kind = EventKind.CHANGE if leader else EventKind.CREATE
    record_event(kind=kind, summary=f"{word}走访领导：{row}", by=by, subject=row)
    return row


@transaction.atomic
def name_leader(
    *, people: Collection[Retiree], leader: Leader | None, since: date, note: str = "", by: Actor
) -> int:
    """Let a leader keep in touch with these people from a day on, in place of the one before; None: nobody does any
    more. Return how many people changed. Raises NotNamed where somebody has later entries."""
    keys = [person.pk for person in people]
    rows = NamedLeader.objects.filter(retiree_id__in=keys).select_for_update(of=("self",), no_key=True)
    ended, gone, same = [], [], set()
    for row in rows.order_by("pk"):
        if row.during.upper is not None and row.during.upper > since:
            raise NotNamed(f"{since}以后已有联系领导的记录，请把日期改到那以后。")
        if row.during.upper is not None:
            continue
        if leader is not None and row.leader_id == leader.pk:
            same.add(row.retiree_id)
        elif row.during.lower is not None and row.during.lower > since:
            raise NotNamed(f"现在的联系领导从{row.during.lower}起，日期不能更早。")
        elif row.during.lower == since:
            gone.append(row.pk)
        else:
            ended.append({"id": row.pk, "during": DateRange(row.during.lower, since)})
    NamedLeader.objects.filter(pk__in=gone).delete()
    update_values(NamedLeader, ended, ("during",))
    fresh = [person for person in people if person.pk not in same] if leader is not None else []
    insert_many(
        NamedLeader(**person.row_keys(), leader=leader, during=DateRange(since, None), note=note)
        for person in fresh
    )
    number = len(fresh) if leader is not None else len(ended) + len(gone)
    if number:
        summary = f"指定联系领导：{leader}" if leader is not None else "结束联系领导"
        subject = next(iter(people)) if len(keys) == 1 else None
        data = {"people": keys[:200], "count": number}
        record_event(
            kind=EventKind.CHANGE, summary=f"{summary}，{number}人", by=by, subject=subject, data=data
        )
    return number
