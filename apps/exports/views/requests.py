"""Asking for a file, what became of it, and what waits for a second person."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from apps.accounts.models import FormToken
from apps.core.chinese import format_count, format_moment
from apps.core.pages import page
from apps.core.scope import Actor
from apps.exports import actions, perms
from apps.exports.choices import TONES, Mask, State
from apps.exports.forms import DecisionForm, ExportForm
from apps.exports.models import ExportRequest, FormTemplate
from apps.exports.queries import (
    has_approver,
    own_requests,
    state_now,
    states_now,
    waiting_exports,
    waiting_for,
)
from apps.exports.rules import ALONE, Exporter, NothingPicked, Picked, by_name, exporters
from apps.jobs.models import Job

PAGE = 30
CRUMB = {"label": "数据导出", "url": ""}


def _crumbs(*items: tuple[str, str]) -> list[dict[str, str]]:
    first = {"label": "数据导出", "url": reverse("exports:list")}
    return [first, *({"label": label, "url": url} for label, url in items)]


@page(perms.can_see_requests)
def requests(request: HttpRequest) -> HttpResponse:
    """One's own requests; for chiefs what waits for them."""
    actor = request.actor
    whose = request.GET.get("whose", "")
    if set(request.GET) - {"whose", "page"} or whose not in ("", "waiting"):
        raise BadRequest("unknown filter")
    if whose and not perms.is_approver(actor):
        raise PermissionDenied
    found = waiting_for(actor).defer("keys") if whose else own_requests(actor)
    pages = Paginator(found, PAGE).get_page(request.GET.get("page"))
    states = states_now(list(pages), timezone.now())
    columns = ("编号", "范围", "人数", "格式", "状态", "申请")
    context = {
        "pages": pages,
        "columns": [{"label": label, "num": label == "人数"} for label in columns],
        "rows": [_row(one, states[one.pk]) for one in pages],
        "views": _views(actor, whose) if perms.is_approver(actor) else [],
        "whose": whose,
        "page_actions": _actions(actor),
        "query": urlencode({"whose": whose}) + "&" if whose else "",
        "crumbs": [CRUMB],
    }
    return render(request, "exports/list.html", context)


def _actions(actor: Any) -> list[dict[str, str]]:
    if not perms.can_see_templates(actor):
        return []
    return [{"label": "自制表样", "url": reverse("exports:templates")}]


def _views(actor: Any, whose: str) -> list[dict[str, Any]]:
    address = reverse("exports:list")
    return [
        {"label": "我的导出", "url": address, "active": not whose, "count": ""},
        {
            "label": "待我审批",
            "url": f"{address}?whose=waiting",
            "active": whose == "waiting",
            "count": waiting_exports(actor) or "",
        },
    ]


def _row(one: ExportRequest, state: State) -> dict[str, Any]:
    cells = (
        (one.number, reverse("exports:detail", args=[one.pk])),
        (one.words, ""),
        (format_count(one.rows), ""),
        (one.get_format_display(), ""),
        (state.label, ""),
        (f"{format_moment(one.created_at)} {one.created_by_name}", ""),
    )
    return {"cells": [{"text": text, "url": url} for text, url in cells]}


UPDATE = "update"
"""What the sheet is for: to be filled in and brought back, so that nothing in it is masked."""


@page(perms.can_export, "GET", "POST", proof=lambda request: "format" in request.POST)
def new(request: HttpRequest) -> HttpResponse:
    """What is to stand in the file. Opened from a list: by its address (GET) or by its selection (POST without a
    format); sent (POST with one), it makes the request."""
    exporter = _exporter(request)
    data = request.POST if request.method == "POST" else _whole_list(request.GET)
    try:
        picked = exporter.pick(request.actor, data)
    except NothingPicked as refusal:
        messages.warning(request, str(refusal))
        return redirect(_back(exporter, data))
    sent = "format" in request.POST
    form = ExportForm(
        request.POST if sent else None,
        exporter=exporter,
        offered=list(exporter.columns(request.actor)),
        shown=list(picked.shown),
        order=picked.order,
        initial={"mask": Mask.OUT} if data.get("for") == UPDATE else None,
        actor=request.actor,
        templates=list(
            FormTemplate.objects.visible_to(request.actor).current().filter(register=exporter.kind)
        ),
    )
    if sent and form.is_valid():
        answer = _ask(request, exporter, picked, form)
        if answer is not None:
            return answer
    context = {
        "form": form,
        "picked": picked,
        "columns": form.column_choices(),
        "kind": exporter.kind,
        "count": f"{format_count(len(picked.keys))}{exporter.unit}",
        "alone": f"{ALONE} {exporter.unit}",
        "many": len(picked.keys) > ALONE,
        "cancel_url": _back(exporter, data),
        "crumbs": _crumbs((f"导出{exporter.label}", "")),
        "heading": f"导出{exporter.label}",
    }
    return render(request, "exports/new.html", context, status=422 if form.errors else 200)


def _whole_list(data: QueryDict) -> QueryDict:
    """Opened by a link there are no picked rows: everybody under the conditions is meant."""
    if set(data) - {"kind", "query", "for"} or data.get("for", UPDATE) != UPDATE:
        raise BadRequest("unknown key")
    whole = data.copy()
    whole["all"] = "1"
    return whole


