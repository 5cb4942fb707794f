"""重要情况: who is in hospital or critical, what has to be done after a death; each reported in one form."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import FormToken
from apps.accounts.perms import sees_private
from apps.core.chinese import format_date
from apps.core.pages import page
from apps.core.scope import Actor
from apps.retirees.actions.life import NotPossible
from apps.retirees.choices import ON_REGISTER, LifeState
from apps.retirees.models import Retiree
from apps.visits import perms
from apps.visits.actions.incidents import end_incident, report_incident, retract_incident
from apps.visits.choices import IncidentKind, TaskPart
from apps.visits.forms.incidents import EndForm, IncidentForm, RetractForm
from apps.visits.models import Incident
from apps.visits.queries.incidents import PER_PAGE, incidents_read, open_incidents, overdue_tasks
from apps.visits.rules.farewell import age_words, ages_at_death
from apps.visits.views.death_parts import draft_rows, next_steps, told_by_mistake

TITLE = "重要情况"


def page_of(person: Retiree, tab: str = "") -> str:
    """Address of the person page."""
    address = reverse("retirees:detail", args=[person.pk])
    return f"{address}?tab={tab}" if tab else address


def fact(label: str, value: str, **more: str) -> dict[str, str]:
    """A label and its value, "—" where nothing is known."""
    return {"label": label, "value": value or "—", **more}


def form_page(
    request: HttpRequest, person: Retiree, form: Any, title: str, *, back: str, label: str = "保存"
) -> HttpResponse:
    """A form about a person; 422 when it comes back."""
    context = {
        "form": form,
        "heading": f"{title}：{person.name}",
        "crumbs": [
            {"label": TITLE, "url": reverse("visits:incidents")},
            {"label": person.name, "url": page_of(person)},
            {"label": title, "url": ""},
        ],
        "submit_label": label,
        "cancel_url": back,
        "note": "登记后按规则列入应访名单；病危同时改名册里的状态。不记病名和诊断。"
        if label == "登记"
        else "",
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "visits/plan_form.html", context, status=status)


@page(perms.can_list_visits)
def incidents(request: HttpRequest) -> HttpResponse:
    """What is not over, of one kind or all."""
    kind, today = request.GET.get("kind", ""), timezone.localdate()
    address = reverse("visits:incidents")
    known = kind if kind in IncidentKind.values else ""
    shown = Paginator(open_incidents(request.actor, known), PER_PAGE).get_page(request.GET.get("page"))
    late = overdue_tasks(request.actor, today)
    context = {
        "heading": TITLE,
        "subheading": f"没有办结的{shown.paginator.count}条，办理事项超期{late}项",
        "crumbs": [{"label": TITLE, "url": ""}],
        "page_actions": _choices(request.actor, address),
        "columns": [
            {"label": label, "num": label == "待办事项"}
            for label in ("姓名", "情况", "县市区、单位", "从哪天起", "医院", "最近走访", "待办事项")
        ],
        "rows": [_row(one, today) for one in shown],
        "page": shown,
        "query": f"kind={known}&" if known else "",
        "unit": "条",
        "empty": {
            "title": "没有没办结的重要情况",
            "text": "有人住院、病危或家中有变故，打开他的页面，在“重要情况”页签登记。",
            "action_label": "打开人员名册",
            "action_url": reverse("retirees:list"),
        },
    }
    return render(request, "visits/plain_list.html", context)


def _choices(actor: Actor, address: str) -> list[dict[str, Any]]:
    kinds = [{"label": one.label, "url": f"{address}?kind={one.value}"} for one in IncidentKind]
    found: list[dict[str, Any]] = [{"label": "筛选", "choices": [*kinds, {"label": "全部", "url": address}]}]
    if perms.can_see_plans(actor):
        found.append({"label": "标准清单", "url": reverse("visits:incident-checklist")})
    return found


def _row(one: Any, today: date) -> dict[str, Any]:
    person = one.retiree
    word = one.get_kind_display() + ("（挂床）" if one.is_nominal else "")
    texts = (
        f"{person.county.label} {person.unit.label}",
        f"{format_date(one.started_on)}（第{(today - one.started_on).days + 1}天）",
        one.hospital or "—",
        format_date(person.visited_on) if person.visited_on else "没有走访过",
        str(one.to_do),
    )
    cells = [
        {"text": person.name, "url": page_of(person)},
        {"text": word, "url": reverse("visits:incident", args=[one.pk])},
        *({"text": text, "url": ""} for text in texts),
    ]
    return {"cells": cells}


def the_incident(actor: Actor, pk: UUID) -> Incident:
    """What happened to somebody in the actor's scope; 404 else."""
    rows = Incident.objects.visible_to(actor).select_related("retiree__county", "retiree__unit")
    return get_object_or_404(rows, pk=pk)


