"""Upload, watch, look through, confirm, and what came of it."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from apps.core.chinese import format_count, format_moment
from apps.core.pages import page
from apps.core.private_files import FileNotKept
from apps.core.secret import mask_id
from apps.imports import actions, perms
from apps.imports.choices import WRITTEN, Level, Mode, State, Verdict
from apps.imports.forms import ConfirmForm, PreviewForm, UploadForm
from apps.imports.models import Batch, Row
from apps.imports.queries import contents_of, earlier_batch
from apps.imports.reading.refusals import Refused
from apps.imports.rules import Importer, importers
from apps.jobs.models import Job

PAGE = 50
PRIVATE = {"national_id", "phone", "address", "medical_card"}
TONES = {
    Verdict.NEW: "green",
    Verdict.UPDATE: "blue",
    Verdict.SAME: "grey",
    Verdict.DUPLICATE: "red",
    Verdict.ERROR: "red",
    Verdict.SKIPPED: "grey",
}


@page(perms.can_import)
def batches(request: HttpRequest) -> HttpResponse:
    """Batches of one's place, the newest first."""
    found = Batch.objects.visible_to(request.actor).select_related("unit")
    pages = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "pages": pages,
        "columns": [
            {"label": "文件", "num": False},
            {"label": "归入", "num": False},
            {"label": "状态", "num": False},
            {"label": "新增", "num": True},
            {"label": "更新", "num": True},
            {"label": "错误和重复", "num": True},
            {"label": "上传", "num": False},
        ],
        "rows": [_batch_row(batch) for batch in pages],
        "page_actions": [
            {"label": "导入花名册", "url": reverse("imports:upload"), "kind": "primary", "key": "n"}
        ],
        "crumbs": [{"label": "数据导入", "url": ""}],
    }
    return render(request, "imports/list.html", context)


def _batch_row(batch: Batch) -> dict[str, Any]:
    cells = [
        {"text": batch.file_name, "url": reverse("imports:detail", args=[batch.pk])},
        {"text": batch.unit.label},
        {"text": batch.get_state_display()},
        {"text": format_count(batch.total(Verdict.NEW))},
        {"text": format_count(batch.total(Verdict.UPDATE))},
        {"text": format_count(batch.total(Verdict.ERROR, Verdict.DUPLICATE))},
        {"text": f"{format_moment(batch.created_at)} {batch.created_by_name}"},
    ]
    return {"cells": [{"url": "", **cell} for cell in cells]}


