"""The board of visits and concerns."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from apps.core.figures import Span, figure_values
from apps.core.scope import Actor
from apps.dashboards.queries.placed import cell, definition_rows, placed_table
from apps.dashboards.queries.tiles import chart, tile
from apps.units.figures import places_of
from apps.visits.figures import FIGURES
from apps.visits.figures.lines import category_lines, leader_lines
from apps.visits.perms import can_see_plans

VISIT_TILES = (
    "people_visited",
    "visited_rate",
    "due_rate",
    "due_missing",
    "never_visited",
    "gifts_money",
    "concerns_waiting",
    "concerns_overdue",
)
VISIT_TABLES = (
    (
        "走访慰问",
        (
            ("visits_made", "走访人次"),
            ("visits_led", "领导带队"),
            ("people_visited", "走访到"),
            ("visited_rate", "覆盖率"),
            ("due_rate", "应访完成"),
            ("due_missing", "应访未访"),
            ("unseen", "期内未访"),
            ("never_visited", "从未走访"),
            ("days_since_visit", "距上次/天"),
            ("gifts_money", "慰问金/元"),
            ("gifts_goods", "慰问品/元"),
        ),
    ),
    (
        "诉求办理",
        (
            ("concerns_received", "收到（件）"),
            ("concerns_waiting", "在办（件）"),
            ("concerns_overdue", "超期（件）"),
            ("concerns_in_time", "按期答复率"),
            ("concerns_satisfied", "满意率"),
        ),
    ),
)
"""Tables of the board of visits by place: their figures and what stands over them, short, because there are many; the
units stand in the table of definitions."""
VISIT_NAMES = tuple(name for _, columns in VISIT_TABLES for name, _ in columns)
LONG = 15
"""Leaders above whose number their table is folded."""
CATEGORY_COLUMNS = (
    ("people_visited", "走访到"),
    ("visited_rate", "覆盖率"),
    ("due_rate", "应访完成"),
    ("never_visited", "从未走访"),
)
LEADER_COLUMNS = (
    ("领导", False),
    ("哪里的", False),
    ("走访（人次）", True),
    ("看望（人）", True),
    ("联系的人", True),
    ("联系的人中期内走访过的", True),
)


def visits_board(actor: Actor, span: Span) -> dict[str, Any]:
    """Cards of the board of visits and concerns, a chart of the coverage, its tables by place, each with its sum, and
    those by category and by leader."""
    today = timezone.localdate()
    values = figure_values(actor, span, list(dict.fromkeys([*VISIT_TILES, *VISIT_NAMES])))
    places = [(str(place.pk), place.label) for place in places_of(actor)]
    tables = [placed_table(title, columns, values, places, actor) for title, columns in VISIT_TABLES]
    visits, concerns = tables
    category = _category_table(actor, span, today)
    wide = [visits, concerns, _leader_table(actor, span, today)]
    rate = values["visited_rate"]
    return {
        "tiles": [tile(values[name], actor) for name in VISIT_TILES],
        "charts": [chart(rate, "bars")] if len(rate.parts) > 1 else [],
        "beside": category if category["rows"] else None,
        "tables": [
            table | {"folded": len(table["rows"]) > LONG and table is wide[-1]}
            for table in wide
            if table["rows"]
        ],
        "columns": [{"label": "数字", "num": False}, {"label": "怎么数", "num": False}],
        "definitions": definition_rows([values[name] for name in VISIT_NAMES]),
    }


def _category_table(actor: Actor, span: Span, today: date) -> dict[str, Any]:
    names = [name for name, _ in CATEGORY_COLUMNS]
    units = {name: FIGURES[name].unit for name in names}
    rows = [
        {
            "cells": [
                {"text": line.label, "url": ""},
                *(
                    cell(value, units[name], _of_category(name, actor, span, today, line.key))
                    for name, value in line.values.items()
                ),
            ]
        }
        for line in category_lines(actor, span, names, today=today)
    ]
    heads = [
        {"label": "类别", "num": False},
        *({"label": label, "num": True} for _, label in CATEGORY_COLUMNS),
    ]
    return {"title": "按类别", "columns": heads, "rows": rows}


def _of_category(name: str, actor: Actor, span: Span, today: date, category: str) -> str:
    """The list behind a number, where the list can be asked for a category."""
    address = FIGURES[name].link(actor, span, today, "")
    return f"{address}&category={category}" if address.startswith(reverse("retirees:list")) else ""


def _leader_table(actor: Actor, span: Span, today: date) -> dict[str, Any]:
    days = {"begin": span.start.isoformat(), "end": span.end.isoformat()}
    log, plans = reverse("visits:log"), can_see_plans(actor)
    rows = []
    for line in leader_lines(actor, span, today=today):
        went = f"{log}?{urlencode(days | {'leader': line.leader.pk})}" if line.visits else ""
        named = reverse("visits:leader", args=[line.leader.pk]) if plans and line.named else ""
        seen = None if line.named_seen is None or not line.named else line.named_seen
        rows.append(
            {
                "cells": [
                    {"text": str(line.leader), "url": ""},
                    {"text": line.leader.county.label if line.leader.county else "市本级", "url": ""},
                    cell(line.visits, "人次", went),
                    cell(line.people, "人", went),
                    cell(line.named, "人", named),
                    cell(seen, "人", ""),
                ]
            }
        )
    heads = [{"label": label, "num": number} for label, number in LEADER_COLUMNS]
    return {"title": "按走访领导", "columns": heads, "rows": rows}
