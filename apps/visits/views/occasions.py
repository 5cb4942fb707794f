"""Occasions, and what may be given on them."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from apps.accounts.models import FormToken
from apps.core.chinese import format_money
from apps.core.pages import page
from apps.visits import perms
from apps.visits.actions.occasions import save_occasion
from apps.visits.forms.rules import OccasionForm
from apps.visits.models import Occasion

TITLE = "走访事由"
FIELDS = ("name", "kind", "money_limit", "goods_limit", "limit_paper", "is_active")


def _crumbs(*labels: str) -> list[dict[str, str]]:
    found = [{"label": "应访名单", "url": reverse("visits:due")}]
    if not labels:
        return [*found, {"label": TITLE, "url": ""}]
    return [
        *found,
        {"label": TITLE, "url": reverse("visits:occasions")},
        *({"label": one, "url": ""} for one in labels),
    ]


@page(perms.can_see_plans)
def occasions(request: HttpRequest) -> HttpResponse:
    """All occasions with their limits."""
    may = perms.can_keep_occasions(request.actor)
    rows = []
    for one in Occasion.objects.all():
        texts = (
            one.get_kind_display(),
            format_money(one.money_limit),
            format_money(one.goods_limit),
            one.limit_paper or "—",
            "启用" if one.is_active else "停用",
        )
        url = reverse("visits:occasion-edit", args=[one.pk]) if may else ""
        rows.append(
            {"cells": [{"text": one.name, "url": url}, *({"text": text, "url": ""} for text in texts)]}
        )
    labels = ("事由", "类别", "慰问金上限", "慰问品上限", "标准依据", "状态")
    create = {"label": "新增事由", "url": reverse("visits:occasion-create"), "kind": "primary"}
    context = {
        "heading": TITLE,
        "subheading": "走访是为了什么；上限按每人每次，依据文件填写",
        "crumbs": _crumbs(),
        "page_actions": [create] if may else [],
        "columns": [{"label": label, "num": False} for label in labels],
        "rows": rows,
        "empty": {"title": "没有事由", "text": "", "action_label": "", "action_url": ""},
    }
    return render(request, "visits/plain_list.html", context)


@page(perms.can_keep_occasions, "GET", "POST")
def create(request: HttpRequest) -> HttpResponse:
    """One of the bureau's own, such as 古尔邦节."""
    return _save(request, None)


@page(perms.can_keep_occasions, "GET", "POST")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Its limits; of the bureau's own also name and kind."""
    return _save(request, get_object_or_404(Occasion, pk=pk))


def _save(request: HttpRequest, one: Occasion | None) -> HttpResponse:
    initial = {name: getattr(one, name) for name in FIELDS} if one else {}
    form = OccasionForm(request.POST or None, initial=initial, builtin=bool(one and one.is_builtin))
    if request.method == "POST" and form.is_valid():
        token, _ = FormToken.objects.claim(form.cleaned_data["token"], request.actor)
        if not token.result:
            values = {name: form.cleaned_data[name] for name in FIELDS if name in form.cleaned_data}
            row = save_occasion(occasion=one, values=values, by=request.actor)
            token.result = str(row.pk)
            token.save(update_fields=["result"])
            messages.success(request, f"已保存：{row.name}。")
        return redirect("visits:occasions")
    heading = f"修改事由：{one.name}" if one else "新增走访事由"
    context: dict[str, Any] = {
        "form": form,
        "heading": heading,
        "subheading": "",
        "crumbs": _crumbs(heading),
        "submit_label": "保存",
        "cancel_url": reverse("visits:occasions"),
        "note": "",
        "notice": None,
        "hidden": [],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "visits/plan_form.html", context, status=status)
