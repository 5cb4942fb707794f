"""Sources of money: without one no gift can be recorded."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from apps.accounts.models import FormToken
from apps.core.chinese import format_moment
from apps.core.pages import page
from apps.core.scope import Actor
from apps.visits import perms
from apps.visits.actions.funds import save_source, switch_source
from apps.visits.forms.funds import SourceForm
from apps.visits.models import FundSource
from apps.visits.queries.funds import changes_of, office_of, sources_seen

TITLE = "资金来源"


def crumbs(*labels: str) -> list[dict[str, str]]:
    """From the list of sources down."""
    if not labels:
        return [{"label": TITLE, "url": ""}]
    return [
        {"label": TITLE, "url": reverse("visits:fund-sources")},
        *({"label": one, "url": ""} for one in labels),
    ]


def the_source(actor: Actor, pk: int) -> FundSource:
    """A source that concerns the actor; 404 else."""
    return get_object_or_404(FundSource.objects.visible_to(actor).select_related("county"), pk=pk)


def kept_source(actor: Actor, pk: int) -> FundSource:
    """A source of the actor's own office; 403 for one that he only reads."""
    source = the_source(actor, pk)
    if not FundSource.objects.kept_by(actor).filter(pk=source.pk).exists():
        raise PermissionDenied("another office's source")
    return source


def _cell(text: Any, url: str = "") -> dict[str, str]:
    return {"text": str(text), "url": url}


@page(perms.can_see_plans)
def sources(request: HttpRequest) -> HttpResponse:
    """The city's and one's own county's sources; the city sees all."""
    actor = request.actor
    may = perms.can_keep_plans(actor)
    rows = [
        {
            "cells": [
                _cell(one.name, reverse("visits:fund-source", args=[one.pk])),
                _cell(office_of(one)),
                _cell("启用" if one.is_active else "停用"),
            ]
        }
        for one in sources_seen(actor)
    ]
    create = {"label": "新增资金来源", "url": reverse("visits:fund-source-create"), "kind": "primary"}
    who = "先登记一个来源，走访时才能登记慰问金和慰问品。"
    context = {
        "heading": TITLE,
        "subheading": "慰问金和慰问品从哪里开支；登记走访时从启用的来源里选",
        "crumbs": crumbs(),
        "page_actions": [create] if may else [],
        "columns": [{"label": label, "num": False} for label in ("名称", "哪里的", "状态")],
        "rows": rows,
        "empty": {
            "title": "还没有资金来源",
            "text": who if may else f"{who}请县市区或市局的经办人添加。",
            "action_label": "新增资金来源" if may else "",
            "action_url": reverse("visits:fund-source-create"),
        },
    }
    return render(request, "visits/plain_list.html", context)


@page(perms.can_see_plans)
def source(request: HttpRequest, pk: int) -> HttpResponse:
    """One source and what was changed of it."""
    one = the_source(request.actor, pk)
    kept = (
        perms.can_keep_plans(request.actor)
        and FundSource.objects.kept_by(request.actor).filter(pk=pk).exists()
    )
    rows = [
        {
            "cells": [
                _cell(format_moment(change.at)),
                _cell(change.who),
                _cell(change.name),
                _cell(change.sort),
                _cell("启用" if change.is_active else "停用"),
            ]
        }
        for change in (changes_of(one) if kept else ())
    ]
    labels = ("时间", "谁改的", "名称", "次序", "状态")
    state = "启用" if one.is_active else "停用：登记走访时不再提供，已登记的不变"
    context = {
        "heading": one.name,
        "subheading": f"{office_of(one)} · {state}",
        "crumbs": crumbs(one.name),
        "page_actions": _actions(one) if kept else [],
        "columns": [{"label": label, "num": False} for label in labels],
        "rows": rows,
        "empty": {
            "title": "没有可看的变更记录",
            "text": "变更记录由登记这个来源的办公室查看。" if not kept else "改过以后列在这里。",
            "action_label": "",
            "action_url": "",
        },
    }
    return render(request, "visits/plain_list.html", context)


def _actions(one: FundSource) -> list[dict[str, str]]:
    switch = {"label": "停用", "url": reverse("visits:fund-source-switch", args=[one.pk]), "method": "post"}
    if not one.is_active:
        switch |= {"label": "启用", "kind": "primary"}
    return [{"label": "修改", "url": reverse("visits:fund-source-edit", args=[one.pk])}, switch]


@page(perms.can_keep_plans, "GET", "POST")
def create(request: HttpRequest) -> HttpResponse:
    """A new source of one's own office."""
    return _save(request, None)


@page(perms.can_keep_plans, "GET", "POST")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Name and order of one's own office's source."""
    return _save(request, kept_source(request.actor, pk))


@page(perms.can_keep_plans, "POST")
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop offering a source, or offer it again."""
    one = kept_source(request.actor, pk)
    active = not one.is_active
    switch_source(source=one, active=active, by=request.actor)
    messages.success(request, f"已{'启用' if active else '停用'}：{one.name}。")
    return redirect("visits:fund-source", one.pk)


def _save(request: HttpRequest, one: FundSource | None) -> HttpResponse:
    initial = {name: getattr(one, name) for name in ("name", "sort")} if one else {}
    form = SourceForm(request.POST or None, initial=initial, source=one, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        token, _ = FormToken.objects.claim(form.cleaned_data["token"], request.actor)
        if token.result:
            return redirect("visits:fund-source", int(token.result))
        if not form.is_taken():
            row = save_source(source=one, values=form.values(), by=request.actor)
            token.result = str(row.pk)
            token.save(update_fields=["result"])
            messages.success(request, f"已保存：{row.name}。登记走访时可以选这个来源。")
            return redirect("visits:fund-sources")
    return form_page(request, form, f"修改资金来源：{one.name}" if one else "新增资金来源", crumbs)


def form_page(
    request: HttpRequest, form: Any, heading: str, trail: Any, back: str = "", remove_url: str = ""
) -> HttpResponse:
    """A form about the money; 422 when it came back."""
    context = {
        "form": form,
        "heading": heading,
        "subheading": "",
        "crumbs": trail(heading.partition("：")[0]),
        "submit_label": "保存",
        "cancel_url": back or reverse("visits:fund-sources"),
        "note": "",
        "notice": None,
        "hidden": [],
        "remove_url": remove_url,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "visits/plan_form.html", context, status=status)
