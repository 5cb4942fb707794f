"""Taking an imported visit log back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from apps.core.chinese import format_count, format_date
from apps.core.pages import page
from apps.imports.choices import State
from apps.imports.models import Batch
from apps.imports.perms import can_import
from apps.visits.actions.imported import changed_since, undo_imported
from apps.visits.models import Visit

NAMED = 50
"""So many of the visits that stay are listed."""


@page(can_import, "GET", "POST")
def import_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """What undoing would take away and what stays, then do it."""
    found = Batch.objects.visible_to(request.actor).filter(kind="visits", state=State.DONE)
    batch = get_object_or_404(found, pk=pk)
    back = reverse("imports:detail", args=[batch.pk])
    if request.method == "POST":
        undone = undo_imported(batch=batch, by=request.actor)
        messages.success(request, f"已撤销{format_count(undone.removed)}条走访记录。")
        if undone.kept:
            names = "、".join(_told(visit) for visit in undone.kept[:NAMED])
            messages.warning(request, f"有{len(undone.kept)}条之后有人改过，没有撤销：{names}。")
        return redirect(back)
    kept = changed_since(batch)
    count = Visit.objects.filter(import_batch_id=batch.pk).count() - len(kept)
    context = {
        "heading": "撤销导入",
        "crumbs": [
            {"label": "数据导入", "url": reverse("imports:list")},
            {"label": batch.file_name, "url": back},
            {"label": "撤销", "url": ""},
        ],
        "confirm": _question(batch, count, kept, back),
    }
    return render(request, "generic/confirm.html", context)


def _question(batch: Batch, count: int, kept: list[Visit], back: str) -> dict[str, Any]:
    effects = [f"去掉这一批写入的{format_count(count)}条走访记录。", "由它们办结的应访重新变成应访。"]
    if kept:
        effects.append(
            f"有{len(kept)}条之后有人改过，会留下：" + "、".join(_told(one) for one in kept[:NAMED])
        )
    return {
        "question": f"撤销 {batch.file_name} 的导入？",
        "text": "",
        "effects": effects,
        "url": reverse("visits:import-undo", args=[batch.pk]),
        "hidden": [],
        "submit_label": "撤销",
        "danger": "yes",
        "cancel_url": back,
    }


def _told(visit: Visit) -> str:
    return f"{visit.retiree.name}（{format_date(visit.visited_on)}，{visit.occasion.name}）"
