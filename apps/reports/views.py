"""Briefings: what there is, what is being made, how one goes from draft to issued."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.core.chinese import format_count, format_date, format_moment
from apps.core.downloads import attachment
from apps.core.pages import page
from apps.core.private_files import FileDamaged, FileGone
from apps.jobs.choices import State as JobState
from apps.jobs.models import Job
from apps.reports import actions, perms
from apps.reports.choices import State
from apps.reports.forms import IssueForm, MakeForm, ReturnForm, ScheduleForm, TextForm
from apps.reports.models import Document, Schedule
from apps.reports.queries import documents as visible_documents
from apps.reports.queries import open_jobs
from apps.reports.rules import Period
from apps.reports.rules.frozen import circled, note_keys, numbered

PAGE = 30
CRUMB = {"label": "报表简报", "url": ""}


def _crumbs(*items: tuple[str, str]) -> list[dict[str, str]]:
    first = {"label": "报表简报", "url": reverse("reports:list")}
    return [first, *({"label": label, "url": url} for label, url in items)]


@page(perms.can_list_documents)
def documents(request: HttpRequest) -> HttpResponse:
    """Documents, what is being made, and what could not be made."""
    actor = request.actor
    pages = Paginator(visible_documents(actor), PAGE).get_page(request.GET.get("page"))
    actions_ = []
    if perms.can_make(actor):
        actions_ = [
            {"label": "生成计划", "url": reverse("reports:schedules")},
            {"label": "现在生成", "url": reverse("reports:make"), "kind": "primary", "key": "n"},
        ]
    context = {
        "pages": pages,
        "columns": [
            {"label": label, "num": False} for label in ("标题", "周期", "状态", "期号", "签发", "生成时间")
        ],
        "rows": [_row(document) for document in pages],
        "jobs": [_job(job) for job in open_jobs(actor)] if perms.can_make(actor) else [],
        "page_actions": actions_,
        "crumbs": [CRUMB],
        "can_make": perms.can_make(actor),
    }
    return render(request, "reports/list.html", context)


def _row(document: Document) -> dict[str, Any]:
    issued = f"{format_date(document.issued_on)} {document.issued_by}" if document.issued_on else "—"
    cells = (
        (document.title, reverse("reports:detail", args=[document.pk])),
        (document.get_kind_display(), ""),
        (document.get_state_display(), ""),
        (document.number_label or "—", ""),
        (issued, ""),
        (format_moment(document.made_at), ""),
    )
    return {"cells": [{"text": text, "url": url} for text, url in cells]}


def _job(job: Job) -> dict[str, Any]:
    broken = job.state in (JobState.FAILED, JobState.DEAD)
    return {
        "label": job.label,
        "state": job.get_state_display(),
        "tone": "red" if broken else "blue",
        "problem": job.problem,
        "retry_url": reverse("reports:retry", args=[job.pk]) if broken else "",
    }


@page(perms.can_make, "GET", "POST")
def make(request: HttpRequest) -> HttpResponse:
    """现在生成: a period that has ended."""
    form = MakeForm(request.POST or None, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        period: Period = form.cleaned_data["period"]
        existing = Document.objects.filter(
            kind=period.kind, period_key=period.key, county_id=request.actor.county_id
        ).first()
        if existing is not None:
            messages.info(request, f"{period.label}的简报已经生成过。")
            return redirect("reports:detail", existing.pk)
        job = actions.request_draft(period=period, county_id=request.actor.county_id, by=request.actor)
        return redirect("jobs:detail", job.pk)
    context = {
        "form": form,
        "heading": "现在生成简报",
        "submit_label": "生成",
        "cancel_url": reverse("reports:list"),
        "note": "数字以生成时名册里的为准，生成后不再变动；先成草稿，核对后由领导签发。",
        "crumbs": _crumbs(("现在生成", "")),
    }
    return render(request, "generic/form.html", context, status=422 if form.errors else 200)


@page(perms.can_make, "POST")
def retry(request: HttpRequest, pk: Any) -> HttpResponse:
    """Try once more what could not be made."""
    job = next((job for job in open_jobs(request.actor) if job.pk == pk), None)
    if job is None:
        raise Http404
    if job.state in (JobState.FAILED, JobState.DEAD):
        period = Period.from_key(job.payload["period"])
        actions.retry_draft(job=job, period=period, by=request.actor)
        messages.success(request, f"已重新开始{job.label}。")
    return redirect("reports:list")


def _document(request: HttpRequest, pk: int) -> Document:
    return get_object_or_404(visible_documents(request.actor), pk=pk)


@page(perms.can_list_documents)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The document as text, its figures with their lists, and the next step."""
    document = _document(request, pk)
    actor = request.actor
    context = {
        "document": document,
        "blocks": _readable(document.blocks),
        "figures": _figures(document),
        "facts": _facts(document),
        "working": _working(document),
        "can_download": bool(document.issued_file or document.draft_file),
        "page_actions": _next_steps(actor, document),
        "crumbs": _crumbs((document.title, "")),
    }
    return render(request, "reports/detail.html", context)


