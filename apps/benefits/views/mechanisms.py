"""县市区机制: a board of all counties, and saying it for one."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import FormToken
from apps.benefits import perms
from apps.benefits.actions.mechanisms import set_mechanism
from apps.benefits.choices import MechanismKind
from apps.benefits.forms.mechanisms import MechanismForm
from apps.benefits.models import CountyMechanism
from apps.benefits.views.unit_funds import cell
from apps.core.chinese import format_date
from apps.core.pages import page
from apps.core.scope import Actor
from apps.units.models import Unit

TITLE = "帮扶机制"
HEAD = ("县市区", "机制", "是否建立", "建立日期", "依据", "填报")


def _counties(actor: Actor) -> Any:
    rows = Unit.objects.visible_to(actor).counties().order_by("sort", "pk")
    return rows if actor.county_id is None else rows.filter(pk=actor.county_id)


@page(perms.can_see_mechanisms)
def board(request: HttpRequest) -> HttpResponse:
    """Each county with each mechanism: there or not, since when, by what."""
    if request.GET:
        raise BadRequest("no conditions")
    actor = request.actor
    counties = list(_counties(actor))
    said = {
        (one.county_id, one.kind): one
        for one in CountyMechanism.objects.visible_to(actor).select_related("paper")
    }
    there = {kind: sum(row.is_there for (_, of), row in said.items() if of == kind) for kind in MechanismKind}
    sums = "，".join(f"{kind.label}已建立{there[kind]}个" for kind in MechanismKind)
    context = {
        "heading": TITLE,
        "subheading": f"{len(counties)}个县市区，{sums}" if actor.county_id is None else actor.place,
        "crumbs": [{"label": TITLE, "url": ""}],
        "columns": [{"label": label, "num": False} for label in HEAD],
        "rows": [_row(one, kind, said.get((one.pk, kind))) for one in counties for kind in MechanismKind],
    }
    return render(request, "benefits/mechanisms.html", context)


def _row(county: Unit, kind: MechanismKind, said: CountyMechanism | None) -> dict[str, Any]:
    address = reverse("benefits:mechanism", args=[county.pk, kind.value])
    first = [cell(county.label), cell(kind.label, address)]
    if said is None:
        return {"cells": [*first, cell("没有填报"), *[cell("—")] * 3]}
    proof = "；".join(text for text in (str(said.paper) if said.paper else "", said.proof) if text)
    return {
        "cells": [
            *first,
            cell("已建立" if said.is_there else "没有建立"),
            cell(format_date(said.since) if said.since else "—"),
            cell(proof or "—"),
            cell(f"{said.set_by_name} {format_date(timezone.localdate(said.set_at))}"),
        ]
    }


@page(perms.can_see_mechanisms, "GET", "POST")
def mechanism(request: HttpRequest, county_pk: int, kind: str) -> HttpResponse:
    """Say it of one county: the county its own, the city any."""
    actor = request.actor
    if kind not in MechanismKind.values:
        raise Http404("no such mechanism")
    county = get_object_or_404(_counties(actor), pk=county_pk)
    row = CountyMechanism.objects.visible_to(actor).filter(county=county, kind=kind).first()
    form = MechanismForm(request.POST or None, row=row, actor=actor, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        token, _ = FormToken.objects.claim(form.cleaned_data["token"], actor)
        if not token.result:
            saved = set_mechanism(county=county, kind=kind, values=form.values(), by=actor)
            token.result = str(saved.pk)
            token.save(update_fields=["result"])
            messages.success(request, f"已保存：{county.label}{saved}。")
        return redirect("benefits:mechanisms")
    label = MechanismKind(kind).label
    context = {
        "form": form,
        "heading": label,
        "subheading": county.label,
        "crumbs": [
            {"label": TITLE, "url": reverse("benefits:mechanisms")},
            {"label": f"{county.label}{label}", "url": ""},
        ],
        "submit_label": "保存",
        "cancel_url": reverse("benefits:mechanisms"),
        "note": "",
        "hidden": [],
    }
    return render(request, "generic/form.html", context, status=422 if request.method == "POST" else 200)
