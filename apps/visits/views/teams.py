"""Groups of a campaign: formed in one go, changed by hand with buttons that every keyboard reaches."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from apps.core.chinese import format_date
from apps.core.pages import page
from apps.core.scope import Actor
from apps.visits import perms
from apps.visits.actions.campaigns import CampaignMoved
from apps.visits.actions.teams import (
    Formed,
    dissolve_teams,
    form_teams,
    move_people,
    remove_team,
    save_team,
    step_in_route,
)
from apps.visits.choices import RUNNING, CampaignState
from apps.visits.forms.teams import FormingForm, TeamForm
from apps.visits.models import Campaign, Team
from apps.visits.queries.teams import clashes, members_of, people_of_team, teams_seen, without_team
from apps.visits.rules.team_days import RULE, day_note, skipped_words, unknown_years
from apps.visits.views.campaign_people import state_words
from apps.visits.views.campaigns import crumbs, form_page, page_of, tabs, the_campaign

FIRST = 100
"""People without a group who are shown at once."""
PICKED = 1000


def _frozen(actor: Actor, pk: int) -> Campaign:
    campaign = the_campaign(actor, pk)
    if campaign.state == CampaignState.DRAFT:
        raise Http404("draft")
    return campaign


def _working(actor: Actor, pk: int) -> Campaign:
    """A campaign in which the actor's office may form groups; 403 for one that is over."""
    campaign = _frozen(actor, pk)
    if campaign.state not in RUNNING:
        raise PermissionDenied("not under way")
    return campaign


def the_team(actor: Actor, pk: int) -> Team:
    """A group that concerns the actor; 404 else."""
    rows = Team.objects.visible_to(actor).select_related("campaign", "lead", "county")
    return get_object_or_404(rows, pk=pk)


def kept_team(actor: Actor, pk: int) -> Team:
    """A group of the actor's own office; 403 for one that he only reads."""
    team = the_team(actor, pk)
    if not Team.objects.kept_by(actor).filter(pk=team.pk).exists():
        raise PermissionDenied("another office's group")
    return team


def when(team: Team) -> str:
    """2027年1月9日（周六） 08:30—17:00"""
    if team.day is None:
        return "未定"
    times = "—".join(f"{one:%H:%M}" for one in (team.starts_at, team.ends_at) if one)
    note = day_note(team.day)
    return f"{format_date(team.day)}{f'（{note}）' if note else ''} {times}".strip()


def office(team: Team) -> str:
    """Whose group it is."""
    return team.county.label if team.county else "市局"


def _trail(campaign: Campaign, *parts: str) -> list[dict[str, str]]:
    groups = ("分组", reverse("visits:teams", args=[campaign.pk]) if parts else "")
    return crumbs((campaign.title, page_of(campaign)), groups, *((part, "") for part in parts))


@page(perms.can_list_visits)
def teams(request: HttpRequest, pk: int) -> HttpResponse:
    """All groups, what clashes, and who is in none yet."""
    actor = request.actor
    campaign = _frozen(actor, pk)
    found = teams_seen(campaign, actor)
    along = members_of(found)
    may = perms.can_keep_plans(actor) and campaign.state in RUNNING
    loose = without_team(campaign, actor)
    count = loose.count()
    own = [team for team in found if actor.county_id is None or team.county_id == actor.county_id]
    context = {
        "heading": f"分组：{campaign.title}",
        "crumbs": _trail(campaign),
        "campaign": campaign,
        "tabs": tabs(actor, campaign, "teams"),
        "columns": [
            {"label": "组"},
            {"label": "谁的组"},
            {"label": "带队领导"},
            {"label": "成员、随行"},
            {"label": "时间"},
            {"label": "人数", "num": True},
            {"label": "已访", "num": True},
        ],
        "rows": [_team_row(team, along.get(team.pk, [])) for team in found],
        "clashes": [clash.words for clash in clashes(campaign, actor)] if may else [],
        "count": count,
        "loose": _people_rows(loose, actor) if may else [],
        "first": FIRST,
        "targets": own,
        "may": may,
        "page_actions": _actions(campaign, count, bool(own)) if may else [],
    }
    return render(request, "visits/teams.html", context)


def _actions(campaign: Campaign, loose: int, has_teams: bool) -> list[dict[str, str]]:
    form = reverse("visits:teams-form", args=[campaign.pk])
    found = [{"label": "新建一组", "url": reverse("visits:team-create", args=[campaign.pk])}]
    if has_teams:
        found.insert(
            0, {"label": "撤销全部分组", "url": reverse("visits:teams-dissolve", args=[campaign.pk])}
        )
    if loose:
        found.append({"label": "自动分组", "url": form, "kind": "primary"})
    return found


