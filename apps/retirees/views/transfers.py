"""Transfers between counties: what one proposed, what waits for an answer, and the answers."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import FormToken
from apps.core.chinese import format_date, format_moment
from apps.core.pages import page
from apps.core.scope import Actor
from apps.retirees import perms
from apps.retirees.actions.life import NotPossible
from apps.retirees.actions.transfers import (
    accept_transfer,
    mark_transfers_seen,
    propose_transfer,
    refuse_transfer,
    transfer_at_once,
    withdraw_transfer,
)
from apps.retirees.choices import ON_REGISTER, TransferSide, TransferState
from apps.retirees.forms.transfers import AcceptForm, CityTransferForm, RefuseForm, TransferForm
from apps.retirees.models import Retiree, Transfer
from apps.retirees.queries.transfers import BOXES, open_transfer_of, transfers_in
from apps.retirees.views.person import the_person
from apps.retirees.views.present import crumbs, fact, page_of

PER_PAGE = 50
LIST = {"label": "人员转移"}
TONES = {
    TransferState.DELIVERED: "amber",
    TransferState.ACCEPTED: "blue",
    TransferState.DONE: "green",
    TransferState.REFUSED: "red",
    TransferState.FAILED: "red",
}


def _the_transfer(actor: Actor, pk: UUID) -> Transfer:
    rows = Transfer.objects.visible_to(actor).select_related("county", "other", "to_unit")
    return get_object_or_404(rows, pk=pk)


@page(perms.can_list_transfers)
def transfers(request: HttpRequest) -> HttpResponse:
    """One box at a time; people by the summary, since the other county's are not seen."""
    box = request.GET.get("box", "in")
    if box not in BOXES or set(request.GET) - {"box", "page"}:
        raise BadRequest("unknown box")
    pages = Paginator(transfers_in(request.actor, box), PER_PAGE).get_page(request.GET.get("page"))
    address = reverse("retirees:transfers")
    context = {
        "crumbs": [{"label": "人员名册", "url": reverse("retirees:list")}, LIST | {"url": ""}],
        "tabs": [
            {"label": label, "url": f"{address}?box={name}", "active": name == box}
            for name, (label, _, _) in BOXES.items()
        ],
        "query": f"box={box}&",
        "pages": pages,
        "columns": [
            {"label": label, "num": False}
            for label in ("姓名", "性别、出生、类别", "从", "到", "生效日期", "状态")
        ],
        "rows": [_row(row) for row in pages],
    }
    return render(request, "retirees/transfers.html", context)


def _row(row: Transfer) -> dict[str, Any]:
    who = row.person
    sender, receiver = _places(row)
    state = row.get_state_display()
    texts = [
        "，".join(part for part in (who["sex"], who["birth"], who["category"]) if part),
        f"{sender} {who['unit']}",
        f"{receiver} {row.to_unit.label if row.to_unit else ''}",
        format_date(row.effective_on),
        state if row.is_open or row.seen_at or row.side == TransferSide.IN else f"{state}（新）",
    ]
    name = {"text": who["name"], "url": reverse("retirees:transfer", args=[row.pk])}
    return {"cells": [name, *({"text": text, "url": ""} for text in texts)]}


def _places(row: Transfer) -> tuple[str, str]:
    own, other = row.county.label, row.other.label
    return (own, other) if row.side == TransferSide.OUT else (other, own)


