"""The weekly digest: this week's, and those of the weeks before."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.agenda import perms
from apps.agenda.actions import mark_read
from apps.agenda.models import Digest
from apps.agenda.queries.digests import DONE_TONE, week_days, week_name
from apps.core.chinese import format_date, format_moment
from apps.core.home import HomeCard
from apps.core.pages import page
from apps.core.scope import Actor

KEPT = 13
"""Weeks that can be looked at again."""


@page(perms.can_keep_feeds)
def digests(request: HttpRequest) -> HttpResponse:
    """One week of the grant in hand; the newest if none is asked for."""
    if set(request.GET) - {"week"}:
        raise BadRequest("unknown parameter")
    rows = list(_rows(request.actor)[:KEPT])
    asked = request.GET.get("week", "")
    shown = next((row for row in rows if row.week == asked), None) if asked else (rows[0] if rows else None)
    if asked and shown is None:
        raise Http404("week")
    context = {
        "shown": shown,
        "heading": "每周提醒",
        "subheading": _span(shown.week) if shown else "",
        "made": format_moment(shown.made_at) if shown else "",
        "weeks": [
            {
                "label": _span(row.week),
                "url": f"{reverse('agenda:digests')}?week={row.week}",
                "active": row is shown,
            }
            for row in rows
        ],
        "home_url": reverse("dashboards:home"),
    }
    return render(request, "agenda/digests.html", context)


@page(perms.can_keep_feeds, "POST")
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """He has looked at it: the card leaves the home page."""
    row = get_object_or_404(_rows(request.actor), pk=pk)
    mark_read(digest=row, by=request.actor)
    return redirect("dashboards:home")


def digest_cards(actor: Actor, preferences: Mapping[str, Any]) -> list[HomeCard]:
    """A card for this week's digest until he said that he has looked at it."""
    if not perms.can_keep_feeds(actor):
        return []
    row = _rows(actor).filter(week=week_name(timezone.localdate()), read_at=None).first()
    if row is None:
        return []
    waiting = sum(len(part["lines"]) for part in row.lines if part["tone"] != DONE_TONE)
    return [HomeCard("每周提醒", str(waiting), "项", reverse("agenda:digests"), "本周的还没有看")]


def _rows(actor: Actor) -> Any:
    return Digest.objects.visible_to(actor).filter(grant_id=actor.grant_id)


def _span(week: str) -> str:
    first, last = week_days(week)
    return f"{format_date(first)}至{last.month}月{last.day}日"
