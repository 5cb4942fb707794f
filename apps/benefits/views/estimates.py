"""Reckoning ahead: what was asked, asking, one result."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRefresh

from apps.accounts.models import FormToken
from apps.benefits import perms
from apps.benefits.actions.errors import NotPossible
from apps.benefits.actions.estimates import ask_effect, ask_fairness, ask_forecast, drop_estimate
from apps.benefits.choices import EstimateKind
from apps.benefits.forms.estimates import EffectForm, FairnessForm, ForecastForm
from apps.benefits.models import Estimate
from apps.benefits.queries.forecast import death_rates
from apps.benefits.rules.months import span_words
from apps.benefits.views.estimate_tables import shown
from apps.core.chinese import format_moment
from apps.core.inputs import PlainForm
from apps.core.pages import page
from apps.core.scope import Actor

SIZE = 50
TITLE = "待遇测算"
NOTES = {
    EstimateKind.EFFECT: "按名册逐人逐月各算一遍：现在发多少、以后发多少、多少人增减，按县市区和年度列出。",
    EstimateKind.FORECAST: (
        "比例由名册最近三年的去世人数算出，可以改。测算时人按月增龄，自理状态和标准不变，没有新增的人。"
    ),
    EstimateKind.FAIRNESS: "同样条件的人，在不同县市区拿到的标准不一样的，逐条列出。",
}


def crumbs(*labels: str) -> list[dict[str, str]]:
    """From the list down."""
    if not labels:
        return [{"label": TITLE, "url": ""}]
    return [
        {"label": TITLE, "url": reverse("benefits:estimates")},
        *({"label": one, "url": ""} for one in labels),
    ]


def _the_estimate(actor: Actor, pk: int) -> Estimate:
    return get_object_or_404(Estimate.objects.visible_to(actor).select_related("county"), pk=pk)


@page(perms.can_see_money)
def estimates(request: HttpRequest) -> HttpResponse:
    """What was reckoned, the latest first."""
    actor = request.actor
    found = Paginator(Estimate.objects.visible_to(actor).select_related("county"), SIZE).get_page(
        request.GET.get("page")
    )
    actions = [
        {"label": "标准测算", "url": reverse("benefits:estimate-effect"), "kind": "primary"},
        {"label": "预算测算", "url": reverse("benefits:estimate-forecast"), "kind": ""},
    ]
    if perms.can_compare_counties(actor):
        actions.append({"label": "同条件标准对比", "url": reverse("benefits:estimate-fairness"), "kind": ""})
    labels = ("名称", "类型", "范围", "月份", "测算人", "测算时间")
    context = {
        "heading": TITLE,
        "subheading": "发布标准、编预算之前先算一遍",
        "crumbs": crumbs(),
        "page_actions": actions,
        "columns": [{"label": label, "num": False} for label in labels],
        "rows": [_row(one) for one in found],
        "page": found,
        "empty_url": reverse("benefits:estimate-effect"),
    }
    return render(request, "benefits/estimates.html", context)


def _row(row: Estimate) -> dict[str, Any]:
    texts = (
        row.get_kind_display(),
        row.county.label if row.county else "全市",
        span_words(row.first_month, row.last_month),
        row.made_by_name,
        format_moment(row.made_at),
    )
    first = {"text": row.title, "url": reverse("benefits:estimate", args=[row.pk])}
    return {"cells": [first, *({"text": text, "url": ""} for text in texts)]}


@page(perms.can_see_money)
def estimate(request: HttpRequest, pk: int) -> HttpResponse:
    """One result with what it was made from."""
    row = _the_estimate(request.actor, pk)
    is_computing = row.result is None
    if "X-Portal-Poll" in request.headers:
        return HttpResponse(status=204) if is_computing else HttpResponseClientRefresh()
    context = {
        "heading": row.title,
        "subheading": row.get_kind_display(),
        "crumbs": crumbs(row.title),
        "page_actions": [
            {"label": "删除", "url": reverse("benefits:estimate-drop", args=[row.pk]), "kind": "danger"}
        ],
        "is_computing": is_computing,
        **shown(row, request.actor),
    }
    return render(request, "benefits/estimate.html", context)


@page(perms.can_see_money, "GET", "POST")
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Thrown away."""
    row = _the_estimate(request.actor, pk)
    if request.method == "POST":
        drop_estimate(estimate=row, by=request.actor)
        messages.success(request, "已删除。")
        return redirect("benefits:estimates")
    context = {
        "heading": f"删除：{row.title}",
        "crumbs": crumbs(row.title),
        "confirm": {
            "question": "删除这份测算？",
            "text": "只删除测算结果，不影响标准和发放；需要时可以重新测算。",
            "effects": [],
            "url": reverse("benefits:estimate-drop", args=[row.pk]),
            "hidden": [],
            "submit_label": "删除",
            "danger": True,
            "cancel_url": reverse("benefits:estimate", args=[row.pk]),
        },
    }
    return render(request, "generic/confirm.html", context)


@page(perms.can_see_money, "GET", "POST")
def effect(request: HttpRequest) -> HttpResponse:
    """What standards change; ``?standard=`` ticks some."""
    texts = request.GET.getlist("standard")[:50]
    chosen = [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 18]
    form = EffectForm(request.POST or None, actor=request.actor, today=timezone.localdate(), chosen=chosen)

    def ask() -> Estimate:
        data = form.cleaned_data
        return ask_effect(
            standards=list(data["standards"]),
            amount=form.changed(),
            first_month=data["first_month"],
            last_month=data["last_month"],
            title=form.named(),
            by=request.actor,
        )

    return _asked(request, form, EstimateKind.EFFECT, ask)


@page(perms.can_see_money, "GET", "POST")
def forecast(request: HttpRequest) -> HttpResponse:
    """A year's budget."""
    today = timezone.localdate()
    rates = death_rates(today, county=request.actor.county_id)
    form = ForecastForm(request.POST or None, today=today, rates=rates)
    return _asked(
        request,
        form,
        EstimateKind.FORECAST,
        lambda: ask_forecast(year=form.cleaned_data["year"], rates=form.rates(), by=request.actor),
    )


@page(perms.can_compare_counties, "GET", "POST")
def fairness(request: HttpRequest) -> HttpResponse:
    """Same condition, different amount."""
    form = FairnessForm(request.POST or None, today=timezone.localdate())
    return _asked(
        request,
        form,
        EstimateKind.FAIRNESS,
        lambda: ask_fairness(month=form.cleaned_data["month"], by=request.actor),
    )


def _asked(request: HttpRequest, form: PlainForm, kind: EstimateKind, ask: Any) -> HttpResponse:
    """Ask once however often the form is sent, or show it with what is wrong."""
    if request.method == "POST" and form.is_valid():
        token, _ = FormToken.objects.claim(form.cleaned_data["token"], request.actor)
        try:
            row = _the_estimate(request.actor, int(token.result)) if token.result else ask()
        except NotPossible as problem:
            form.add_error(None, str(problem))
        else:
            token.result = str(row.pk)
            token.save(update_fields=["result"])
            return redirect("benefits:estimate", pk=row.pk)
    context = {
        "form": form,
        "heading": kind.label,
        "subheading": "",
        "crumbs": crumbs(str(kind.label)),
        "submit_label": "开始测算",
        "cancel_url": reverse("benefits:estimates"),
        "note": NOTES[kind],
        "hidden": [],
    }
    return render(request, "generic/form.html", context, status=422 if request.method == "POST" else 200)
