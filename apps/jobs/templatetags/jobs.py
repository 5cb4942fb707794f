"""``{% load jobs %}{% job_card job %}``: a job's progress, on the pages of apps/jobs and on those that started it."""

from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse

from apps.core.chinese import format_count, format_moment
from apps.core.scope import Actor
from apps.jobs import perms
from apps.jobs.choices import State
from apps.jobs.models import Job
from apps.jobs.queries import kind_label
from apps.jobs.rules import TRIES

register = template.Library()


@register.inclusion_tag("jobs/_card.html", takes_context=True)
def job_card(context: template.Context, job: Job) -> dict[str, Any]:
    """Asks for itself until the job has ended, then offers what came of it."""
    return card(job, context["request"].actor) | {"csrf_token": context.get("csrf_token", "")}


def card(job: Job, actor: Actor) -> dict[str, Any]:
    """Context of jobs/_card.html."""
    own = perms.owns_job(actor, job)
    card_of = {"own": own, "job": job, "file": job.file if own else None}
    card_of["may_download"] = job.file is not None and perms.can_download(actor, job)
    card_of["unseen"] = own and job.is_over and job.seen_at is None
    card_of["progress"] = {
        "id": f"job-{job.pk}",
        "title": job.label if own else kind_label(job),
        "percent": job.percent if job.total or job.state == State.DONE else "",
        "text": f"{job.get_state_display()} · {said(job, own=own)}",
        "poll_url": "" if job.is_over else reverse("jobs:progress", args=[job.pk]),
        "state": {
            State.DONE: "done",
            State.FAILED: "wrong",
            State.DEAD: "wrong",
            State.CANCELLED: "wrong",
        }.get(State(job.state), ""),
        "cancel_url": reverse("jobs:cancel", args=[job.pk])
        if perms.can_stop_job(actor, job) and not job.cancel_asked
        else "",
    } | (_next(job) if own else {"next_url": "", "next_label": ""})
    return card_of


def said(job: Job, *, own: bool) -> str:
    """What goes on, or how it ended. Others than the initiator learn no more than they need to help."""
    if job.state == State.QUEUED:
        if job.attempts:
            return (
                f"第 {job.attempts} 次没有成功，{format_moment(job.available_at)}自动重试（最多 {TRIES} 次）"
            )
        return "等待处理"
    if job.state == State.RUNNING:
        if job.cancel_asked:
            return "正在停止"
        return f"已完成 {format_count(job.done)} / {format_count(job.total)}" if job.total else "正在处理"
    when = format_moment(job.finished_at)
    if job.state == State.DONE:
        return f"{when}　{job.result.get('summary', '') if own else ''}".strip()
    if job.state == State.DEAD:
        return f"{when}　{job.problem}请把任务编号 {str(job.pk)[:8]} 告诉系统管理员。"
    if job.state == State.FAILED and not own:
        return f"{when}　原因只给发起人看。"
    return f"{when}　{job.problem}"


def _next(job: Job) -> dict[str, str]:
    wanted = job.result.get("next")
    if not wanted:
        return {"next_url": "", "next_label": ""}
    try:
        return {
            "next_url": reverse(wanted["view"], args=wanted.get("args", [])),
            "next_label": wanted["label"],
        }
    except NoReverseMatch:  # the page was renamed since the job ended
        return {"next_url": "", "next_label": ""}
