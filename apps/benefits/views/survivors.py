"""Survivors: the list, one of them with his states, registering, changing, verifying."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from apps.accounts.perms import may_export
from apps.benefits import perms
from apps.benefits.forms.survivors import (
    SurvivorConditions,
)
from apps.benefits.models import Survivor
from apps.benefits.queries.survivors import (
    SurvivorChange,
    changes_of,
    end_of,
    survivors_seen,
)
from apps.benefits.rules.survivors import FOLLOWS, needs_check
from apps.benefits.views.survivor_year import year_of
from apps.core.chinese import format_count, format_date, format_moment
from apps.core.pages import page
from apps.core.scope import Actor

TITLE = "遗属"
PAGE = 50
COLUMNS = ("遗属", "与干部关系", "户口", "干部", "管理单位", "现状", "享受期间", "生存核实")


def the_survivor(actor: Actor, pk: int) -> Survivor:
    """A survivor in the actor's scope; 404 else."""
    rows = Survivor.objects.visible_to(actor).select_related("retiree", "county", "unit")
    return get_object_or_404(rows, pk=pk)


def _cell(text: str, url: str = "") -> dict[str, Any]:
    return {"text": text, "url": url, "quiet": text == "—"}


def _during(one: Survivor) -> str:
    ends = end_of(one)
    last = format_date(ends - timedelta(days=1)) if ends else "今"
    return f"{format_date(one.during.lower)}至{last}"


def _verified(one: Survivor, today: date) -> str:
    words = format_date(one.verified_on) if one.verified_on else "没有核实过"
    return f"{words}（待核实）" if needs_check(one.state, one.verified_on, today) else words


def _row(one: Survivor, actor: Actor, today: date) -> dict[str, Any]:
    place = one.unit.label if actor.county_id is not None else f"{one.county.label} {one.unit.label}"
    return {
        "cells": [
            _cell(one.name, reverse("benefits:survivor", args=[one.pk])),
            _cell(one.get_relation_display()),
            _cell(one.get_household_display()),
            _cell(one.retiree.name, reverse("retirees:detail", args=[one.retiree_id])),
            _cell(place),
            _cell(one.get_state_display()),
            _cell(_during(one)),
            _cell(_verified(one, today)),
        ]
    }


@page(perms.can_see_survivors)
def survivors(request: HttpRequest) -> HttpResponse:
    """The list under its conditions."""
    actor, today = request.actor, timezone.localdate()
    form = SurvivorConditions(request.GET, actor=actor)
    if not form.is_known or not form.is_valid():
        raise BadRequest("unknown condition")
    found = survivors_seen(actor, form.conditions(), today).prefetch_related("states")
    shown = Paginator(found, PAGE).get_page(request.GET.get("page"))
    address = reverse("benefits:survivors")
    total = f"{format_count(shown.paginator.count)}人"
    chips = form.chips()
    query = form.query()
    context = {
        "heading": TITLE,
        "subheading": f"{total} · {format_date(today)}",
        "crumbs": [],
        "page_actions": _list_actions(actor, query),
        "views": [],
        "filters": {
            "action": address,
            "fields": [form[name] for name in form.fields],
            "more": [],
            "keep": [],
            "columns_url": "",
            "density_url": "",
        },
        "chips": [{"label": words, "url": f"{address}?{form.query(name)}"} for name, words in chips],
        "clear_url": address,
        "conditions": "；".join(words for _, words in chips),
        "columns": None,
        "selection": None,
        "total": total,
        "heads": [{"label": label, "num": False} for label in COLUMNS],
        "rows": [_row(one, actor, today) for one in shown],
        "page": shown,
        "query": f"{query}&" if query else "",
        "empty": _empty(bool(chips)),
    }
    return render(request, "benefits/survivors.html", context)


def _list_actions(actor: Actor, query: str) -> list[dict[str, str]]:
    found = [{"label": "应发名单", "url": reverse("benefits:survivors-due")}]
    if may_export(actor):
        asked = urlencode({"kind": "survivors", "query": query})
        found.append({"label": "导出", "url": f"{reverse('exports:new')}?{asked}"})
    return found


def _empty(is_narrowed: bool) -> dict[str, str]:
    if is_narrowed:
        address = reverse("benefits:survivors")
        return {
            "title": "没有符合条件的遗属",
            "text": "换一换条件。",
            "label": "清除条件",
            "url": address,
        }
    return {
        "title": "还没有登记遗属",
        "text": "登记去世时把家庭成员标为遗属，再打开他的页面，在“下一步”里登记遗属待遇。",
        "label": "打开人员名册",
        "url": reverse("retirees:list"),
    }


def crumbs(*trail: dict[str, str]) -> list[dict[str, str]]:
    """From the list down."""
    return [{"label": TITLE, "url": reverse("benefits:survivors")}, *trail]


@page(perms.can_see_survivors)
def survivor(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them: what is approved, what became of him, what was changed."""
    actor, today = request.actor, timezone.localdate()
    one = the_survivor(actor, pk)
    states = list(one.states.order_by("-during"))
    may = perms.can_keep_survivors(actor, one.retiree)
    context = {
        "heading": one.name,
        "subheading": f"{one.retiree.name}的{one.get_relation_display()} · {one.get_state_display()}",
        "crumbs": crumbs({"label": one.name, "url": ""}),
        "page_actions": _actions(one) if may else [],
        "facts": _facts(one, today),
        "due": year_of(one),
        "state_heads": [
            {"label": label, "num": False} for label in ("状态", "从哪天起", "到", "依据", "登记")
        ],
        "states": [
            {
                "cells": [
                    _cell(row.get_state_display()),
                    _cell(format_date(row.during.lower)),
                    _cell(format_date(row.during.upper) if row.during.upper else "今"),
                    _cell(row.proof or "—"),
                    _cell(f"{row.recorded_by_name} {format_moment(row.recorded_at)}"),
                ]
            }
            for row in states
        ],
        "retract_url": reverse("benefits:survivor-state-retract", args=[pk])
        if may and len(states) > 1
        else "",
        "change_heads": [{"label": label, "num": False} for label in ("时间", "谁", "改后")],
        "changes": [_change(row) for row in changes_of(one)],
    }
    return render(request, "benefits/survivor.html", context)


def _actions(one: Survivor) -> list[dict[str, str]]:
    found = [{"label": "修改", "url": reverse("benefits:survivor-edit", args=[one.pk])}]
    if FOLLOWS[one.state]:
        found += [
            {"label": "登记状态变化", "url": reverse("benefits:survivor-state", args=[one.pk])},
            {"label": "核实", "url": reverse("benefits:survivor-verify", args=[one.pk]), "kind": "primary"},
        ]
    return found


def _facts(one: Survivor, today: date) -> list[dict[str, Any]]:
    person = one.retiree
    died = f"，{person.died_on}去世" if person.died_on else ""
    return [
        {
            "label": "干部",
            "value": f"{person.name}（{one.county.label} {one.unit.label}{died}）",
            "url": reverse("retirees:detail", args=[person.pk]),
            "url_label": "打开",
        },
        {"label": "干部时期", "value": person.get_period_display()},
        {"label": "与干部关系", "value": one.get_relation_display()},
        {"label": "户口", "value": one.get_household_display()},
        {"label": "享受期间", "value": _during(one)},
        {"label": "批准文号或材料", "value": one.document or "—"},
        {"label": "生存核实", "value": _verified(one, today)},
        {"label": "说明", "value": one.note or "—"},
    ]


def _change(row: SurvivorChange) -> dict[str, Any]:
    return {"cells": [_cell(format_moment(row.at)), _cell(row.who), _cell(row.words)]}
