"""What survivors are to get in a month."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from apps.benefits import perms
from apps.benefits.queries.survivors_due import SurvivorDue, survivors_due
from apps.benefits.rules.months import month_of, month_words
from apps.benefits.views.survivor_year import last_months
from apps.benefits.views.survivors import crumbs
from apps.core.chinese import format_count, format_money
from apps.core.pages import page

TITLE = "遗属应发名单"
HEADS = (
    ("遗属", False),
    ("干部", False),
    ("单位", False),
    ("待遇", False),
    ("金额（元）", True),
    ("按哪条", False),
)


@page(perms.can_see_survivors)
def survivors_due_page(request: HttpRequest) -> HttpResponse:
    """A month's list with its sum; this month's, or one of the year before."""
    this = month_of(timezone.localdate())
    choices = last_months(this)
    asked = request.GET.get("month", this.isoformat())
    if set(request.GET) - {"month"} or asked not in {one.isoformat() for one in choices}:
        raise BadRequest("unknown month")
    month = date.fromisoformat(asked)
    found = survivors_due(request.actor, month)
    total = sum((one.money or Decimal(0) for one in found.due), Decimal(0))
    address = reverse("benefits:survivors-due")
    people = len({one.survivor.pk for one in found.due})
    context = {
        "heading": TITLE,
        "subheading": f"{month_words(month)} · {format_count(people)}人，{format_money(total)}",
        "crumbs": crumbs({"label": TITLE, "url": ""}),
        "page_actions": [],
        "tabs": [
            {
                "label": month_words(one),
                "url": f"{address}?month={one.isoformat()}",
                "active": one == month,
            }
            for one in choices[-6:]
        ],
        "columns": [{"label": label, "num": num} for label, num in HEADS],
        "rows": [_row(one) for one in found.due],
        "without": [
            f"{one.name}（{one.retiree.name}的{one.get_relation_display()}）" for one in found.without
        ],
    }
    return render(request, "benefits/survivors_due.html", context)


def _row(one: SurvivorDue) -> dict[str, Any]:
    row = one.survivor
    texts = (
        (row.name, reverse("benefits:survivor", args=[row.pk])),
        (row.retiree.name, reverse("retirees:detail", args=[row.retiree_id])),
        (f"{row.county.label} {row.unit.label}", ""),
        (one.verdict.benefit.name, ""),
        ("—" if one.money is None else f"{one.money:,.2f}", ""),
        (one.words, ""),
    )
    return {"cells": [{"text": text, "url": url} for text, url in texts]}
