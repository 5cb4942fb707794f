"""Logging the results of a campaign in one grid: tick who was seen, submit once."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.core.chinese import format_count
from apps.core.pages import page
from apps.core.scope import Actor
from apps.visits import perms
from apps.visits.actions.checking import VisitRefused
from apps.visits.actions.log import record_visits
from apps.visits.choices import CampaignState, Recorded
from apps.visits.forms.results import CommonForm, LineForm, show_refusal, ticked
from apps.visits.models import Campaign, Due, Team, Visit
from apps.visits.queries.campaigns import campaigns_seen

SHOWN = 200


@page(perms.can_log_visit, "GET", "POST")
def results(request: HttpRequest, pk: int) -> HttpResponse:
    """Those of a campaign (``?team=7``: of a group) who were not seen yet."""
    actor, today = request.actor, timezone.localdate()
    campaign = get_object_or_404(campaigns_seen(actor).exclude(state=CampaignState.DRAFT), pk=pk)
    team = _team(actor, campaign, request.GET.get("team", ""))
    waiting = _waiting(actor, campaign, team)
    dues = list(waiting[: SHOWN + 1])
    data = request.POST or None
    initial = {"visited_on": team.day} if team and team.day and team.day <= today else {}
    common = CommonForm(data, actor=actor, campaign=campaign, today=today, initial=initial)
    lines = [LineForm(data, due=due, today=today) for due in dues[:SHOWN]]
    if request.method == "POST":
        logged = _log(common, lines, actor) or _logged_before(common, request.POST, actor)
        if logged:
            messages.success(request, f"已登记{format_count(logged)}人的走访。")
            return redirect("visits:campaign", campaign.pk)
    words = f"“{team.name}”" if team else "本次活动"
    context = {
        "crumbs": _crumbs(campaign),
        "heading": f"登记结果：{campaign.title}",
        "subheading": f"{words}还没有走访的{format_count(len(dues[:SHOWN]))}人",
        "more": len(dues) > SHOWN,
        "form": common,
        "lines": lines,
        "campaign": campaign,
        "cancel_url": reverse("visits:campaign", args=[campaign.pk]),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "visits/results.html", context, status=status)


def _crumbs(campaign: Campaign) -> list[dict[str, str]]:
    return [
        {"label": "走访活动", "url": reverse("visits:campaigns")},
        {"label": campaign.title, "url": reverse("visits:campaign", args=[campaign.pk])},
        {"label": "登记结果", "url": ""},
    ]


def _team(actor: Actor, campaign: Campaign, key: str) -> Team | None:
    if not key:
        return None
    if not (key.isascii() and key.isdecimal() and len(key) <= 18):
        raise Http404("team")
    return get_object_or_404(Team.objects.visible_to(actor), pk=int(key), campaign=campaign)


def _waiting(actor: Actor, campaign: Campaign, team: Team | None) -> Any:
    rows = Due.objects.visible_to(actor).waiting().filter(campaign=campaign)
    if team is not None:
        rows = rows.filter(team=team)
    joined = rows.select_related(
        *("retiree", "county", "unit", "campaign", "occasion", "team", "family", "planned_source")
    )
    return joined.order_by("team", "position", "pk")


def _log(common: CommonForm, lines: Sequence[LineForm], actor: Actor) -> int:
    """Write the ticked lines; how many, 0 where something is to be put right first."""
    chosen = ticked(lines)
    fine = [line.is_valid() for line in chosen]
    if not common.is_valid() or not all(fine):
        return 0
    if not chosen:
        common.add_error(None, "还没有勾选已访的人。")
        return 0
    try:
        made = record_visits(
            entries=[line.entry(common) for line in chosen], by=actor, recorded=Recorded.TEAM
        )
    except VisitRefused as refusal:
        show_refusal(common, chosen, refusal)
        return 0
    return len(made)


def _logged_before(common: CommonForm, data: Any, actor: Actor) -> int:
    """How many of the ticked people this very form logged when it was sent the first time."""
    token: uuid.UUID | None = getattr(common, "cleaned_data", {}).get("token")
    keys = [name.removesuffix("-done") for name in data if name.endswith("-done")][: SHOWN * 2]
    if token is None or not keys:
        return 0
    made = [uuid.uuid5(token, key) for key in keys]
    return int(Visit.objects.visible_to(actor).filter(key__in=made).count())
