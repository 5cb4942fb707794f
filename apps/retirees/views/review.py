"""Deciding about requests for changes, one or many, and which fields are reviewed."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.core.chinese import format_moment
from apps.core.pages import page
from apps.core.scope import Actor
from apps.retirees import perms
from apps.retirees.actions import HiddenDuplicate, NotPossible
from apps.retirees.actions import requests as actions
from apps.retirees.choices import RequestKind, RequestState
from apps.retirees.forms.requests import AnswerForm, RequestConditions, ReviewedForm
from apps.retirees.models import ChangeRequest
from apps.retirees.queries.requests import (
    reviewed_names,
    to_decide,
)
from apps.retirees.views.requests import back_to, crumbs_of, form_page, is_key, sent, the_request

AT_ONCE = 500
"""Requests approved by one click."""
EFFECTS = {
    RequestKind.FIELDS: "已写入名册。",
    RequestKind.DEATH: "去世已确认。",
    RequestKind.RETRACTION: "去世登记已撤回，重新计入在册。",
}


def _decidable(request: HttpRequest, pk: Any) -> ChangeRequest:
    row = the_request(request.actor, pk)
    if not perms.can_decide_request(request.actor, row):
        raise PermissionDenied
    return row


@page(perms.can_decide_requests, "POST")
def approve(request: HttpRequest, pk: Any) -> HttpResponse:
    row = _decidable(request, pk)
    seen = request.POST.get("seen", "")
    try:
        done = actions.approve(
            request=row, by=request.actor, seen=int(seen) if seen.isdecimal() and len(seen) < 10 else None
        )
    except (actions.Overtaken, NotPossible, HiddenDuplicate) as reason:
        messages.error(request, str(reason))
        return back_to(request, row)
    if done.state == RequestState.OVERTAKEN:
        messages.info(request, f"{row.retiree.name}：名册里已经是这样，申请已关闭。")
    else:
        messages.success(request, f"{row.retiree.name}：已通过，{EFFECTS[RequestKind(row.kind)]}")
    return redirect("retirees:requests")


@page(perms.can_decide_requests, "POST")
def approve_many(request: HttpRequest) -> HttpResponse:
    """The picked requests, or all of the list's conditions; those that were overtaken stay and are told."""
    actor = request.actor
    chosen = _chosen(request, actor)
    if not chosen:
        messages.error(request, "请先勾选要通过的申请。")
        return redirect("retirees:requests")
    passed, left = 0, []
    for row in chosen:
        try:
            passed += actions.approve(request=row, by=actor).state == RequestState.APPROVED
        except (actions.Overtaken, NotPossible, HiddenDuplicate) as reason:
            left.append(f"{row.retiree.name}：{reason}")
    if passed:
        messages.success(request, f"已通过{passed}条。")
    if left:
        more = f"等{len(left)}条" if len(left) > 5 else ""
        messages.warning(request, f"没有通过的：{'；'.join(left[:5])}{more}")
    return redirect("retirees:requests")


def _chosen(request: HttpRequest, actor: Actor) -> Iterable[ChangeRequest]:
    waiting = to_decide(actor).select_related("retiree")
    if request.POST.get("all"):
        form = RequestConditions(dict(_pairs(request.POST.get("query", ""))))
        if not form.is_valid():
            raise BadRequest("unknown condition")
        batch = form.cleaned_data["batch"]
        return list((waiting.filter(batch_id=batch) if batch else waiting)[:AT_ONCE])
    keys = [key for key in request.POST.getlist("ids") if is_key(key)]
    return list(waiting.filter(pk__in=keys)[:AT_ONCE])


def _pairs(query: str) -> Iterable[tuple[str, str]]:
    return parse_qsl(query[:200])


@page(perms.can_decide_requests, "GET", "POST")
def send_back(request: HttpRequest, pk: Any) -> HttpResponse:
    row = _decidable(request, pk)
    form = AnswerForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.return_(request=row, words=form.cleaned_data["words"], by=request.actor)
        except NotPossible as reason:
            messages.error(request, str(reason))
            return back_to(request, row)
        messages.success(request, f"已退回{row.asked_by_name}，对方的待办里会看到您的意见。")
        return redirect("retirees:requests")
    note = (
        "去世登记仍然有效，只是请对方补充。"
        if row.kind == RequestKind.DEATH
        else "名册不变，对方改好可以再报。"
    )
    return form_page(request, row, form, "退回补充", "退回", note)


@page(perms.can_decide_requests, "GET", "POST")
def refuse(request: HttpRequest, pk: Any) -> HttpResponse:
    row = _decidable(request, pk)
    form = AnswerForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.refuse(request=row, words=form.cleaned_data["words"], by=request.actor)
        except NotPossible as reason:
            messages.error(request, str(reason))
            return back_to(request, row)
        messages.success(request, f"已答复{row.asked_by_name}：不予认可。")
        return redirect("retirees:requests")
    is_death = row.kind == RequestKind.DEATH
    note = "去世登记会整个撤销，这个人重新在册。" if is_death else "名册不变，申请到此结束。"
    return form_page(request, row, form, "不予认可", "不予认可", note)


@page(perms.can_set_review, "GET", "POST")
def review_fields(request: HttpRequest) -> HttpResponse:
    """Which fields are reviewed."""
    form = ReviewedForm(sent(request), initial={"names": sorted(reviewed_names())})
    if request.method == "POST" and form.is_valid():
        actions.set_reviewed(names=form.cleaned_data["names"], by=request.actor)
        messages.success(request, f"已保存，从{format_moment(timezone.now())}起按新的设置审核。")
        return redirect("retirees:requests")
    context = {
        "form": form,
        "heading": "审核设置",
        "crumbs": crumbs_of("审核设置"),
        "submit_label": "保存",
        "cancel_url": reverse("retirees:requests"),
        "note": "没有勾选的，县市区和单位保存后直接生效；已经在审的不受影响。每次改动都留有记录。",
    }
    return render(request, "generic/form.html", context, status=422 if form.errors else 200)
