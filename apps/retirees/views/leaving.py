"""Leaving the register, each in one guided form that says what follows: death, moving out, a mistaken record."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.core.chinese import format_date, format_moment
from apps.core.pages import page
from apps.core.scope import Actor
from apps.retirees import perms
from apps.retirees.actions import (
    NotPossible,
    record_left,
    remove_mistake,
    restore_mistake,
    retract_exit,
)
from apps.retirees.actions.requests import report_death, take_back_death
from apps.retirees.choices import Funeral, LifeState
from apps.retirees.forms.leaving import DeathForm, LeftForm, ReasonForm
from apps.retirees.models import FamilyMember, LifeFact, Retiree
from apps.retirees.queries.people_off import mistaken_people
from apps.retirees.queries.requests import DEATH, held_names
from apps.retirees.rules import followers, landing_of, may_follow, register_until
from apps.retirees.views.changes import closed_page, done, form_page
from apps.retirees.views.person import the_person
from apps.retirees.views.present import crumbs, page_of

PER_PAGE = 50


@page(perms.can_record_death, "GET", "POST")
def death(request: HttpRequest, pk: int) -> HttpResponse:
    """First what is known, then the consequences in words, then it is written."""
    person = the_person(request.actor, pk)
    today = timezone.localdate()
    closed = closed_page(request, person)
    if closed is not None:
        return closed
    family = list(FamilyMember.objects.visible_to(request.actor).filter(retiree_id=person.pk))
    form = DeathForm(
        request.POST or None, person=person, today=today, initial={"reported_on": today}, family=family
    )
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
                funeral=data["funeral"],
                note=data["note"] or "",
                survivors=[UUID(key) for key in data.get("survivors", ())],
                new_survivors=form.new_survivors,
                by=request.actor,
            )
        except NotPossible as reason:
            form.add_error(None, str(reason))
        else:
            more = "已报上级核实，核实前标着“去世待核”。" if asked else ""
            messages.success(request, f"{person.name}去世已登记，已离开在册名单，资料保留。{more}")
            return redirect(landing_of(person, request.actor) or page_of(person))
    notice = {"title": "还不会写入", "text": "填完后先看会发生什么，确认后才写入。"}
    return form_page(request, person, form, "登记去世", notice=notice, submit_label="下一步：看会发生什么")


def _confirm_death(request: HttpRequest, person: Retiree, form: DeathForm) -> HttpResponse:
    died, reported = form.cleaned_data["died_on"], form.cleaned_data["reported_on"]
    off = register_until(died, reported)
    why = "" if died.precision == "day" else f"（只知道{died}，按其中最后一天计，最迟到报告那天）"
    funeral = form.cleaned_data["funeral"]
    context = {
        "heading": f"确认登记去世：{person.name}",
        "crumbs": crumbs(person, "登记去世"),
        "person": person,
        "effects": [
            f"从{format_date(off)}起不再计入在册人数{why}；以前各日的统计不变。",
            *([f"丧事办理：{Funeral(funeral).label}。"] if funeral else []),
            *(
                [f"登记为遗属：{form.chosen}。"]
                if form.chosen
                else ["没有填遗属，以后可以在“家庭”页签里登记。"]
            ),
            *_what_follows(person, off, request.actor),
        ],
        "died": died,
        "reported": reported,
        "hidden": [{"name": name, "value": value} for name, value in form.typed()],
        "token": form.token,
        "back": page_of(person),
    }
    return render(request, "retirees/death_confirm.html", context)


def _what_follows(person: Retiree, off: date, actor: Actor) -> Iterator[str]:
    yield "健康、自理和居住情况到这一天为止，待遇和单位记录留作历史。"
    yield "名册默认不再显示，按状态“去世”仍能找到；资料、家属电话和变更记录全部保留。"
    if DEATH in held_names(actor):
        yield "登记后马上生效，不会再有生日祝贺和走访提醒；同时报上级核实，核实前标着“去世待核”。"
        yield "登记错了，由县局申请撤回，市局审核；上级核实不属实，会整个撤销这次登记。"
    else:
        yield "登记错了，县局、市局可以撤回。"
    told = [
        sentence for follower in followers() for sentence in follower.tell(person, LifeState.DEAD, off, actor)
    ]
    yield from told
    if not told:
        yield "停发待遇、慰问遗属按各自的程序另外办理，本系统不会自动通知。"


TAKEN_BACK = {LifeState.DEAD: "去世", LifeState.LEFT: "转出"}


@page(perms.can_retract_death, "GET", "POST")
def retract(request: HttpRequest, pk: int) -> HttpResponse:
    """A death or a moving out that was registered by mistake."""
    person = the_person(request.actor, pk)
    word = TAKEN_BACK.get(LifeState(person.state))
    if word is None:
        messages.error(request, f"{person.name}没有登记去世或转出，不用撤回。")
        return redirect(page_of(person))
    form: Any = ReasonForm(request.POST or None, person=person, today=timezone.localdate())
    dead = person.state == LifeState.DEAD
    if request.method == "POST" and form.is_valid():
        try:
            take_back: Any = take_back_death if dead else retract_exit
            asked = take_back(retiree=person, reason=form.cleaned_data["reason"], by=request.actor)
        except NotPossible as reason:
            form.add_error(None, str(reason))
        else:
            if dead and asked:
                return done(request, person, "已报市局审核，通过后才撤回；现在仍按去世登记。")
            return done(request, person, f"已撤回{person.name}的{word}登记，重新计入在册。")
    is_held = dead and DEATH in held_names(request.actor)
    first = "要市局审核，通过前仍按去世登记。" if is_held else ""
    notice = {
        "title": f"现在登记为：{person.died_on}去世" if dead else "现在登记为：转出",
        "text": f"{first}撤回后重新在册，在册单位、健康和自理情况接着算，统计也随之改正；变更记录里两次都在。",
    }
    label = "报市局审核" if is_held else "撤回登记"
    return form_page(request, person, form, f"撤回{word}登记", notice=notice, submit_label=label)


@page(perms.can_record_left, "GET", "POST")
def left(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody moved out of the city."""
    person = the_person(request.actor, pk)
    today = timezone.localdate()
    closed = closed_page(request, person)
    if closed is not None:
        return closed
    form = LeftForm(request.POST or None, person=person, today=today, initial={"reported_on": today})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        told = [
            sentence
            for follower in followers()
            for sentence in follower.tell(person, LifeState.LEFT, data["left_on"], request.actor)
        ]
        try:
            record_left(
                retiree=person,
                left_on=data["left_on"],
                reported_on=data["reported_on"],
                place=data["place"],
                note=data["note"] or "",
                by=request.actor,
            )
        except NotPossible as reason:
            form.add_error(None, str(reason))
        else:
            return done(
                request, person, f"{person.name}转出已登记，已离开在册名单，资料保留。{''.join(told)}"
            )
    notice = {
        "title": f"现在：{person.county.label} {person.unit.label}",
        "text": "从转出日期起不再计入在册人数，以前各日的统计不变；资料保留，登记错了可以撤回。",
    }
    return form_page(request, person, form, "登记转出本市", notice=notice, submit_label="登记转出")


