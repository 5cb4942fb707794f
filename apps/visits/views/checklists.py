"""The standard checklist by rank: what has to be done and who is to be told when something happens."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from apps.accounts.models import FormToken
from apps.core.chinese import format_moment
from apps.core.pages import page
from apps.retirees.choices import Level
from apps.visits import perms
from apps.visits.actions.checklists import save_item
from apps.visits.choices import IncidentKind
from apps.visits.forms.checklists import ChecklistForm
from apps.visits.models import ChecklistItem
from apps.visits.queries.incidents import item_changes
from apps.visits.views.incidents import TITLE as INCIDENTS

TITLE = "标准清单"
LABELS = ("事项", "情况", "类别", "几天内", "责任人", "适用级别", "依据", "状态")
SHORT = ("情况", "类别", "责任人", "状态")
ORDER = {kind: place for place, kind in enumerate(("death", "critical", "hospital", "family"))}


def _crumbs(*labels: str) -> list[dict[str, str]]:
    found = [{"label": INCIDENTS, "url": reverse("visits:incidents")}]
    if not labels:
        return [*found, {"label": TITLE, "url": ""}]
    trail = [{"label": TITLE, "url": reverse("visits:incident-checklist")}]
    return [*found, *trail, *({"label": one, "url": ""} for one in labels)]


@page(perms.can_see_plans)
def checklist(request: HttpRequest) -> HttpResponse:
    """All lines, deaths first; the city bureau changes them."""
    may = perms.can_keep_occasions(request.actor)
    items = sorted(ChecklistItem.objects.all(), key=lambda one: (ORDER[one.kind], one.part, one.sort, one.pk))
    rows = [
        {
            "cells": [
                {
                    "text": one.label,
                    "url": reverse("visits:incident-checklist-edit", args=[one.pk]) if may else "",
                },
                *({"text": text, "url": ""} for text in _texts(one)),
            ]
        }
        for one in items
    ]
    create_url = reverse("visits:incident-checklist-create")
    create = {"label": "新增事项", "url": create_url, "kind": "primary"}
    examples = sum(one.is_example for one in items)
    told = f"其中{examples}项是系统自带的示例，请按本地规定改写或停用" if examples else ""
    context = {
        "heading": TITLE,
        "subheading": "，".join(
            text for text in ("登记病危、去世等情况时按这里列出办理清单，已列出的不变", told) if text
        ),
        "crumbs": _crumbs(),
        "page_actions": [create] if may else [],
        "columns": [{"label": label, "num": label == "几天内", "short": label in SHORT} for label in LABELS],
        "rows": rows,
        "empty": {
            "title": "还没有标准清单",
            "text": "登记病危、去世时不会列出办理事项。",
            "action_label": "新增事项" if may else "",
            "action_url": create_url,
        },
    }
    return render(request, "visits/plain_list.html", context)


def _texts(one: ChecklistItem) -> tuple[str, ...]:
    return (
        IncidentKind(one.kind).label,
        one.get_part_display(),
        str(one.days),
        one.who or "—",
        "、".join(str(Level(level).label) for level in one.levels) or "所有人",
        one.basis or "—",
        ("启用" if one.is_active else "停用") + ("，示例" if one.is_example else ""),
    )


@page(perms.can_keep_occasions, "GET", "POST")
def create(request: HttpRequest) -> HttpResponse:
    """One more line for everybody's lists from now on."""
    return _save(request, None)


@page(perms.can_keep_occasions, "GET", "POST")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Its words, days, ranks; or no longer used."""
    return _save(request, get_object_or_404(ChecklistItem, pk=pk))


def _save(request: HttpRequest, one: ChecklistItem | None) -> HttpResponse:
    form = ChecklistForm(request.POST or None, item=one)
    if request.method == "POST" and form.is_valid():
        token, _ = FormToken.objects.claim(form.cleaned_data["token"], request.actor)
        if not token.result:
            row = save_item(item=one, values=form.values(), by=request.actor)
            token.result = str(row.pk)
            token.save(update_fields=["result"])
            messages.success(request, f"已保存：{row.label}。以后登记的情况按新的列，已列出的清单不变。")
        return redirect("visits:incident-checklist")
    heading = f"修改事项：{one.label}" if one else "新增事项"
    context: dict[str, Any] = {
        "form": form,
        "heading": heading,
        "subheading": TITLE,
        "crumbs": _crumbs(heading),
        "submit_label": "保存",
        "cancel_url": reverse("visits:incident-checklist"),
        "note": "示例改过就是本局自己的事项，不再标“示例”。" if one and one.is_example else "",
        "columns": [{"label": label, "num": False} for label in ("时间", "谁改的", *LABELS)],
        "changes": [_change(row, by) for row, by in item_changes(one)] if one else [],
    }
    return render(request, "visits/changed_form.html", context, status=422 if form.is_bound else 200)


def _change(row: Any, by: str) -> dict[str, Any]:
    texts = (format_moment(row.pgh_created_at), by, row.label, *_texts(row))
    return {"cells": [{"text": text, "url": ""} for text in texts]}
