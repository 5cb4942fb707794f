"""Reading the log: the list with its sums, one visit, the tab of a person."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from apps.accounts.perms import may_export
from apps.core.chinese import format_count, format_date, format_moment
from apps.core.pages import page
from apps.core.paging import keyset_page
from apps.core.patience import TooSlow, answered_within
from apps.core.scope import Actor
from apps.retirees.choices import ON_REGISTER
from apps.retirees.models import Retiree
from apps.visits import perms
from apps.visits.choices import Target
from apps.visits.forms.listing import VisitConditions
from apps.visits.models import Visit
from apps.visits.queries.log import Sums, changes_of, concerns_raised, sums_of, visits_of, visits_under
from apps.visits.queries.photos import photos_of
from apps.visits.rules.log import yuan
from apps.visits.tables import VisitTable
from apps.visits.views.record import LOG, log_crumbs, person_visits, the_visit

TOTAL_LIMIT = 10_000
PATIENCE = 400
"""Milliseconds for the sums; a list without them is better than none."""
NO_SUMS = "条数较多，加上日期条件后显示合计"
SHOWN = 30


def list_address(query: str = "") -> str:
    """The list under a query string."""
    address = reverse("visits:log")
    return f"{address}?{query}" if query else address


@page(perms.can_list_visits)
def log(request: HttpRequest) -> HttpResponse:
    """Visits, newest first, and what they come to."""
    actor = request.actor
    form = VisitConditions(request.GET, actor=actor)
    if not form.is_known or not form.is_valid():
        raise BadRequest("unknown condition")
    rows = visits_under(actor, form.conditions())
    total = rows.order_by().values("pk")[: TOTAL_LIMIT + 1].count()
    at_least = total > TOTAL_LIMIT
    listed = keyset_page(
        rows.select_related("retiree", "county", "unit", "occasion", "campaign").defer("campaign__picked"),
        column="visited_on",
        descending=True,
        query=request.GET,
        total=min(total, TOTAL_LIMIT),
        at_least=at_least,
    )
    words = f"{'超过' if at_least else ''}{format_count(listed.total)}条"
    table = VisitTable(list(listed.rows), show_county=actor.county_id is None)
    query = _query(request.GET, form)
    chips = form.chips()
    context = {
        "heading": LOG,
        "subheading": f"{words} · {NO_SUMS}" if at_least and not form.chips() else _sums(rows, words),
        "crumbs": [],
        "views": [],
        "filters": {
            "action": reverse("visits:log"),
            "fields": [form[name] for name in ("begin", "end", "occasion", "way", "gift")],
            "more": [
                form[name]
                for name in ("county", "unit", "campaign", "level", "leader", "target", "wants")
                if name in form.fields
            ],
            "keep": [],
            "columns_url": "",
            "density_url": "",
        },
        "chips": [{"label": text, "url": list_address(_without(query, name))} for name, text in chips],
        "clear_url": list_address(),
        "conditions": "；".join(text for _, text in chips),
        "columns": None,
        "selection": None,
        "table": table,
        "listed": listed,
        "total": words,
        "page_actions": _actions(actor, query),
        "empty": {
            "title": "没有走访记录",
            "text": "没有符合条件的走访。换个条件，或登记一次走访。" if chips else "登记以后列在这里。",
            "action_label": "登记走访" if perms.can_log_visit(actor) else "",
            "action_url": reverse("visits:new"),
        },
    }
    return render(request, "visits/due.html", context)


def _sums(rows: Any, words: str) -> str:
    try:
        with answered_within(PATIENCE):
            told: Sums = sums_of(rows)
    except TooSlow:
        return f"{words} · {NO_SUMS}"
    amounts = f"慰问金{yuan(told.money)}元，慰问品价值{yuan(told.goods_value)}元"
    return f"{format_count(told.visits)}次，{format_count(told.people)}人 · {amounts}"


def _query(given: QueryDict, form: VisitConditions) -> QueryDict:
    query = QueryDict(mutable=True)
    for name in form.conditions():
        query[name] = given[name]
    return query


def _without(query: QueryDict, name: str) -> str:
    rest = query.copy()
    rest.pop(name, None)
    return rest.urlencode()


def _actions(actor: Actor, query: QueryDict) -> list[dict[str, str]]:
    actions = []
    if may_export(actor):
        asked = urlencode({"kind": "visits", "query": query.urlencode()})
        actions.append({"label": "导出", "url": f"{reverse('exports:new')}?{asked}"})
    if perms.can_log_visit(actor):
        actions.append({"label": "登记走访", "url": reverse("visits:new"), "kind": "primary"})
    return actions


def _fact(label: str, value: Any) -> dict[str, Any]:
    return {"label": label, "value": str(value) if value else "—", "secret": None, "url": "", "url_label": ""}


@page(perms.can_list_visits)
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """All of one visit. Who of the family was seen is told to those who see the family."""
    actor, row = request.actor, the_visit(request.actor, pk)
    person = row.retiree
    may = perms.can_log_visit(actor, person)
    context = {
        "crumbs": log_crumbs(person.name),
        "visit": row,
        "person": person,
        "person_url": person_visits(person),
        "heading": f"{person.name}：{format_date(row.visited_on)}{row.get_way_display()}",
        "subheading": f"{row.county.label} {row.unit.label}",
        "going": list(row.visitors.order_by("position", "pk")),
        "facts": _facts(row),
        "gift": _gift_facts(row) if row.has_gift else [],
        "seen": _seen_facts(row),
        "concerns": concerns_raised(actor, row),
        "photos": [
            {
                "url": reverse("visits:photo-image", args=[one.pk]),
                "thumb": reverse("visits:photo-small", args=[one.pk]),
                "words": one.caption or f"走访照片{number}",
                "told": f"{one.caption} {one.uploaded_by_name} {format_moment(one.uploaded_at)}".strip(),
                "remove_url": reverse("visits:photo-remove", args=[one.pk]) if may else "",
            }
            for number, one in enumerate(photos_of(actor, row), start=1)
        ],
        "changes": [
            {
                "at": format_moment(one.at),
                "who": one.who,
                "what": f"修改：{'、'.join(one.labels)}" if one.labels else "登记",
            }
            for one in (changes_of(row) if may else ())
        ],
        "recorded": f"{row.recorded_by_name} {format_moment(row.recorded_at)}{row.get_recorded_display()}",
        "may_edit": may,
        "page_actions": _visit_actions(row) if may else [],
    }
    return render(request, "visits/visit.html", context)


def _visit_actions(row: Visit) -> list[dict[str, str]]:
    return [
        {"label": "加照片", "url": reverse("visits:photos", args=[row.pk])},
        {"label": "修改", "url": reverse("visits:visit-edit", args=[row.pk])},
        {"label": "删除", "url": reverse("visits:visit-remove", args=[row.pk])},
    ]


def _facts(row: Visit) -> list[dict[str, Any]]:
    return [
        _fact("事由", row.occasion),
        _fact("走访活动", row.campaign),
        _fact("走访日期", format_date(row.visited_on)),
        _fact("方式", row.get_way_display()),
        _fact("地点", row.place),
        _fact("看望对象", row.get_target_display()),
        _fact("最高层级", row.get_level_display()),
    ]


def _seen_facts(row: Visit) -> list[dict[str, Any]]:
    return [
        _fact("健康状况", row.get_health_seen_display()),
        _fact("生活自理", row.get_self_care_seen_display()),
        _fact("情绪", row.get_mood_display()),
    ]


def _gift_facts(row: Visit) -> list[dict[str, Any]]:
    value = f"（价值{yuan(row.goods_value)}元）" if row.goods_value else ""
    signed = [row.get_signed_by_display(), row.signed_name, format_date(row.signed_on)]
    return [
        _fact("慰问金", f"{yuan(row.money)}元" if row.money else ""),
        _fact("慰问品", f"{row.goods}{value}"),
        _fact("资金来源", row.source),
        _fact("批准人", row.approved_by_name),
        _fact("超标准说明", row.over_limit_reason),
        _fact("签收", " ".join(part for part in signed if part) if row.signed_by else "没有签收"),
    ]


def tab_count(person: Retiree, actor: Actor) -> int:
    """How often the person was seen."""
    return int(visits_of(actor, person).count())


def tab_panel(request: HttpRequest, person: Retiree, actor: Actor) -> Mapping[str, Any]:
    """Tab 走访: the newest visits, and the way to log one."""
    rows: Sequence[Visit] = visits_of(actor, person)[:SHOWN]
    return {
        "columns": [
            {"label": label, "num": False} for label in ("日期", "事由", "方式", "走访人", "慰问", "走访情况")
        ],
        "rows": [{"cells": list(_cells(row))} for row in rows],
        "record_url": reverse("visits:record", args=[person.pk])
        if perms.can_log_visit(actor, person)
        else "",
        "shown": SHOWN,
    }


def _cells(row: Visit) -> Iterable[dict[str, str]]:
    target = "" if row.target == Target.SELF else f"（{row.get_target_display()}）"
    given = "，".join(part for part in (f"{yuan(row.money)}元" if row.money else "", row.goods) if part)
    yield {"text": format_date(row.visited_on), "url": reverse("visits:visit", args=[row.pk])}
    yield {"text": str(row.campaign or row.occasion), "url": ""}
    yield {"text": f"{row.get_way_display()}{target}", "url": ""}
    yield {"text": row.visitors_text, "url": ""}
    yield {"text": given or "—", "url": ""}
    yield {"text": row.summary or "—", "url": ""}


def next_steps(person: Retiree, actor: Actor, today: date) -> list[Mapping[str, Any]]:
    """上次走访 on the person page; the register keeps the day, so that it costs no query."""
    if not perms.can_list_visits(actor) or person.state not in ON_REGISTER:
        return []
    if person.visited_on is None:
        words = "没有记录"
    else:
        days = (today - person.visited_on).days
        words = f"{format_date(person.visited_on)}（{'今天' if days == 0 else f'{days}天前'}）"
    may = perms.can_log_visit(actor, person)
    url = reverse("visits:record", args=[person.pk]) if may else ""
    return [{"label": "上次走访", "value": words, "secret": None, "url": url, "url_label": "登记走访"}]
