"""Benefits with the bureau's settings, and the figures that standards build on."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from apps.accounts.models import FormToken
from apps.audit.models import Event
from apps.benefits import perms
from apps.benefits.actions.benefit_settings import add_benefit, change_benefit, save_figure
from apps.benefits.actions.errors import NotPossible
from apps.benefits.choices import Cycle
from apps.benefits.forms.benefit_settings import FIGURE, SETTINGS, BenefitForm, FigureForm
from apps.benefits.models import Benefit, PublishedFigure
from apps.benefits.views.standards import crumbs, gaps_words
from apps.core.chinese import format_date, format_moment
from apps.core.pages import page
from apps.core.scope import Actor
from apps.core.side_by_side import Editing, Stale, conflict_page

ITEMS, FIGURES = "待遇项目", "公布数据"


def _crumbs(title: str, view: str, *labels: str) -> list[dict[str, str]]:
    found = crumbs(title)
    if labels:
        found[-1]["url"] = reverse(view)
    return [*found, *({"label": one, "url": ""} for one in labels)]


def _cell(text: Any, url: str = "") -> dict[str, str]:
    return {"text": str(text), "url": url}


def _saves(actor: Actor, row: Any) -> list[str]:
    """Who saved last, and when."""
    rows = Event.objects.visible_to(actor).filter(subject=row._meta.label_lower, subject_id=str(row.pk))
    return [f"{one.actor_name}，{format_moment(one.at)}" for one in rows.order_by("-at")[:1]]


def _conflict(
    request: HttpRequest, editing: Editing, form: Any, stale: Stale, trail: list[dict[str, str]], back: str
) -> HttpResponse:
    return conflict_page(
        request,
        editing,
        form,
        stale.theirs,
        typed=form.values(),
        saves=_saves(request.actor, editing.row),
        name=str(editing.row),
        crumbs=trail,
        back=reverse(back),
    )


# ---- benefits


@page(perms.can_see_standards)
def items(request: HttpRequest) -> HttpResponse:
    """All benefits with what the bureau has set."""
    may = perms.can_keep_benefits(request.actor)
    rows = [_item_row(one, may) for one in Benefit.objects.all()]
    create = {"label": "新增待遇项目", "url": reverse("benefits:item-create"), "kind": "primary"}
    labels = ("名称", "计发", "对象", "互斥组", "去世当月", "状况变化", "几级都有规定时", "状态", "说明")
    context = {
        "heading": ITEMS,
        "subheading": "文件没有写明怎么算的，按这里的设定",
        "crumbs": _crumbs(ITEMS, "benefits:items"),
        "page_actions": [create] if may else [],
        "columns": [{"label": label} for label in labels],
        "rows": rows,
        "missing": [
            {"title": f"{one.name}：还有人没有标准", "items": found}
            for one in Benefit.objects.filter(is_active=True)
            if (found := gaps_words(one, request.actor))
        ],
        "empty": {"title": "还没有待遇项目", "text": "", "action_label": "", "action_url": ""},
    }
    return render(request, "benefits/standard_settings.html", context)


def _item_row(one: Benefit, may: bool) -> dict[str, Any]:
    cycle = one.get_cycle_display()
    if one.cycle == Cycle.YEAR:
        cycle = f"每年{one.pay_month}月"
    texts = (
        cycle,
        one.get_audience_display(),
        one.group or "—",
        "照发" if one.pays_death_month else "不发",
        one.get_state_day_display(),
        one.get_precedence_display(),
        ("启用" if one.is_active else "停用") + ("，须逐人批准" if one.needs_approval else ""),
        one.basis or "—",
    )
    url = reverse("benefits:item-edit", args=[one.pk]) if may else ""
    return {"cells": [_cell(one.name, url), *map(_cell, texts)]}


@page(perms.can_keep_benefits, "GET", "POST")
def create_item(request: HttpRequest) -> HttpResponse:
    """A benefit of the bureau's own."""
    form = BenefitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        token, _ = FormToken.objects.claim(form.cleaned_data["token"], request.actor)
        if token.result:
            return redirect("benefits:items")
        benefit = None if form.is_taken() else _added(request, form)
        if benefit is not None:
            token.result = str(benefit.pk)
            token.save(update_fields=["result"])
            return redirect("benefits:items")
    return _form_page(
        request, form, "新增待遇项目", _crumbs(ITEMS, "benefits:items", "新增"), "benefits:items"
    )


def _added(request: HttpRequest, form: BenefitForm) -> Benefit | None:
    """The new benefit; None where the form now says why not."""
    try:
        benefit, along = add_benefit(values=form.values(), by=request.actor)
    except NotPossible as problem:
        form.add_error("group", str(problem))
        return None
    messages.success(request, f"已新增待遇项目“{benefit.name}”。{_along_words(along)}")
    return benefit


