"""What is done with a list: ticked, sent on, approved, given out as files, reconciled; and claims."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import FormToken
from apps.accounts.perms import may_export
from apps.benefits import perms
from apps.benefits.actions.errors import NotPossible
from apps.benefits.actions.run_files import FILES, title_of
from apps.benefits.actions.runs import (
    approve_run,
    check_lines,
    drop_run,
    recompute_run,
    reconcile_run,
    return_run,
    settle_claim,
    submit_run,
)
from apps.benefits.choices import RUN_FROZEN, RUN_OPEN, ClaimState, Difference, RunState
from apps.benefits.forms.runs import ClaimForm, PaidForm, ReturnForm
from apps.benefits.models import Claim, Run, RunLine
from apps.benefits.queries.runs import claims_seen
from apps.benefits.rules.months import month_words
from apps.benefits.views.openings import form_page
from apps.benefits.views.runs import SIZE, crumbs, the_run
from apps.core.chinese import format_count, format_date, format_money
from apps.core.pages import page
from apps.exports.rules import ALONE
from apps.jobs.actions import request_job

FILE_JOB = "benefits.run-file"


def _done(request: HttpRequest, row: Run, act: Callable[[], Any], told: str) -> HttpResponse:
    """Do it and say so, or say why not; back to the list."""
    try:
        act()
    except NotPossible as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, told)
    return redirect("benefits:run", pk=row.pk)


@page(perms.can_see_money, "POST")
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Lines that were looked at: the ticked ones, or all of one kind."""
    row = the_run(request.actor, pk)
    difference = request.POST.get("difference", "")
    texts = request.POST.getlist("ids")[:SIZE]
    keys = [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 18]
    if difference not in ("", *Difference.values) or (not keys and not difference):
        messages.error(request, "请先勾选核对过的人。")
        return redirect("benefits:run", pk=row.pk)
    return _done(
        request,
        row,
        lambda: check_lines(run=row, lines=keys, difference=difference, by=request.actor),
        "已标为核对过。",
    )


@page(perms.can_see_money, "POST")
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """To whoever approves."""
    row = the_run(request.actor, pk)
    return _done(request, row, lambda: submit_run(run=row, by=request.actor), "已送审，请负责人审批。")


@page(perms.can_see_money, "POST")
def recompute(request: HttpRequest, pk: int) -> HttpResponse:
    """From the facts of this moment."""
    row = the_run(request.actor, pk)
    return _done(request, row, lambda: recompute_run(run=row, by=request.actor), "正在重新计算。")


