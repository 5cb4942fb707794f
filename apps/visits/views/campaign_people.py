"""The list of a campaign, and who comes on it or goes off it: by its keeper at once, by others on request."""

import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from apps.accounts.models import FormToken
from apps.core.chinese import format_count, format_date, format_money
from apps.core.pages import page
from apps.core.paging import PARAMETERS, keyset_page
from apps.core.scope import Actor
from apps.retirees.models import Retiree
from apps.visits import perms
from apps.visits.actions.campaign_list import add_person, remove_person
from apps.visits.actions.campaigns import CampaignMoved
from apps.visits.actions.list_changes import ask_change
from apps.visits.choices import RUNNING, DueState, ListChangeKind, Target
from apps.visits.forms.campaigns import AdditionForm, AskForm
from apps.visits.models import Campaign, Due
from apps.visits.queries.campaigns import SHOWN, campaign_dues, listed
from apps.visits.queries.coverage import Tally, campaign_coverage
from apps.visits.queries.list_changes import removals_asked
from apps.visits.views.campaigns import crumbs, form_page, keeps, page_of, tabs, the_campaign, whose

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
    may = perms.can_ask_list_change(actor) and campaign.state in RUNNING
    direct = keeps(actor, campaign)
    remove_label = ("核减" if direct else "申请核减") if may else ""
    asked = removals_asked(campaign, actor, [due.retiree_id for due in shown.rows]) if may else frozenset()
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
        "rows": [_row(due, actor, campaign, label=remove_label, asked=asked) for due in shown.rows],
        "total": f"{format_count(shown.total)}人",
        "clear_url": f"{base}?show={show}" if equal else "",
        "add_label": ("增补一人" if direct else "申请增补一人") if may else "",
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


def _row(due: Due, actor: Actor, campaign: Campaign, *, label: str, asked: Collection[int]) -> dict[str, Any]:
    place = due.unit.label if actor.county_id is not None else f"{due.county.label} {due.unit.label}"
    links = []
    if label and due.retiree_id in asked:
        url = f"{reverse('visits:list-changes')}?campaign={campaign.pk}"
        links.append({"label": "已申请核减，待审批", "url": url})
    elif label and due.state == DueState.OPEN:
        links.append({"label": label, "url": reverse("visits:campaign-remove", args=[campaign.pk, due.pk])})
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


def _change_page(request: HttpRequest, change: "_Change") -> HttpResponse:
    """The keeper of the list changes it at once and says who approved; others ask for it."""
    actor, campaign, retiree = request.actor, change.campaign, change.retiree
    direct = keeps(actor, campaign)
    form: Any = AdditionForm(request.POST or None)
    if not direct:
        form = AskForm(request.POST or None, initial={"token": uuid.uuid4()})
    form.error_title = f"没有{change.label}" if direct else form.error_title
    field = form.fields["change_reason"]
    field.label, field.help_text = f"{change.label}理由", change.example
    field.error_messages["required"] = f"请写明{change.label}理由。"
    back = reverse("visits:campaign-people", args=[campaign.pk])
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            if direct:
                change.take(reason=data["change_reason"], approved_by=data["approved_by_name"], by=actor)
            elif FormToken.objects.claim(data["token"], actor)[1]:
                ask_change(
                    campaign=campaign,
                    retiree=retiree,
                    kind=change.kind,
                    reason=data["change_reason"],
                    by=actor,
                )
        except CampaignMoved as problem:
            form.add_error(None, str(problem))
        else:
            if direct:
                messages.success(request, change.done)
                return redirect(f"{back}?show={change.shows}")
            messages.success(request, f"申请已提出，批准后{retiree.name}{change.effect}。")
            return redirect(f"{reverse('visits:list-changes')}?campaign={campaign.pk}")
    label = change.label if direct else f"申请{change.label}"
    notice = {
        "title": f"{retiree.name}（{retiree.county.label} {retiree.unit.label}）",
        "text": change.text if direct else f"{change.text}名单由{whose(campaign)}管理，批准后才改。",
        "kind": "",
    }
    trail = crumbs((campaign.title, page_of(campaign)), (label, ""))
    submit = change.label if direct else "提出申请"
    return form_page(request, form, f"{label}：{retiree.name}", back, trail, submit=submit, notice=notice)


@dataclass(frozen=True)
class _Change:
    """A change of the list about one person. take: does it; shows: the tab it is seen on afterwards."""

    campaign: Campaign
    retiree: Retiree
    kind: ListChangeKind
    take: Callable[..., Any]
    text: str
    done: str
    effect: str
    shows: str
    example: str

    @property
    def label(self) -> str:
        return str(self.kind.label)


@page(perms.can_ask_list_change, "GET", "POST")
def add(request: HttpRequest, pk: int, person: int) -> HttpResponse:
    """Somebody comes on the list."""
    actor = request.actor
    campaign = the_campaign(actor, pk)
    retiree = get_object_or_404(Retiree.objects.visible_to(actor).select_related("county", "unit"), pk=person)
    change = _Change(
        campaign=campaign,
        retiree=retiree,
        kind=ListChangeKind.ADD,
        take=partial(add_person, campaign=campaign, retiree=retiree),
        text=f"增补进“{campaign.title}”，应访人数加1。",
        done=f"{retiree.name}已增补进名单。",
        effect="进入名单",
        shows="added",
        example="如：定名单后由外地迁回",
    )
    return _change_page(request, change)


@page(perms.can_ask_list_change)
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


@page(perms.can_ask_list_change, "GET", "POST")
def remove(request: HttpRequest, pk: int, due: int) -> HttpResponse:
    """Somebody goes off the list; the row stays, with the reason."""
    actor = request.actor
    campaign = the_campaign(actor, pk)
    row = get_object_or_404(
        campaign_dues(campaign, actor).select_related("retiree__county", "retiree__unit"), pk=due
    )
    change = _Change(
        campaign=campaign,
        retiree=row.retiree,
        kind=ListChangeKind.REMOVE,
        take=partial(remove_person, due=row),
        text=f"从“{campaign.title}”核减，应访人数减1。去世、转出的人不用核减，自动不计。",
        done=f"{row.retiree.name}已核减；点错了，从“增补”再加回来。",
        effect="从名单核减",
        shows="removed",
        example="如：长期在外地，今年由外地组织慰问",
    )
    return _change_page(request, change)
