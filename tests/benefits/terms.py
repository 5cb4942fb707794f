"""The shipped papers as the engine takes them, without a database."""

import tomllib
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from apps.benefits.migrations import __path__ as migrations
from apps.benefits.rules.conditions import AGES, LEVELS, from_json
from apps.benefits.rules.engine import BenefitTerms, StandardTerms

SHIPPED: dict[str, Any] = tomllib.loads(Path(migrations[0], "shipped.toml").read_text(encoding="utf-8"))
SETTINGS = ("cycle", "group", "pay_month", "needs_approval", "sort")
BENEFITS = {
    each["code"]: BenefitTerms(key, each["name"], **{name: each[name] for name in SETTINGS if name in each})
    for key, each in enumerate(SHIPPED["benefit"], start=1)
}


def open_ends(stored: dict[str, list[Any]]) -> dict[str, list[Any]]:
    return {
        name: [end or None for end in values] if name in (*LEVELS, *AGES) else values
        for name, values in stored.items()
    }


def terms_of(paper: dict[str, Any], row: dict[str, Any], key: int) -> StandardTerms:
    return StandardTerms(
        key=key,
        benefit=BENEFITS[row["benefit"]].key,
        label=row["label"],
        paper=paper["number"],
        level=row.get("level", paper["level"]),
        starts=date.fromisoformat(row.get("starts", paper["starts_on"])),
        ends=date.fromisoformat(row["ends"]) if "ends" in row else None,
        conditions=from_json(open_ends(row.get("conditions", {}))),
        **{
            name: Decimal(str(row[name])) if name != "series" else row[name]
            for name in ("amount", "months", "times", "series")
            if name in row
        },
    )


ALL = tuple(
    terms_of(paper, row, 100 * number + place)
    for number, paper in enumerate(SHIPPED["paper"], start=1)
    for place, row in enumerate(paper["standard"])
)


def of(*numbers: str) -> list[StandardTerms]:
    """The rows of the papers with these numbers; each must be there."""
    found = [one for one in ALL if one.paper in numbers]
    assert {one.paper for one in found} == set(numbers)
    return found


def ended(rows: list[StandardTerms], label: str, day: date) -> list[StandardTerms]:
    """The rows, the one with ``label`` ended on a day, as a later paper ends it."""
    assert label in [one.label for one in rows]
    return [replace(one, ends=day) if one.label == label else one for one in rows]