@page(perms.can_keep_benefits, "GET", "POST")
def edit_item(request: HttpRequest, pk: int) -> HttpResponse:
    """The settings of a benefit; what a group shares changes for all of it."""
    benefit = get_object_or_404(Benefit, pk=pk)
    editing = Editing(request, benefit, SETTINGS)
    initial = {name: getattr(benefit, name) for name in SETTINGS}
    form = BenefitForm(editing.data, benefit=benefit, initial=initial)
    trail = _crumbs(ITEMS, "benefits:items", benefit.name)
    if request.method == "POST" and form.is_valid() and not form.is_taken():
        try:
            kept, along = change_benefit(
                benefit=benefit, values=form.values(), opened=editing.opened, by=request.actor
            )
        except Stale as stale:
            return _conflict(request, editing, form, stale, trail, "benefits:items")
        except NotPossible as problem:
            form.add_error("group", str(problem))
        else:
            messages.success(request, f"已修改待遇项目“{kept.name}”。{_along_words(along)}")
            return redirect("benefits:items")
    return _item_form_page(request, form, benefit, trail, editing)


def _item_form_page(
    request: HttpRequest, form: Any, benefit: Benefit, trail: list[dict[str, str]], editing: Editing
) -> HttpResponse:
    pk = benefit.pk
    same = Benefit.objects.exclude(group="").filter(group=benefit.group).exclude(pk=pk)
    others = "、".join(one.name for one in same)
    note = f"和{others}在一个互斥组：“去世当月照发”“状况变化”改了，同组的一起改。" if others else ""
    heading = f"修改待遇项目：{benefit.name}"
    return _form_page(request, form, heading, trail, "benefits:items", hidden=editing.hidden, note=note)


def _along_words(along: Sequence[Benefit]) -> str:
    names = "、".join(one.name for one in along)
    return f"同组的{names}也一起改了“去世当月照发”和“状况变化”。" if names else ""


# ---- published figures


@page(perms.can_see_standards)
def figures(request: HttpRequest) -> HttpResponse:
    """All figures, the newest first."""
    may = perms.can_keep_benefits(request.actor)
    rows = [
        {
            "cells": [
                _cell(
                    f"{one.year}年{one.get_series_display()}",
                    reverse("benefits:figure-edit", args=[one.pk]) if may else "",
                ),
                _cell(f"{one.value:,.2f}"),
                _cell(one.source + ("（演示值）" if one.is_example else "")),
                _cell(format_date(one.published_on)),
            ]
        }
        for one in PublishedFigure.objects.all()
    ]
    create = {"label": "登记公布数据", "url": reverse("benefits:figure-create"), "kind": "primary"}
    context = {
        "heading": FIGURES,
        "subheading": "统计部门每年公布、标准按倍数计算要用的数据；当年的没有公布，先按上一年的暂算",
        "crumbs": _crumbs(FIGURES, "benefits:figures"),
        "page_actions": [create] if may else [],
        "columns": [
            {"label": "数据"},
            {"label": "数值", "num": True},
            {"label": "出处"},
            {"label": "公布日期", "short": True},
        ],
        "rows": rows,
        "empty": {
            "title": "还没有公布数据",
            "text": "一次性抚恤金等按“上年度全国城镇居民人均可支配收入的倍数”计算的，先在这里登记数据和出处。",
            "action_label": create["label"] if may else "",
            "action_url": create["url"],
        },
    }
    return render(request, "benefits/standard_settings.html", context)


@page(perms.can_keep_benefits, "GET", "POST")
def create_figure(request: HttpRequest) -> HttpResponse:
    """A figure with its source."""
    return _save_figure(request, None)


@page(perms.can_keep_benefits, "GET", "POST")
def edit_figure(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a figure; what was reckoned by it is settled by the next list."""
    return _save_figure(request, get_object_or_404(PublishedFigure, pk=pk))


def _save_figure(request: HttpRequest, one: PublishedFigure | None) -> HttpResponse:
    editing = Editing(request, one, FIGURE) if one else None
    data = editing.data if editing else request.POST or None
    initial = {name: getattr(one, name) for name in FIGURE} if one else {}
    form = FigureForm(data, figure=one, initial=initial)
    heading = "修改公布数据" if one else "登记公布数据"
    trail = _crumbs(FIGURES, "benefits:figures", heading)
    if request.method == "POST" and form.is_valid():
        token, _ = FormToken.objects.claim(form.cleaned_data["token"], request.actor)
        if token.result:
            return redirect("benefits:figures")
        if not form.is_taken():
            opened = editing.opened if editing else None
            try:
                figure = save_figure(figure=one, values=form.values(), opened=opened, by=request.actor)
            except Stale as stale:
                assert editing is not None  # a new one cannot be stale
                return _conflict(request, editing, form, stale, trail, "benefits:figures")
            token.result = str(figure.pk)
            token.save(update_fields=["result"])
            messages.success(request, f"已保存：{figure}，{figure.value:,.2f}元。")
            return redirect("benefits:figures")
    hidden = editing.hidden if editing else []
    return _form_page(request, form, heading, trail, "benefits:figures", hidden=hidden)


def _form_page(
    request: HttpRequest,
    form: Any,
    heading: str,
    trail: list[dict[str, str]],
    back: str,
    *,
    hidden: Any = (),
    note: str = "",
) -> HttpResponse:
    context = {
        "form": form,
        "heading": heading,
        "subheading": "",
        "crumbs": trail,
        "submit_label": "保存",
        "cancel_url": reverse(back),
        "note": note,
        "notice": None,
        "hidden": hidden,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "benefits/standard_form.html", context, status=status)
