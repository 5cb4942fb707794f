"""Leaders who visit, and who keeps in touch with whom (联系领导)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import FormToken
from apps.core.chinese import format_count, format_date
from apps.core.pages import page
from apps.core.scope import Actor
from apps.retirees.models import Retiree
from apps.retirees.queries.asked import people_picked
from apps.visits import perms
from apps.visits.actions.leaders import NotNamed, name_leader, save_leader
from apps.visits.forms.leaders import NOBODY, LeaderForm, NamedLeaderForm
from apps.visits.models import Leader
from apps.visits.queries.leaders import leader_now, people_by_leader, people_of_leader, without_leader

TITLE = "走访领导"
MOST = 5000
SHOWN = 500


def _crumbs(*labels: str) -> list[dict[str, str]]:
    found = [{"label": "应访名单", "url": reverse("visits:due")}]
    if not labels:
        return [*found, {"label": TITLE, "url": ""}]
    return [
        *found,
        {"label": TITLE, "url": reverse("visits:leaders")},
        *({"label": one, "url": ""} for one in labels),
    ]


def _cell(text: Any, url: str = "") -> dict[str, str]:
    return {"text": str(text), "url": url}


def _columns(*labels: str) -> list[dict[str, Any]]:
    return [{"label": label, "num": label == "联系人数"} for label in labels]


@page(perms.can_see_plans)
def leaders(request: HttpRequest) -> HttpResponse:
    """The city's and one's own county's; the city sees all."""
    actor = request.actor
    counts = people_by_leader(actor)
    may = perms.can_keep_plans(actor)
    rows = []
    for one in Leader.objects.visible_to(actor).select_related("county"):
        texts = (one.post, one.get_level_display(), one.county.label if one.county else "市本级")
        rows.append(
            {
                "cells": [
                    _cell(one.name, reverse("visits:leader", args=[one.pk])),
                    *map(_cell, texts),
                    _cell("在任" if one.is_active else "离任"),
                    _cell(format_count(counts.get(one.pk, 0))),
                ]
            }
        )
    actions = [{"label": "应有而没有联系领导的", "url": reverse("visits:leader-wanted")}]
    if may:
        actions.append({"label": "登记领导", "url": reverse("visits:leader-create"), "kind": "primary"})
    context = {
        "heading": TITLE,
        "subheading": "写走访人、分组和联系领导时从这里选",
        "crumbs": _crumbs(),
        "page_actions": actions,
        "columns": _columns("姓名", "职务", "层级", "哪里的", "状态", "联系人数"),
        "rows": rows,
        "empty": {
            "title": "还没有登记领导",
            "text": "登记会去走访的领导，走访记录和分组就能直接选。",
            "action_label": "登记领导" if may else "",
            "action_url": reverse("visits:leader-create"),
        },
    }
    return render(request, "visits/plain_list.html", context)


def the_leader(actor: Actor, pk: int) -> Leader:
    """A leader that concerns the actor; 404 else."""
    return get_object_or_404(Leader.objects.visible_to(actor).select_related("county"), pk=pk)


@page(perms.can_see_plans)
def leader_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One leader and his people."""
    one = the_leader(request.actor, pk)
    people = people_of_leader(request.actor, one).select_related("county", "unit").order_by("name_sort", "pk")
    kept = Leader.objects.kept_by(request.actor).filter(pk=one.pk).exists()
    edit = {"label": "修改", "url": reverse("visits:leader-edit", args=[one.pk])}
    context = {
        "heading": str(one),
        "subheading": f"{one.get_level_display()} · 联系的人",
        "crumbs": _crumbs(one.name),
        "page_actions": [edit] if kept else [],
        "columns": _columns("姓名", "单位", "健康状况", "最近走访"),
        "rows": [_person_row(person) for person in people[:SHOWN]],
        "empty": {
            "title": "还没有联系的人",
            "text": "在人员名册里选中人员，点“指定联系领导”；或者在个人页面指定。",
            "action_label": "看人员名册",
            "action_url": reverse("retirees:list"),
        },
    }
    return render(request, "visits/plain_list.html", context)


def _person_row(person: Retiree) -> dict[str, Any]:
    texts = (
        f"{person.county.label} {person.unit.label}",
        person.get_health_display() or "—",
        format_date(person.visited_on) if person.visited_on else "—",
    )
    return {
        "cells": [_cell(person.name, reverse("retirees:detail", args=[person.pk])), *map(_cell, texts)],
        "pk": person.pk,
    }


@page(perms.can_see_plans)
def wanted(request: HttpRequest) -> HttpResponse:
    """People whom a rule wants to have a leader and who have none."""
    people = without_leader(request.actor, timezone.localdate())
    number = people.order_by().values("pk")[: SHOWN + 1].count()
    shown = people.select_related("county", "unit").order_by("name_sort", "pk")[:SHOWN]
    context = {
        "heading": "应有而没有联系领导的人",
        "subheading": f"{'超过' if number > SHOWN else ''}{format_count(min(number, SHOWN))}人",
        "crumbs": _crumbs("应有而没有"),
        "page_actions": [{"label": "走访规则", "url": reverse("visits:rules")}],
        "columns": _columns("姓名", "单位", "健康状况", "最近走访"),
        "rows": [_person_row(person) for person in shown],
        "assign": perms.can_log_visit(request.actor),
        "empty": {
            "title": "都有联系领导",
            "text": "谁应有联系领导，由“何时应访”选“应有联系领导”的走访规则决定。",
            "action_label": "看走访规则",
            "action_url": reverse("visits:rules"),
        },
    }
    return render(request, "visits/plain_list.html", context)


@page(perms.can_keep_plans, "GET", "POST")
def create(request: HttpRequest) -> HttpResponse:
    """A new leader of one's own office."""
    return _save(request, None)


