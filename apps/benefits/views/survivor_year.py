"""A survivor's last twelve months: what he is entitled to, and by which rule."""

from datetime import date
from typing import Any

from django.utils import timezone

from apps.benefits.models import Survivor
from apps.benefits.queries.survivors_due import SurvivorDue, due_to, survivor_terms
from apps.benefits.rules.months import month_of, month_words, months

SHOWN_MONTHS = 12


def last_months(this: date) -> list[date]:
    """The last twelve, this one the last."""
    return list(months(date(this.year - 1, this.month, 1), this))[-SHOWN_MONTHS:]


def year_of(one: Survivor) -> dict[str, Any]:
    """The last twelve months of a survivor, as a table: months with the same by the same rule in one row."""
    found = due_to(one, survivor_terms(), last_months(month_of(timezone.localdate())))
    rows: list[dict[str, Any]] = []
    spans: list[tuple[SurvivorDue, SurvivorDue]] = []
    for due in found:
        if spans and spans[-1][1].verdict == due.verdict and spans[-1][1].money == due.money:
            spans[-1] = (spans[-1][0], due)
        else:
            spans.append((due, due))
    for first, last in spans:
        until = "" if first.month == last.month else f"至{month_words(last.month)}"
        texts = (
            f"{month_words(first.month)}{until}",
            first.verdict.benefit.name,
            "—" if first.money is None else f"{first.money:,.2f}",
            first.words,
        )
        rows.append({"cells": [{"text": text, "url": ""} for text in texts]})
    heads = (("月份", False), ("待遇", False), ("每月（元）", True), ("按哪条", False))
    return {"columns": [{"label": label, "num": num} for label, num in heads], "rows": rows}
