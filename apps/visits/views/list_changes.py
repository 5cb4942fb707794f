"""Additions and removals asked of campaigns' lists: seen by those who ask, decided by the list's keeper."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from apps.core.chinese import format_count, format_moment
from apps.core.pages import page
from apps.core.paging import SIZE, keyset_page
from apps.core.scope import Actor
from apps.visits import perms
from apps.visits.actions.campaigns import CampaignMoved
from apps.visits.actions.list_changes import approve_change, return_change, withdraw_change
from apps.visits.choices import RUNNING, ListChangeKind, ListChangeState
from apps.visits.forms.campaigns import ReturnForm
from apps.visits.models import Campaign, ListChange
from apps.visits.models.changes import OPEN, ListChangeQuerySet
from apps.visits.queries.list_changes import SHOWN, changes_to_decide, list_changes, shown_changes, with_due
from apps.visits.views.campaigns import crumbs, form_page, page_of, tabs, the_campaign

TITLE = "增减申请"
TONES = {
    ListChangeState.WAITING: "amber",
    ListChangeState.RETURNED: "red",
    ListChangeState.APPROVED: "green",
    ListChangeState.WITHDRAWN: "grey",
}
EMPTY = {
    "waiting": "没有等待审批的申请。别的单位管的名单要加人、减人，在名单里提出申请。",
    "returned": "没有退回的申请。",
    "done": "批准、撤回的申请，和因去世、转出、活动结束而不再办的，会留在这里。",
}


def address_of(campaign: Campaign | None, show: str = "waiting") -> str:
    """The list of requests, of one campaign or of all."""
    asked = {"show": show} | ({"campaign": campaign.pk} if campaign else {})
    return f"{reverse('visits:list-changes')}?{urlencode(asked)}"


@page(perms.can_ask_list_change)
def changes(request: HttpRequest) -> HttpResponse:
    """One tab of what was asked, of a campaign or of all."""
    actor = request.actor
    campaign, show = _asked(actor, request.GET)
    found = list_changes(actor)
    found = found.filter(campaign=campaign) if campaign else found
    rows = shown_changes(found, show)
    shown = keyset_page(
        with_due(rows).select_related("retiree", "county", "unit", "campaign").defer("campaign__picked"),
        column="asked_at",
        descending=True,
        query=request.GET,
        total=rows.count(),
    )
    kept = set(Campaign.objects.kept_by(actor).filter(pk__in={row.campaign_id for row in shown.rows}))
    trail = [(campaign.title, page_of(campaign))] if campaign else []
    context = {
        "heading": f"{TITLE}：{campaign.title}" if campaign else TITLE,
        "crumbs": crumbs(*trail, (TITLE, "")),
        "campaign": campaign,
        "tabs": tabs(actor, campaign, "list-changes") if campaign else [],
        "views": [
            {
                "label": label,
                "url": address_of(campaign, name),
                "active": name == show,
                "count": format_count(shown_changes(found, name).count()),
            }
            for name, label in SHOWN.items()
        ],
        "listed": shown,
        "rows": [_row(row, actor, show, keeps=row.campaign in kept) for row in shown.rows],
        "total": f"{format_count(shown.total)}条",
        "empty": EMPTY[show],
        "may_approve": show == "waiting" and bool(kept),
    }
    return render(request, "visits/list_changes.html", context)


def _asked(actor: Actor, query: QueryDict) -> tuple[Campaign | None, str]:
    """The campaign and the tab; 404 for a campaign that does not concern the actor."""
    text, show = query.get("campaign", ""), query.get("show", "waiting")
    is_key = text.isascii() and text.isdecimal() and len(text) < 10
    return (the_campaign(actor, int(text)) if is_key else None), (show if show in SHOWN else "waiting")


def _row(row: ListChange, actor: Actor, show: str, *, keeps: bool) -> dict[str, Any]:
    lapsed = show == "done" and row.state in OPEN
    links = []
    if not lapsed and keeps and row.state == ListChangeState.WAITING:
        links.append({"label": "退回", "url": reverse("visits:list-change-return", args=[row.pk])})
    again = _again(row)
    if again and not lapsed and row.state == ListChangeState.RETURNED and not keeps:
        links.append({"label": "重新申请", "url": again})
    decided = f"{row.decided_by_name} {format_moment(row.decided_at)}" if row.decided_at else ""
    return {
        "pk": row.pk,
        "name": row.retiree.name,
        "url": reverse("retirees:detail", args=[row.retiree_id]),
        "place": row.unit.label if actor.county_id is not None else f"{row.county.label} {row.unit.label}",
        "campaign": row.campaign.title,
        "campaign_url": page_of(row.campaign),
        "kind": row.get_kind_display(),
        "reason": row.reason,
        "asked": f"{row.asked_by_name} {format_moment(row.asked_at)}",
        "state": ("不再办理", "grey")
        if lapsed
        else (row.get_state_display(), TONES[ListChangeState(row.state)]),
        "note": _lapsed_words(row) if lapsed else "，".join(part for part in (decided, row.words) if part),
        "links": links,
        "can_pick": keeps and show == "waiting" and row.asked_by != actor.user_id,
        "withdraw_url": reverse("visits:list-change-withdraw", args=[row.pk])
        if row.state in OPEN and not lapsed and not keeps
        else "",
    }


def _lapsed_words(row: ListChange) -> str:
    if row.campaign.state not in RUNNING:
        return f"活动{row.campaign.get_state_display()}"
    return f"本人{row.retiree.get_state_display()}"


def _again(row: Any) -> str:
    """The page to ask anew; none where nothing is left to be taken off."""
    if row.kind == ListChangeKind.ADD:
        return reverse("visits:campaign-add", args=[row.campaign_id, row.retiree_id])
    return reverse("visits:campaign-remove", args=[row.campaign_id, row.due_pk]) if row.due_pk else ""


def _the_change(actor: Actor, rows: ListChangeQuerySet, pk: int) -> ListChange:
    return get_object_or_404(rows.select_related("retiree", "county", "unit", "campaign"), pk=pk)


def _back(request: HttpRequest, show: str = "waiting") -> HttpResponseRedirect:
    """To the list the button stood on."""
    campaign, _ = _asked(request.actor, request.POST)
    return redirect(address_of(campaign, show))


@page(perms.can_keep_plans, "POST")
def approve(request: HttpRequest) -> HttpResponse:
    """The ticked requests; what the list does not allow any more is told by name and left as it is."""
    actor = request.actor
    keys = [int(key) for key in request.POST.getlist("ids")[:SIZE] if key.isascii() and key.isdecimal()]
    picked = changes_to_decide(actor).filter(pk__in=[key for key in keys if key < 2**62])
    done, problems = 0, []
    for change in picked.order_by("asked_at", "pk"):
        try:
            approve_change(change=change, words="", by=actor)
        except CampaignMoved as problem:
            problems.append(str(problem))
        else:
            done += 1
    if done:
        messages.success(request, f"已批准{done}条，名单和应访人数已经改了。")
    for problem in problems:
        messages.error(request, problem)
    if not done and not problems:
        messages.error(request, "没有勾选要批准的申请，或已经办过了。")
    return _back(request)


@page(perms.can_keep_plans, "GET", "POST")
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Send one back, with the reason."""
    actor = request.actor
    change = _the_change(actor, list_changes(actor), pk)
    if not perms.can_keep_campaign(actor, change.campaign.county_id):
        raise PermissionDenied("another office's campaign")
    form = ReturnForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return_change(change=change, words=form.cleaned_data["words"], by=actor)
        except CampaignMoved as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, f"{change.retiree.name}的申请已退回，申请单位可以修改后重新提出。")
            return redirect(address_of(change.campaign))
    notice = {
        "title": f"{change.get_kind_display()}：{change.retiree.name}（{change.county.label} {change.unit.label}）",
        "text": f"申请理由：{change.reason}（{change.asked_by_name}）",
        "kind": "",
    }
    back = address_of(change.campaign)
    trail = crumbs((change.campaign.title, page_of(change.campaign)), (TITLE, back), ("退回", ""))
    heading = f"退回申请：{change.retiree.name}"
    return form_page(request, form, heading, back, trail, submit="退回", notice=notice)


@page(perms.can_ask_list_change, "POST")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own place takes it back."""
    actor = request.actor
    change = _the_change(actor, list_changes(actor), pk)
    if not perms.can_log_visit(actor, change.retiree):
        raise PermissionDenied("another place's request")
    try:
        withdraw_change(change=change, by=actor)
    except CampaignMoved as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, f"{change.retiree.name}的申请已撤回，名单没有变。")
    return redirect(address_of(change.campaign))