def _working(document: Document) -> dict[str, str] | None:
    """A job of the document that is not over, or failed."""
    job = Job.objects.filter(pk=document.job_id).first() if document.job_id else None
    if job is None or job.state in (JobState.DONE, JobState.CANCELLED):
        return None
    return {"label": job.label, "state": job.get_state_display(), "problem": job.problem}


def _readable(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    keys = note_keys(blocks)
    return [_readable_block(block, keys) for block in blocks]


def _readable_block(block: dict[str, Any], keys: Any) -> dict[str, Any]:
    if "text" in block:
        return {**block, "text": numbered(block["text"], keys)}
    if block["block"] == "Table":  # on a phone each cell tells the name of its column
        labels = [column["label"] for column in block["columns"]]
        rows = [list(zip(labels, row["cells"], strict=True)) for row in block["rows"]]
        return {**block, "rows": rows}
    return block


def _figures(document: Document) -> list[dict[str, str]]:
    """Figures in the order of the notes, each with its number there."""
    keys = note_keys(document.blocks)
    found = []
    for place, key in enumerate(keys, start=1):
        if key in document.figures:
            found.append({"mark": circled(place), **_figure(document.figures[key])})
    return found


def _figure(frozen: dict[str, Any]) -> dict[str, str]:
    return {
        "label": frozen["label"],
        "value": f"{_number(frozen['value'])}{frozen['unit']}",
        "last_year": f"{_number(frozen['last_year'])}{frozen['unit']}"
        if frozen["last_year"] is not None
        else "—",
        "definition": frozen["definition"],
        "href": frozen["href"],
    }


def _number(value: Any) -> str:
    return format_count(value) if value is None or isinstance(value, int) else str(value)


def _facts(document: Document) -> list[dict[str, str]]:
    return [
        {"label": "状态", "value": document.get_state_display()},
        {"label": "报告期", "value": document.period.label},
        {"label": "数字截至", "value": format_date(document.period.end)},
        {"label": "生成", "value": format_moment(document.made_at)},
        {
            "label": "核对",
            "value": f"{document.checked_by} {format_moment(document.checked_at)}"
            if document.checked_by
            else "—",
        },
        {
            "label": "签发",
            "value": f"{document.issued_by} {format_date(document.issued_on)}" if document.issued_on else "—",
        },
        {"label": "期号", "value": document.number_label or "签发时取号"},
    ]


def _next_steps(actor: Any, document: Document) -> list[dict[str, str]]:
    steps = []
    if perms.can_edit_document(actor, document):
        steps.append({"label": "改文字", "url": reverse("reports:edit", args=[document.pk]), "key": "e"})
    if perms.can_check_document(actor, document):
        steps.append(
            {
                "label": "核对无误",
                "url": reverse("reports:check", args=[document.pk]),
                "kind": "primary",
                "method": "post",
            }
        )
    if perms.can_return_document(actor, document):
        steps.append({"label": "退回修改", "url": reverse("reports:return", args=[document.pk])})
    if perms.can_issue_document(actor, document):
        steps.append(
            {"label": "签发", "url": reverse("reports:issue", args=[document.pk]), "kind": "primary"}
        )
    return steps


@page(perms.can_make, "GET", "POST")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the words of a draft."""
    document = _document(request, pk)
    if not perms.can_edit_document(request.actor, document):
        raise PermissionDenied
    form = TextForm(request.POST or None, document=document)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_texts(
                document=document, texts=form.texts(), version=form.cleaned_data["version"], by=request.actor
            )
        except actions.StaleEdit:
            form.add_error(None, "您打开之后有人改过这份草稿。请先复制您改的文字，刷新后再改。")
        except actions.NotNow as reason:
            form.add_error(None, str(reason))
        else:
            messages.success(request, "已保存，正在重新排版。")
            return redirect("reports:detail", document.pk)
    context = {
        "form": form,
        "heading": f"修改 {document.title}",
        "submit_label": "保存",
        "cancel_url": reverse("reports:detail", args=[document.pk]),
        "note": "表格和图来自冻结的数字，不能手改；改了文字里的数字，请与数据说明对照。",
        "crumbs": _crumbs((document.title, reverse("reports:detail", args=[document.pk])), ("改文字", "")),
    }
    return render(request, "generic/form.html", context, status=422 if form.errors else 200)


@page(perms.can_make, "POST")
def check(request: HttpRequest, pk: int) -> HttpResponse:
    document = _document(request, pk)
    if not perms.is_own(request.actor, document):
        raise PermissionDenied
    try:
        actions.check_document(document=document, by=request.actor)
        messages.success(request, "已核对，等待领导签发。")
    except actions.NotNow as reason:
        messages.warning(request, str(reason))
    return redirect("reports:detail", document.pk)


@page(perms.can_make, "GET", "POST")
def return_(request: HttpRequest, pk: int) -> HttpResponse:
    document = _document(request, pk)
    if not perms.can_return_document(request.actor, document):
        raise PermissionDenied
    form = ReturnForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.return_document(document=document, reason=form.cleaned_data["reason"], by=request.actor)
        messages.success(request, "已退回为草稿。")
        return redirect("reports:detail", document.pk)
    context = {
        "form": form,
        "heading": f"退回 {document.title}",
        "submit_label": "退回",
        "cancel_url": reverse("reports:detail", args=[document.pk]),
        "crumbs": _crumbs((document.title, reverse("reports:detail", args=[document.pk])), ("退回", "")),
    }
    return render(request, "generic/form.html", context, status=422 if form.errors else 200)


@page(perms.can_make, "GET", "POST")
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign: the number is taken, the PDF is printed for good."""
    document = _document(request, pk)
    if not perms.can_issue_document(request.actor, document):
        raise PermissionDenied
    today = timezone.localdate()
    form = IssueForm(request.POST or None, today=today, period_end=document.period.end)
    if request.method == "POST" and form.is_valid():
        job = actions.request_issue(
            document=document, issued_on=form.cleaned_data["issued_on"], by=request.actor
        )
        return redirect("jobs:detail", job.pk)
    context = {
        "form": form,
        "heading": f"签发 {document.title}",
        "submit_label": "签发",
        "cancel_url": reverse("reports:detail", args=[document.pk]),
        "note": "签发后取期号、定稿，不能再改。",
        "crumbs": _crumbs((document.title, reverse("reports:detail", args=[document.pk])), ("签发", "")),
    }
    return render(request, "generic/form.html", context, status=422 if form.errors else 200)


@page(perms.can_list_documents, "POST")
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """The PDF, with a line in the log; hence POST."""
    document = _document(request, pk)
    try:
        content = actions.download_pdf(document=document, by=request.actor)
    except (FileGone, FileDamaged, ValueError):
        messages.error(request, "文件不在服务器上或已损坏，请告诉系统管理员。")
        return redirect("reports:detail", document.pk)
    name = f"{document.title}{'' if document.state == State.ISSUED else '（送审稿）'}.pdf"
    return attachment(content, filename=name, content_type="application/pdf")


@page(perms.can_schedule)
def schedules(request: HttpRequest) -> HttpResponse:
    """Schedules of one's own place, with the next due moment."""
    own = Schedule.objects.filter(county_id=request.actor.county_id)
    context = {
        "columns": [
            {"label": label, "num": False} for label in ("名称", "周期", "生成时间", "下一次", "状态")
        ],
        "rows": [_schedule_row(schedule) for schedule in own],
        "page_actions": [{"label": "新建计划", "url": reverse("reports:schedule-create"), "kind": "primary"}],
        "crumbs": _crumbs(("生成计划", "")),
    }
    return render(request, "reports/schedules.html", context)


def _schedule_row(schedule: Schedule) -> dict[str, Any]:
    coming = Period.containing(schedule.kind, timezone.localdate())
    cells = (
        (schedule.name, reverse("reports:schedule-edit", args=[schedule.pk])),
        (schedule.get_kind_display(), ""),
        (f"期末后第{schedule.due_days}天 {schedule.due_time:%H:%M}", ""),
        (
            format_moment(coming.due_at(schedule.due_days, schedule.due_time)) if schedule.is_active else "—",
            "",
        ),
        ("启用" if schedule.is_active else "停用", ""),
    )
    return {"cells": [{"text": text, "url": url} for text, url in cells]}


@page(perms.can_schedule, "GET", "POST")
def schedule_form(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Set up or change a schedule of one's own place."""
    county_id = request.actor.county_id
    if pk is None:
        schedule = Schedule(county_id=county_id, starts_on=timezone.localdate())
    else:
        schedule = get_object_or_404(Schedule.objects.filter(county_id=county_id), pk=pk)
    form = ScheduleForm(request.POST or None, instance=schedule)
    if request.method == "POST" and form.is_valid():
        actions.save_schedule(schedule=form.instance, by=request.actor)
        messages.success(request, "计划已保存。")
        return redirect("reports:schedules")
    context = {
        "form": form,
        "heading": schedule.name or "新建生成计划",
        "submit_label": "保存",
        "cancel_url": reverse("reports:schedules"),
        "crumbs": _crumbs(("生成计划", reverse("reports:schedules")), (schedule.name or "新建", "")),
    }
    return render(request, "generic/form.html", context, status=422 if form.errors else 200)