def _team_row(team: Any, members: list[Any]) -> dict[str, Any]:
    names = [member.leader.name for member in members]
    along = "、".join([*names, team.staff] if team.staff else names)
    return {
        "cells": [
            {"text": team.name, "url": reverse("visits:team", args=[team.pk])},
            {"text": office(team)},
            {"text": str(team.lead or "未定")},
            {"text": along or "—", "quiet": not along},
            {"text": when(team)},
            {"text": str(team.people)},
            {"text": str(team.done), "quiet": not team.done},
        ]
    }


def _people_rows(rows: Any, actor: Actor) -> list[dict[str, Any]]:
    shown = rows.select_related("retiree", "county", "unit", "visit")
    if not rows.query.order_by:
        shown = shown.order_by("county__sort", "unit__sort", "unit_id", "retiree__name_sort", "pk")
    return [
        {
            "pk": due.pk,
            "name": due.retiree.name,
            "url": reverse("retirees:detail", args=[due.retiree_id]),
            "place": due.unit.label
            if actor.county_id is not None
            else f"{due.county.label} {due.unit.label}",
            "state": state_words(due),
        }
        for due in shown[:FIRST]
    ]


@page(perms.can_keep_plans, "GET", "POST")
def form_all(request: HttpRequest, pk: int) -> HttpResponse:
    """Form groups of all who are in none yet."""
    actor = request.actor
    campaign = _working(actor, pk)
    form = FormingForm(request.POST or None, actor=actor, campaign=campaign)
    back = reverse("visits:teams", args=[campaign.pk])
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        county = data.get("county")
        try:
            formed = form_teams(
                campaign=campaign,
                size=data["size"],
                leaders=list(data["leaders"]),
                first_day=data["first_day"],
                times={"starts_at": data["starts_at"], "ends_at": data["ends_at"]},
                county_id=county.pk if county else None,
                by=actor,
            )
        except CampaignMoved as problem:
            form.add_error(None, str(problem))
        else:
            _tell_days(request, formed)
            return redirect(back)
    notice = {
        "title": f"还没有分组的{without_team(campaign, actor).count()}人",
        "text": "按县市区、单位的顺序编组，一个组只在一个县市区；已经分好的组不动。",
        "kind": "",
        "points": [text for text in (RULE, unknown_years(campaign.starts_on, campaign.ends_on)) if text],
    }
    return form_page(
        request, form, "自动分组", back, _trail(campaign, "自动分组"), submit="分组", notice=notice
    )


def _tell_days(request: HttpRequest, formed: Formed) -> None:
    """How many groups there are now, which days were left out, and what the calendar does not know."""
    messages.success(request, f"已分成{formed.teams}组，可以点开每组调整。")
    if formed.tried is None:
        return
    words = f"{skipped_words(*formed.tried)}{unknown_years(*formed.tried)}"
    if words:
        messages.info(request, words)
    if formed.undated:
        messages.warning(
            request,
            f"到活动结束，工作日不够排：有{formed.undated}组还没有日期，请点开组自己定，或添带队领导。",
        )


