"""How counties, townships and units stand: what came in, for a hundred people, what is late, who is satisfied."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.http import urlencode

from apps.concerns import perms
from apps.concerns.queries import Standing, ranking
from apps.concerns.views.pages import crumbs
from apps.core.chinese import format_count, format_date
from apps.core.pages import page
from apps.core.scope import Actor
from apps.retirees.figures.counts import register_counts

COLUMNS = ("单位", "件数", "每百人", "信访", "集体", "重复", "未办结", "超期", "满意率")


@page(perms.can_list_concerns)
def standings(request: HttpRequest) -> HttpResponse:
    """The ranking of a span, this year where none is asked for; each number opens its list."""
    actor, today = request.actor, timezone.localdate()
    start, end, by = _asked(request.GET, today, actor)
    people: Mapping[Any, int] = register_counts(actor, today, by_unit=by == "unit").by("county")
    rows = ranking(actor, start, end, today, people={int(key): heads for key, heads in people.items()}, by=by)
    context = {
        "heading": "信访和诉求排名",
        "subheading": f"{format_date(start)}至{format_date(end)}受理的",
        "crumbs": crumbs("排名"),
        "since": start.isoformat(),
        "until": end.isoformat(),
        "by": by,
        "of_city": actor.county_id is None,
        "columns": [{"label": label, "num": number > 0} for number, label in enumerate(COLUMNS)],
        "rows": [{"cells": _cells(one, start, end, by, actor)} for one in rows],
        "empty": {
            "title": "这段时间没有诉求",
            "text": "换一段时间再看。",
            "action_label": "",
            "action_url": "",
        },
    }
    return render(request, "concerns/ranking.html", context)


def _asked(query: Mapping[str, str], today: date, actor: Actor) -> tuple[date, date, str]:
    try:
        start = parse_date(query.get("since", "")) or today.replace(month=1, day=1)
        end = parse_date(query.get("until", "")) or today
    except ValueError as error:
        raise BadRequest("not a day") from error
    by = query.get("by", "county" if actor.county_id is None else "unit")
    if by not in ("county", "unit") or start > end:
        raise BadRequest("unknown condition")
    return start, end, by


def _cells(one: Standing, start: date, end: date, by: str, actor: Actor) -> list[dict[str, str]]:
    place = {} if actor.unit_id is not None else {by: one.unit.pk}

    def cell(number: int, **more: str) -> dict[str, str]:
        query = urlencode({"since": start, "until": end, **place, "show": "all", **more})
        url = f"{reverse('concerns:list')}?{query}" if number else ""
        return {"text": format_count(number), "url": url}

    return [
        {"text": one.unit.label, "url": ""},
        cell(one.received),
        {"text": f"{one.per_hundred:.1f}" if one.people else "—", "url": ""},
        cell(one.petitions, kind="petition"),
        cell(one.collective, collective="1"),
        cell(one.repeated, repeated="1"),
        cell(one.open, show="open"),
        cell(one.overdue, show="overdue"),
        {"text": one.satisfied_share, "url": ""},
    ]
