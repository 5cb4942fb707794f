"""Upload, watch, confirm, give up, and what came of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from apps.accounts.perms import may_export
from apps.core.chinese import format_count, format_moment
from apps.core.downloads import attachment
from apps.core.pages import page
from apps.core.private_files import FileNotKept
from apps.core.scope import Actor
from apps.imports import actions, perms
from apps.imports.choices import Mode, State, Verdict
from apps.imports.forms import ConfirmForm, TemplateForm, UploadForm
from apps.imports.models import Batch
from apps.imports.queries import rows_for_review
from apps.imports.reading.refusals import Refused
from apps.imports.rules import Place, Trace, importers
from apps.imports.views.preview import PAGE, preview, traces_of
from apps.jobs.models import Job


@page(perms.can_import)
def batches(request: HttpRequest) -> HttpResponse:
    """Batches of one's place, the newest first."""
    found = Batch.objects.visible_to(request.actor).select_related("unit")
    pages = Paginator(found, PAGE).get_page(request.GET.get("page"))
    traces = traces_of(pages, request.actor)
    context = {
        "pages": pages,
        "columns": [
            {"label": "文件", "num": False},
            {"label": "内容", "num": False},
            {"label": "归入", "num": False},
            {"label": "状态", "num": False},
            {"label": "新增", "num": True},
            {"label": "更新", "num": True},
            {"label": "错误和重复", "num": True},
            {"label": "上传", "num": False},
        ],
        "rows": [_batch_row(batch, traces) for batch in pages],
        "page_actions": [
            {"label": "导入走访台账", "url": f"{reverse('imports:upload')}?{urlencode({'kind': 'visits'})}"},
            {"label": "导入花名册", "url": reverse("imports:upload"), "kind": "primary", "key": "n"},
        ],
        "crumbs": [{"label": "数据导入", "url": ""}],
    }
    return render(request, "imports/list.html", context)


def _batch_row(batch: Batch, traces: Mapping[int, Trace]) -> dict[str, Any]:
    trace = traces.get(batch.pk)
    cells = [
        {"text": batch.file_name, "url": reverse("imports:detail", args=[batch.pk])},
        {"text": importers[batch.kind].wording.file},
        {"text": batch.unit.label},
        {"text": "已撤销" if trace and trace.is_undone else batch.get_state_display()},
        {"text": format_count(batch.total(Verdict.NEW))},
        {"text": format_count(batch.total(Verdict.UPDATE))},
        {"text": format_count(batch.total(Verdict.ERROR, Verdict.DUPLICATE))},
        {"text": f"{format_moment(batch.created_at)} {batch.created_by_name}"},
    ]
    return {"cells": [{"url": "", **cell} for cell in cells]}


@page(perms.can_import, "GET", "POST")
def upload(request: HttpRequest) -> HttpResponse:
    """Take a file; a job reads it. Nothing enters the register here."""
    kind = _kind(request)
    form = UploadForm(
        request.POST or None, request.FILES or None, actor=request.actor, initial={"kind": kind}
    )
    if request.method == "POST" and form.is_valid():
        name, content = form.upload
        try:
            batch = actions.upload_batch(
                kind=form.cleaned_data["kind"],
                file_name=name,
                content=content,
                unit=form.cleaned_data["unit"],
                by=request.actor,
            )
        except (Refused, actions.NotNow, FileNotKept) as refusal:
            form.add_error("file", getattr(refusal, "reason", str(refusal)))
        else:
            return redirect("imports:detail", batch.pk)
    context = {
        "form": form,
        "heading": (heading := f"导入{importers[kind].wording.file}"),
        "submit_label": "上传并核对",
        "cancel_url": reverse("imports:list"),
        "note": f"上传后先核对，确认后才写入{importers[kind].wording.target}。仅限公开和内部事项，不得上传涉密文件。",
        "crumbs": [{"label": "数据导入", "url": reverse("imports:list")}, {"label": heading, "url": ""}],
        "stages": stages_of(None),
        "page_actions": _sheets(request.actor, kind),
    }
    return render(request, "imports/upload.html", context, status=422 if form.errors else 200)


