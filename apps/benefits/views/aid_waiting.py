"""Hardship aid on the home page, and the page behind it: what waits for me, what is to be paid before a feast."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from apps.benefits import perms
from apps.benefits.models import AidCase
from apps.benefits.queries.aid import (
    NOTHING,
    eligible_counts,
    sums_of,
    to_approve,
    to_pay_soon,
    yearly_schemes,
)
from apps.benefits.rules.aid import SOON
from apps.benefits.views.aid_schemes import case_row, crumbs, term_words
from apps.benefits.views.unit_funds import cell, yuan
from apps.core.chinese import format_count
from apps.core.home import HomeCard
from apps.core.pages import page
from apps.core.scope import Actor

MOST = 200
HEAD = ("姓名", "县市区", "单位", "项目", "核定（元）", "发放期限")


def aid_cards(actor: Actor, preferences: Mapping[str, Any]) -> list[HomeCard]:
    """Cases that wait for this one's word; approved ones whose day is near; yearly items that people have not used."""
    if not perms.can_see_aid(actor):
        return []
    today, href = timezone.localdate(), reverse("benefits:aid-waiting")
    cards = []
    if perms.may_approve_aid(actor) and (count := to_approve(actor).count()):
        cards.append(HomeCard("帮扶待审批", format_count(count), "人", href, "等您审批"))
    if count := to_pay_soon(actor, today).count():
        note = f"{SOON}天内到期或已过期"
        cards.append(HomeCard("帮扶待发放", format_count(count), "人", href, note))
    # Counties put their people down; the city sees the same numbers in the list of schemes.
    return cards + (_unused_cards(actor, today.year) if actor.county_id is not None else [])


def _unused_cards(actor: Actor, year: int) -> list[HomeCard]:
    schemes = yearly_schemes(actor, year)
    if not schemes:
        return []
    heads, sums = eligible_counts(schemes, actor), sums_of(schemes, actor)
    left = [(one, heads[one.pk] - sums.get(one.pk, NOTHING).used) for one in schemes]
    return [
        HomeCard(
            f"{one.name}未报名",
            format_count(count),
            "人",
            reverse("benefits:aid-unused", args=[one.pk]),
            "今年的",
        )
        for one, count in left
        if count > 0
    ]


@page(perms.can_see_aid)
def waiting(request: HttpRequest) -> HttpResponse:
    """The cases behind the cards."""
    if request.GET:
        raise BadRequest("no conditions")
    actor, today = request.actor, timezone.localdate()
    mine = to_approve(actor) if perms.may_approve_aid(actor) else AidCase.objects.none()
    context = {
        "heading": "待办的帮扶",
        "crumbs": crumbs(here="待办的帮扶"),
        "columns": [{"label": label, "num": label.endswith("（元）")} for label in HEAD],
        "parts": [
            {"title": "待审批", "rows": _rows(mine)},
            {"title": "待发放，临近期限", "rows": _rows(to_pay_soon(actor, today))},
        ],
    }
    return render(request, "benefits/aid_waiting.html", context)


def _rows(cases: Any) -> list[dict[str, Any]]:
    found = cases.select_related("county", "unit", "scheme__county").order_by(
        "scheme__pay_before", "applied_on", "pk"
    )
    return [_row(one) for one in found[:MOST]]


def _row(one: AidCase) -> dict[str, Any]:
    granted = yuan(one.granted) if one.granted else "—"
    return {
        "cells": [
            *case_row(one)["cells"][:3],
            cell(str(one.scheme)),
            cell(granted),
            cell(term_words(one.scheme)),
        ]
    }
