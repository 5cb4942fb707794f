"""Campaigns: their list, making one, what it means now, and its progress."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import FormToken
from apps.core.chinese import format_count, format_date, format_moment, format_money
from apps.core.pages import page
from apps.core.scope import Actor
from apps.retirees.models import Retiree
from apps.visits import perms
from apps.visits.actions.campaigns import (
    CampaignMoved,
    add_campaign,
    change_campaign,
    change_letter,
    copy_campaign,
)
from apps.visits.choices import RUNNING, CampaignState, Target
from apps.visits.forms.campaigns import CampaignForm, CopyForm, LetterForm, campaign_as_typed
from apps.visits.models import Campaign
from apps.visits.queries.campaigns import asked_of_campaign, campaigns_seen, people_of_campaign
from apps.visits.queries.coverage import campaign_coverage, missing_rows
from apps.visits.queries.list_changes import list_changes
from apps.visits.queries.rules import RuleBroken
from apps.visits.views.coverage import coverage_context

TITLE = "走访活动"
SHOWN_NAMES = 20
COUNT_LIMIT = 100_000
TONES = {
    CampaignState.DRAFT: "grey",
    CampaignState.FROZEN: "amber",
    CampaignState.PUBLISHED: "blue",
    CampaignState.CLOSED: "green",
}
GOES_TO = {Target.SELF: "本人", Target.SPOUSE: "配偶", Target.SURVIVOR: "已去世老干部的遗属"}


def the_campaign(actor: Actor, pk: int) -> Campaign:
    """A campaign that concerns the actor; 404 else."""
    rows = campaigns_seen(actor).select_related("planned_source")
    return get_object_or_404(rows, pk=pk)


def keeps(actor: Actor, campaign: Campaign) -> bool:
    """Whether the actor's office keeps the campaign."""
    return perms.can_keep_campaign(actor, campaign.county_id)


def whose(campaign: Campaign) -> str:
    """The office that keeps it."""
    return campaign.county.label if campaign.county else "市局"


def kept_campaign(actor: Actor, pk: int) -> Campaign:
    """A campaign that the actor's office keeps; 403 for one that he only reads."""
    campaign = the_campaign(actor, pk)
    if not keeps(actor, campaign):
        raise PermissionDenied("another office's campaign")
    return campaign


def crumbs(*parts: tuple[str, str]) -> list[dict[str, str]]:
    """From the list of campaigns down to this page."""
    found = [(TITLE, reverse("visits:campaigns")), *parts]
    return [{"label": label, "url": url} for label, url in found]


def page_of(campaign: Campaign) -> str:
    """The campaign's page."""
    return reverse("visits:campaign", args=[campaign.pk])


def tabs(actor: Actor, campaign: Campaign, active: str) -> list[dict[str, Any]]:
    """The campaign's pages; a draft has none but its own."""
    if campaign.state == CampaignState.DRAFT:
        return []
    found = (
        ("campaign", "进度"),
        ("campaign-people", "名单"),
        ("teams", "分组"),
        ("campaign-papers", "打印"),
    )
    found = found if perms.can_see_plans(actor) else found[:-1]
    items = [
        {
            "label": label,
            "url": reverse(f"visits:{name}", args=[campaign.pk]),
            "active": name == active,
            "count": 0,
        }
        for name, label in found
    ]
    return [*items, _asked_tab(actor, campaign, active)] if perms.can_ask_list_change(actor) else items


def _asked_tab(actor: Actor, campaign: Campaign, active: str) -> dict[str, Any]:
    """What was asked of the list, with what waits."""
    return {
        "label": "增减申请",
        "url": f"{reverse('visits:list-changes')}?campaign={campaign.pk}",
        "active": active == "list-changes",
        "count": list_changes(actor).filter(campaign=campaign).waiting().count(),
    }


@page(perms.can_list_visits)
def campaigns(request: HttpRequest) -> HttpResponse:
    """All campaigns that concern one, the newest first."""
    actor, today = request.actor, timezone.localdate()
    rows = []
    for campaign in campaigns_seen(actor)[:200]:
        left = (campaign.ends_on - today).days
        rows.append(
            {
                "campaign": campaign,
                "url": page_of(campaign),
                "whose": campaign.county.label if campaign.county else "全市",
                "tone": TONES[CampaignState(campaign.state)],
                "span": f"{format_date(campaign.starts_on)}至{format_date(campaign.ends_on)}",
                "left": f"还有{left}天" if left >= 0 and campaign.state in RUNNING else "",
                "over": left < 0 and campaign.state in RUNNING,
                "count": format_count(campaign.frozen_count) if campaign.frozen_at else "—",
            }
        )
    may = perms.can_keep_plans(actor)
    new = {"label": "新建活动", "url": reverse("visits:campaign-create"), "kind": "primary", "key": "n"}
    context = {"rows": rows, "may": may, "crumbs": [], "page_actions": [new] if may else []}
    return render(request, "visits/campaigns.html", context)


