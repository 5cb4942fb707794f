"""What hardship aid puts on a person's page: his cases of all years, and what he may apply for."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from apps.benefits import perms
from apps.benefits.models import AidCase
from apps.benefits.queries.aid import cases_of, schemes_for
from apps.benefits.views.unit_funds import cell, yuan
from apps.core.chinese import format_date
from apps.core.scope import Actor
from apps.retirees.choices import ON_REGISTER
from apps.retirees.models import Retiree
from apps.retirees.rules.page import Tab

HEAD = ("项目", "状态", "申请日期", "核定（元）", "发放或完成")


def _all(person: Retiree, actor: Actor) -> list[AidCase]:
    """Read once for a page: the tab counts and lists the same rows."""
    kept: list[AidCase] | None = getattr(person, "aid_read", None)
    if kept is None:
        kept = cases_of(person, actor)
        person.aid_read = kept
    return kept


def count(person: Retiree, actor: Actor) -> int:
    """How many cases the person has."""
    return len(_all(person, actor))


def panel(request: HttpRequest, person: Retiree, actor: Actor) -> Mapping[str, Any]:
    """The tab: his cases, and the schemes that he may still apply for."""
    today = timezone.localdate()
    schemes = schemes_for(person, actor, today) if person.state in ON_REGISTER else []
    living = {one.scheme_id for one in _all(person, actor) if one.only_once and one.is_living}
    return {
        "aid_columns": [{"label": label, "num": label.endswith("（元）")} for label in HEAD],
        "aid_rows": [_row(one) for one in _all(person, actor)],
        "aid_links": [
            {"label": str(one), "url": reverse("benefits:aid-apply", args=[one.pk, person.pk])}
            for one in schemes
            if one.pk not in living
        ],
    }


def _row(one: AidCase) -> dict[str, Any]:
    ended = one.paid_on or one.done_on
    return {
        "cells": [
            cell(str(one.scheme), reverse("benefits:aid-case", args=[one.pk])),
            cell(one.get_state_display()),
            cell(format_date(one.applied_on)),
            cell(yuan(one.granted) if one.granted else "—"),
            cell(format_date(ended) if ended else "—"),
        ]
    }


TAB = Tab("aid", "帮扶", "benefits/_aid_tab.html", perms.can_see_aid, count, panel, before="files")