@page(perms.can_keep_plans, "GET", "POST")
def dissolve(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's office's groups away, to begin anew; asked first."""
    campaign = _working(request.actor, pk)
    back = reverse("visits:teams", args=[campaign.pk])
    if request.method == "POST":
        try:
            number = dissolve_teams(campaign=campaign, by=request.actor)
        except CampaignMoved as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, f"已撤销{number}个组，里面的人都回到未分组。")
        return redirect(back)
    confirm = {
        "question": "撤销本单位在这次活动里的全部分组？",
        "text": "",
        "effects": ["里面的人都回到未分组，名单不变。", "已有走访结果的组保留。", "别的单位的组不动。"],
        "url": reverse("visits:teams-dissolve", args=[campaign.pk]),
        "hidden": [],
        "submit_label": "撤销分组",
        "danger": "yes",
        "cancel_url": back,
    }
    context = {"heading": "撤销全部分组", "crumbs": _trail(campaign, "撤销"), "confirm": confirm}
    return render(request, "generic/confirm.html", context)


@page(perms.can_keep_plans, "POST")
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Put picked people into a group of one's office, or out of any."""
    actor = request.actor
    campaign = _working(actor, pk)
    typed = request.POST.getlist("ids")[:PICKED]
    keys = [int(text) for text in typed if text.isascii() and text.isdecimal() and len(text) <= 18]
    back = reverse("visits:teams", args=[campaign.pk])
    came = request.POST.get("from", "")
    if came.isascii() and came.isdecimal() and len(came) < 10:
        back = reverse("visits:team", args=[int(came)])
    wanted = request.POST.get("team", "")
    team = None
    if wanted != "none":
        if not (wanted.isascii() and wanted.isdecimal() and len(wanted) < 10):
            messages.warning(request, "请选移到哪个组。")
            return redirect(back)
        team = kept_team(actor, int(wanted))
    if not keys:
        messages.warning(request, "还没有选中人员，请先勾选。")
        return redirect(back)
    try:
        number = move_people(campaign=campaign, keys=keys, team=team, by=actor)
    except CampaignMoved as problem:
        messages.error(request, str(problem))
        return redirect(back)
    stayed = len(set(keys)) - number
    where = f"移到{team.name}" if team else "移出走访组"
    words = f"已把{number}人{where}。"
    if stayed:
        words += f"{stayed}人没有动：已看望、已不在名单、在别的单位的组里，或不是这个县市区的。"
    (messages.success if number else messages.warning)(request, words)
    return redirect(back)


@page(perms.can_keep_plans, "GET", "POST")
def create(request: HttpRequest, pk: int) -> HttpResponse:
    """A new, empty group of one's office."""
    actor = request.actor
    campaign = _working(actor, pk)
    form = TeamForm(request.POST or None, actor=actor, campaign=campaign)
    return _save(request, campaign, None, form, "新建一组", reverse("visits:teams", args=[campaign.pk]))


@page(perms.can_keep_plans, "GET", "POST")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Leader, members, day, times, route of a group."""
    team = kept_team(request.actor, pk)
    campaign = team.campaign
    form = TeamForm(request.POST or None, actor=request.actor, campaign=campaign, team=team)
    back = reverse("visits:team", args=[team.pk])
    return _save(request, campaign, team, form, f"修改：{team.name}", back)


def _save(
    request: HttpRequest, campaign: Campaign, team: Team | None, form: TeamForm, heading: str, back: str
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_team(
                campaign=campaign,
                team=team,
                values=form.values(),
                members=form.cleaned_data["members"],
                by=request.actor,
            )
        except CampaignMoved as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, f"{saved.name}已保存。")
            if note := day_note(saved.day):
                messages.info(request, f"{format_date(saved.day)}是{note}，已照填的保存。")
            return redirect("visits:team", saved.pk)
    return form_page(request, form, heading, back, _trail(campaign, heading))


@page(perms.can_list_visits)
def team_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One group: its people in the order of the route."""
    actor = request.actor
    team = the_team(actor, pk)
    campaign = _frozen(actor, team.campaign_id)
    kept = perms.can_keep_plans(actor) and actor.county_id in (None, team.county_id)
    may = kept and campaign.state in RUNNING
    names = [str(member.leader) for member in members_of([team]).get(team.pk, [])]
    values = (
        ("谁的组", office(team)),
        ("带队领导", str(team.lead or "未定")),
        ("成员", "、".join(names) or "—"),
        ("随行人员", team.staff or "—"),
        ("时间", when(team)),
        ("路线", team.route or "—"),
    )
    own = [one for one in teams_seen(campaign, actor) if actor.county_id in (None, one.county_id)]
    actions = []
    if may:
        actions = [
            {"label": "撤销本组", "url": reverse("visits:team-remove", args=[team.pk]), "method": "post"},
            {"label": "修改", "url": reverse("visits:team-edit", args=[team.pk]), "kind": "primary"},
        ]
    if campaign.state in RUNNING and perms.can_log_visit(actor):
        address = f"{reverse('visits:results', args=[campaign.pk])}?team={team.pk}"
        actions.insert(0, {"label": "登记结果", "url": address})
    context = {
        "heading": team.name,
        "crumbs": _trail(campaign, team.name),
        "campaign": campaign,
        "team": team,
        "facts": [{"label": label, "value": value} for label, value in values],
        "rows": _people_rows(people_of_team(team, actor), actor),
        "targets": [one for one in own if one.pk != team.pk],
        "clashes": [one.words for one in clashes(campaign, actor) if one.team == team.pk] if may else [],
        "may": may,
        "page_actions": actions,
    }
    return render(request, "visits/team.html", context)


@page(perms.can_keep_plans, "POST")
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a group away."""
    team = kept_team(request.actor, pk)
    try:
        remove_team(team=team, by=request.actor)
    except CampaignMoved as problem:
        messages.error(request, str(problem))
        return redirect("visits:team", team.pk)
    messages.success(request, f"{team.name}已撤销，里面的人回到未分组。")
    return redirect("visits:teams", team.campaign_id)


@page(perms.can_keep_plans, "POST")
def reorder(request: HttpRequest, pk: int) -> HttpResponse:
    """One person one place up or down in the route: the button says ``up-12`` or ``down-12``."""
    team = kept_team(request.actor, pk)
    way, _, key = request.POST.get("step", "").partition("-")
    if way in ("up", "down") and key.isascii() and key.isdecimal() and len(key) <= 18:
        try:
            step_in_route(team=team, key=int(key), up=way == "up", by=request.actor)
        except CampaignMoved as problem:
            messages.error(request, str(problem))
    return redirect("visits:team", team.pk)
