"""Logging a visit: of a person, of several picked in the list, of a due row; changing and removing it."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.core.chinese import format_count, format_date
from apps.core.pages import page
from apps.core.scope import Actor
from apps.retirees.choices import LifeState
from apps.retirees.models import Retiree
from apps.retirees.queries.asked import people_picked
from apps.visits import perms
from apps.visits.actions.checking import VisitEntry, VisitRefused
from apps.visits.actions.log import change_visit, record_visit, record_visits, remove_visit
from apps.visits.actions.visitors import remember_visitors
from apps.visits.actions.wants import raise_wants
from apps.visits.forms.log import VALUES, RemoveForm, VisitForm, others_text
from apps.visits.models import Due, Leader, Visit
from apps.visits.queries.log import due_in_hand, last_visit, last_visitors, open_concerns, people_to_visit
from apps.visits.rules import VisitorEntry
from apps.visits.rules.log import yuan

LOG = "走访记录"
MOST = 500
LONGEST_NAME = 40
GOING = {"leaders", "others", "others_level"}


def log_crumbs(*labels: str) -> list[dict[str, str]]:
    """走访记录 / …"""
    first = {"label": LOG, "url": reverse("visits:log")}
    return [first, *({"label": label, "url": ""} for label in labels)]


def the_person(actor: Actor, pk: int) -> Retiree:
    """Somebody of the actor's scope, on the register or off it, whose record stands."""
    people = Retiree.objects.visible_to(actor).exclude(state__in=(LifeState.MERGED, LifeState.MISTAKE))
    return get_object_or_404(people.select_related("county", "unit"), pk=pk)


def the_visit(actor: Actor, pk: int) -> Visit:
    """A visit of the actor's scope."""
    rows = Visit.objects.visible_to(actor).select_related(
        "retiree", "county", "unit", "occasion", "campaign", "team", "source"
    )
    return get_object_or_404(rows, pk=pk)


def person_visits(person: Retiree) -> str:
    """Address of the person's tab 走访."""
    return f"{reverse('retirees:detail', args=[person.pk])}?tab=visits"


@page(perms.can_log_visit, "GET", "POST")
def find(request: HttpRequest) -> HttpResponse:
    """Whom was seen: by name or reading. It posts, so that names stand in no address."""
    text = " ".join(request.POST.get("q", "").split())[:LONGEST_NAME]
    found = people_to_visit(request.actor, text) if text and text.isprintable() else []
    rows = [
        {
            "cells": [
                {"text": person.name, "url": reverse("visits:record", args=[person.pk])},
                {"text": f"{person.county.label} {person.unit.label}", "url": ""},
                {"text": _age_words(person), "url": ""},
                {"text": format_date(person.visited_on) if person.visited_on else "没有记录", "url": ""},
            ]
        }
        for person in found
    ]
    context = {
        "crumbs": log_crumbs("登记走访"),
        "text": text,
        "asked": request.method == "POST",
        "columns": [{"label": label, "num": False} for label in ("姓名", "单位", "情况", "最近走访")],
        "rows": rows,
    }
    return render(request, "visits/find.html", context)


def _age_words(person: Retiree) -> str:
    born = f"{person.birth_date}生" if person.birth_date else "出生不详"
    state = "" if person.state == LifeState.ALIVE else f"，{person.get_state_display()}"
    return f"{person.get_category_display()}，{born}{state}"


