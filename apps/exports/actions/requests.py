"""Asking for an export, agreeing to it, refusing it, taking it back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.scope import Actor
from apps.exports.choices import Format, Mask, State
from apps.exports.models import ExportRequest
from apps.exports.perms import can_decide, can_export
from apps.exports.queries import open_requests, taken_today
from apps.exports.rules import (
    DECIDE_WITHIN,
    MOST_ROWS,
    OPEN_AT_ONCE,
    ExportColumn,
    Exporter,
    Picked,
    exporters,
    has_private,
    needs_second,
)
from apps.jobs.actions import request_job

KEYS_IN_LOG = 2000
"""So many ids stand in the event itself; of more the request keeps them."""
NO_RIGHT = "您现在没有导出权限。需要的话，请安全管理员在“用户与权限”里给予。"
_ASKING = 20262
"""Class of the advisory locks on accounts that ask; the database has no other use of it."""


class NotNow(Exception):
    """The request cannot be made or decided like this; the text says why and what to do."""


@dataclass(frozen=True)
class Wanted:
    """What is to stand in the file, and in which form."""

    columns: Sequence[ExportColumn]
    format: str
    mask: str
    reason: str = ""
    order: str = ""
    template_id: int | None = None
    one_each: bool = False


@transaction.atomic
def request_export(*, exporter: Exporter, picked: Picked, wanted: Wanted, by: Actor) -> ExportRequest:
    """Write the request; make the file at once, or leave it to a second person. The people are fixed now.

    Raises NotNow: no right to export, nobody picked, too many for the form, no reason given, too much going on.
    """
    if not can_export(by):
        raise NotNow(NO_RIGHT)
    with (
        connection.cursor() as cursor
    ):  # one request of an account after the other, so that the day's sum holds
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_ASKING, by.user_id])
    columns = [one for one in wanted.columns if wanted.mask != Mask.OUT or not one.private]
    rows = len(picked.keys)
    needs = needs_second(
        rows=rows,
        taken_today=taken_today(by, timezone.now()),
        columns=columns,
        mask=wanted.mask,
        unit=exporter.unit,
    )
    _check(wanted, columns, rows, needs, exporter, by)
    request = ExportRequest.objects.create(
        county_id=by.county_id,
        unit_id=by.unit_id,
        register=exporter.kind,
        words=picked.words[:300],
        query=picked.query[:1000],
        keys=list(picked.keys),
        rows=rows,
        columns=[one.name for one in columns],
        order=wanted.order,
        format=wanted.format,
        mask=wanted.mask,
        template_id=wanted.template_id,
        one_each=wanted.one_each,
        reason=wanted.reason.strip()[:200],
        needs=needs,
        state=State.WAITING if needs else State.RUNNING,
        created_by=by.user_id,
        created_by_name=by.name,
        grant_id=by.grant_id,
    )
    _log(request, f"申请导出{exporter.label}{rows}{exporter.unit}", by, reason=request.reason)
    if not needs:
        _make(request, exporter.label, by)
    return request


def _check(
    wanted: Wanted, columns: Sequence[ExportColumn], rows: int, needs: str, exporter: Exporter, by: Actor
) -> None:
    if not rows:
        raise NotNow("没有符合条件的记录，没有可导出的内容。")
    if not columns:
        raise NotNow("至少选一列。")
    most = MOST_ROWS[wanted.format]
    if rows > most:
        other = "请改用 Excel，或" if wanted.format in (Format.DOCX, Format.PDF) else "请"
        raise NotNow(
            f"这种格式一次最多{most:,}{exporter.unit}，现在是{rows:,}{exporter.unit}。{other}加条件分几次导出。"
        )
    if not wanted.reason.strip() and (needs or has_private(columns, wanted.mask)):
        raise NotNow("要导出敏感信息或需要审批，请写明用途。")
    if open_requests(by) >= OPEN_AT_ONCE:
        raise NotNow(f"您已有{OPEN_AT_ONCE}个导出在等审批或生成，请等它们完成，或先撤回。")


def _make(request: ExportRequest, label: str, by: Actor) -> None:
    """Ask for the job, in the name and with the rights of whoever asked for the export."""
    job = request_job(
        kind="exports.make",
        label=f"导出{label} {request.rows}{exporters[request.register].unit}（{request.number}）",
        dedupe_key=f"exports.make:{request.pk}",
        payload={"request": request.pk},
        lane=f"exports:{request.created_by}",
        by=replace(by, user_id=request.created_by, grant_id=request.grant_id),
        total=request.rows,
    )
    ExportRequest.objects.filter(pk=request.pk).update(state=State.RUNNING, job_id=job.pk)
    request.state, request.job_id = State.RUNNING, job.pk


def _hold(request: ExportRequest) -> ExportRequest:
    return ExportRequest.objects.select_for_update(of=("self",), no_key=True).get(pk=request.pk)


@transaction.atomic
def decide_request(
    *, request: ExportRequest, agree: bool, words: str, label: str, by: Actor
) -> ExportRequest:
    """A second person agrees or refuses; a refusal says why. ``label``: what the register is called.

    Raises NotNow when it is not (or no more) this actor's to decide, or a refusal has no reason.
    """
    held = _hold(request)
    if held.state != State.WAITING:
        raise NotNow(f"这个申请现在是“{held.get_state_display()}”，不用再审批。")
    if timezone.now() - held.created_at > DECIDE_WITHIN:
        raise NotNow("申请已超过7天，人员可能有了变化，请对方重新申请。")
    if not can_decide(by, held):
        raise NotNow("不能审批自己的申请，也不能审批其他县市区的。")
    if not agree and not words.strip():
        raise NotNow("不批准时请写明原因。")
    ExportRequest.objects.filter(pk=held.pk).update(
        decided_by=by.user_id,
        decided_by_name=by.name,
        decided_at=Now(),
        decision=words.strip()[:200],
        state=State.WAITING if agree else State.REFUSED,
    )
    held.refresh_from_db()
    _log(held, f"{'批准' if agree else '不批准'}{held.created_by_name}的导出申请", by, reason=held.decision)
    if agree:
        _make(held, label, by)
    return held


@transaction.atomic
def drop_request(*, request: ExportRequest, by: Actor) -> ExportRequest:
    """Take a request back that nobody has decided on. Raises NotNow."""
    held = _hold(request)
    if held.state != State.WAITING or held.created_by != by.user_id:
        raise NotNow(f"这个申请现在是“{held.get_state_display()}”，不能撤回。")
    held.state = State.DROPPED
    held.save(update_fields=["state"])
    _log(held, "撤回导出申请", by)
    return held


def fail_request(request: ExportRequest) -> None:
    """The file could not be made; the job says why."""
    ExportRequest.objects.filter(pk=request.pk, state=State.RUNNING).update(state=State.FAILED)


def _log(request: ExportRequest, what: str, by: Actor, reason: str = "") -> None:
    record_event(
        kind=EventKind.EXPORT,
        summary=f"{what}（{request.number}，{request.get_format_display()}）",
        by=by,
        subject=request,
        county_id=request.county_id,
        unit_id=request.unit_id,
        reason=reason,
        data={"rows": request.rows, "columns": request.columns, "mask": request.mask, "state": request.state},
    )
