"""Logging the results of a campaign in one grid: tick who was seen, submit once."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.core.cells import name_key
from apps.core.chinese import format_count
from apps.core.pages import page
from apps.core.scope import Actor
from apps.visits import perms
from apps.visits.actions.checking import VisitRefused
from apps.visits.actions.log import record_visits
from apps.visits.choices import CampaignState, DueState, Recorded
from apps.visits.forms.pasted import Laid, lay
from apps.visits.forms.results import CommonForm, LineForm, show_refusal, ticked
from apps.visits.models import Campaign, Due, Team, Visit
from apps.visits.queries.campaigns import campaigns_seen
from apps.visits.rules.pasted import TooMuch, read_block

SHOWN = 200
SHARED = frozenset(CommonForm.base_fields)


@page(perms.can_log_visit, "GET", "POST")
def results(request: HttpRequest, pk: int) -> HttpResponse:
    """Those of a campaign (``?team=7``: of a group) who were not seen yet. ``read``: what was pasted is laid into the
    grid; nothing is written."""
    actor, today = request.actor, timezone.localdate()
    campaign = get_object_or_404(campaigns_seen(actor).exclude(state=CampaignState.DRAFT), pk=pk)
    team = _team(actor, campaign, request.GET.get("team", ""))
    of_list = _of_list(actor, campaign, team)
    data = request.POST.copy() if request.method == "POST" else None
    read = _read(data, of_list, today) if data is not None and "read" in data else None
    dues, more = _listed(of_list.waiting(), _keys(data))
    initial: dict[str, Any] = {"visited_on": team.day} if team and team.day and team.day <= today else {}
    if read is not None and data is not None:  # what all have in common is not complained about yet
        initial |= {
            name: data.getlist(name) if name == "leaders" else data[name] for name in SHARED & set(data)
        }
    bound = data if read is None else None
    common = CommonForm(bound, actor=actor, campaign=campaign, today=today, initial=initial)
    lines = [LineForm(data, due=due, today=today) for due in dues]
    if bound is not None:
        logged = _log(common, lines, actor) or _logged_before(common, bound, actor)
        if logged:
            messages.success(request, f"已登记{format_count(logged)}人的走访。")
            return redirect("visits:campaign", campaign.pk)
    words = f"“{team.name}”" if team else "本次活动"
    context = {
        "crumbs": _crumbs(campaign),
        "heading": f"登记结果：{campaign.title}",
        "subheading": f"{words}还没有走访的{format_count(len(dues))}人",
        "more": more,
        "read": read,
        "pasted": data.get("pasted", "") if data is not None else "",
        "form": common,
        "lines": lines,
        "campaign": campaign,
        "cancel_url": reverse("visits:campaign", args=[campaign.pk]),
    }
    is_wrong = bound is not None or (read is not None and read.problem)
    return render(request, "visits/results.html", context, status=422 if is_wrong else 200)


def _keys(data: QueryDict | None) -> list[int]:
    """The lines that are ticked in what was posted."""
    names = [name.removesuffix("-done") for name in data or () if name.endswith("-done")]
    return [int(key) for key in names if key.isascii() and key.isdecimal() and len(key) <= 18][: SHOWN * 2]


def _listed(waiting: Any, keys: Sequence[int]) -> tuple[list[Due], bool]:
    """The lines of the grid, those that are ticked among them however long the list is; and whether there are more."""
    first = list(waiting[: SHOWN + 1])
    dues, there = first[:SHOWN], {due.pk for due in first[:SHOWN]}
    missing = [key for key in keys if key not in there]
    return dues + (list(waiting.filter(pk__in=missing)) if missing else []), len(first) > SHOWN


def _read(data: QueryDict, of_list: Any, today: date) -> Laid:
    """Lay what was pasted into ``data``, as if it had been typed into the grid."""
    try:
        pasted = read_block(data.get("pasted", ""), today)
    except TooMuch as problem:
        return Laid(problem=str(problem))
    if not pasted:
        return Laid(problem="没有读到内容。请从Excel或微信里复制过来，每人一行，姓名在前。")
    of_names = of_list.filter(retiree__name_key__in={name_key(line.name) for line in pasted})
    waiting = list(of_names.waiting())
    laid = lay(pasted, [*waiting, *of_names.filter(state=DueState.DONE)], data, today)
    for due in waiting:
        if (
            due.pk in laid.dues and f"{due.pk}-money" not in data
        ):  # further down the list than the grid reaches
            data[f"{due.pk}-money"] = "" if due.planned_money is None else str(due.planned_money)
            data[f"{due.pk}-goods"] = due.planned_goods
    for name, text in laid.values.items():
        data[name] = text
    return laid


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


def _of_list(actor: Actor, campaign: Campaign, team: Team | None) -> Any:
    rows = Due.objects.visible_to(actor).filter(campaign=campaign)
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