@page(perms.can_log_visit, "GET", "POST")
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of one visit; ``?due=7`` fills in what was planned."""
    actor, person = request.actor, the_person(request.actor, pk)
    if not perms.can_log_visit(actor, person):
        raise PermissionDenied("another place's person")
    due = due_in_hand(actor, person, request.GET.get("due", ""))
    form = VisitForm(
        request.POST or None,
        request.FILES or None,
        people=[person],
        actor=actor,
        today=timezone.localdate(),
        initial=_usual(actor) | (_planned(due) if due else {}),
    )
    if request.method == "POST" and form.is_valid():
        visit = _record_one(form, person, due, actor)
        if visit is not None:
            messages.success(request, f"{person.name}的走访已登记。")
            return redirect("visits:visit", visit.pk)
    context = _page(form, f"登记走访：{person.name}", person_visits(person)) | {
        "subheading": f"{person.county.label} {person.unit.label}，{_age_words(person)}",
        "notice": _told_before(actor, person),
        "draft": actor.user_id,
    }
    return render(request, "visits/record.html", context, status=_status(request))


def _record_one(form: VisitForm, person: Retiree, due: Due | None, actor: Actor) -> Visit | None:
    values = form.values()
    if due is not None and due.team is not None and due.campaign == values.get("campaign"):
        values["team"] = due.team
    try:
        visit = record_visit(
            retiree=person,
            values=values,
            visitors=form.visitors,
            by=actor,
            key=form.cleaned_data["token"],
        )
    except VisitRefused as refusal:
        form.refuse(refusal)
        return None
    raise_wants(visit=visit, wants=form.cleaned_data["wants"], by=actor)
    _remember(form, actor)
    return visit


def _remember(form: VisitForm, actor: Actor) -> None:
    data = form.cleaned_data
    kept = {
        "leaders": list(data.get("leaders", ())),
        "others": data.get("others") or "",
        "level": data.get("others_level") or "",
    }
    remember_visitors(kept=kept, by=actor)


def _usual(actor: Actor) -> dict[str, Any]:
    kept = last_visitors(actor.user_id)
    if not kept:
        return {"others": actor.name}
    return {
        "leaders": kept.get("leaders", []),
        "others": kept.get("others", ""),
        "others_level": kept.get("level", ""),
    }


def _planned(due: Due) -> dict[str, Any]:
    return {
        "occasion": due.occasion_id,
        "campaign": due.campaign_id,
        "target": due.target,
        "family": due.family_id,
        "money": due.planned_money,
        "goods": due.planned_goods,
        "goods_value": due.planned_goods_value,
        "source": due.planned_source_id,
    }


def _told_before(actor: Actor, person: Retiree) -> dict[str, Any] | None:
    """What one should know before going in: the last visit, what is still open, what the state of life is."""
    last, concerns = last_visit(actor, person), open_concerns(actor, person)
    text = f"上次走访：{visit_words(last)}。" if last else "还没有走访记录。"
    if concerns:
        titles = "、".join(f"“{one.title}”（{one.get_state_display()}）" for one in concerns)
        text += f"未结诉求{len(concerns)}件：{titles}。"
    if person.state == LifeState.DEAD:
        text += f"{person.name}已于{person.died_on}去世：去世以后只登记看望遗属；去世以前的走访可以补登。"
    return {"title": "走访前请看", "text": text, "kind": "look" if concerns else ""}


def visit_words(visit: Visit) -> str:
    """A visit in one line: 2026年3月5日上门，陈立新（局长）等2人，慰问金500元."""
    words = [f"{format_date(visit.visited_on)}{visit.get_way_display()}", visit.visitors_text]
    if visit.money:
        words.append(f"慰问金{yuan(visit.money)}元")
    return "，".join([*words, *([visit.goods] if visit.goods else [])])


def _page(form: Any, heading: str, cancel: str) -> dict[str, Any]:
    return {
        "form": form,
        "heading": heading,
        "crumbs": log_crumbs(heading),
        "submit_label": "保存走访记录",
        "cancel_url": cancel,
        "note": "",
        "notice": None,
        "wants_source": isinstance(form, VisitForm) and form.wants_source,
    }


def _status(request: HttpRequest) -> int:
    return 422 if request.method == "POST" else 200


@page(perms.can_log_visit, "POST")
def record_many(request: HttpRequest) -> HttpResponse:
    """The same visit of those picked in the list: the form first, then the log."""
    actor, today = request.actor, timezone.localdate()
    try:
        people = people_picked(actor, request.POST, today).select_related("county", "unit")
    except ValueError as problem:
        messages.warning(request, str(problem))
        return redirect("retirees:list")
    rows = list(people.order_by("name_sort", "pk")[: MOST + 1])
    if not rows or len(rows) > MOST:
        messages.warning(request, f"一次登记1至{MOST}人，请重新选择。")
        return redirect("retirees:list")
    sent = "sent" in request.POST
    form = VisitForm(
        request.POST if sent else None, people=rows, actor=actor, today=today, initial=_usual(actor)
    )
    if sent and form.is_valid():
        made = _record_all(form, rows, actor)
        if made is not None:
            messages.success(request, f"已登记{format_count(made)}人的走访。")
            return redirect("visits:log")
    hidden = [(name, value) for name in ("ids", "all", "query") for value in request.POST.getlist(name)]
    names = "、".join(person.name for person in rows[:12])
    more = f"等{format_count(len(rows))}人" if len(rows) > 12 else ""
    context = _page(form, f"登记走访：{format_count(len(rows))}人", reverse("retirees:list")) | {
        "notice": {"title": "同一次走访", "text": f"以下内容登记给：{names}{more}。", "kind": ""},
        "hidden": [*hidden, ("sent", "1")],
        "subheading": "",
    }
    return render(request, "visits/record.html", context, status=422 if sent else 200)


def _record_all(form: VisitForm, people: Sequence[Retiree], actor: Actor) -> int | None:
    token = form.cleaned_data["token"]
    entries = [
        VisitEntry(person, form.values(), form.visitors, uuid.uuid5(token, str(person.pk)))
        for person in people
    ]
    try:
        made = record_visits(entries=entries, by=actor)
    except VisitRefused as refusal:
        form.refuse(refusal)
        return None
    _remember(form, actor)
    return len(made)


@page(perms.can_log_visit, "GET", "POST")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a visit."""
    actor, visit = request.actor, the_visit(request.actor, pk)
    version = request.POST.get("version", "")
    form = VisitForm(
        request.POST or None,
        people=[visit.retiree],
        actor=actor,
        today=timezone.localdate(),
        initial=_as_logged(visit, actor),
        visit=visit,
    )
    if request.method == "POST" and form.is_valid():
        opened = int(version) if version.isascii() and version.isdecimal() and len(version) < 9 else 0
        try:
            visitors = form.visitors if GOING & set(form.changed_data) else None  # posts of that day stay
            change_visit(visit=visit, values=form.values(), visitors=visitors, by=actor, version=opened)
        except VisitRefused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "走访记录已保存。")
            return redirect("visits:visit", visit.pk)
    back = reverse("visits:visit", args=[visit.pk])
    context = _page(form, f"修改走访记录：{visit.retiree.name}", back) | {
        "hidden": [("version", version or str(visit.version))],
        "subheading": "",
    }
    return render(request, "visits/record.html", context, status=_status(request))