@page(perms.can_list_visits)
def incident(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One of them, with its checklist."""
    one = the_incident(request.actor, pk)
    person = one.retiree
    may = perms.can_report_incident(request.actor, person) and not one.retracted_on
    today, tasks = timezone.localdate(), list(one.tasks.all())
    is_death = one.kind == IncidentKind.DEATH
    stands = is_death and one.retracted_on is None
    context = {
        "heading": f"{one.get_kind_display()}：{person.name}",
        "subheading": f"{person.county.label} {person.unit.label}",
        "crumbs": [{"label": TITLE, "url": reverse("visits:incidents")}, {"label": person.name, "url": ""}],
        "page_actions": _actions(one) if may else [],
        "facts": _facts(one, request.actor),
        "steps": next_steps(one, tasks, today, request.actor) if stands and may and not one.closed_on else [],
        "tasks": [row for row in tasks if row.part == TaskPart.DO],
        "tells": [row for row in tasks if row.part == TaskPart.TELL],
        "drafts": draft_rows(one, request.actor) if stands and may else [],
        "mistaken": told_by_mistake(tasks) if is_death and one.retracted_on else [],
        "incident": one,
        "may": may and one.closed_on is None,
        "today": today,
    }
    return render(request, "visits/incident.html", context)


def _facts(one: Incident, actor: Actor) -> list[dict[str, str]]:
    person, is_death = one.retiree, one.kind == IncidentKind.DEATH
    facts = [
        fact("姓名", person.name, url=page_of(person), url_label="打开人员页面"),
        fact("去世时间" if is_death else "从哪天起", _began(one)),
        fact("报告", f"{format_date(one.reported_on)}，{one.reported_by_name}"),
        fact("状态", _state_of(one)),
        fact("最近走访", format_date(person.visited_on) if person.visited_on else ""),
    ]
    if is_death:
        ages = ages_at_death(person.birth_date, person.died_on)
        facts.insert(2, fact("享年", age_words(ages)))
    else:
        facts.insert(3, fact("医院", f"{one.hospital} {one.ward}".strip()))
        if sees_private(actor):
            facts.append(fact("说明", one.note))
    return facts


def _began(one: Incident) -> str:
    if one.kind == IncidentKind.DEATH and one.retiree.died_on and not one.retracted_on:
        return str(one.retiree.died_on)
    return format_date(one.started_on)


def _state_of(one: Incident) -> str:
    if one.retracted_on:
        return f"{format_date(one.retracted_on)}撤销：{one.retract_reason}"
    if one.ended_on:
        return f"{format_date(one.ended_on)}结束"
    return f"{format_date(one.closed_on)}办结" if one.closed_on else "进行中"


def _actions(one: Incident) -> list[dict[str, str]]:
    found = []
    here = one.retiree.state in ON_REGISTER
    if one.kind != IncidentKind.DEATH and here:
        found.append({"label": "撤销登记", "url": reverse("visits:incident-retract", args=[one.pk])})
    if not one.closed_on and (here or one.kind == IncidentKind.DEATH):
        word = {"hospital": "登记出院", "critical": "登记好转"}.get(one.kind, "办结")
        found.append({"label": word, "url": reverse("visits:incident-end", args=[one.pk]), "kind": "primary"})
    return found


def must_keep(actor: Actor, person: Retiree) -> None:
    """403 for whoever only reads."""
    if not perms.can_report_incident(actor, person):
        raise PermissionDenied


@page(perms.can_report_incident, "GET", "POST")
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody is in hospital, critical, or has a misfortune at home."""
    people = Retiree.objects.visible_to(request.actor).exclude(state=LifeState.MERGED)
    person = get_object_or_404(people, pk=pk)
    must_keep(request.actor, person)
    if person.state not in ON_REGISTER:
        messages.error(request, f"{person.name}已{person.get_state_display()}，不能再登记。")
        return redirect(page_of(person))
    today = timezone.localdate()
    given = {"reported_on": today, "started_on": today, "kind": request.GET.get("kind", "hospital")}
    form = IncidentForm(request.POST or None, today=today, initial=given)
    if request.method == "POST" and form.is_valid():
        said = f"已登记{person.name}…。登记错了可以撤销。"
        answer = _sent(request, form, said, partial(report_incident, retiree=person))
        if answer is not None:
            return answer
    return form_page(request, person, form, "登记重要情况", back=page_of(person, "incidents"), label="登记")


def _sent(request: HttpRequest, form: Any, said: str, do: Callable[..., Incident]) -> HttpResponse | None:
    """Do it once, whatever is clicked; None where it is not possible, which the form then says."""
    data = dict(form.cleaned_data)
    token, _ = FormToken.objects.claim(data.pop("token"), request.actor)
    if token.result:
        return redirect("visits:incident", UUID(token.result))
    try:
        one = do(by=request.actor, **data)
    except NotPossible as reason:
        form.add_error(None, str(reason))
        return None
    token.result = str(one.pk)
    token.save(update_fields=["result"])
    messages.success(request, said.replace("…", one.get_kind_display(), 1))
    return redirect("visits:incident", one.pk)


@page(perms.can_report_incident, "GET", "POST")
def end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Discharged, recovered, settled."""
    one = the_incident(request.actor, pk)
    person, today = one.retiree, timezone.localdate()
    must_keep(request.actor, person)
    form: Any = EndForm(request.POST or None, today=today, initial={"ended_on": today})
    title, back = f"办结{one.get_kind_display()}", reverse("visits:incident", args=[pk])
    if request.method == "POST" and form.is_valid():
        said = f"{person.name}的…已办结。"
        answer = _sent(request, form, said, partial(end_incident, incident=one, today=today))
        if answer is not None:
            return answer
    return form_page(request, person, form, title, back=back)


@page(perms.can_report_incident, "GET", "POST")
def retract(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Written by mistake."""
    one = the_incident(request.actor, pk)
    person, today = one.retiree, timezone.localdate()
    must_keep(request.actor, person)
    form: Any = RetractForm(request.POST or None, today=today)
    title, back = f"撤销{one.get_kind_display()}", reverse("visits:incident", args=[pk])
    if request.method == "POST" and form.is_valid():
        said = f"已撤销{person.name}的…登记。"
        answer = _sent(request, form, said, partial(retract_incident, incident=one, today=today))
        if answer is not None:
            return answer
    return form_page(request, person, form, title, back=back)


def count_of(person: Retiree, actor: Actor) -> int:
    """For the tab of the person page."""
    return len(incidents_read(person, actor))


def panel(request: Any, person: Retiree, actor: Actor) -> dict[str, Any]:
    """The tab of the person page."""
    rows = [
        {
            "cells": [
                {"text": one.get_kind_display(), "url": reverse("visits:incident", args=[one.pk])},
                *(
                    {"text": text, "url": ""}
                    for text in (format_date(one.started_on), one.hospital or "—", _state_of(one))
                ),
            ]
        }
        for one in incidents_read(person, actor)
    ]
    may = person.state in ON_REGISTER and perms.can_report_incident(actor, person)
    address = reverse("visits:incident-report", args=[person.pk])
    return {
        "incident_rows": rows,
        "incident_columns": [
            {"label": label, "num": False} for label in ("情况", "从哪天起", "医院", "状态")
        ],
        "incident_actions": [
            {"label": f"登记{word}", "url": f"{address}?kind={kind}"}
            for kind, word in (("hospital", "住院"), ("critical", "病危"), ("family", "家庭变故"))
        ]
        if may
        else [],
    }
