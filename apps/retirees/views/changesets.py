"""What was changed together: the list, one of them with its people, and taking it back."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from apps.core.chinese import format_count, format_date, format_moment
from apps.core.pages import page
from apps.jobs.actions import request_job
from apps.retirees import perms
from apps.retirees.actions import HiddenDuplicate, NotUndoable, undo_change_set
from apps.retirees.models import ChangeSet, ChangeSetRow
from apps.retirees.queries.changesets import can_still_undo, change_sets, rows_of
from apps.retirees.queries.custom import custom_labels
from apps.retirees.queries.words import field_label
from apps.retirees.rules.custom import is_custom
from apps.retirees.views.present import fact, page_of

PAGE = 50
AT_ONCE = 300
"""People set back within the request; more become a job."""


def _crumbs(*last: str) -> list[dict[str, str]]:
    first = [
        {"label": "人员名册", "url": reverse("retirees:list")},
        {"label": "成批改动", "url": reverse("retirees:changesets")},
    ]
    return [*first, *({"label": label, "url": ""} for label in last)]


@page(perms.can_edit_many)
def listing(request: HttpRequest) -> HttpResponse:
    pages = Paginator(change_sets(request.actor), PAGE).get_page(request.GET.get("page"))
    columns = [{"label": label, "num": label == "人数"} for label in ("内容", "类型", "人数", "办理", "状态")]
    context = {
        "crumbs": [*_crumbs()[:1], {"label": "成批改动", "url": ""}],
        "columns": columns,
        "rows": [{"cells": _cells(found)} for found in pages],
        "pages": pages,
    }
    return render(request, "retirees/changesets.html", context)


def _cells(found: ChangeSet) -> list[dict[str, str]]:
    url = reverse("retirees:changeset", args=[found.pk])
    state = "已撤销" if found.undone_at else "可撤销" if can_still_undo(found) else "已过期限"
    return [
        {"text": found.label, "url": url},
        {"text": found.get_kind_display(), "url": ""},
        {"text": format_count(found.people), "url": ""},
        {"text": f"{format_moment(found.created_at)} {found.created_by_name}", "url": ""},
        {"text": state, "url": ""},
    ]


def _found(request: HttpRequest, pk: int) -> ChangeSet:
    return get_object_or_404(ChangeSet.objects.visible_to(request.actor), pk=pk)


@page(perms.can_edit_many)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    pages = Paginator(rows_of(found, request.actor), PAGE).get_page(request.GET.get("page"))
    undo_url = reverse("retirees:changeset-undo", args=[pk]) if can_still_undo(found) else ""
    own = custom_labels() if any(is_custom(name) for row in pages for name in row.fields) else {}
    context = {
        "change_set": found,
        "crumbs": _crumbs(found.label),
        "facts": _facts(found),
        "rows": [_row(row, own) for row in pages],
        "pages": pages,
        "page_actions": [{"label": "撤销这批改动", "url": undo_url}] if undo_url else [],
    }
    return render(request, "retirees/changeset.html", context)


def _facts(found: ChangeSet) -> list[dict[str, Any]]:
    facts = [
        fact("类型", found.get_kind_display()),
        fact("人数", f"{format_count(found.people)}人"),
        fact("办理", f"{found.created_by_name}，{format_moment(found.created_at)}"),
        fact("原因", found.reason),
    ]
    if found.undone_at is None:
        return [*facts, fact("可以撤销到", format_date(found.undo_until.date()))]
    done = [
        f"{format_count(number)}人{word}"
        for number, word in (
            (found.restored, "已恢复"),
            (found.removed, "已移出名册"),
            (found.conflicts, "没有撤销"),
        )
        if number
    ]
    return [
        *facts,
        fact("撤销", f"{found.undone_by_name}，{format_moment(found.undone_at)}"),
        fact("撤销结果", "，".join(done)),
    ]


def _row(row: ChangeSetRow, own: Mapping[str, str]) -> dict[str, Any]:
    labels = (own[name] if name in own else field_label(name) for name in row.fields)
    return {
        "person": row.retiree,
        "url": page_of(row.retiree),
        "what": "新登记" if row.is_new else "、".join(labels),
        "state": row.conflict or ("已恢复" if row.is_undone else ""),
        "tone": "amber" if row.conflict else "green",
    }


@page(perms.can_edit_many, "GET", "POST")
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it back, after a question that says what will and what will not happen."""
    found = _found(request, pk)
    address = reverse("retirees:changeset", args=[pk])
    if request.method == "POST":
        return _undo(request, found, address)
    if not can_still_undo(found):
        messages.warning(request, "这批改动已经撤销过，或已超过可以撤销的期限。")
        return redirect(address)
    news = rows_of(found, request.actor).filter(is_new=True).count()
    effects = [
        "改过的资料恢复成改动以前的内容，级别、健康等时间记录和统计数字一并恢复。",
        "改动以后又有人改过的，不撤销，列出来由您处理。",
        "改动和撤销都留在变更记录里。",
    ]
    if news:
        effects.insert(0, f"新登记的{format_count(news)}人移出名册；登记以后有了家庭成员等资料的，不移出。")
    context = {
        "heading": "撤销成批改动",
        "crumbs": [*_crumbs()[:2], {"label": found.label, "url": address}, {"label": "撤销", "url": ""}],
        "confirm": {
            "question": f"撤销“{found.label}”，共{format_count(found.people)}人？",
            "text": "",
            "effects": effects,
            "url": reverse("retirees:changeset-undo", args=[pk]),
            "hidden": [],
            "submit_label": "撤销",
            "danger": "yes",
            "cancel_url": address,
        },
    }
    return render(request, "generic/confirm.html", context)


def _undo(request: HttpRequest, found: ChangeSet, address: str) -> HttpResponse:
    if found.people > AT_ONCE and can_still_undo(found):
        job = request_job(
            kind="retirees.undo",
            label=f"撤销{found.get_kind_display()}，{found.people}人",
            dedupe_key=f"retirees.undo:{found.pk}",
            payload={"change_set": found.pk},
            by=request.actor,
        )
        return redirect("jobs:detail", pk=job.pk)
    try:
        undone = undo_change_set(change_set=found, by=request.actor)
    except (NotUndoable, HiddenDuplicate) as reason:
        messages.warning(request, str(reason))
        return redirect(address)
    done = len(undone.restored) + len(undone.removed)
    text = f"已撤销{done}人。" + (
        f"{len(undone.conflicts)}人没有撤销，原因见下。" if undone.conflicts else ""
    )
    (messages.warning if undone.conflicts else messages.success)(request, text)
    return redirect(address)
