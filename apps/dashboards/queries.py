"""What a board and a home page show, as plain values for the templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString

from apps.accounts.perms import sees_private
from apps.concerns.queries import due_concerns
from apps.core.charts import Bar, responsive_chart
from apps.core.chinese import format_count, format_date
from apps.core.figures import FigureValue, Number, Span, figure_values
from apps.core.scope import Actor
from apps.core.small_cells import FEW, is_small
from apps.exports.queries import waiting_exports
from apps.imports.queries import waiting_batches
from apps.reports.queries import waiting_documents
from apps.retirees.perms import can_decide_requests
from apps.retirees.queries.due import due_people
from apps.retirees.queries.quality import trend
from apps.retirees.queries.quality_trend import trend_chart
from apps.retirees.queries.requests import returned_count, waiting_count
from apps.retirees.queries.transfers import waiting_transfers
from apps.units.figures import places_of
from apps.visits.queries.due import overdue_count

TILES = ("headcount", "lixiu", "aged_80", "aged_90", "deaths", "additions", "not_self_caring", "completeness")
CHARTS = (("by_county", "bars"), ("by_age_band", "columns"))
GOOD_WHEN_HIGHER = {"completeness", "people_visited", "due_rate", "concerns_in_time", "concerns_satisfied"}
VISIT_TILES = (
    "people_visited",
    "due_rate",
    "due_missing",
    "never_visited",
    "days_since_visit",
    "gifts_money",
    "concerns_waiting",
    "concerns_overdue",
)
VISIT_TABLES = (
    (
        "走访慰问",
        (
            ("visits_made", "走访（人次）"),
            ("people_visited", "走访到（人）"),
            ("due_rate", "应访完成率"),
            ("due_missing", "未访（人次）"),
            ("unseen", "期内未走访（人）"),
            ("never_visited", "从未走访（人）"),
            ("days_since_visit", "距上次（天）"),
            ("gifts_money", "慰问金（元）"),
            ("gifts_goods", "慰问品（元）"),
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
"""Tables of the board of visits by place: their figures and what stands over them."""
RATIOS = {"%", "天"}
VISIT_NAMES = tuple(name for _, columns in VISIT_TABLES for name, _ in columns)
OF_HEALTH = {"not_self_caring"}


def tiles(actor: Actor, span: Span, names: Sequence[str] = TILES) -> list[dict[str, Any]]:
    """Figure cards: value, same day last year, difference, and the list behind."""
    return [tile(value, actor) for value in figure_values(actor, span, names).values()]


def tile(value: FigureValue, actor: Actor) -> dict[str, Any]:
    """One card as components/tile.html takes it. Leaders are not told small numbers about health, nor a difference
    that would give one away."""
    numbers = (value.value, value.last_year)
    few = [isinstance(one, int) and is_small(one) for one in numbers]
    if value.name in OF_HEALTH and not sees_private(actor) and any(few):
        now, before = (FEW if small else number(one) for small, one in zip(few, numbers, strict=True))
        return _card(value, now, before, None) | {"href": ""}
    if value.unit == "元":
        value = _in_wan(value)
    return _card(value, number(value.value), number(value.last_year), value.difference)


def _in_wan(value: FigureValue) -> FigureValue:
    """An amount of money as a card has room for it: in 万元 with two decimals."""
    now, before = (
        None if one is None else round(Decimal(one) / WAN, 2) for one in (value.value, value.last_year)
    )
    return replace(value, value=now, last_year=before, unit="万元")


WAN = 10_000


def _card(value: FigureValue, now: str, before: str, difference: Number | None) -> dict[str, Any]:
    return {
        "label": value.label,
        "value": now,
        "unit": value.unit,
        "href": value.href,
        "previous": f"{before}{value.unit}" if value.last_year is not None else "—",
        "change": ""
        if not difference
        else f"{number(abs(difference))}{'个百分点' if value.unit == '%' else ''}",
        "trend": ""
        if difference is None
        else "flat"
        if difference == 0
        else "up"
        if difference > 0
        else "down",
        "verdict": _verdict(value.name, difference),
        "note": "",
    }


def _verdict(name: str, difference: Number | None) -> str:
    if name not in GOOD_WHEN_HIGHER or not difference:
        return ""
    return "good" if difference > 0 else "bad"


def number(value: Number | None) -> str:
    """A figure's number as it is read: 12,086 or 83.4."""
    return format_count(value) if value is None or isinstance(value, int) else f"{value:,}"


@dataclass(frozen=True)
class Chart:
    """A chart with the same numbers as a table, as components/chart.html takes them."""

    id: str
    title: str
    svg: SafeString
    caption: str
    columns: list[dict[str, Any]]
    rows: list[dict[str, Any]]


def board_figures(actor: Actor, span: Span) -> tuple[list[dict[str, Any]], list[Chart]]:
    """Cards and charts of the board, asked for together, because the figures of an app share their counts."""
    values = figure_values(actor, span, [*TILES, *(name for name, _ in CHARTS)])
    cards = [tile(values[name], actor) for name in TILES]
    return cards, [chart(values[name], kind) for name, kind in CHARTS if len(values[name].parts) > 1]


def visits_board(actor: Actor, span: Span) -> dict[str, Any]:
    """Cards of the board of visits and concerns, and its tables by place, each with its sum."""
    values = figure_values(actor, span, list(dict.fromkeys([*VISIT_TILES, *VISIT_NAMES])))
    places = [(str(place.pk), place.label) for place in places_of(actor)]
    tables = [_placed_table(title, columns, values, places, actor) for title, columns in VISIT_TABLES]
    return {
        "tiles": [tile(values[name], actor) for name in VISIT_TILES],
        "tables": [table for table in tables if table["rows"]],
        "columns": [{"label": "数字", "num": False}, {"label": "怎么数", "num": False}],
        "definitions": [
            {"cells": [{"text": values[name].label, "url": ""}, {"text": values[name].definition, "url": ""}]}
            for name in VISIT_NAMES
        ],
    }


