"""Opening a list of payments, and from which month a county pays by them."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import FormToken
from apps.benefits import perms
from apps.benefits.actions.earlier import record_earlier_list
from apps.benefits.actions.errors import NotPossible
from apps.benefits.actions.runs import open_county, open_run
from apps.benefits.choices import RunKind
from apps.benefits.forms.runs import (
    ArrearsForm,
    CountyForm,
    EarlierListForm,
    MonthForm,
    OpeningForm,
)
from apps.benefits.models import Opening, Run
from apps.benefits.queries.runs import openings
from apps.benefits.rules.months import month_words
from apps.benefits.rules.paid import BadPaidList
from apps.benefits.views.runs import crumbs, the_run
from apps.core.chinese import format_count
from apps.core.pages import page


def form_page(
    request: HttpRequest, form: Any, heading: str, submit: str, cancel: str, note: str = ""
) -> HttpResponse:
    """A form about lists."""
    context = {
        "form": form,
        "heading": heading,
        "subheading": "",
        "crumbs": crumbs((heading, "")),
        "submit_label": submit,
        "cancel_url": cancel,
        "note": note,
        "hidden": [],
    }
    return render(request, "generic/form.html", context, status=422 if request.method == "POST" else 200)


def _opened(request: HttpRequest, form: CountyForm, kind: str) -> Run | None:
    """The run the form asks for, once however often it is sent; None with the reason in the form."""
    data = form.cleaned_data
    token, _ = FormToken.objects.claim(data["token"], request.actor)
    if token.result:
        return the_run(request.actor, int(token.result))
    first = data.get("first_month") or data["month"]
    try:
        row = open_run(
            county=data["county"],
            kind=kind,
            first_month=first,
            last_month=data.get("last_month") or first,
            today=timezone.localdate(),
            benefits=data.get("benefits") or (),
            paper=data.get("paper"),
            reason=data.get("reason", ""),
            by=request.actor,
        )
    except NotPossible as problem:
        form.add_error(None, str(problem))
        return None
    token.result = str(row.pk)
    token.save(update_fields=["result"])
    return row


@page(perms.can_see_money, "GET", "POST")
def open_month(request: HttpRequest) -> HttpResponse:
    """A county's list of a month."""
    form = MonthForm(request.POST or None, actor=request.actor, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        row = _opened(request, form, RunKind.MONTH)
        if row is not None:
            return redirect("benefits:run", pk=row.pk)
    note = "按名册和标准算出每个人这个月应享的待遇，减去已经发放的；与上月不同的逐条核对。"
    return form_page(request, form, "制月度名单", "计算名单", reverse("benefits:runs"), note)


@page(perms.can_see_money, "GET", "POST")
def open_arrears(request: HttpRequest) -> HttpResponse:
    """What a back-dated paper, a late report or an unpaid list left open."""
    given = {
        "county": "county",
        "first": "first_month",
        "last": "last_month",
        "paper": "paper",
        "reason": "reason",
    }
    initial = {name: request.GET[key] for key, name in given.items() if request.GET.get(key)}
    form = ArrearsForm(request.POST or None, actor=request.actor, today=timezone.localdate(), initial=initial)
    if request.method == "POST" and form.is_valid():
        row = _opened(request, form, RunKind.ARREARS)
        if row is not None:
            return redirect("benefits:run", pk=row.pk)
    note = "逐月重算应享，减去已经发放的：少发的补发（去世的发给家属），多发的列为应追回。"
    return form_page(request, form, "补发", "计算补发", reverse("benefits:runs"), note)


@page(perms.can_see_money)
def opened(request: HttpRequest) -> HttpResponse:
    """From which month each county pays by the portal's lists."""
    rows = [
        {
            "cells": [
                {"text": county.label, "url": reverse("benefits:opening", args=[county.pk])},
                {"text": month_words(month) if month else "没有设定", "url": ""},
            ]
        }
        for county, month in openings(request.actor)
    ]
    context = {
        "heading": "启用月份",
        "subheading": "从这个月起按系统的名单发放；以前的算作已经结清",
        "crumbs": crumbs(("启用月份", "")),
        "page_actions": [
            {"label": "登记以前的发放", "url": reverse("benefits:earlier-list"), "kind": "primary"}
        ],
        "columns": [{"label": "县市区", "num": False}, {"label": "从哪个月起", "num": False}],
        "rows": rows,
    }
    return render(request, "benefits/openings.html", context)


@page(perms.can_see_money, "GET", "POST")
def opening(request: HttpRequest, pk: int) -> HttpResponse:
    """A county's month."""
    actor = request.actor
    county = next((one for one, _ in openings(actor) if one.pk == pk), None)
    if county is None:
        raise Http404("county")
    held = Opening.objects.visible_to(actor).filter(county=county).first()
    initial = {"county": county.pk} | ({"month": held.month.isoformat()} if held else {})
    form = OpeningForm(request.POST or None, actor=actor, today=timezone.localdate(), initial=initial)
    if request.method == "POST" and form.is_valid():
        FormToken.objects.claim(form.cleaned_data["token"], actor)
        try:
            row = open_county(county=form.cleaned_data["county"], month=form.cleaned_data["month"], by=actor)
        except NotPossible as problem:
            form.add_error("month", str(problem))
        else:
            messages.success(request, f"{county.label}从{month_words(row.month)}起用系统发放。")
            return redirect("benefits:openings")
    return form_page(request, form, f"启用月份：{county.label}", "保存", reverse("benefits:openings"))


@page(perms.can_see_money, "GET", "POST")
def earlier_list(request: HttpRequest) -> HttpResponse:
    """What many people were paid before, pasted."""
    form = EarlierListForm(request.POST or None, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        token, _ = FormToken.objects.claim(data["token"], request.actor)
        if token.result:
            return redirect("benefits:openings")
        try:
            made = record_earlier_list(
                rows=form.read,
                benefit=data["benefit"],
                paid_on=data["paid_on"],
                note=data["note"],
                by=request.actor,
            )
        except BadPaidList as problem:
            form.add_error("rows", list(problem.told))
        else:
            token.result = str(made)
            token.save(update_fields=["result"])
            messages.success(request, f"已登记{format_count(made)}笔以前的发放。")
            return redirect("benefits:openings")
    note = "有一行不对就一行都不登记；改好再粘贴一次。登记以后，补发时算作已经发过。"
    return form_page(request, form, "登记以前的发放", "登记", reverse("benefits:openings"), note)