def _kind(request: HttpRequest) -> str:
    """What the address says is to be imported: a roster where it says nothing. Raises BadRequest for other words."""
    kind = request.GET.get("kind", "roster")
    if kind not in importers:
        raise BadRequest("kind")
    return kind


def _sheets(actor: Actor, kind: str) -> list[dict[str, Any]]:
    """Sheets to fill in: one's people with their keys, to be completed; an empty one, for the city of a county."""
    address = reverse("imports:template") + (f"?{urlencode({'kind': kind})}" if kind != "roster" else "")
    if kind != "roster":
        return [{"label": "下载空白模板", "url": address, "method": "post", "repeatable": True}]
    empty = {"url": address, "method": "post", "repeatable": True}
    update_url = f"{reverse('exports:new')}?{urlencode({'query': '', 'for': 'update'})}"
    update = [{"label": "下载更新表（已登记的人）", "url": update_url}] if may_export(actor) else []
    if actor.county_id is not None:
        return [*update, {**empty, "label": "下载空白模板"}]
    return [*update, {"label": "下载空白模板", "url": reverse("imports:template")}]


@page(perms.can_import, "GET", "POST")
def template(request: HttpRequest) -> HttpResponse:
    """The empty sheet, with the units of a place to pick from: one's own, or the county that the city picks. It holds
    nobody's data."""
    importer, actor = importers[_kind(request)], request.actor
    form = TemplateForm(request.POST if request.method == "POST" else None, actor=actor)
    if request.method == "GET" or not form.is_valid():
        context = {
            "form": form,
            "heading": "下载空白模板",
            "submit_label": "下载",
            "cancel_url": reverse("imports:upload"),
            "crumbs": [
                {"label": "数据导入", "url": reverse("imports:list")},
                {"label": f"导入{importer.wording.file}", "url": reverse("imports:upload")},
                {"label": "空白模板", "url": ""},
            ],
        }
        return render(request, "generic/form.html", context, status=422 if form.errors else 200)
    county_id = form.county_id
    units: Sequence[str] = ()
    if county_id is not None and actor.unit_id is None:
        units = importer.suggestions("unit", Place(county_id, county_id, is_county=True))
    return attachment(
        importer.template(units), filename=f"{importer.label}模板.xlsx", content_type=actions.XLSX
    )


def batch_of(request: HttpRequest, pk: int) -> Batch:
    return get_object_or_404(Batch.objects.visible_to(request.actor).select_related("unit", "county"), pk=pk)


def stages_of(batch: Batch | None) -> list[dict[str, str]]:
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


def _page_of(batch: Batch) -> dict[str, Any]:
    crumbs = [
        {"label": "数据导入", "url": reverse("imports:list")},
        {"label": batch.file_name, "url": ""},
    ]
    return {"batch": batch, "stages": stages_of(batch), "crumbs": crumbs}


@page(perms.can_import)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The batch at its stage: reading, refused, to look through, writing, written."""
    batch = batch_of(request, pk)
    if batch.continued_in:
        return redirect("imports:detail", batch.continued_in)
    context = _page_of(batch)
    if batch.state in (State.UPLOADED, State.CONFIRMED):
        return render(request, "imports/working.html", context | _working(batch))
    if batch.state in (State.REFUSED, State.DROPPED):
        return render(request, "imports/refused.html", context | _refused(batch))
    return render(request, "imports/preview.html", context | preview(request, batch))


@page(perms.can_import)
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The moving part of the page above; when the job is over the whole page comes anew."""
    batch = batch_of(request, pk)
    if batch.state not in (State.UPLOADED, State.CONFIRMED):
        return HttpResponse(status=204, headers={"HX-Redirect": reverse("imports:detail", args=[batch.pk])})
    return render(request, "imports/_progress.html", {"progress": _progress(batch)})