@page(perms.can_approve_runs, "POST")
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Frozen from now on."""
    row = the_run(request.actor, pk)
    told = "已审批。现在可以导出发放表、银行代发文件和签领表；发放后回来对账。"
    return _done(request, row, lambda: approve_run(run=row, by=request.actor), told)


@page(perms.can_approve_runs, "GET", "POST")
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    """With words."""
    row = the_run(request.actor, pk)
    if row.state != RunState.WAITING:
        raise Http404("not waiting")
    form = ReturnForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        FormToken.objects.claim(form.cleaned_data["token"], request.actor)
        words = form.cleaned_data["words"]
        return _done(
            request, row, lambda: return_run(run=row, words=words, by=request.actor), "已退回，请制表人核对。"
        )
    return form_page(request, form, f"退回：{title_of(row)}", "退回", reverse("benefits:run", args=[row.pk]))


@page(perms.can_see_money, "GET", "POST")
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """A list that is not to be."""
    row = the_run(request.actor, pk)
    if row.state not in RUN_OPEN:
        raise Http404("frozen")
    if request.method == "POST":
        return _done(
            request, row, lambda: drop_run(run=row, by=request.actor), "已作废，这个月可以重新制表。"
        )
    context = {
        "heading": f"作废：{title_of(row)}",
        "crumbs": crumbs((title_of(row), reverse("benefits:run", args=[row.pk])), ("作废", "")),
        "confirm": {
            "question": "作废这份名单？",
            "text": "没有发过钱，不影响任何人的待遇；名单留着可以查看，这个月可以重新制表。",
            "effects": [],
            "url": reverse("benefits:run-drop", args=[row.pk]),
            "hidden": [],
            "submit_label": "作废",
            "danger": True,
            "cancel_url": reverse("benefits:run", args=[row.pk]),
        },
    }
    return render(request, "generic/confirm.html", context)


@page(perms.can_see_money, "POST", proof=lambda request: True)
def file(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """A file of an approved list, made by a job."""
    actor, row = request.actor, the_run(request.actor, pk)
    if what not in FILES or row.state not in RUN_FROZEN:
        raise Http404("file")
    if row.people > ALONE and not may_export(actor):
        messages.error(request, f"超过{ALONE}人的要有导出权限，请有权限的经办办理。")
        return redirect("benefits:run", pk=row.pk)
    now = timezone.localtime()
    job = request_job(
        kind=FILE_JOB,
        label=f"导出{FILES[what]}",
        dedupe_key=f"{FILE_JOB}:{actor.user_id}:{row.pk}:{what}:{now:%Y%m%d%H%M%S}",
        payload={"run": row.pk, "what": what, "today": now.date().isoformat()},
        by=actor,
    )
    return redirect("jobs:detail", pk=job.pk)


@page(perms.can_see_money, "GET", "POST")
def reconcile(request: HttpRequest, pk: int) -> HttpResponse:
    """What was really paid."""
    actor, row = request.actor, the_run(request.actor, pk)
    if row.state != RunState.APPROVED:
        raise Http404("not approved")
    found = RunLine.objects.filter(run=row, amount__gt=0).values_list("pk", "name", "amount")
    lines = {key: (name, amount) for key, name, amount in found}
    form = PaidForm(request.POST or None, today=timezone.localdate(), lines=lines)
    if request.method == "POST" and form.is_valid():
        FormToken.objects.claim(form.cleaned_data["token"], actor)
        paid = form.paid()
        try:
            reconcile_run(run=row, paid=paid, paid_on=form.cleaned_data["paid_on"], by=actor)
        except NotPossible as problem:
            form.add_error(None, str(problem))
        else:
            short = sum(1 for key, (_, due) in lines.items() if paid.get(key, 0) != due)
            told = f"已对账：{format_count(len(paid))}条。"
            told += f"有{format_count(short)}条与审批的不同，少发的会出现在下次补发里。" if short else ""
            messages.success(request, told)
            return redirect("benefits:run", pk=row.pk)
    note = "对账以后每一笔都成为发放记录，不能再改；没有发或少发的，做补发时会再列出。"
    back = reverse("benefits:run", args=[row.pk])
    return form_page(request, form, f"对账：{title_of(row)}", "确认对账", back, note)


@page(perms.can_see_money)
def claims(request: HttpRequest) -> HttpResponse:
    """What was paid too much and is to come back."""
    actor = request.actor
    state = request.GET.get("state", ClaimState.OPEN)
    if state not in ClaimState.values:
        raise Http404("state")
    shown = Paginator(claims_seen(actor, state=state), SIZE).get_page(request.GET.get("page"))
    rows = [
        {
            "cells": [
                {"text": one.name, "url": reverse("benefits:claim", args=[one.pk])},
                {"text": f"{one.county.label} {one.unit.label}", "url": ""},
                {"text": one.benefit.name, "url": ""},
                {"text": month_words(one.month), "url": ""},
                {"text": f"{one.amount:,.2f}", "url": ""},
                {"text": one.note or "—", "url": ""},
                {"text": format_date(one.settled_on), "url": ""},
            ]
        }
        for one in shown
    ]
    labels = ("姓名", "单位", "待遇项目", "月份", "金额（元）", "原因、说明", "办结日期")
    context = {
        "heading": "多发追回",
        "subheading": "去世迟报等原因多发的待遇，逐笔追回或说明不再追回",
        "crumbs": crumbs(("多发追回", "")),
        "page_actions": [],
        "views": [
            {
                "label": label,
                "url": f"?state={value}",
                "active": value == state,
                "count": format_count(claims_seen(actor, state=value).count()),
            }
            for value, label in ClaimState.choices
        ],
        "columns": [{"label": label, "num": label.startswith("金额")} for label in labels],
        "rows": rows,
        "page": shown,
        "query": f"state={state}&",
    }
    return render(request, "benefits/claims.html", context)


@page(perms.can_see_money, "GET", "POST")
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """How one ended."""
    row = get_object_or_404(Claim.objects.visible_to(request.actor).select_related("benefit"), pk=pk)
    if row.state != ClaimState.OPEN:
        messages.info(request, f"{row.name}的这一笔{row.get_state_display()}。")
        return redirect("benefits:claims")
    form = ClaimForm(request.POST or None, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        FormToken.objects.claim(form.cleaned_data["token"], request.actor)
        data = form.cleaned_data
        try:
            settle_claim(
                claim=row,
                state=data["state"],
                settled_on=data["settled_on"],
                note=data["note"],
                by=request.actor,
            )
        except NotPossible as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, f"{row.name}的{format_money(row.amount)}已办结。")
            return redirect("benefits:claims")
    note = f"{row.benefit.name}，{month_words(row.month)}，{format_money(row.amount)}。{row.note}"
    return form_page(request, form, f"追回：{row.name}", "办结", reverse("benefits:claims"), note)