@page(perms.can_keep_plans, "GET", "POST")
def create(request: HttpRequest) -> HttpResponse:
    """A new draft."""
    initial = {"query": request.GET.get("query", "")[:4000]}
    form = CampaignForm(request.POST or None, actor=request.actor, initial=initial)
    if request.method == "POST" and form.is_valid():
        token, _ = FormToken.objects.claim(form.cleaned_data["token"], request.actor)
        if token.result:
            return redirect("visits:campaign", int(token.result))
        campaign = add_campaign(values=form.values(), by=request.actor)
        token.result = str(campaign.pk)
        token.save(update_fields=["result"])
        messages.success(request, "活动已保存。请看看下面是不是这些人，再点“定名单”。")
        return redirect(page_of(campaign))
    back = reverse("visits:campaigns")
    return form_page(request, form, "新建走访活动", back, crumbs(("新建", "")))


@page(perms.can_keep_plans, "GET", "POST")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft of one's own office."""
    campaign = kept_campaign(request.actor, pk)
    form = CampaignForm(
        request.POST or None,
        actor=request.actor,
        initial=campaign_as_typed(campaign),
        picked=bool(campaign.picked),
    )
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            change_campaign(campaign=campaign, values=form.values(), version=version, by=request.actor)
        except CampaignMoved as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, "活动已修改。")
            return redirect(page_of(campaign))
    trail = crumbs((campaign.title, page_of(campaign)), ("修改", ""))
    return form_page(request, form, f"修改：{campaign.title}", page_of(campaign), trail)


@page(perms.can_keep_plans, "GET", "POST")
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """The text of the letter."""
    campaign = kept_campaign(request.actor, pk)
    form = LetterForm(request.POST or None, initial={"letter": campaign.letter})
    if request.method == "POST" and form.is_valid():
        try:
            change_letter(campaign=campaign, letter=form.cleaned_data["letter"], by=request.actor)
        except CampaignMoved as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, "慰问信已保存，打印时每人一页。")
            if campaign.state == CampaignState.DRAFT:
                return redirect(page_of(campaign))
            return redirect("visits:campaign-papers", campaign.pk)
    trail = crumbs((campaign.title, page_of(campaign)), ("慰问信", ""))
    return form_page(request, form, "慰问信", page_of(campaign), trail)


