"""The quality board: what is wrong in which place, what to do about it, one click to the people, and the trend."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from apps.core.chinese import format_count, format_date
from apps.core.pages import page
from apps.core.scope import Actor
from apps.retirees import perms
from apps.retirees.queries.quality import Quality, counted_on, quality_by, share, together, trend
from apps.retirees.queries.quality_trend import percent, trend_chart
from apps.retirees.rules.quality import QUALITY_RULES, QualityRule
from apps.units.models import Unit


@page(perms.can_list_retirees)
def board(request: HttpRequest) -> HttpResponse:
    """The city by county, a county by unit, a unit alone."""
    actor = request.actor
    county = _county(request)
    where = {"county_id": county.pk} if county else {}
    key = "county_id" if county is None else "unit_id"
    found = quality_by(actor, key, **where)
    whole = together(found.values())
    months = trend(actor, county.pk if county else None)
    on = counted_on(actor)
    context = {
        "heading": "数据质量",
        "subheading": _subheading(actor, county, on),
        "crumbs": _crumbs(actor, county),
        "whole": whole,
        "completeness": percent(whole.completeness),
        "people": format_count(whole.people),
        "issues": format_count(whole.issues),
        "rules": [_rule_row(rule, whole, where) for rule in QUALITY_RULES],
        "rule_columns": RULE_COLUMNS,
        "places": _places(actor, county, found) if actor.unit_id is None else None,
        "trend": trend_chart(months) if len(months) > 1 else None,
    }
    return render(request, "retirees/quality.html", context)


def _county(request: HttpRequest) -> Unit | None:
    """The county that is looked at: one's own, or of the city the one asked for."""
    actor, asked = request.actor, request.GET.get("county", "")
    if set(request.GET) - {"county"}:
        raise BadRequest("unknown condition")
    if not asked:
        return Unit.objects.get(pk=actor.county_id) if actor.county_id is not None else None
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 10):
        raise BadRequest("no such county")
    county = Unit.objects.visible_to(actor).counties().filter(pk=int(asked)).first()
    if county is None:
        raise Http404("no such county")
    return county


def _subheading(actor: Actor, county: Unit | None, on: date | None) -> str:
    place = actor.place if actor.county_id is not None else county.label if county else "全市"
    return f"{place} · {f'{format_date(on)}统计' if on else '还没有统计，过一会儿再看'}"


def _crumbs(actor: Actor, county: Unit | None) -> list[dict[str, str]]:
    if county is None or actor.county_id is not None:
        return [{"label": "数据质量", "url": ""}]
    return [{"label": "数据质量", "url": reverse("retirees:quality")}, {"label": county.label, "url": ""}]


RULE_COLUMNS = [
    {"label": "问题", "num": False},
    {"label": "人数", "num": True},
    {"label": "占比", "num": True},
    {"label": "怎么办", "num": False},
]


def _rule_row(rule: QualityRule, whole: Quality, where: Mapping[str, int]) -> dict[str, Any]:
    heads = whole.of(rule.name)
    part = "—" if rule.is_of_dead else percent(share(heads, whole.people))
    conditions = {"county": where["county_id"]} if where else {}
    url = issue_list(rule, **conditions) if heads else ""
    cells = (
        {"text": rule.label, "url": url},
        {"text": format_count(heads), "url": url},
        {"text": part},
        {"text": rule.advice},
    )
    return {"cells": [{"url": "", **cell} for cell in cells]}


def issue_list(rule: QualityRule, **conditions: Any) -> str:
    """Address of the register list of the people a rule finds."""
    return f"{reverse('retirees:list')}?{urlencode({**conditions, 'issue': rule.name})}"


def _places(actor: Actor, county: Unit | None, found: Mapping[int, Quality]) -> dict[str, Any]:
    """One row a county or unit, each number opening its people."""
    key = "county" if county is None else "unit"
    if county is None:
        units = list(Unit.objects.visible_to(actor).counties())
    else:
        units = list(
            Unit.objects.visible_to(actor).filter(area_id=county.pk, pk__in=found).order_by("sort", "pk")
        )
    shown = [rule for rule in QUALITY_RULES if any(part.of(rule.name) for part in found.values())]
    columns = [
        {"label": "县市区" if county is None else "单位", "num": False},
        {"label": "在册", "num": True},
        {"label": "完整率", "num": True},
        *({"label": rule.label, "num": True} for rule in shown),
    ]
    rows = [_place_row(unit, found.get(unit.pk, Quality({})), key, shown) for unit in units]
    title = "各县市区" if county is None else "各单位"
    return {"title": title, "columns": columns, "rows": rows}


def _place_row(unit: Unit, part: Quality, key: str, shown: list[QualityRule]) -> dict[str, Any]:
    drill = f"{reverse('retirees:quality')}?county={unit.pk}" if key == "county" else ""
    people = f"{reverse('retirees:list')}?{key}={unit.pk}"
    cells = [
        {"text": unit.label, "url": drill or people},
        {"text": format_count(part.people), "url": people if part.people else ""},
        {"text": percent(part.completeness), "url": ""},
    ]
    for rule in shown:
        heads = part.of(rule.name)
        cells.append(
            {
                "text": format_count(heads),
                "url": issue_list(rule, **{key: unit.pk}) if heads else "",
                "quiet": not heads,
            }
        )
    return {"cells": cells}
