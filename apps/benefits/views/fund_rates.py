"""Rates of the funds of units: yuan a head and year, from when to when, by which paper."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from apps.accounts.models import FormToken
from apps.benefits import perms
from apps.benefits.actions.unit_funds import remove_fund_rate, save_fund_rate
from apps.benefits.choices import FundKind
from apps.benefits.forms.unit_funds import FundRateForm
from apps.benefits.models import FundRate
from apps.benefits.queries.unit_funds import rates_seen
from apps.benefits.views.unit_funds import cell, crumbs, yuan
from apps.core.chinese import format_date, format_money
from apps.core.pages import page
from apps.core.scope import Actor

TITLE = "经费标准"


def _kind(request: HttpRequest) -> str:
    kind = request.GET.get("kind", FundKind.SPECIAL)
    if set(request.GET) - {"kind"} or kind not in FundKind.values:
        raise BadRequest("unknown kind")
    return kind


def _list(kind: str) -> str:
    return f"{reverse('benefits:fund-rates')}?kind={kind}"


def _during(rate: FundRate) -> str:
    first = format_date(rate.during.lower) if rate.during.lower else "以前"
    last = format_date(rate.during.upper - timedelta(days=1)) if rate.during.upper else "今"
    return f"{first}至{last}"


def _address(rate: FundRate) -> str:
    return reverse("benefits:fund-rate", args=[rate.pk])


def _office(rate: FundRate) -> str:
    return rate.county.label if rate.county else "市本级"


@page(perms.can_keep_unit_funds)
def rates(request: HttpRequest) -> HttpResponse:
    """The city's rates and one's own county's."""
    kind = _kind(request)
    actor = request.actor
    mine = set(FundRate.objects.kept_by(actor).values_list("pk", flat=True))
    found = list(rates_seen(actor, kind))
    rows = [
        {
            "cells": [
                cell(rate.get_people_display(), _address(rate) if rate.pk in mine else ""),
                cell(yuan(rate.amount)),
                cell(_during(rate)),
                cell(rate.get_headcount_display()),
                cell(_office(rate)),
                cell(_basis(rate)),
            ]
        }
        for rate in found
    ]
    create = {
        "label": "登记标准",
        "url": f"{reverse('benefits:fund-rate-create')}?kind={kind}",
        "kind": "primary",
    }
    context = {
        "heading": f"{FundKind(kind).label}标准",
        "subheading": "县里的先于市里的；按当年1月1日执行的标准核定全年",
        "crumbs": crumbs(kind, "标准"),
        "page_actions": [create],
        "columns": [
            {"label": "对象", "num": False},
            {"label": "每人每年（元）", "num": True},
            *({"label": label, "short": True} for label in ("执行期间", "人数口径", "哪里的")),
            {"label": "依据", "num": False},
        ],
        "rows": rows,
        "notice": any(rate.is_example and rate.pk in mine for rate in found),
        "empty": {
            "title": "还没有标准",
            "text": "标准由本地规定，登记以后才能核定。",
            "action_label": "登记标准",
            "action_url": create["url"],
        },
    }
    return render(request, "benefits/fund_rates.html", context)


def _basis(rate: FundRate) -> str:
    words = str(rate.paper) if rate.paper else rate.paper_text
    return f"预置：{words}" if rate.is_example else words


def kept_rate(actor: Actor, pk: int) -> FundRate:
    """A rate of the actor's own office; 403 for one that he only reads, 404 for another's."""
    rate = get_object_or_404(FundRate.objects.visible_to(actor).select_related("county", "paper"), pk=pk)
    if not FundRate.objects.kept_by(actor).filter(pk=pk).exists():
        raise PermissionDenied("another office's rate")
    return rate


@page(perms.can_keep_unit_funds, "GET", "POST")
def create(request: HttpRequest) -> HttpResponse:
    """A new rate of one's own office."""
    return _save(request, None, _kind(request))


@page(perms.can_keep_unit_funds, "GET", "POST")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """A rate of one's own office."""
    rate = kept_rate(request.actor, pk)
    return _save(request, rate, rate.kind)


def _save(request: HttpRequest, rate: FundRate | None, kind: str) -> HttpResponse:
    form = FundRateForm(request.POST or None, rate=rate, kind=kind, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        token, _ = FormToken.objects.claim(form.cleaned_data["token"], request.actor)
        if token.result:
            return redirect(_list(token.result))
        try:
            row = save_fund_rate(rate=rate, values=form.values(), by=request.actor)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            token.result = row.kind
            token.save(update_fields=["result"])
            messages.success(
                request, f"已保存：每人每年{format_money(row.amount)}。已建的账要重新核定才按它算。"
            )
            return redirect(_list(row.kind))
    heading = "修改标准" if rate else "登记标准"
    context: dict[str, Any] = {
        "form": form,
        "heading": heading,
        "subheading": FundKind(kind).label,
        "crumbs": crumbs(kind, heading),
        "submit_label": "保存",
        "cancel_url": _list(kind),
        "note": "",
        "hidden": [],
        "remove_url": reverse("benefits:fund-rate-remove", args=[rate.pk]) if rate else "",
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "benefits/fund_rate_form.html", context, status=status)


@page(perms.can_keep_unit_funds, "GET", "POST")
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a rate away, after a question."""
    rate = kept_rate(request.actor, pk)
    kind = rate.kind
    if request.method == "POST":
        remove_fund_rate(rate=rate, by=request.actor)
        messages.success(request, "已删除标准。已建的账不变。")
        return redirect(_list(kind))
    context = {
        "heading": "删除标准",
        "crumbs": crumbs(kind, "删除标准"),
        "confirm": {
            "question": f"删除{rate.get_people_display()}每人每年{format_money(rate.amount)}的标准？",
            "text": _during(rate),
            "effects": ["已建的账不变，重新核定时不再用它", "变更记录里留有这次删除"],
            "url": request.path,
            "hidden": [],
            "submit_label": "删除",
            "danger": "yes",
            "cancel_url": reverse("benefits:fund-rate", args=[pk]),
        },
    }
    return render(request, "generic/confirm.html", context)
