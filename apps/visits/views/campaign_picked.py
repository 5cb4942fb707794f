"""A campaign for people picked in a list: the form first, then the campaign with these people as its frozen list.

The list posts whom it means, and the form posts it on: every time it is read anew in the actor's scope, so that a key
of another county's in the body is nobody.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from apps.accounts.models import FormToken
from apps.core.chinese import format_count
from apps.core.pages import page
from apps.retirees.models import Retiree, RetireeQuerySet
from apps.retirees.queries.asked import people_picked
from apps.visits import perms
from apps.visits.actions.campaigns import CampaignMoved, add_picked_campaign
from apps.visits.forms.campaigns import CampaignForm
from apps.visits.forms.due import NO_DUE
from apps.visits.queries.rules import RuleBroken
from apps.visits.views.campaigns import crumbs, page_of
from apps.visits.views.due import picked_rows

MOST = 2000
"""People whom a campaign keeps one by one; more of them go by the list's conditions."""
NAMED = 10
HEADING = "发起走访活动"


@page(perms.can_keep_plans, "POST")
def from_list(request: HttpRequest) -> HttpResponse:
    """发起走访活动 in the bar under the register's list."""
    try:
        people = people_picked(request.actor, request.POST, timezone.localdate())
    except ValueError as problem:
        messages.warning(request, str(problem))
        return redirect("retirees:list")
    if request.POST.get("all") and _count(people) > MOST:
        messages.info(
            request,
            f"超过{format_count(MOST)}人的，按条件建活动：条件已带到下面，保存后点“定名单”，按当时的名册选人。",
        )
        query = QueryDict(request.POST.get("query", "")).urlencode()
        return redirect(f"{reverse('visits:campaign-create')}?{urlencode({'query': query})}")
    return _form(request, people, reverse("retirees:list"))


@page(perms.can_keep_plans, "POST")
def from_due(request: HttpRequest) -> HttpResponse:
    """The same in the bar under the due list; somebody on it twice is visited once."""
    back = reverse("visits:due")
    rows = picked_rows(request)
    if rows is None:
        messages.warning(request, NO_DUE)
        return redirect(back)
    people = Retiree.objects.visible_to(request.actor).filter(pk__in=rows.order_by().values("retiree_id"))
    if _count(people) > MOST:
        messages.warning(request, f"一次最多{format_count(MOST)}人，请先加条件。")
        return redirect(back)
    return _form(request, people, back)


def _count(people: RetireeQuerySet) -> int:
    return people.order_by().values("pk")[: MOST + 1].count()


def _form(request: HttpRequest, people: RetireeQuerySet, back: str) -> HttpResponse:
    """Ask for the rest, then write it."""
    number = _count(people)
    if not number:
        messages.warning(request, "选中的人都不在您的名册里，没有建活动。")
        return redirect(back)
    sent = "sent" in request.POST
    form = CampaignForm(request.POST if sent else None, actor=request.actor, initial={}, picked=True)
    if sent and form.is_valid():
        answer = _made(request, form, people, number)
        if answer is not None:
            return answer
    hidden = [(name, value) for name in ("ids", "all", "query") for value in request.POST.getlist(name)]
    context = {
        "form": form,
        "heading": HEADING,
        "subheading": "",
        "crumbs": crumbs((HEADING, "")),
        "submit_label": "建立活动并定名单",
        "cancel_url": back,
        "note": "保存后名单就定了，还没有下发；要改可以“撤回名单”再修改，名单仍是这些人。",
        "notice": _notice(people, number),
        "hidden": [*hidden, ("sent", "1")],
    }
    return render(request, "visits/plan_form.html", context, status=422 if sent else 200)


def _notice(people: RetireeQuerySet, number: int) -> dict[str, Any]:
    names = "、".join(people.order_by("name_sort", "pk").values_list("name", flat=True)[:NAMED])
    return {
        "title": f"选中的{format_count(number)}人，就是这次活动的名单",
        "text": f"{names}{'等' if number > NAMED else ''}。"
        "已去世、已转出的不会列入；看望配偶、遗属的，只列有配偶、遗属的。",
        "kind": "",
    }


def _made(
    request: HttpRequest, form: CampaignForm, people: RetireeQuerySet, number: int
) -> HttpResponse | None:
    """The campaign's page; None where it could not be made, which the form then says."""
    token, _ = FormToken.objects.claim(form.cleaned_data["token"], request.actor)
    if token.result:
        return redirect("visits:campaign", int(token.result))
    try:
        made, listed = add_picked_campaign(
            values=form.values(), people=people, today=timezone.localdate(), by=request.actor
        )
    except (CampaignMoved, RuleBroken) as problem:
        form.add_error(None, str(problem))
        return None
    token.result = str(made.pk)
    token.save(update_fields=["result"])
    messages.success(request, f"活动已建立，名单已定：{format_count(listed)}人。可以分组，或下发。")
    if listed < number:
        left = format_count(number - listed)
        messages.warning(request, f"选中的人里有{left}人没有列入：已不在册，或没有登记要看望的配偶、遗属。")
    return redirect(page_of(made))