@page(perms.can_remove_mistakes, "GET", "POST")
def mistake(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a record off that should never have been entered."""
    person = the_person(request.actor, pk)
    if not may_follow(person.state, LifeState.MISTAKE):
        messages.error(request, f"{person.name}现在是“{person.get_state_display()}”，不能这样办理。")
        return redirect(page_of(person))
    form = ReasonForm(request.POST or None, person=person, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        remove_mistake(
            retiree=person,
            reason=form.cleaned_data["reason"],
            today=timezone.localdate(),
            by=request.actor,
        )
        messages.success(request, f"{person.name}的记录已按误登记移出名册，可以在这里恢复。")
        return redirect("retirees:mistakes")
    notice = {
        "title": "只用于录错的记录：重复录入、录错了人、根本没有这个人",
        "text": "移出后哪一天都不计入统计，名册里找不到，身份证号可以重新登记；什么都不删，操作日志和变更记录都在，"
        "以后随时可以恢复。去世、转出请用各自的登记。",
    }
    return form_page(request, person, form, "误登记，移出名册", notice=notice, submit_label="移出名册")


@page(perms.can_remove_mistakes, "GET", "POST")
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a mistaken record back."""
    person = the_person(request.actor, pk)
    if person.state != LifeState.MISTAKE:
        messages.error(request, f"{person.name}没有登记为误登记。")
        return redirect(page_of(person))
    today = timezone.localdate()
    form: Any = ReasonForm(request.POST or None, person=person, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            restore_mistake(retiree=person, reason=form.cleaned_data["reason"], today=today, by=request.actor)
        except NotPossible as reason:
            form.add_error(None, str(reason))
        else:
            return done(request, person, f"已恢复{person.name}，重新按原来的情况计入。")
    notice = {"title": "恢复后与移出前一样", "text": "在册期间、资料、家属都接着算，统计也随之改正。"}
    return form_page(request, person, form, "恢复误移的记录", notice=notice, submit_label="恢复")


@page(perms.can_remove_mistakes)
def mistakes(request: HttpRequest) -> HttpResponse:
    """Records taken off as mistakes, the latest first, each to be restored from here."""
    pages = Paginator(mistaken_people(request.actor), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "crumbs": [
            {"label": "人员名册", "url": reverse("retirees:list")},
            {"label": "误登记的人员", "url": ""},
        ],
        "pages": pages,
        "columns": [
            {"label": label, "num": False} for label in ("姓名", "县市区、单位", "原因", "移出时间", "恢复")
        ],
        "rows": [_mistaken_row(row) for row in pages],
    }
    return render(request, "retirees/mistakes.html", context)


def _mistaken_row(row: LifeFact) -> dict[str, Any]:
    person = row.retiree
    cells = [
        (person.name, page_of(person)),
        (f"{person.county.label} {person.unit.label}", ""),
        (row.note, ""),
        (format_moment(row.recorded_at), ""),
        ("恢复", reverse("retirees:mistake-restore", args=[person.pk])),
    ]
    return {"cells": [{"text": text, "url": url} for text, url in cells]}