def _working(batch: Batch) -> dict[str, Any]:
    """The progress, and a way on where the job was stopped or broke down."""
    job = Job.objects.filter(pk=batch.job_id).first()
    if job is None or not job.is_over:
        return {"progress": _progress(batch)}
    label = "重新读取" if batch.state == State.UPLOADED else "回到核对"
    again_url = reverse("imports:again", args=[batch.pk])
    actions_ = [{"label": label, "url": again_url, "method": "post", "kind": "primary"}]
    if batch.state == State.UPLOADED:
        actions_.insert(0, {"label": "放弃", "url": reverse("imports:drop", args=[batch.pk])})
    return {"progress": _progress(batch), "page_actions": actions_}


def _progress(batch: Batch) -> dict[str, Any]:
    job = Job.objects.filter(pk=batch.job_id).first()
    reading = batch.state == State.UPLOADED
    broken = job is not None and job.is_over
    share = job.percent if job and job.total and not broken else ""
    rows = f"{format_count(job.done)} / {format_count(job.total)} 行。" if job and share != "" else ""
    return {
        "id": "import-progress",
        "title": "没有完成"
        if broken
        else "正在读取和核对"
        if reading
        else f"正在写入{importers[batch.kind].wording.target}",
        "percent": share,
        "text": (job.problem or "请稍后再试，或联系系统管理员。")
        if job and broken
        else f"{rows}一般几秒钟，两万行约半分钟。可以离开这一页，回头在“数据导入”里看。",
        "poll_url": "" if broken else reverse("imports:progress", args=[batch.pk]),
        "state": "wrong" if broken else "",
        "cancel_url": reverse("jobs:cancel", args=[job.pk]) if job and not broken else "",
        "next_label": "",
        "next_url": "",
    }


def _refused(batch: Batch) -> dict[str, Any]:
    return {
        "page_actions": [{"label": "重新上传", "url": reverse("imports:upload"), "kind": "primary"}],
    }


@page(perms.can_import, "POST")
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the writing. Twice is once."""
    batch = batch_of(request, pk)
    reviewed = batch.state == State.CHECKED and rows_for_review(batch) > 0
    form = ConfirmForm(request.POST, request.FILES, for_review=reviewed)
    if not form.is_valid():
        if "mode" in form.errors:
            raise BadRequest("mode")
        context = _page_of(batch) | preview(request, batch) | {"form": form}
        return render(request, "imports/preview.html", context, status=422)
    try:
        mode = Mode(form.cleaned_data["mode"])
        actions.confirm_batch(batch=batch, mode=mode, by=request.actor, review=form.review)
    except actions.NotNow as reason:
        messages.warning(request, str(reason))
    return redirect("imports:detail", batch.pk)


@page(perms.can_import, "POST")
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """After a job that was stopped or broke down."""
    batch = batch_of(request, pk)
    try:
        actions.go_on(batch=batch, by=request.actor)
    except actions.NotNow as reason:
        messages.warning(request, str(reason))
    return redirect("imports:detail", batch.pk)


@page(perms.can_import, "POST")
def errors(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the file with what is wrong in it."""
    batch = batch_of(request, pk)
    try:
        job = actions.ask_errors(batch=batch, by=request.actor)
    except actions.NotNow as reason:
        messages.warning(request, str(reason))
        return redirect("imports:detail", batch.pk)
    return redirect("jobs:detail", job.pk)


@page(perms.can_import, "GET", "POST")
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the batch up, after a question."""
    batch = batch_of(request, pk)
    if request.method == "POST":
        try:
            actions.drop_batch(batch=batch, by=request.actor)
        except actions.NotNow as reason:
            messages.warning(request, str(reason))
            return redirect("imports:detail", batch.pk)
        messages.success(request, f"已放弃 {batch.file_name}，什么也没有写入。")
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
            "text": "上传的文件和核对结果会删除，已有的内容不受影响。",
            "effects": [],
            "url": reverse("imports:drop", args=[batch.pk]),
            "hidden": [],
            "submit_label": "放弃",
            "danger": "yes",
            "cancel_url": reverse("imports:detail", args=[batch.pk]),
        },
    }
    return render(request, "generic/confirm.html", context)