@page(perms.can_list_transfers)
def transfer(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = _the_transfer(request.actor, pk)
    who = row.person
    sender, receiver = _places(row)
    context = {
        "crumbs": _crumbs(who["name"]),
        "heading": f"{who['name']}：{sender} → {receiver}",
        "state": row.get_state_display(),
        "tone": TONES.get(TransferState(row.state), "grey"),
        "facts": [
            fact("姓名", who["name"]),
            fact("性别", who["sex"]),
            fact("出生", who["birth"]),
            fact("类别", who["category"]),
            fact("现享受待遇", who["treatment"]),
            fact("原管理单位", f"{sender} {who['unit']}"),
            fact("接收单位", row.to_unit.name if row.to_unit else ""),
            fact("生效日期", format_date(row.effective_on)),
            fact("转移原因", row.reason),
            fact("提出", f"{row.proposed_by_name}，{format_moment(row.proposed_at)}"),
            fact("答复", _answer(row)),
            *([fact("没有办成", row.problem)] if row.problem else []),
            *([fact("办结", format_moment(row.done_at))] if row.done_at else []),
        ],
        "what": _what_now(row),
        "page_actions": _actions(row, request.actor),
        "may_mark": row.side == TransferSide.OUT and not row.is_open and row.seen_at is None,
        "row": row,
        "person_url": _person_url(row, request.actor),
    }
    return render(request, "retirees/transfer.html", context)


def _answer(row: Transfer) -> str:
    if row.answered_at is None:
        return ""
    note = f"：{row.answer}" if row.answer else ""
    return f"{row.answered_by_name}，{format_moment(row.answered_at)}{note}"


def _what_now(row: Transfer) -> str:
    day = format_date(row.effective_on)
    receiving = row.side == TransferSide.IN
    return {
        TransferState.PROPOSED: "正在送达对方，一般几秒钟。",
        TransferState.DELIVERED: "同意后从生效日期起算本县市区的人，资料、家属、照片一并转来。"
        if receiving
        else "等对方答复。答复前可以撤回；人还在本县市区名册里。",
        TransferState.ACCEPTED: f"{day}起转移，到那天自动办理；在那以前人还在原县市区。",
        TransferState.DONE: f"{day}起在接收方名册里；以前各日的统计仍算原县市区的。",
        TransferState.REFUSED: "人仍在原县市区名册里。",
        TransferState.WITHDRAWN: "人仍在原县市区名册里。",
        TransferState.FAILED: "人仍在原处，请按原因处理后再提出。",
    }[TransferState(row.state)]


def _person_url(row: Transfer, actor: Actor) -> str:
    seen = Retiree.objects.visible_to(actor).filter(pk=row.retiree_id).exists()
    return reverse("retirees:detail", args=[row.retiree_id]) if seen else ""


def _actions(row: Transfer, actor: Actor) -> list[dict[str, str]]:
    found = []
    if row.state == TransferState.DELIVERED and perms.can_answer_transfer(actor, row):
        found = [
            ("退回", "retirees:transfer-refuse", ""),
            ("同意接收", "retirees:transfer-accept", "primary"),
        ]
    in_time = row.is_open and (row.state != TransferState.ACCEPTED or actor.county_id is None)
    if in_time and perms.can_withdraw_transfer(actor, row):
        found = [("撤回", "retirees:transfer-withdraw", "danger")]
    return [
        {"label": label, "url": reverse(view, args=[row.pk]), "kind": kind} for label, view, kind in found
    ]


def _crumbs(*labels: str) -> list[dict[str, str]]:
    register = {"label": "人员名册", "url": reverse("retirees:list")}
    return [
        register,
        LIST | {"url": reverse("retirees:transfers")},
        *({"label": label, "url": ""} for label in labels),
    ]


@page(perms.can_transfer, "GET", "POST")
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """A county proposes; the city moves the person itself."""
    person = the_person(request.actor, pk)
    if person.state not in ON_REGISTER:
        messages.error(request, f"{person.name}已{person.get_state_display()}，不能再办理这项变化。")
        return redirect(page_of(person))
    under_way = open_transfer_of(request.actor, person.pk)
    if under_way is not None:
        messages.info(request, f"{person.name}已有一份转移在办理。")
        return redirect("retirees:transfer", under_way.pk)
    today = timezone.localdate()
    form: Any
    if request.actor.county_id is None:
        form = CityTransferForm(request.POST or None, person=person, today=today, actor=request.actor)
        text = "两边的人数从生效日期起各自改变；资料、家属、照片一并转去，原县市区以前各日的统计不变。"
    else:
        form = TransferForm(request.POST or None, person=person, today=today)
        text = (
            "对方看到姓名、性别、出生年月、类别和待遇，同意并选好单位后才转移；"
            "转移后本县市区看不到这个人，以前各日的统计不变。"
        )
    if request.method == "POST" and form.is_valid():
        answer = _propose(request, person, form)
        if answer is not None:
            return answer
    context = {
        "form": form,
        "person": person,
        "heading": f"转往其他县市区：{person.name}",
        "crumbs": crumbs(person, "转往其他县市区"),
        "submit_label": "保存" if request.actor.county_id is None else "提出转移",
        "cancel_url": page_of(person),
        "note": "",
        "notice": {"title": f"现在：{person.county.label} {person.unit.label}", "text": text, "kind": ""},
    }
    return render(request, "retirees/change.html", context, status=422 if request.method == "POST" else 200)


def _propose(request: HttpRequest, person: Retiree, form: Any) -> HttpResponse | None:
    data = form.cleaned_data
    token, _ = FormToken.objects.claim(data["token"], request.actor)
    if token.result:
        return redirect("retirees:transfer", UUID(token.result))
    given = {
        "retiree": person,
        "effective_on": data["effective_on"],
        "reason": data["reason"],
        "today": timezone.localdate(),
        "by": request.actor,
    }
    try:
        if isinstance(form, CityTransferForm):
            row = transfer_at_once(unit=data["unit"], **given)
        else:
            row = propose_transfer(to_county=data["county"], **given)
    except NotPossible as reason:
        form.add_error(None, str(reason))
        return None
    token.result = str(row.pk)
    token.save(update_fields=["result"])
    row.refresh_from_db()
    messages.success(request, f"{person.name}：{_what_now(row)}")
    return redirect("retirees:transfer", row.pk)


@page(perms.can_answer_transfer, "GET", "POST")
def accept(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = _answerable(request.actor, pk)
    form = AcceptForm(request.POST or None, transfer=row, today=timezone.localdate(), actor=request.actor)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            accept_transfer(transfer=row, unit=data["unit"], note=data["note"] or "", by=request.actor)
        except NotPossible as reason:
            form.add_error(None, str(reason))
        else:
            messages.success(request, f"已同意接收{row.person['name']}，正在办理。")
            return redirect("retirees:transfer", row.pk)
    return _answer_page(request, row, form, "同意接收")


@page(perms.can_answer_transfer, "GET", "POST")
def refuse(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = _answerable(request.actor, pk)
    form = RefuseForm(request.POST or None, transfer=row)
    if request.method == "POST" and form.is_valid():
        try:
            refuse_transfer(transfer=row, note=form.cleaned_data["note"], by=request.actor)
        except NotPossible as reason:
            form.add_error(None, str(reason))
        else:
            messages.success(request, "已退回，对方会看到原因。")
            return redirect("retirees:transfer", row.pk)
    return _answer_page(request, row, form, "退回")


def _answerable(actor: Actor, pk: UUID) -> Transfer:
    row = _the_transfer(actor, pk)
    if not perms.can_answer_transfer(actor, row):
        raise PermissionDenied("the sender's side")
    return row


def _answer_page(request: HttpRequest, row: Transfer, form: Any, word: str) -> HttpResponse:
    who = row.person
    sender, _ = _places(row)
    about = "，".join(who[name] for name in ("sex", "birth", "category", "treatment") if who[name])
    context = {
        "form": form,
        "heading": f"{word}：{who['name']}",
        "crumbs": _crumbs(f"{who['name']}：{word}"),
        "submit_label": word,
        "cancel_url": reverse("retirees:transfer", args=[row.pk]),
        "note": "",
        "notice": {
            "title": f"{who['name']}（{about}）",
            "text": f"{sender} {who['unit']}，{format_date(row.effective_on)}起。原因：{row.reason}",
            "kind": "",
        },
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "retirees/change.html", context, status=status)


@page(perms.can_withdraw_transfer, "GET", "POST")
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = _the_transfer(request.actor, pk)
    if not perms.can_withdraw_transfer(request.actor, row):
        raise PermissionDenied("the receiver's side")
    name, back = row.person["name"], reverse("retirees:transfer", args=[row.pk])
    if request.method == "POST":
        try:
            withdraw_transfer(transfer=row, by=request.actor)
        except NotPossible as reason:
            messages.error(request, str(reason))
        else:
            messages.success(request, f"已撤回{name}的转移，人仍在原县市区名册里。")
        return redirect(back)
    context = {
        "heading": f"撤回转移：{name}",
        "crumbs": _crumbs(f"{name}：撤回"),
        "confirm": {
            "question": f"撤回把{name}转往{row.other.label}的提议？",
            "text": "",
            "effects": [
                "对方不再能接收；已经答复、还没有办理的，也不再办理。",
                "人仍在原县市区名册里，以后可以再提出。",
            ],
            "url": request.path,
            "hidden": [],
            "submit_label": "撤回",
            "danger": "yes",
            "cancel_url": back,
        },
    }
    return render(request, "generic/confirm.html", context)


@page(perms.can_withdraw_transfer, "POST")
def seen(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The sender has read how it ended."""
    row = _the_transfer(request.actor, pk)
    mark_transfers_seen(transfers=[row])
    return redirect(f"{reverse('retirees:transfers')}?box=over")