def _as_logged(visit: Visit, actor: Actor) -> dict[str, Any]:
    initial = {name: getattr(visit, name) for name in VALUES}
    for name in ("money", "goods_value"):
        initial[name] = initial[name] or None
    going = list(visit.visitors.order_by("position", "pk"))
    offered = set(Leader.objects.visible_to(actor).filter(is_active=True).values_list("pk", flat=True))
    others = [VisitorEntry(one.name, one.post, one.level) for one in going if one.leader_id not in offered]
    return initial | {
        "leaders": [str(one.leader_id) for one in going if one.leader_id in offered],
        "others": others_text(others),
        "others_level": others[0].level if others else "5",
    }


@page(perms.can_log_visit, "GET", "POST")
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a visit out of the log, with a reason."""
    visit = the_visit(request.actor, pk)
    form = RemoveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        remove_visit(visit=visit, reason=form.cleaned_data["reason"], by=request.actor)
        messages.success(request, "这条走访记录已删除。")
        return redirect(person_visits(visit.retiree))
    back = reverse("visits:visit", args=[visit.pk])
    context = _page(form, f"删除走访记录：{visit.retiree.name}", back) | {
        "submit_label": "删除",
        "notice": {
            "title": visit_words(visit),
            "text": "删除后，这次走访办结的应访任务恢复为应访；走访中提出的诉求保留；变更记录里留有这次删除。",
            "kind": "look",
        },
        "subheading": "",
    }
    return render(request, "visits/record.html", context, status=_status(request))
