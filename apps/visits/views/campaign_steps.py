"""The steps of a campaign, each asked before it is taken: what will happen, and what it needs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from apps.core.pages import page
from apps.visits import perms
from apps.visits.actions.campaigns import (
    CampaignMoved,
    cancel_campaign,
    close_campaign,
    freeze_campaign,
    publish_campaign,
    recall_campaign,
    reopen_campaign,
    unfreeze_campaign,
)
from apps.visits.forms.campaigns import StepForm
from apps.visits.models import Campaign
from apps.visits.queries.rules import RuleBroken
from apps.visits.views.campaigns import crumbs, form_page, kept_campaign, page_of


@dataclass(frozen=True)
class Step:
    """label: of the button; text: what it does; done: said afterwards; reason: "", "may" or "must"."""

    label: str
    text: str
    done: str
    take: Callable[..., Any]
    reason: str = ""
    gone: bool = False


def _freeze(campaign: Campaign, data: dict[str, Any], request: HttpRequest) -> Any:
    today = timezone.localdate()
    return freeze_campaign(campaign=campaign, version=data["version"], today=today, by=request.actor)


def _close(campaign: Campaign, data: dict[str, Any], request: HttpRequest) -> Any:
    today = timezone.localdate()
    return close_campaign(campaign=campaign, reason=data["reason"], today=today, by=request.actor)


STEPS = {
    "freeze": Step(
        "定名单",
        "按现在的名册选人并定下名单：这就是应访人数，以后增减要写明理由和批准人。去世、转出的人自动不计。"
        "没有下发、没有走访以前可以撤回。",
        "名单已定。接下来分组，再下发。",
        _freeze,
    ),
    "unfreeze": Step(
        "撤回名单",
        "名单和已分的组都会删掉，活动回到草稿。",
        "名单已撤回，活动又是草稿了。",
        lambda campaign, data, request: unfreeze_campaign(campaign=campaign, by=request.actor),
    ),
    "publish": Step(
        "下发",
        "各县市区、各单位会在“走访活动”和工作台上看到这次活动和自己的名单。有走访结果以前可以收回。",
        "已下发。",
        lambda campaign, data, request: publish_campaign(campaign=campaign, by=request.actor),
    ),
    "recall": Step(
        "收回",
        "活动回到“名单已定”，名单和分组都保留。",
        "已收回，改好可以再下发。",
        lambda campaign, data, request: recall_campaign(campaign=campaign, by=request.actor),
    ),
    "close": Step(
        "结束",
        "结束时的数字会保存下来，以后不再变。还没看望的人按漏访计；提前结束要写明原因。",
        "活动已结束。",
        _close,
        reason="may",
    ),
    "reopen": Step(
        "重新打开",
        "可以补登记结果、增补和核减；结束时保存的数字作废，再结束时重新保存。",
        "活动已重新打开。",
        lambda campaign, data, request: reopen_campaign(
            campaign=campaign, reason=data["reason"], by=request.actor
        ),
        reason="must",
    ),
    "cancel": Step(
        "删除草稿",
        "只删除这份草稿。",
        "草稿已删除。",
        lambda campaign, data, request: cancel_campaign(campaign=campaign, by=request.actor),
        gone=True,
    ),
}


@page(perms.can_keep_plans, "GET", "POST")
def step(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Ask, then take a step; what does not allow it now is said."""
    campaign = kept_campaign(request.actor, pk)
    wanted = STEPS.get(name)
    if wanted is None:
        raise Http404("step")
    form = StepForm(request.POST or None, reason=wanted.reason, initial={"version": campaign.version})
    if request.method == "POST" and form.is_valid():
        try:
            result = wanted.take(campaign, form.cleaned_data, request)
        except (CampaignMoved, RuleBroken) as problem:
            form.add_error(None, str(problem))
        else:
            count = f"共{result}人。" if name == "freeze" else ""
            messages.success(request, f"{wanted.done}{count}")
            return redirect("visits:campaigns" if wanted.gone else page_of(campaign))
    trail = crumbs((campaign.title, page_of(campaign)), (wanted.label, ""))
    notice = {"title": f"{wanted.label}：{campaign.title}", "text": wanted.text, "kind": "look"}
    heading = f"{wanted.label}：{campaign.title}"
    return form_page(request, form, heading, page_of(campaign), trail, submit=wanted.label, notice=notice)
