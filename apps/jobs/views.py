"""One's jobs, one job, and what can be done with it."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django_tables2 import RequestConfig

from apps.accounts.perms import can_see_system, is_signed_in
from apps.core.chinese import format_count, format_moment
from apps.core.downloads import attachment
from apps.core.pages import page
from apps.core.scope import Actor
from apps.jobs import perms
from apps.jobs.actions import NoFile, cancel_job, download_file, mark_seen, requeue_job
from apps.jobs.choices import OPEN, State
from apps.jobs.models import Job
from apps.jobs.queries import jobs_for, kind_label, state_counts, with_initiator
from apps.jobs.tables import JobTable
from apps.jobs.templatetags.jobs import card

LIST = "后台任务"
FILTERS = {
    "": ("全部", None, ""),
    "open": ("排队和进行中", OPEN, ""),
    "done": ("完成", (State.DONE,), "done"),
    "failed": ("未完成", (State.FAILED, State.CANCELLED), "look"),
    "dead": ("失败", (State.DEAD,), "wrong"),
}


@page(is_signed_in)
def job_list(request: HttpRequest) -> HttpResponse:
    """Own jobs; the system administrator has a second view with everybody's."""
    query = request.GET.dict()
    state, whose = query.pop("state", ""), query.pop("whose", "")
    query.pop("page", None)
    if query or state not in FILTERS or whose not in ("", "all"):
        raise BadRequest("unknown filter")
    actor = request.actor
    everybody = whose == "all"
    if everybody and not perms.can_see_all_jobs(actor):
        raise PermissionDenied
    jobs = jobs_for(actor) if everybody else jobs_for(actor).filter(created_by=actor.user_id)
    states = FILTERS[state][1]
    shown = jobs.filter(state__in=states) if states else jobs
    table = JobTable(with_initiator(shown) if everybody else shown, actor=actor)
    table.exclude = () if everybody else ("initiator_name", "attempts")
    table.empty_state = {
        "title": "没有后台任务",
        "text": "导入、导出和生成简报等费时的工作会在后台进行，进度和结果在这里看。",
    }
    RequestConfig(request, paginate={"per_page": 25}).configure(table)
    total = format_count(table.paginator.count)
    context = {
        "heading": LIST,
        "subheading": f"共 {total} 项",
        "crumbs": [{"label": LIST}],
        "views": _whose(everybody) if perms.can_see_all_jobs(actor) else [],
        "counts": _counts(jobs, state, whose),
        "table": table,
        "total": f"{total} 项",
    }
    if not everybody and jobs.telling().exists():
        seen = {"label": "全部标为已看", "url": reverse("jobs:seen-all"), "method": "post"}
        context["page_actions"] = [seen]
    return render(request, "jobs/list.html", context)


def _whose(everybody: bool) -> list[dict[str, Any]]:
    url = reverse("jobs:list")
    return [
        {"label": "我的任务", "url": url, "active": not everybody},
        {"label": "全部任务", "url": f"{url}?whose=all", "active": everybody},
    ]


def _counts(jobs: Any, chosen: str, whose: str) -> list[dict[str, Any]]:
    items, found = [], state_counts(jobs)
    for key, (label, states, tone) in FILTERS.items():
        parts = [f"{name}={value}" for name, value in (("whose", whose), ("state", key)) if value]
        number = sum(number for state, number in found.items() if states is None or state in states)
        items.append(
            {
                "label": label,
                "count": format_count(number),
                "url": f"{reverse('jobs:list')}{'?' if parts else ''}{'&'.join(parts)}",
                "active": key == chosen,
                "tone": tone if number else "",
            }
        )
    return items


@page(is_signed_in)
def job_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    job = _job(request.actor, pk)
    own = perms.owns_job(request.actor, job)
    heading = job.label if own else kind_label(job)
    actions = []
    if perms.can_requeue_job(request.actor, job):
        again = {
            "label": "重新排队",
            "url": reverse("jobs:requeue", args=[pk]),
            "method": "post",
            "kind": "primary",
        }
        actions.append(again)
    context = {
        "job": job,
        "heading": heading,
        "crumbs": [{"label": LIST, "url": reverse("jobs:list")}, {"label": heading}],
        "page_actions": actions,
        "facts": [
            {"label": "编号", "value": str(job.pk)[:8]},
            {"label": "类型", "value": kind_label(job)},
            {"label": "发起人", "value": job.initiator_name or "系统"},
            {"label": "发起时间", "value": format_moment(job.created_at)},
            {"label": "执行次数", "value": job.attempts},
        ],
    }
    return render(request, "jobs/detail.html", context)


@page(is_signed_in)
def job_progress(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The card alone, which asks for itself."""
    return render(request, "jobs/_card.html", card(_job(request.actor, pk), request.actor))


@page(is_signed_in, "POST")
def job_cancel(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    job = _job(request.actor, pk)
    if perms.can_stop_job(request.actor, job) and cancel_job(job=job, by=request.actor):
        messages.success(request, "已要求停止；进行中的任务会在当前一步结束后停下。")
    else:
        messages.warning(request, "任务已经结束，不需要停止。")
    return redirect("jobs:detail", pk)


@page(can_see_system, "POST")
def job_requeue(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    if requeue_job(job=_job(request.actor, pk), by=request.actor):
        messages.success(request, "已重新排队，从上次完成的一步继续。")
    else:
        messages.warning(request, "只有失败的任务可以重新排队，这个任务的状态已经变了。")
    return redirect("jobs:detail", pk)


@page(is_signed_in, "POST")
def job_seen(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Sent by the card itself once it shows the end."""
    mark_seen(by=request.actor, job=_job(request.actor, pk))
    return HttpResponse(status=204)


@page(is_signed_in, "POST")
def all_seen(request: HttpRequest) -> HttpResponse:
    number = mark_seen(by=request.actor)
    messages.success(request, f"{number} 项已标为已看。")
    return redirect("jobs:list")


@page(is_signed_in, "POST")
def job_download(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The file, for its initiator only. A POST, because taking a file away is written in the log.

    It is opened in memory (private_files.MAX_BYTES): files are encrypted at rest, so the web server could not send
    them by itself, and a streamed body would run after the scope has closed.
    """
    job = _job(request.actor, pk)
    if not perms.can_download(request.actor, job):
        raise PermissionDenied
    try:
        content = download_file(job=job, by=request.actor)
    except NoFile as reason:
        messages.error(request, str(reason))
        return redirect("jobs:detail", pk)
    return attachment(content, filename=job.file["filename"], content_type=job.file["type"])


def _job(actor: Actor, pk: uuid.UUID) -> Job:
    return get_object_or_404(with_initiator(jobs_for(actor)), pk=pk)