def _placed_table(
    title: str,
    columns: Sequence[tuple[str, str]],
    values: Mapping[str, FigureValue],
    places: Sequence[tuple[str, str]],
    actor: Actor,
) -> dict[str, Any]:
    """Places that have any of the numbers; without any row where there is one place only."""
    parts = {name: {part.key: part for part in values[name].parts} for name, _ in columns}
    nothing = [None if values[name].value is None else 0 for name, _ in columns]
    rows = []
    for key, label in places:
        found = [(values[name].unit, parts[name].get(key)) for name, _ in columns]
        if any(part for _, part in found):
            # A place without a part has nothing of what is counted; of nothing there is no rate and no average.
            cells = [
                _cell(part.value, unit, part.href)
                if part
                else _cell(None if unit in RATIOS else known, unit, "")
                for (unit, part), known in zip(found, nothing, strict=True)
            ]
            rows.append({"cells": [{"text": label, "url": ""}, *cells]})
    if rows:
        whole = [_cell(values[name].value, values[name].unit, values[name].href) for name, _ in columns]
        rows.append({"cells": [{"text": "合计", "url": ""}, *whole]})
    place = "县市区" if actor.county_id is None else "单位"
    heads = [{"label": place, "num": False}, *({"label": label, "num": True} for _, label in columns)]
    return {"title": title, "columns": heads, "rows": rows}


def _cell(value: Number | None, unit: str, url: str) -> dict[str, str]:
    return {"text": f"{number(value)}{'%' if unit == '%' and value is not None else ''}", "url": url}


def quality_chart(actor: Actor) -> dict[str, Any] | None:
    """Completeness month by month; None before there are two months."""
    months = trend(actor)
    return trend_chart(months) if len(months) > 1 else None


def chart(value: FigureValue, kind: str) -> Chart:
    """One broken-down figure as picture and table."""
    bars = [Bar(part.label, part.value, part.href) for part in value.parts]
    title = f"{value.label}{'人数' if value.unit == '人' else ''}"
    return Chart(
        id=f"chart-{value.name.replace('_', '-')}",
        title=title,
        svg=responsive_chart(kind, title, bars, unit=value.unit),
        caption=f"截至{format_date(value.on)}；{value.definition}",
        columns=[
            {"label": "项目", "num": False},
            {"label": "人数", "num": True},
            {"label": "上年同期", "num": True},
            {"label": "增减", "num": True},
        ],
        rows=[
            {
                "cells": [
                    {"text": part.label, "url": ""},
                    {"text": number(part.value), "url": part.href},
                    {"text": number(part.last_year), "url": ""},
                    {"text": _signed(part.value, part.last_year), "url": ""},
                ]
            }
            for part in value.parts
        ],
    )


def _signed(value: Number | None, last_year: Number | None) -> str:
    if value is None or last_year is None:
        return "—"
    difference = value - last_year
    return "0" if not difference else f"{'＋' if difference > 0 else '－'}{number(abs(difference))}"


def _concerns(actor: Actor, today: date) -> list[dict[str, Any]]:
    waiting, address = due_concerns(actor, today), reverse("concerns:list")
    return [
        {
            "label": "诉求超期未答复",
            "count": waiting["overdue"],
            "url": f"{address}?show=overdue",
            "note": "已过答复期限，请先答复或按规定延期",
        },
        {
            "label": "诉求一周内到期",
            "count": waiting["soon"],
            "url": f"{address}?show=open",
            "note": "七天内要答复本人",
        },
        {
            "label": "诉求久未办理",
            "count": waiting["ageing"],
            "url": f"{address}?show=ageing",
            "note": "十个工作日没有进展",
        },
    ]


def due(actor: Actor, today: date) -> list[dict[str, Any]]:
    """What waits for the staff, most pressing first: {label, count, url, note}; nothing that is zero."""
    items = [
        {
            "label": "人员转移待答复、待查看",
            "count": waiting_transfers(actor),
            "url": reverse("retirees:transfers"),
            "note": "别的县市区转来的人，同意后才进入名册",
        },
        {
            "label": "超期未访",
            "count": overdue_count(actor, today),
            "url": f"{reverse('visits:due')}?show=overdue",
            "note": "该看望没有看望的；去不了的，写明原因",
        },
        {
            "label": "变更待审核",
            "count": waiting_count(actor) if can_decide_requests(actor) else 0,
            "url": f"{reverse('retirees:requests')}?tab=decide",
            "note": "待遇、级别、身份证号、去世等，审核后生效",
        },
        {
            "label": "申请退回待修改",
            "count": returned_count(actor) if actor.county_id is not None else 0,
            "url": f"{reverse('retirees:requests')}?tab=own",
            "note": "看退回意见，补充后重新报审",
        },
        *_concerns(actor, today),
        *due_people(actor, today),
        {
            "label": "导入待核对",
            "count": waiting_batches(actor),
            "url": reverse("imports:list"),
            "note": "核对后确认才会写入名册",
        },
        {
            "label": "导出待审批",
            "count": waiting_exports(actor),
            "url": f"{reverse('exports:list')}?whose=waiting",
            "note": "超过20人或含身份证号等原文，由您批准后才生成",
        },
        {
            "label": "简报待核对或签发",
            "count": waiting_documents(actor),
            "url": reverse("reports:list"),
            "note": "核对数字和文字后签发",
        },
    ]
    return [item for item in items if item["count"]]
