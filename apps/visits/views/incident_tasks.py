"""Lines of a checklist: settled on the page of the matter, edited and added in a form of their own."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import FormToken
from apps.audit.queries import last_act
from apps.core.chinese import format_date, format_moment
from apps.core.pages import page
from apps.core.scope import Actor
from apps.core.side_by_side import Editing, Stale, conflict_page
from apps.retirees.actions.life import NotPossible
from apps.visits import perms
from apps.visits.actions.incident_tasks import add_task, edit_task, settle_task
from apps.visits.choices import TaskPart
from apps.visits.forms.incident_tasks import NewTaskForm, SettleForm, TaskForm
from apps.visits.models import Incident, IncidentTask
from apps.visits.queries.incidents import task_changes
from apps.visits.views.incidents import TITLE, must_keep, the_incident

EDITED = ("who", "due_on", "note")


def the_task(actor: Actor, pk: int) -> IncidentTask:
    """A line of somebody whose record the actor keeps; 404 for others, 403 for whoever only reads."""
    rows = IncidentTask.objects.visible_to(actor).select_related("incident__retiree", "retiree")
    row = get_object_or_404(rows, pk=pk)
    must_keep(actor, row.retiree)
    return row


@page(perms.can_report_incident, "POST")
def task(request: HttpRequest, pk: int) -> HttpResponse:
    """One line of a checklist: done, not needed, or open again."""
    row = the_task(request.actor, pk)
    form = SettleForm({"word": "done", **request.POST.dict()})
    if not form.is_valid():
        if "word" in form.errors:
            return HttpResponseBadRequest("word")
        messages.error(request, f"没有记下：告知了谁，{form.errors['told_to'][0]}")
        return redirect("visits:incident", row.incident_id)
    try:
        settle_task(task=row, today=timezone.localdate(), by=request.actor, **form.cleaned_data)
    except NotPossible as reason:
        messages.error(request, str(reason))
    return redirect("visits:incident", row.incident_id)


@page(perms.can_report_incident, "GET", "POST")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Who settles a line, and until when; what it was before stands below."""
    row = the_task(request.actor, pk)
    editing = Editing(request, row, EDITED)
    form = TaskForm(editing.data, initial={name: getattr(row, name) for name in EDITED})
    back = reverse("visits:incident", args=[row.incident_id])
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        token, _ = FormToken.objects.claim(data.pop("token"), request.actor)
        if token.result:
            return redirect(back)
        try:
            edit_task(task=row, opened=editing.opened, by=request.actor, **data)
        except Stale as stale:
            return _conflict(request, editing, form, stale.theirs)
        except NotPossible as reason:
            form.add_error(None, str(reason))
        else:
            _kept(token, row)
            messages.success(request, f"已保存：{row.label}。")
            return redirect(back)
    return _form(request, row.incident, form, row.label, _changes(row) | {"hidden": editing.hidden})


def _changes(row: IncidentTask) -> dict[str, Any]:
    changes = [
        {
            "cells": [
                {"text": text, "url": ""}
                for text in (
                    format_moment(one.at),
                    one.by,
                    one.who or "—",
                    format_date(one.due_on),
                    one.state,
                    one.note or "—",
                )
            ]
        }
        for one in task_changes(row)
    ]
    labels = ("时间", "谁改的", "责任人", "期限", "状态", "说明")
    return {"changes": changes, "columns": [{"label": label, "num": False} for label in labels]}


def _conflict(request: HttpRequest, editing: Editing, form: TaskForm, theirs: IncidentTask) -> HttpResponse:
    """Somebody else saved first: both sides, and nothing is written."""
    return conflict_page(
        request,
        editing,
        form,
        theirs,
        typed=form.cleaned_data,
        saves=last_act(request.actor, theirs),
        name=theirs.label,
        crumbs=_crumbs(theirs.incident, "两次修改对照"),
        back=reverse("visits:incident-task-edit", args=[theirs.pk]),
    )


@page(perms.can_report_incident, "GET", "POST")
def add(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One more line for this matter alone."""
    one = the_incident(request.actor, pk)
    must_keep(request.actor, one.retiree)
    part = request.GET.get("part", "")
    initial = {
        "part": part if part in TaskPart.values else TaskPart.DO,
        "due_on": timezone.localdate() + timedelta(days=1),
    }
    form = NewTaskForm(request.POST or None, initial=initial)
    back = reverse("visits:incident", args=[one.pk])
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        token, _ = FormToken.objects.claim(data.pop("token"), request.actor)
        if token.result:
            return redirect(back)
        try:
            row = add_task(incident=one, by=request.actor, **data)
        except NotPossible as reason:
            form.add_error(None, str(reason))
        else:
            _kept(token, row)
            messages.success(request, f"已新增：{row.label}。")
            return redirect(back)
    return _form(request, one, form, "新增事项", {})


def _kept(token: FormToken, row: IncidentTask) -> None:
    token.result = str(row.pk)
    token.save(update_fields=["result"])


def _crumbs(one: Incident, title: str) -> list[dict[str, str]]:
    return [
        {"label": TITLE, "url": reverse("visits:incidents")},
        {"label": one.retiree.name, "url": reverse("visits:incident", args=[one.pk])},
        {"label": title, "url": ""},
    ]


def _form(request: HttpRequest, one: Incident, form: Any, title: str, more: dict[str, Any]) -> HttpResponse:
    back = reverse("visits:incident", args=[one.pk])
    context = {
        "form": form,
        "heading": f"{title}：{one.retiree.name}",
        "subheading": f"{one.get_kind_display()}，{format_date(one.started_on)}",
        "crumbs": _crumbs(one, title),
        "submit_label": "保存",
        "cancel_url": back,
        "note": "",
        "changes": [],
        **more,
    }
    return render(request, "visits/changed_form.html", context, status=422 if form.is_bound else 200)
