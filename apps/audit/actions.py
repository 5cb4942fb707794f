"""Writing the log, always in the transaction of the act itself."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from apps.audit.choices import EventKind
from apps.audit.models import Event, SignIn
from apps.core.classified import is_marked, is_marked_file
from apps.core.scope import Actor, current_actor

MARKED = "带有密级标志（如“机密★10年”），没有接受，也没有保存。本平台不处理国家秘密，请按保密规定办理。"
MOST_LOOKED_AT = 21 * 1024 * 1024
"""Larger files are refused by every form."""


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


def refuse_marked_file(file: Any) -> None:
    """Validator of every field that takes a file: one that bears a mark of secrecy is not kept (security.md D12).

    ``file`` is an UploadedFile. Raises ValidationError after writing an event, which holds neither the file's name nor
    anything out of it.
    """
    if (file.size or 0) > MOST_LOOKED_AT:
        return
    file.seek(0)
    marked = is_marked_file(file.read(), file.name or "")
    file.seek(0)
    if marked:
        _note_mark("上传的文件")


def refuse_marked_text(text: str) -> None:
    """The same for what somebody types or pastes."""
    if is_marked(text):
        _note_mark("填写的内容")


def _note_mark(what: str) -> None:
    record_event(kind=EventKind.REFUSED, summary=f"{what}带有密级标志，没有接受", by=current_actor())
    raise ValidationError(f"{what}{MARKED}", code="marked")
