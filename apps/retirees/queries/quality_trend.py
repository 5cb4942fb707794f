"""The trend of data quality as a picture with the same numbers as a table, for the quality board and the dashboards."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from apps.core.chinese import format_count
from apps.core.trends import responsive_line
from apps.retirees.queries.quality import Quality


def percent(value: Any) -> str:
    """83.4%, or — for nothing of nobody."""
    return "—" if value is None else f"{value}%"


def trend_chart(months: Sequence[tuple[date, Quality]]) -> dict[str, Any]:
    """Completeness by month as components/chart.html takes it."""
    points = [(f"{month.month}月", part.completeness) for month, part in months]
    title = "资料完整率逐月变化"
    return {
        "id": "chart-quality",
        "title": title,
        "svg": responsive_line(title, points, unit="%"),
        "caption": "每月最后一次统计；本月为最近一次。22项必填信息中已填的比例。",
        "columns": [
            {"label": "月份", "num": False},
            {"label": "完整率", "num": True},
            {"label": "在册", "num": True},
            {"label": "问题人次", "num": True},
        ],
        "rows": [
            {
                "cells": [
                    {"text": f"{month.year}年{month.month}月", "url": ""},
                    {"text": percent(part.completeness), "url": ""},
                    {"text": format_count(part.people), "url": ""},
                    {"text": format_count(part.issues), "url": ""},
                ]
            }
            for month, part in months
        ],
    }
