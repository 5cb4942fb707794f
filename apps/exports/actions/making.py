"""From a request to its file: rows in pieces, what is said about them, and the entry in the log."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.chinese import format_count, format_date, format_moment
from apps.core.documents.marks import FormValue
from apps.core.scope import Actor
from apps.core.sheets import About
from apps.exports.actions.requests import KEYS_IN_LOG
from apps.exports.choices import Format, Mask, State
from apps.exports.models import ExportRequest, FormTemplate
from apps.exports.rules import ExportColumn, Exporter, by_name, exporters

PIECE = 2000
"""People read at a time, each time in a transaction of its own."""


@dataclass
class Making:
    """A request being made: its columns, and whom it has written so far."""

    request: ExportRequest
    exporter: Exporter
    columns: Sequence[ExportColumn]
    names: Sequence[str]
    digest: Any
    written: int = 0
    template: FormTemplate | None = None

    @classmethod
    def of(cls, request: ExportRequest, actor: Actor) -> "Making":
        """Look at the request again with the rights of now: a column that the actor may not take any more is left
        out. Sheets that can be imported again carry the key of each person, in a hidden column."""
        exporter = exporters[request.register]
        offered = {**by_name(exporter.fields(actor)), **by_name(exporter.columns(actor))}
        named = [offered.get(name) or exporter.column_named(actor, name) for name in request.columns]
        columns = [one for one in named if one is not None]
        if request.format == Format.FORM and "name" not in {one.name for one in columns}:
            columns.append(offered["name"])  # by which the files and tabs are named
        if request.format in (Format.XLSX, Format.CSV) and request.mask != Mask.MASKED:
            columns.append(exporter.key_column())
        template = (
            FormTemplate.objects.filter(pk=request.template_id).first() if request.template_id else None
        )
        names = [one.name for one in columns]
        return cls(request, exporter, columns, names, hashlib.sha256(), template=template)


def rows_of(making: Making, keys: Sequence[int], actor: Actor) -> list[list[str]]:
    """The texts of a piece, in the actor's scope; people he no longer sees are left out."""
    found = []
    for key, texts in making.exporter.rows(actor, keys, making.names, making.request.mask):
        making.digest.update(f"{key},".encode())
        found.append(texts)
    making.written += len(found)
    return found


def forms_of(making: Making, keys: Sequence[int], actor: Actor) -> list[Mapping[str, FormValue]]:
    """The values of some people for the office's own form, in the actor's scope, as above."""
    request, found = making.request, []
    told = making.exporter.forms(actor, keys, making.names, request.mask, request.number)
    for key, values in told:
        making.digest.update(f"{key},".encode())
        found.append(values)
    making.written += len(found)
    return found


def papers_of(making: Making, keys: Sequence[int], actor: Actor) -> list[tuple[str, bytes]]:
    """(name, bytes) of the whole papers of some people, in the actor's scope; those he no longer sees are left out."""
    request, found = making.request, []
    papers = making.exporter.papers(
        actor,
        keys,
        request.format,
        plain=request.mask == Mask.PLAIN,
        reason=request.reason,
        number=request.number,
    )
    for key, name, content in papers:
        making.digest.update(f"{key},".encode())
        found.append((name, content))
    making.written += len(found)
    return found


def pieces(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    """The people of a request, some at a time."""
    for start in range(0, len(keys), PIECE):
        yield keys[start : start + PIECE]


def about(request: ExportRequest, exporter: Exporter) -> About:
    """What the file says about itself, with the watermark of whoever takes it."""
    now = timezone.now()
    decided = f"{request.decided_by_name}，{format_moment(request.decided_at)}" if request.decided_by else ""
    orders: Mapping[str, str] = dict(exporter.orders)
    return About(
        title=exporter.label,
        lines=(
            ("范围", request.words),
            ("数量", f"{format_count(request.rows)}{exporter.unit}"),
            ("截至", format_date(timezone.localtime(now).date())),
            ("排序", orders.get(request.order, "")),
            ("敏感信息", str(Mask(request.mask).label)),
            ("用途", request.reason),
            ("导出", f"{request.created_by_name}，{format_moment(now)}"),
            ("批准", decided),
            ("编号", request.number),
            ("注意", "内部资料，只限写明的用途，不得转发，用后销毁。"),
        ),
        mark=f"{request.created_by_name} {format_moment(now)} {request.number}",
        number=request.number,
    )


def finish(making: Making, *, by: Actor) -> ExportRequest:
    """The file is there: note it and write in the log who took whose data. In the job's last step."""
    request = making.request
    ExportRequest.objects.filter(pk=request.pk).update(state=State.READY, written=making.written)
    few = len(request.keys) <= KEYS_IN_LOG
    record_event(
        kind=EventKind.EXPORT,
        summary=f"导出{making.exporter.label}{making.written}{making.exporter.unit}"
        f"（{request.number}，{request.get_format_display()}）",
        by=by,
        subject=request,
        county_id=request.county_id,
        unit_id=request.unit_id,
        reason=request.reason,
        data={
            "rows": making.written,
            "columns": making.names,
            "mask": request.mask,
            "sha256_of_keys": making.digest.hexdigest(),
            "keys": list(request.keys) if few else f"exports_exportrequest {request.pk}",
        },
    )
    return request


__all__ = ["Making", "about", "finish", "forms_of", "papers_of", "pieces", "rows_of"]
