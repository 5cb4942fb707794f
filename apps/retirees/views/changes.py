"""What happens in a life, each in one guided form: verified, ill or missing, another unit, a ruling."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from apps.core.pages import page
from apps.retirees import perms
from apps.retirees.actions import (
    NotPossible,
    move_unit,
    record_state,
    verify_retiree,
)
from apps.retirees.actions.assessing import record_assessment
from apps.retirees.choices import ON_REGISTER, LifeState
from apps.retirees.forms.assessing import AssessmentForm
from apps.retirees.forms.changes import MoveForm, StateForm
from apps.retirees.models import Retiree
from apps.retirees.views.person import the_person
from apps.retirees.views.present import crumbs, page_of


def closed_page(request: HttpRequest, person: Retiree) -> HttpResponse | None:
    """Back to the page of a person who has left the register, with the word why."""
    if person.state in ON_REGISTER:
        return None
    messages.error(request, f"{person.name}已{person.get_state_display()}，不能再办理这项变化。")
    return redirect(page_of(person))


def form_page(
    request: HttpRequest, person: Retiree, form: Any, title: str, *, notice: Any = None, **more: Any
) -> HttpResponse:
    """A guided form about a person; 422 when it comes back."""
    context = {
        "form": form,
        "person": person,
        "heading": f"{title}：{person.name}",
        "crumbs": crumbs(person, title),
        "submit_label": "保存",
        "cancel_url": page_of(person),
        "note": "",
        **more,
        "notice": {"kind": "", **notice} if notice else None,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "retirees/change.html", context, status=status)


def done(request: HttpRequest, person: Retiree, text: str, tab: str = "") -> HttpResponse:
    """Back to the person, with what was done."""
    messages.success(request, text)
    return redirect(page_of(person, tab))


@page(perms.can_edit_retiree, "POST")
def verify(request: HttpRequest, pk: int) -> HttpResponse:
    person = the_person(request.actor, pk)
    closed = closed_page(request, person)
    if closed is not None:
        return closed
    verify_retiree(retiree=person, on=timezone.localdate(), by=request.actor)
    return done(request, person, f"已记下{person.name}的资料今天核实无误。")


@page(perms.can_record_state, "GET", "POST")
def state(request: HttpRequest, pk: int) -> HttpResponse:
    person = the_person(request.actor, pk)
    today = timezone.localdate()
    closed = closed_page(request, person)
    if closed is not None:
        return closed
    form = StateForm(request.POST or None, person=person, today=today, initial={"reported_on": today})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            changed = record_state(
                retiree=person,
                state=LifeState(data["state"]),
                happened_on=data["happened_on"],
                reported_on=data["reported_on"],
                note=data["note"] or "",
                by=request.actor,
            )
        except NotPossible as reason:
            form.add_error(None, str(reason))
        else:
            return done(request, person, f"{person.name}：{changed.get_state_display()}，已登记。")
    notice = {
        "title": f"现在登记为：{person.get_state_display()}",
        "text": "仍在册；去世请用“登记变化”里的“去世”。",
    }
    return form_page(request, person, form, "登记病重、失联、恢复", notice=notice)


@page(perms.can_record_state, "GET", "POST")
def assess(request: HttpRequest, pk: int) -> HttpResponse:
    """An assessment of self-care."""
    person = the_person(request.actor, pk)
    today = timezone.localdate()
    closed = closed_page(request, person)
    if closed is not None:
        return closed
    initial = {"seen_on": today, "self_care": person.self_care}
    form = AssessmentForm(request.POST or None, person=person, today=today, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data | {"note": form.cleaned_data["note"] or ""}
        try:
            record_assessment(retiree=person, today=today, by=request.actor, **data)
        except NotPossible as reason:
            form.add_error(None, str(reason))
        else:
            return done(request, person, f"{person.name}的自理评估已登记。", "health")
    notice = {
        "title": f"现在：{person.get_self_care_display() or '未填'}",
        "text": "从评估日期起算，以前的留作历史。",
    }
    return form_page(request, person, form, "登记自理评估", notice=notice)


@page(perms.can_move_retiree, "GET", "POST")
def move(request: HttpRequest, pk: int) -> HttpResponse:
    person = the_person(request.actor, pk)
    today = timezone.localdate()
    closed = closed_page(request, person)
    if closed is not None:
        return closed
    form = MoveForm(
        request.POST or None, person=person, today=today, initial={"moved_on": today}, actor=request.actor
    )
    if request.method == "POST" and form.is_valid():
        unit = form.cleaned_data["unit"]
        try:
            move_unit(retiree=person, unit=unit, moved_on=form.cleaned_data["moved_on"], by=request.actor)
        except NotPossible as reason:
            form.add_error(None, str(reason))
        else:
            return done(request, person, f"{person.name}已变动到{unit.label}。", "units")
    notice = {
        "title": f"现在的管理单位：{person.unit.name}",
        "text": "变动后原单位经办不再看到这个人；县里的人数不变。要转到别的县市区，请联系市局。",
    }
    return form_page(request, person, form, "变动管理单位", notice=notice)