@page(perms.can_keep_plans, "GET", "POST")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a leader of one's own office."""
    one = the_leader(request.actor, pk)
    if not Leader.objects.kept_by(request.actor).filter(pk=one.pk).exists():
        raise PermissionDenied("another office's leader")
    return _save(request, one)


def _save(request: HttpRequest, one: Leader | None) -> HttpResponse:
    initial = (
        {name: getattr(one, name) for name in ("name", "post", "level", "sort", "is_active")} if one else {}
    )
    form = LeaderForm(request.POST or None, initial=initial, leader=one, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        token, _ = FormToken.objects.claim(form.cleaned_data["token"], request.actor)
        if token.result:
            return redirect("visits:leader", int(token.result))
        if not form.is_taken():
            row = save_leader(leader=one, values=form.values(), by=request.actor)
            token.result = str(row.pk)
            token.save(update_fields=["result"])
            messages.success(request, f"已保存：{row}。")
            return redirect("visits:leader", row.pk)
    heading = f"修改：{one.name}" if one else "登记走访领导"
    return _form_page(request, form, heading, reverse("visits:leaders"))


@page(perms.can_log_visit, "GET", "POST")
def named(request: HttpRequest, pk: int) -> HttpResponse:
    """The leader who keeps in touch with one person."""
    person = get_object_or_404(
        Retiree.objects.visible_to(request.actor).on_register().select_related("county", "unit"), pk=pk
    )
    if not perms.can_log_visit(request.actor, person):
        raise PermissionDenied("another place's person")
    now = leader_now(person.pk)
    initial = {"leader": str(now.leader_id)} if now else {}
    form = NamedLeaderForm(
        request.POST or None, actor=request.actor, today=timezone.localdate(), initial=initial
    )
    back = reverse("retirees:detail", args=[person.pk])
    if request.method == "POST" and form.is_valid() and _name(request, form, [person]) is not None:
        return redirect(back)
    words = f"现在：{now.leader}，{format_date(now.during.lower)}起" if now else "现在没有联系领导"
    notice = {"title": words, "text": f"{person.county.label} {person.unit.label}", "kind": ""}
    return _form_page(request, form, f"联系领导：{person.name}", back, notice=notice)


@page(perms.can_log_visit, "POST")
def assign(request: HttpRequest) -> HttpResponse:
    """The same leader for people picked in a list: asked first, then written."""
    today = timezone.localdate()
    try:
        people = people_picked(request.actor, request.POST, today).on_register()
    except ValueError as problem:
        messages.warning(request, str(problem))
        return redirect("retirees:list")
    rows = list(people.order_by("pk")[: MOST + 1])
    if len(rows) > MOST:
        messages.warning(request, f"一次最多{format_count(MOST)}人，请先加条件。")
        return redirect("retirees:list")
    asked = "sent" in request.POST
    form = NamedLeaderForm(request.POST if asked else None, actor=request.actor, today=today, initial={})
    if asked and form.is_valid() and _name(request, form, rows) is not None:
        return redirect("visits:leaders")
    hidden = [(name, value) for name in ("ids", "all", "query") for value in request.POST.getlist(name)]
    notice = {"title": f"选中的{format_count(len(rows))}人", "text": "由同一位领导联系。", "kind": ""}
    return _form_page(
        request,
        form,
        "指定联系领导",
        reverse("retirees:list"),
        notice=notice,
        hidden=[*hidden, ("sent", "1")],
        wrong=asked,
    )


def _name(request: HttpRequest, form: NamedLeaderForm, people: list[Retiree]) -> int | None:
    """Write it; None where that is not possible, which the form then says."""
    data = form.cleaned_data
    try:
        number = name_leader(
            people=people, leader=form.chosen, since=data["since"], note=data["note"], by=request.actor
        )
    except NotNamed as problem:
        form.add_error("since", str(problem))
        return None
    word = "已结束联系" if data["leader"] == NOBODY else "已指定联系领导"
    messages.success(request, f"{word}：{number}人。" if number else "没有需要改的。")
    return number


def _form_page(
    request: HttpRequest,
    form: Any,
    heading: str,
    back: str,
    *,
    notice: dict[str, str] | None = None,
    hidden: Any = (),
    wrong: bool = True,
) -> HttpResponse:
    context = {
        "form": form,
        "heading": heading,
        "subheading": "",
        "crumbs": _crumbs(heading.partition("：")[0]),
        "submit_label": "保存",
        "cancel_url": back,
        "note": "",
        "notice": notice,
        "hidden": hidden,
    }
    status = 422 if request.method == "POST" and wrong else 200
    return render(request, "visits/plan_form.html", context, status=status)
