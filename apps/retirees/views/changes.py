"""What happens in a life, each in one guided form: verified, ill or missing, dead, another unit, a ruling."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from apps.core.chinese import format_date
from apps.core.pages import page
from apps.core.scope import Actor
from apps.retirees import perms
from apps.retirees.actions import (
    NotPossible,
    move_unit,
    record_ruling,
    record_state,
    verify_retiree,
)
from apps.retirees.actions.requests import report_death, take_back_death
from apps.retirees.choices import ON_REGISTER, LifeState
from apps.retirees.forms.changes import DeathForm, MoveForm, RetractForm, RulingForm, StateForm
from apps.retirees.models import Retiree
from apps.retirees.queries.requests import DEATH, held_names
from apps.retirees.rules import register_until, ruling_message
from apps.retirees.views.person import the_person
from apps.retirees.views.present import crumbs, page_of


def _closed(request: HttpRequest, person: Retiree) -> HttpResponse | None:
    """Back to the page of a person who has left the register, with the word why."""
    if person.state in ON_REGISTER:
        return None
    messages.error(request, f"{person.name}已{person.get_state_display()}，不能再办理这项变化。")
    return redirect(page_of(person))


def _form_page(
    request: HttpRequest, person: Retiree, form: Any, title: str, *, notice: Any = None, **more: Any
) -> HttpResponse:
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


def _done(request: HttpRequest, person: Retiree, text: str, tab: str = "") -> HttpResponse:
    messages.success(request, text)
    return redirect(page_of(person, tab))


@page(perms.can_edit_retiree, "POST")
def verify(request: HttpRequest, pk: int) -> HttpResponse:
    person = the_person(request.actor, pk)
    closed = _closed(request, person)
    if closed is not None:
        return closed
    verify_retiree(retiree=person, on=timezone.localdate(), by=request.actor)
    return _done(request, person, f"已记下{person.name}的资料今天核实无误。")


@page(perms.can_record_state, "GET", "POST")
def state(request: HttpRequest, pk: int) -> HttpResponse:
    person = the_person(request.actor, pk)
    today = timezone.localdate()
    closed = _closed(request, person)
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
            return _done(request, person, f"{person.name}：{changed.get_state_display()}，已登记。")
    notice = {
        "title": f"现在登记为：{person.get_state_display()}",
        "text": "仍在册；去世请用“登记变化”里的“去世”。",
    }
    return _form_page(request, person, form, "登记病重、失联、恢复", notice=notice)


@page(perms.can_record_death, "GET", "POST")
def death(request: HttpRequest, pk: int) -> HttpResponse:
    """First what is known, then the consequences in words, then it is written."""
    person = the_person(request.actor, pk)
    today = timezone.localdate()
    closed = _closed(request, person)
    if closed is not None:
        return closed
    form = DeathForm(request.POST or None, person=person, today=today, initial={"reported_on": today})
    if request.method == "POST" and form.is_valid() and "back" not in request.POST:
        if not form.is_confirmed():
            return _confirm_death(request, person, form)
        data = form.cleaned_data
        try:
            asked = report_death(
                retiree=person,
                died_on=data["died_on"],
                reported_on=data["reported_on"],
                place=data["place"] or "",
                note=data["note"] or "",
                by=request.actor,
            )
        except NotPossible as reason:
            form.add_error(None, str(reason))
        else:
            more = "已报上级核实，核实前标着“去世待核”。" if asked else ""
            return _done(request, person, f"{person.name}去世已登记，已离开在册名单，资料保留。{more}")
    notice = {"title": "还不会写入", "text": "填完后先看会发生什么，确认后才写入。"}
    return _form_page(request, person, form, "登记去世", notice=notice, submit_label="下一步：看会发生什么")


def _confirm_death(request: HttpRequest, person: Retiree, form: DeathForm) -> HttpResponse:
    died, reported = form.cleaned_data["died_on"], form.cleaned_data["reported_on"]
    off = register_until(died, reported)
    why = "" if died.precision == "day" else f"（只知道{died}，按其中最后一天计，最迟到报告那天）"
    effects = [
        f"从{format_date(off)}起不再计入在册人数{why}；以前各日的统计不变。",
        "健康、自理和居住情况到这一天为止，待遇和单位记录留作历史。",
        "名册默认不再显示，按状态“去世”仍能找到；资料、家属电话和变更记录全部保留。",
        *_who_confirms(request.actor),
        "还没有做的：停发待遇、慰问遗属要按各自的程序另外办理，本系统不会自动通知。",
    ]
    hidden = [{"name": name, "value": form.data.get(name, "")} for name in form.fields]
    context = {
        "heading": f"确认登记去世：{person.name}",
        "crumbs": crumbs(person, "登记去世"),
        "person": person,
        "effects": effects,
        "died": died,
        "reported": reported,
        "hidden": hidden,
        "token": form.token,
        "back": page_of(person),
    }
    return render(request, "retirees/death_confirm.html", context)


def _who_confirms(actor: Actor) -> list[str]:
    if DEATH not in held_names(actor):
        return ["登记错了，县局、市局可以撤回。"]
    return [
        "登记后马上生效，不会再有生日祝贺和走访提醒；同时报上级核实，核实前标着“去世待核”。",
        "登记错了，由县局申请撤回，市局审核；上级核实不属实，会整个撤销这次登记。",
    ]


@page(perms.can_retract_death, "GET", "POST")
def retract(request: HttpRequest, pk: int) -> HttpResponse:
    """A death that was registered by mistake."""
    person = the_person(request.actor, pk)
    if person.state != LifeState.DEAD:
        messages.error(request, f"{person.name}没有登记去世，不用撤回。")
        return redirect(page_of(person))
    form = RetractForm(request.POST or None, person=person, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        try:
            asked = take_back_death(retiree=person, reason=form.cleaned_data["reason"], by=request.actor)
        except NotPossible as reason:
            form.add_error(None, str(reason))
        else:
            if asked:
                return _done(request, person, "已报市局审核，通过后才撤回；现在仍按去世登记。")
            return _done(request, person, f"已撤回{person.name}的去世登记，重新计入在册。")
    is_held = DEATH in held_names(request.actor)
    first = "要市局审核，通过前仍按去世登记。" if is_held else ""
    notice = {
        "title": f"现在登记为：{person.died_on}去世",
        "text": f"{first}撤回后重新在册，在册单位、健康和自理情况接着算，统计也随之改正；变更记录里两次都在。",
    }
    label = "报市局审核" if is_held else "撤回登记"
    return _form_page(request, person, form, "撤回去世登记", notice=notice, submit_label=label)


@page(perms.can_move_retiree, "GET", "POST")
def move(request: HttpRequest, pk: int) -> HttpResponse:
    person = the_person(request.actor, pk)
    today = timezone.localdate()
    closed = _closed(request, person)
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
            return _done(request, person, f"{person.name}已变动到{unit.label}。", "units")
    notice = {
        "title": f"现在的管理单位：{person.unit.name}",
        "text": "变动后原单位经办不再看到这个人；县里的人数不变。要转到别的县市区，请联系市局。",
    }
    return _form_page(request, person, form, "变动管理单位", notice=notice)


@page(perms.can_rule, "GET", "POST")
def ruling(request: HttpRequest, pk: int) -> HttpResponse:
    person = the_person(request.actor, pk)
    today = timezone.localdate()
    form = RulingForm(request.POST or None, person=person, today=today, initial={"decided_on": today})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            ruled = record_ruling(
                retiree=person,
                joined_on=data["joined_on"],
                basis=data["basis"],
                approved_by=data["approved_by"],
                document=data["document"] or "",
                decided_on=data["decided_on"],
                reason=data.get("reason") or "",
                by=request.actor,
            )
        except NotPossible as reason:
            form.add_error(None, str(reason))
        else:
            return _done(request, person, f"已认定为{ruled.get_period_display()}。", "levels")
    now = f"现有时间：{person.joined_on or '未填'}（{person.get_period_display()}）"
    text = (
        ruling_message(person.joined_on)
        if form.needed and person.joined_on
        else "这个时间已能确定时期，一般不需要认定。"
    )
    return _form_page(request, person, form, "时间认定", notice={"title": now, "text": text})