@page(perms.can_import, "GET", "POST")
def upload(request: HttpRequest) -> HttpResponse:
    """Take a file; a job reads it. Nothing enters the register here."""
    form = UploadForm(request.POST or None, request.FILES or None, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            batch = actions.upload_batch(
                kind="roster",
                file_name=file.name,
                content=file.read(),
                unit=form.cleaned_data["unit"],
                by=request.actor,
            )
        except (Refused, actions.NotNow, FileNotKept) as refusal:
            form.add_error("file", getattr(refusal, "reason", str(refusal)))
        else:
            return redirect("imports:detail", batch.pk)
    context = {
        "form": form,
        "heading": "导入花名册",
        "submit_label": "上传并核对",
        "cancel_url": reverse("imports:list"),
        "note": "上传后先核对，确认后才写入名册。仅限公开和内部事项，不得上传涉密文件。",
        "crumbs": [{"label": "数据导入", "url": reverse("imports:list")}, {"label": "导入花名册", "url": ""}],
        "stages": _stages(None),
    }
    return render(request, "imports/upload.html", context, status=422 if form.errors else 200)


def _batch(request: HttpRequest, pk: int) -> Batch:
    return get_object_or_404(Batch.objects.visible_to(request.actor).select_related("unit", "county"), pk=pk)


def _stages(batch: Batch | None) -> list[dict[str, str]]:
    state = batch.state if batch else ""
    done = {State.CHECKED: 2, State.CONFIRMED: 3, State.DONE: 4}.get(state, 1 if batch else 0)
    matched = sum(1 for column in batch.columns if column["field"]) if batch else 0
    labels = (
        ("上传", ""),
        ("对应列", f"{matched}列，自动识别" if matched else ""),
        ("核对", ""),
        ("写入", ""),
    )
    stages = [
        {"label": label, "note": note, "state": "done" if index < done else "now" if index == done else ""}
        for index, (label, note) in enumerate(labels)
    ]
    if state == State.REFUSED:
        stages[1]["state"] = "wrong"
    return stages


@page(perms.can_import)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The batch at its stage: reading, refused, to look through, writing, written."""
    batch = _batch(request, pk)
    context = {
        "batch": batch,
        "stages": _stages(batch),
        "crumbs": [
            {"label": "数据导入", "url": reverse("imports:list")},
            {"label": batch.file_name, "url": ""},
        ],
    }
    if batch.state in (State.UPLOADED, State.CONFIRMED):
        return render(request, "imports/working.html", context | {"progress": _progress(batch)})
    if batch.state in (State.REFUSED, State.DROPPED):
        return render(request, "imports/refused.html", context | _refused(batch))
    return render(request, "imports/preview.html", context | _preview(request, batch))


@page(perms.can_import)
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The moving part of the page above; when the job is over the whole page comes anew."""
    batch = _batch(request, pk)
    if batch.state not in (State.UPLOADED, State.CONFIRMED):
        return HttpResponse(status=204, headers={"HX-Redirect": reverse("imports:detail", args=[batch.pk])})
    return render(request, "imports/_progress.html", {"progress": _progress(batch)})


def _progress(batch: Batch) -> dict[str, Any]:
    job = Job.objects.filter(pk=batch.job_id).first()
    reading = batch.state == State.UPLOADED
    broken = job is not None and job.is_over
    return {
        "id": "import-progress",
        "title": "没有完成" if broken else "正在读取和核对" if reading else "正在写入名册",
        "percent": "",
        "text": (job.problem or "请稍后再试，或联系系统管理员。")
        if broken
        else "一般几秒钟，两万行约半分钟。",
        "poll_url": "" if broken else reverse("imports:progress", args=[batch.pk]),
        "state": "wrong" if broken else "",
        "cancel_url": "",
        "next_label": "",
        "next_url": "",
    }


def _refused(batch: Batch) -> dict[str, Any]:
    return {
        "page_actions": [{"label": "重新上传", "url": reverse("imports:upload"), "kind": "primary"}],
    }


def _preview(request: HttpRequest, batch: Batch) -> dict[str, Any]:
    chosen = PreviewForm(request.GET)
    if set(request.GET) - set(chosen.fields) or not chosen.is_valid():
        raise BadRequest("unknown filter")
    show = chosen.cleaned_data["show"]
    rows = Row.objects.filter(batch=batch)
    if show == "warning":
        rows = rows.filter(level=Level.WARNING)
    elif show:
        rows = rows.filter(verdict=show)
    else:
        rows = rows.exclude(verdict=Verdict.SKIPPED)
    pages = Paginator(rows.order_by("position"), PAGE).get_page(chosen.cleaned_data["page"] or 1)
    importer = importers[batch.kind]
    read = {column["field"] for column in batch.columns if column["field"]}
    fields = [
        name
        for name in importer.field_labels
        if name in importer.shown or (name in read and name == "retired_on")
    ]
    return {
        "counts": _count_links(batch, show),
        "fields": [importer.field_labels[name] for name in fields],
        "rows": [_preview_row(row, fields, importer) for row in pages],
        "pages": pages,
        "query": f"{urlencode({'show': show})}&" if show else "",
        "columns": [column for column in batch.columns if column["header"]],
        "labels": importer.field_labels,
        "writable": batch.total(*WRITTEN),
        "wrong": batch.total(Verdict.ERROR, Verdict.DUPLICATE),
        "can_write": batch.state == State.CHECKED,
        "is_done": batch.state == State.DONE,
        "modes": Mode.choices,
        "earlier": earlier_batch(batch, request.actor) if batch.state == State.CHECKED else None,
        "people_url": f"{reverse('retirees:list')}?{urlencode({'batch': batch.pk})}",
    }


def _count_links(batch: Batch, show: str) -> list[dict[str, Any]]:
    people = batch.total(*(verdict for verdict in Verdict.values if verdict != Verdict.SKIPPED))
    items = (
        ("", "全部", people, ""),
        (Verdict.NEW, "新增", batch.total(Verdict.NEW), ""),
        (Verdict.UPDATE, "更新", batch.total(Verdict.UPDATE), ""),
        (Verdict.SAME, "无变化", batch.total(Verdict.SAME), ""),
        (Verdict.DUPLICATE, "重复", batch.total(Verdict.DUPLICATE), "wrong"),
        (Verdict.ERROR, "有错误", batch.total(Verdict.ERROR), "wrong"),
        ("warning", "有疑问", batch.counts.get("warning", 0), "look"),
        (Verdict.SKIPPED, "跳过的行", batch.total(Verdict.SKIPPED), ""),
    )
    address = reverse("imports:detail", args=[batch.pk])
    return [
        {
            "label": label,
            "count": format_count(number),
            "url": f"{address}?{urlencode({'show': name})}" if name else address,
            "active": name == show,
            "tone": tone if number else "",
        }
        for name, label, number, tone in items
    ]


def _preview_row(row: Row, fields: list[str], importer: Importer) -> dict[str, Any]:
    contents = contents_of(row)
    raw: Mapping[str, str] = contents.get("raw", {})
    by_field: dict[str, list[dict[str, str]]] = {}
    for issue in row.issues:
        by_field.setdefault(issue["field"], []).append(issue)
    cells = [
        {
            "label": importer.field_labels[name],
            "text": _shown(name, raw, contents),
            "issues": by_field.get(name, []),
            "tone": _tone(by_field.get(name, [])),
        }
        for name in fields
    ]
    others = [issue for name, found in by_field.items() if name not in fields for issue in found]
    changes = [
        {"label": label, "before": contents["before"][label], "after": after}
        for label, after in contents.get("after", {}).items()
    ]
    return {
        "number": row.number,
        "sheet": row.sheet,
        "verdict": Verdict(row.verdict).label,
        "verdict_tone": TONES[Verdict(row.verdict)],
        "doubtful": row.level == Level.WARNING,
        "cells": cells,
        "others": [{**issue, "label": importer.field_labels.get(issue["field"], "")} for issue in others],
        "changes": changes,
        "text": raw.get("text", ""),
        "target_url": reverse("retirees:detail", args=[row.target_id]) if row.target_id else "",
        "is_applied": row.is_applied,
    }


def _shown(name: str, raw: Mapping[str, str], contents: Mapping[str, Any]) -> str:
    """What the sheet says; a private value that could be read is masked, one that could not must be looked at."""
    text = raw.get(name) or contents.get("values", {}).get(name) or ""
    return mask_id(text) if name in PRIVATE and name in contents.get("entry", {}) else text


def _tone(issues: list[dict[str, str]]) -> str:
    levels = {issue["level"] for issue in issues}
    return "wrong" if "error" in levels else "look" if "warning" in levels else ""


@page(perms.can_import, "POST")
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the writing. Twice is once."""
    batch = _batch(request, pk)
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        raise BadRequest("mode")
    try:
        actions.confirm_batch(batch=batch, mode=Mode(form.cleaned_data["mode"]), by=request.actor)
    except actions.NotNow as reason:
        messages.warning(request, str(reason))
    return redirect("imports:detail", batch.pk)


@page(perms.can_import, "GET", "POST")
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the batch up, after a question."""
    batch = _batch(request, pk)
    if request.method == "POST":
        try:
            actions.drop_batch(batch=batch, by=request.actor)
        except actions.NotNow as reason:
            messages.warning(request, str(reason))
            return redirect("imports:detail", batch.pk)
        messages.success(request, f"已放弃 {batch.file_name}，名册没有变化。")
        return redirect("imports:list")
    context = {
        "heading": "放弃这次导入",
        "crumbs": [
            {"label": "数据导入", "url": reverse("imports:list")},
            {"label": batch.file_name, "url": reverse("imports:detail", args=[batch.pk])},
            {"label": "放弃", "url": ""},
        ],
        "confirm": {
            "question": f"放弃 {batch.file_name}？",
            "text": "上传的文件和核对结果会删除，名册不受影响。",
            "effects": [],
            "url": reverse("imports:drop", args=[batch.pk]),
            "hidden": [],
            "submit_label": "放弃",
            "danger": "yes",
            "cancel_url": reverse("imports:detail", args=[batch.pk]),
        },
    }
    return render(request, "generic/confirm.html", context)
