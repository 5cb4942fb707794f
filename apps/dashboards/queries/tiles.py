"""Figures as cards, tables and charts: plain values for the templates of the boards."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString

from apps.accounts.perms import sees_private
from apps.core.charts import Bar, responsive_chart
from apps.core.chinese import format_count, format_date
from apps.core.figures import FigureValue, Number, Span, figure_values
from apps.core.scope import Actor
from apps.core.small_cells import FEW, is_small
from apps.retirees.queries.quality import trend
from apps.retirees.queries.quality_trend import trend_chart

TILES = ("headcount", "lixiu", "aged_80", "aged_90", "deaths", "additions", "not_self_caring", "completeness")
CHARTS = (("by_county", "bars"), ("by_age_band", "columns"))
GOOD_WHEN_HIGHER = {
    "completeness",
    "people_visited",
    "visited_rate",
    "due_rate",
    "concerns_in_time",
    "concerns_satisfied",
}
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


def quality_chart(actor: Actor) -> dict[str, Any] | None:
    """Completeness month by month; None before there are two months."""
    months = trend(actor)
    return trend_chart(months) if len(months) > 1 else None


def chart(value: FigureValue, kind: str) -> Chart:
    """One broken-down figure as picture and table."""
    bars = [Bar(part.label, part.value, part.href) for part in value.parts]
    counts = "人数" if value.unit == "人" else f"{value.label}（{value.unit}）"
    title = f"{value.label}{'人数' if value.unit == '人' else ''}"
    return Chart(
        id=f"chart-{value.name.replace('_', '-')}",
        title=title,
        svg=responsive_chart(kind, title, bars, unit=value.unit),
        caption=f"截至{format_date(value.on)}；{value.definition}",
        columns=[
            {"label": "项目", "num": False},
            {"label": counts, "num": True},
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
