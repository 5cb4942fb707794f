"""Writing the log, always in the transaction of the act itself."""

from typing import Any

from django.db import models

from apps.audit.choices import EventKind
from apps.audit.models import Event, SignIn
from apps.core.scope import Actor


def record_event(
    *,
    kind: EventKind,
    summary: str,
    by: Actor,
    subject: models.Model | None = None,
    county_id: int | None = None,
    unit_id: int | None = None,
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> Event:
    """Write one event. Place defaults to the subject's, else to the actor's.

    ``data`` takes ids and counts, never a private value.
    """
    county_id = county_id or getattr(subject, "county_id", None) or by.county_id
    unit_id = unit_id or getattr(subject, "unit_id", None) or by.unit_id
    event = Event(
        kind=kind,
        summary=summary[:300],
        reason=reason[:200],
        subject=subject._meta.label_lower if subject is not None else "",
        subject_id=str(subject.pk) if subject is not None else "",
        data=data or {},
        actor_id=by.user_id,
        actor_name=by.name,
        role=by.role,
        request=by.request,
        county_id=county_id,
        unit_id=unit_id,
    )
    event.save(force_insert=True)
    return event


def record_reveal(by: Actor, place: str, reason: str) -> None:
    """Write that ``by`` was shown the private value at ``place`` ("table|column|row")."""
    table, column, row = place.split("|")
    event = Event(
        kind=EventKind.REVEAL,
        summary=f"查看敏感信息：{column}",
        reason=reason[:200],
        subject=table,
        subject_id=row,
        data={"column": column},
        actor_id=by.user_id,
        actor_name=by.name,
        role=by.role,
        request=by.request,
        county_id=by.county_id,
        unit_id=by.unit_id,
    )
    event.save(force_insert=True)


def record_sign_in(
    *, username: str, outcome: str, user_id: int | None, address: str | None, agent: str
) -> None:
    """Write a sign-in or a failed try. ``outcome``: ok, failed, locked, code-failed or out."""
    SignIn(
        username=username[:150], outcome=outcome, user_id=user_id, address=address, agent=agent[:200]
    ).save(force_insert=True)
