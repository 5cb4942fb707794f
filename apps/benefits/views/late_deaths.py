"""Who was paid after his death, with the next step."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from apps.benefits import perms
from apps.benefits.queries.late_deaths import PaidAfterDeath, paid_after_death
from apps.benefits.queries.terms import place_names
from apps.benefits.rules.months import span_words
from apps.benefits.views.runs import crumbs
from apps.core.chinese import format_date
from apps.core.pages import page

COLUMNS = (
    ("姓名", False),
    ("县市区", False),
    ("去世", False),
    ("多发的月份", False),
    ("金额（元）", True),
    ("下一步", False),
)


@page(perms.can_see_money)
def late_deaths(request: HttpRequest) -> HttpResponse:
    """Each with the months and the list that claims them back."""
    places = place_names()
    found = paid_after_death(request.actor, timezone.localdate())
    context = {
        "heading": "去世后仍有发放",
        "subheading": "最近两年去世的人，去世次月起还发放或审批了的待遇",
        "crumbs": crumbs(("去世后仍有发放", "")),
        "page_actions": [],
        "columns": [{"label": label, "num": num} for label, num in COLUMNS],
        "rows": [_row(one, places) for one in found],
    }
    return render(request, "benefits/late_deaths.html", context)


def _row(one: PaidAfterDeath, places: dict[int, str]) -> dict[str, Any]:
    given = {
        "county": one.county,
        "first": one.first_month.isoformat(),
        "last": one.last_month.isoformat(),
        "reason": "迟报去世",
    }
    return {
        "cells": [
            {"text": one.name, "url": reverse("retirees:detail", args=[one.retiree_id])},
            {"text": places.get(one.county, "—"), "url": ""},
            {"text": format_date(one.died), "url": ""},
            {"text": span_words(one.first_month, one.last_month), "url": ""},
            {"text": f"{one.money:,.2f}", "url": ""},
            {"text": "列入追回", "url": f"{reverse('benefits:run-arrears')}?{urlencode(given)}"},
        ]
    }