@page(perms.can_keep_plans, "GET", "POST")
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft like this one for other days, kept by the actor's own office."""
    campaign = the_campaign(request.actor, pk)
    form = CopyForm(request.POST or None, initial={"token": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        token, _ = FormToken.objects.claim(data["token"], request.actor)
        if token.result:
            return redirect("visits:campaign", int(token.result))
        days = {name: data[name] for name in ("starts_on", "ends_on")}
        try:
            made = copy_campaign(campaign=campaign, by=request.actor, **days)
        except CampaignMoved as problem:
            messages.error(request, str(problem))
            return redirect(page_of(campaign))
        token.result = str(made.pk)
        token.save(update_fields=["result"])
        whom = "还是原来选中的人" if made.picked else "人员按现在的名册重新选"
        messages.success(request, f"已照样建立草稿，{whom}。请看过再定名单。")
        return redirect(page_of(made))
    trail = crumbs((campaign.title, page_of(campaign)), ("复制", ""))
    return form_page(
        request, form, f"照“{campaign.title}”再办一次", page_of(campaign), trail, submit="建立草稿"
    )


def form_page(
    request: HttpRequest,
    form: Any,
    heading: str,
    back: str,
    trail: list[dict[str, str]],
    *,
    submit: str = "保存",
    notice: dict[str, str] | None = None,
    note: str = "",
) -> HttpResponse:
    """A form on a page of its own."""
    context = {
        "form": form,
        "heading": heading,
        "subheading": "",
        "crumbs": trail,
        "submit_label": submit,
        "cancel_url": back,
        "note": note,
        "notice": notice,
        "hidden": [],
    }
    return render(request, "visits/plan_form.html", context, status=422 if request.method == "POST" else 200)


@page(perms.can_list_visits)
def campaign_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft: whom it means now, with the first names. Then: the progress, missing people first."""
    actor, today = request.actor, timezone.localdate()
    campaign = the_campaign(actor, pk)
    context: dict[str, Any] = {
        "heading": campaign.title,
        "crumbs": crumbs((campaign.title, "")),
        "campaign": campaign,
        "tone": TONES[CampaignState(campaign.state)],
        "tabs": tabs(actor, campaign, "campaign"),
        "facts": _facts(campaign),
        "page_actions": [*_results(actor, campaign), *_actions(actor, campaign)],
        "may": keeps(actor, campaign),
    }
    if campaign.state == CampaignState.DRAFT:
        return render(request, "visits/campaign_draft.html", context | {"tried": _tried(actor, campaign)})
    coverage = campaign_coverage(campaign, actor, today)
    context |= coverage_context(campaign, coverage, actor, today)
    if perms.can_see_funds(actor):
        year = campaign.starts_on.year
        recent = today.year - 3 <= year <= today.year
        context["funds_url"] = f"{reverse('visits:funds')}?year={year}" if recent else ""
    context["first_missing"] = missing_rows(campaign, actor)[:SHOWN_NAMES]
    return render(request, "visits/campaign.html", context)


def _facts(campaign: Campaign) -> list[dict[str, Any]]:
    everybody = "全部" if campaign.target == Target.SURVIVOR else "全部在册人员"
    words = asked_of_campaign(campaign).words or everybody
    gift = [format_money(campaign.planned_money) if campaign.planned_money else ""]
    if campaign.planned_goods:
        worth = campaign.planned_goods_value
        gift.append(campaign.planned_goods + (f"（{format_money(worth)}）" if worth else ""))
    values = [
        ("谁办的", campaign.county.label if campaign.county else "市局（全市各县市区）"),
        ("事由", campaign.occasion.name),
        ("时间", f"{format_date(campaign.starts_on)}至{format_date(campaign.ends_on)}"),
        ("看望谁", GOES_TO[Target(campaign.target)]),
        ("哪些人", f"选中的{format_count(len(campaign.picked))}人" if campaign.picked else words),
        ("每人", "、".join(part for part in gift if part) or "—"),
        ("资金来源", str(campaign.planned_source or "—")),
        ("说明", campaign.note or "—"),
    ]
    moments = (
        ("定名单", campaign.frozen_at),
        ("下发", campaign.published_at),
        ("结束", campaign.closed_at),
    )
    values += [(label, format_moment(moment)) for label, moment in moments if moment]
    return [{"label": label, "value": value} for label, value in values]


def _tried(actor: Actor, campaign: Campaign) -> dict[str, Any]:
    """Whom the draft means now, in the reader's own scope."""
    try:
        people = people_of_campaign(campaign, timezone.localdate()) & Retiree.objects.visible_to(actor)
    except RuleBroken as problem:
        return {"problem": str(problem)}
    number = people.order_by().values("pk")[: COUNT_LIMIT + 1].count()
    first = people.select_related("county", "unit").order_by("name_sort", "pk")[:SHOWN_NAMES]
    return {
        "count": f"{'超过' if number > COUNT_LIMIT else ''}{format_count(min(number, COUNT_LIMIT))}",
        "none": not number,
        "people": [
            {
                "name": one.name,
                "url": reverse("retirees:detail", args=[one.pk]),
                "place": f"{one.county.label} {one.unit.label}",
            }
            for one in first
        ],
        "more": number > SHOWN_NAMES,
        "list_url": ""
        if campaign.target == Target.SURVIVOR or campaign.picked
        else f"{reverse('retirees:list')}?{campaign.query}".rstrip("?"),
    }


def _results(actor: Actor, campaign: Campaign) -> list[dict[str, Any]]:
    if campaign.state not in RUNNING or not perms.can_log_visit(actor):
        return []
    return [{"label": "登记结果", "url": reverse("visits:results", args=[campaign.pk])}]


def _actions(actor: Actor, campaign: Campaign) -> list[dict[str, Any]]:
    def step(name: str, label: str, kind: str = "") -> dict[str, Any]:
        return {
            "label": label,
            "url": reverse("visits:campaign-step", args=[campaign.pk, name]),
            "kind": kind,
        }

    sheets = _sheets(actor, campaign)
    if not perms.can_keep_plans(actor):
        return [] if campaign.state == CampaignState.DRAFT else sheets
    again = {"label": "照样再办", "url": reverse("visits:campaign-copy", args=[campaign.pk])}
    if not keeps(actor, campaign):
        return [again, *sheets]
    if campaign.state == CampaignState.DRAFT:
        change = {"label": "修改", "url": reverse("visits:campaign-edit", args=[campaign.pk])}
        written = {"label": "慰问信", "url": reverse("visits:campaign-letter", args=[campaign.pk])}
        return [step("cancel", "删除草稿"), written, change, step("freeze", "定名单", "primary")]
    if campaign.state == CampaignState.FROZEN:
        return [
            again,
            *sheets,
            step("unfreeze", "撤回名单"),
            step("close", "结束"),
            step("publish", "下发", "primary"),
        ]
    if campaign.state == CampaignState.PUBLISHED:
        return [again, *sheets, step("recall", "收回"), step("close", "结束")]
    return [again, *sheets, step("reopen", "重新打开")]


def _sheets(actor: Actor, campaign: Campaign) -> list[dict[str, Any]]:
    """The coverage to take along: a workbook, and on paper for those who print papers."""
    sheet = reverse("visits:campaign-coverage", args=[campaign.pk])
    found = [{"label": "导出进度表", "url": sheet, "method": "post", "repeatable": "yes"}]
    if perms.can_see_plans(actor):
        paper = reverse("visits:campaign-coverage-pdf", args=[campaign.pk])
        found.append({"label": "覆盖情况PDF", "url": paper, "method": "post"})
    return found
