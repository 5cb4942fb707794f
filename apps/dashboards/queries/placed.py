"""Tables of figures by place, as plain values for the templates of the boards."""

from collections.abc import Mapping, Sequence
from typing import Any

from apps.core.figures import FigureValue, Number
from apps.core.scope import Actor
from apps.dashboards.queries.tiles import number

RATIOS = {"%", "天"}


def placed_table(
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
                cell(part.value, unit, part.href)
                if part
                else cell(None if unit in RATIOS else known, unit, "")
                for (unit, part), known in zip(found, nothing, strict=True)
            ]
            rows.append({"cells": [{"text": label, "url": ""}, *cells]})
    if rows:
        whole = [cell(values[name].value, values[name].unit, values[name].href) for name, _ in columns]
        rows.append({"cells": [{"text": "合计", "url": ""}, *whole]})
    place = "县市区" if actor.county_id is None else "单位"
    heads = [{"label": place, "num": False}, *({"label": label, "num": True} for _, label in columns)]
    return {"title": title, "columns": heads, "rows": rows}


def cell(value: Number | None, unit: str, url: str) -> dict[str, str]:
    """A number of a table, — for none."""
    return {"text": f"{number(value)}{'%' if unit == '%' and value is not None else ''}", "url": url}


def definition_rows(values: Sequence[FigureValue]) -> list[dict[str, Any]]:
    """What each number counts."""
    return [
        {
            "cells": [
                {"text": f"{one.label}（{one.unit}）", "url": ""},
                {"text": one.definition, "url": ""},
            ]
        }
        for one in values
    ]
