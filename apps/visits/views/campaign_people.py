"""The list of a campaign, and who comes on it or goes off it with approval."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from apps.core.chinese import format_count, format_date, format_money
from apps.core.pages import page
from apps.core.paging import PARAMETERS, keyset_page
from apps.core.scope import Actor
from apps.retirees.models import Retiree
from apps.visits import perms
from apps.visits.actions.campaign_list import add_person, remove_person
from apps.visits.actions.campaigns import CampaignMoved
from apps.visits.choices import RUNNING, DueState, Target
from apps.visits.forms.campaigns import AdditionForm
from apps.visits.models import Campaign, Due
from apps.visits.queries.campaigns import SHOWN, campaign_dues, listed
from apps.visits.queries.coverage import Tally, campaign_coverage
from apps.visits.views.campaigns import crumbs, form_page, page_of, tabs, the_campaign

CONDITIONS = ("county", "unit", "team")
COLUMNS = ("姓名", "单位", "看望谁", "走访组", "计划", "情况", "办理")


@page(perms.can_list_visits)
def people(request: HttpRequest, pk: int) -> HttpResponse:
    """One tab of the list at a time, those still to be seen first."""
    actor = request.actor
    campaign = the_campaign(actor, pk)
    show, equal = _asked(request.GET)
    total = campaign_coverage(campaign, actor, campaign.ends_on).total
    rows = listed(campaign_dues(campaign, actor).filter(**equal), show)
    shown = keyset_page(
        rows.select_related("retiree", "county", "unit", "team", "visit"),
        column="position",
        descending=False,
        query=request.GET,
        total=rows.count() if equal else _count(show, total),
    )
    base = reverse("visits:campaign-people", args=[campaign.pk])
    may = perms.can_keep_plans(actor) and campaign.state in RUNNING
    context = {
        "heading": f"名单：{campaign.title}",
        "crumbs": crumbs((campaign.title, page_of(campaign)), ("名单", "")),
        "campaign": campaign,
        "tabs": tabs(actor, campaign, "campaign-people"),
        "views": [
            {
                "label": label,
                "url": f"{base}?{urlencode({'show': name, **_kept(request.GET)})}",
                "active": name == show,
                "count": "" if equal else format_count(_count(name, total)),
            }
            for name, label in SHOWN.items()
        ],
        "listed": shown,
        "rows": [_row(due, actor, campaign, may=may) for due in shown.rows],
        "total": f"{format_count(shown.total)}人",
        "clear_url": f"{base}?show={show}" if equal else "",
        "may": may,
    }
    return render(request, "visits/campaign_people.html", context)


def _asked(query: QueryDict) -> tuple[str, dict[str, int]]:
    """The tab, and conditions that are numbers; anything else is as if it had not been said."""
    show = query.get("show", "missing")
    equal = {}
    for name in CONDITIONS:
        text = query.get(name, "")
        if text.isascii() and text.isdecimal() and len(text) < 10:
            equal[f"{name}_id"] = int(text)
    return (show if show in SHOWN else "missing"), equal


def _kept(query: QueryDict) -> dict[str, str]:
    return {name: query[name] for name in CONDITIONS if query.get(name) and name not in PARAMETERS}


def _count(show: str, total: Tally) -> int:
    whole = total.due + total.removed + total.gone
    counts = {
        "missing": total.missing,
        "done": total.done,
        "added": total.added,
        "removed": total.removed,
        "gone": total.gone,
    }
    return counts.get(show, whole)


def _row(due: Due, actor: Actor, campaign: Campaign, *, may: bool) -> dict[str, Any]:
    place = due.unit.label if actor.county_id is not None else f"{due.county.label} {due.unit.label}"
    links = []
    if may and due.state == DueState.OPEN:
        links.append({"label": "核减", "url": reverse("visits:campaign-remove", args=[campaign.pk, due.pk])})
    return {
        "name": due.retiree.name,
        "url": reverse("retirees:detail", args=[due.retiree_id]),
        "place": place,
        "target": due.get_target_display() if due.target != Target.SELF else "本人",
        "team": due.team.name if due.team else "—",
        "planned": _planned(due),
        "state": state_words(due),
        "links": links,
    }


def _planned(due: Due) -> str:
    parts = [format_money(due.planned_money) if due.planned_money else "", due.planned_goods]
    return "、".join(part for part in parts if part) or "—"


def state_words(due: Due) -> tuple[str, str]:
    """(words, tone) of how it stands with one row."""
    if due.state == DueState.DONE:
        return f"已访 {format_date(due.visit.visited_on) if due.visit else ''}".strip(), "green"
    if due.state == DueState.REMOVED:
        return f"核减：{due.change_reason}（{due.approved_by_name}批准）", "grey"
    person = due.retiree
    if due.target != Target.SURVIVOR and person.state in ("dead", "left"):
        return f"{person.get_state_display()}，不计应访", "grey"
    words = due.get_reason_display() if due.reason else ""
    words = f"{words}：{due.reason_note}" if words and due.reason_note else words
    added = f"增补：{due.change_reason}（{due.approved_by_name}批准）" if due.was_added else ""
    return "；".join(part for part in (words, added) if part) or "未访", "amber"


@page(perms.can_keep_plans, "GET", "POST")
def add(request: HttpRequest, pk: int, person: int) -> HttpResponse:
    """Somebody comes on the list."""
    actor = request.actor
    campaign = the_campaign(actor, pk)
    retiree = get_object_or_404(Retiree.objects.visible_to(actor).select_related("county", "unit"), pk=person)
    form = AdditionForm(request.POST or None)
    back = reverse("visits:campaign-people", args=[campaign.pk])
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            add_person(
                campaign=campaign,
                retiree=retiree,
                reason=data["change_reason"],
                approved_by=data["approved_by_name"],
                by=actor,
            )
        except CampaignMoved as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, f"{retiree.name}已增补进名单。")
            return redirect(f"{back}?show=added")
    notice = {
        "title": f"{retiree.name}（{retiree.county.label} {retiree.unit.label}）",
        "text": f"增补进“{campaign.title}”，应访人数加1。",
        "kind": "",
    }
    trail = crumbs((campaign.title, page_of(campaign)), ("增补", ""))
    return form_page(request, form, f"增补：{retiree.name}", back, trail, submit="增补", notice=notice)


@page(perms.can_keep_plans)
def find(request: HttpRequest, pk: int) -> HttpResponse:
    """Looking for whom to add, by the beginning of the name, among those one sees."""
    actor = request.actor
    campaign = the_campaign(actor, pk)
    if campaign.state not in RUNNING:
        raise PermissionDenied("not under way")
    name = request.GET.get("name", "").strip()[:20]
    rows: list[dict[str, str]] = []
    if name and "\x00" not in name:
        found = Retiree.objects.visible_to(actor).filter(name__startswith=name)
        if campaign.county_id is not None:
            found = found.filter(county_id=campaign.county_id)
        for one in found.select_related("county", "unit").order_by("name_sort", "pk")[:30]:
            url = reverse("visits:campaign-add", args=[campaign.pk, one.pk])
            place = f"{one.county.label} {one.unit.label} · {one.get_state_display()}"
            rows.append({"name": one.name, "place": place, "url": url})
    context = {
        "heading": f"增补：{campaign.title}",
        "crumbs": crumbs((campaign.title, page_of(campaign)), ("增补", "")),
        "name": name,
        "rows": rows,
    }
    return render(request, "visits/campaign_find.html", context)


@page(perms.can_keep_plans, "GET", "POST")
def remove(request: HttpRequest, pk: int, due: int) -> HttpResponse:
    """Somebody goes off the list; the row stays, with the reason."""
    actor = request.actor
    campaign = the_campaign(actor, pk)
    row = get_object_or_404(
        campaign_dues(campaign, actor).select_related("retiree", "county", "unit"), pk=due
    )
    form = AdditionForm(request.POST or None)
    form.error_title = "没有核减"
    form.fields["change_reason"].label = "核减理由"
    form.fields["change_reason"].help_text = "如：长期在外地，今年由外地组织慰问"
    form.fields["change_reason"].error_messages["required"] = "请写明核减理由。"
    back = reverse("visits:campaign-people", args=[campaign.pk])
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            remove_person(
                due=row, reason=data["change_reason"], approved_by=data["approved_by_name"], by=actor
            )
        except CampaignMoved as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, f"{row.retiree.name}已核减；点错了，从“增补”再加回来。")
            return redirect(f"{back}?show=removed")
    notice = {
        "title": f"{row.retiree.name}（{row.county.label} {row.unit.label}）",
        "text": f"从“{campaign.title}”核减，应访人数减1。去世、转出的人不用核减，自动不计。",
        "kind": "",
    }
    trail = crumbs((campaign.title, page_of(campaign)), ("核减", ""))
    return form_page(request, form, f"核减：{row.retiree.name}", back, trail, submit="核减", notice=notice)