def _exporter(request: HttpRequest) -> Exporter:
    data = request.POST if request.method == "POST" else request.GET
    kind = data.get("kind") or next(iter(exporters))
    if kind not in exporters:
        raise BadRequest("unknown register")
    return exporters[kind]


def _back(exporter: Exporter, data: QueryDict) -> str:
    """The list it was opened from."""
    address, query = reverse(exporter.list_view), data.get("query", "")
    return f"{address}?{query}" if query else address


def _ask(request: HttpRequest, exporter: Exporter, picked: Picked, form: ExportForm) -> HttpResponse | None:
    token, _ = FormToken.objects.claim(form.cleaned_data["token"], request.actor)
    if token.result:
        messages.info(request, "这份申请刚才已经提交，没有重复提交。")
        return redirect("exports:detail", int(token.result))
    wanted = actions.Wanted(
        columns=form.cleaned_data["columns"],
        format=form.cleaned_data["format"],
        mask=form.cleaned_data["mask"],
        reason=form.cleaned_data["reason"],
        order=form.cleaned_data["order"],
        template_id=int(form.cleaned_data["template"] or 0) or None,
        one_each=form.cleaned_data["one_each"],
    )
    try:
        made = actions.request_export(exporter=exporter, picked=picked, wanted=wanted, by=request.actor)
    except actions.NotNow as refusal:
        form.add_error(None, str(refusal))
        return None
    FormToken.objects.filter(pk=token.pk).update(result=str(made.pk))
    if made.state == State.WAITING:
        messages.info(request, f"{made.needs}，已提交审批，批准后自动生成。")
    return redirect("exports:detail", made.pk)


def _request(request: HttpRequest, pk: int) -> ExportRequest:
    return get_object_or_404(ExportRequest.objects.visible_to(request.actor).defer("keys"), pk=pk)


@page(perms.can_see_requests)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One request: what it holds, who decided, and its file for whoever asked."""
    return _detail(request, _request(request, pk), DecisionForm())


def _detail(request: HttpRequest, one: ExportRequest, form: DecisionForm) -> HttpResponse:
    job = Job.objects.filter(pk=one.job_id).first()
    state = state_now(one, job, timezone.now())
    own = one.created_by == request.actor.user_id
    context = {
        "one": one,
        "state": state.label,
        "tone": TONES[state],
        "facts": _facts(one, request.actor),
        "job": job if own else None,
        "form": form,
        "may_decide": perms.can_decide(request.actor, one) and state == State.WAITING,
        "may_drop": perms.can_drop(request.actor, one) and state == State.WAITING,
        "waits": state == State.WAITING and own,
        "lonely": state == State.WAITING and own and not has_approver(one),
        "refused": one.decision if state == State.REFUSED else "",
        "crumbs": _crumbs((one.number, "")),
    }
    return render(request, "exports/detail.html", context, status=422 if form.errors else 200)


def _facts(one: ExportRequest, actor: Actor) -> list[dict[str, Any]]:
    exporter = exporters[one.register]
    names = by_name(exporter.columns_of_all())
    columns = [names.get(name) or exporter.column_named(actor, name) for name in one.columns]
    labels = [column.label for column in columns if column is not None]
    facts = [
        ("范围", one.words),
        ("数量", f"{format_count(one.rows)}{exporter.unit}"),
        ("列", "、".join(labels)),
        ("格式", one.get_format_display()),
        ("敏感信息", Mask(one.mask).label),
        ("用途", one.reason or "—"),
        ("申请", f"{one.created_by_name}，{format_moment(one.created_at)}"),
        ("审批", (one.needs and f"需要：{one.needs}") or "不需要"),
    ]
    if one.decided_by:
        facts.append(("审批人", f"{one.decided_by_name}，{format_moment(one.decided_at)}　{one.decision}"))
    if one.written is not None:
        facts.append(("实际导出", f"{format_count(one.written)}{exporter.unit}"))
    return [{"label": label, "value": value} for label, value in facts]


@page(perms.is_approver, "POST", proof=lambda request: request.POST.get("answer") == "agree")
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree or refuse."""
    one = _request(request, pk)
    if one.created_by == request.actor.user_id:
        raise PermissionDenied
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _detail(request, one, form)
    agree = form.cleaned_data["answer"] == "agree"
    try:
        actions.decide_request(
            request=one,
            agree=agree,
            words=form.cleaned_data["words"],
            label=exporters[one.register].label,
            by=request.actor,
        )
    except actions.NotNow as refusal:
        messages.warning(request, str(refusal))
        return redirect("exports:detail", pk)
    messages.success(
        request, f"已批准 {one.number}，文件由申请人下载。" if agree else f"已退回 {one.number}。"
    )
    return redirect(f"{reverse('exports:list')}?whose=waiting")


@page(perms.can_export, "POST")
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a request back."""
    one = _request(request, pk)
    if one.created_by != request.actor.user_id:
        raise PermissionDenied
    try:
        actions.drop_request(request=one, by=request.actor)
    except actions.NotNow as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, f"已撤回 {one.number}。")
    return redirect("exports:detail", pk)
