"""People who may stand on the register twice: the list, a pair beside each other, and the decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.core.chinese import format_count, format_date
from apps.core.pages import page
from apps.core.scope import Actor
from apps.jobs.actions import request_job
from apps.retirees import perms
from apps.retirees.actions.doubles import Decided, decide_different, reopen
from apps.retirees.choices import DoubleState, LifeState
from apps.retirees.forms.doubles import DifferentForm, PairFilter
from apps.retirees.models import PossibleDouble, PrivateDetails, Retiree
from apps.retirees.queries.person import TYPED
from apps.retirees.views.compare import Row, reason_tags, row_of
from apps.retirees.views.present import page_of

SIZE = 30
MOST = 3000
"""Pairs that can be paged through; the likeliest come first."""
SEALED = ("national_id", "phone", "address", "medical_card")
MONEY = ("monthly_income", "basic_fee", "allowance")


@dataclass(frozen=True)
class Shown:
    """A pair with its two people, as the list shows it."""

    pair: PossibleDouble
    people: Sequence[Retiree]

    @property
    def tags(self) -> list[dict[str, str]]:
        return reason_tags(self.pair.reasons)

    @property
    def url(self) -> str:
        return reverse("retirees:double", args=[self.pair.pk])


@page(perms.can_see_doubles)
def pairs(request: HttpRequest) -> HttpResponse:
    """The likeliest first. Pairs of which one is out of sight are not shown."""
    actor = request.actor
    form = PairFilter(request.GET, actor=actor)
    conditions = form.cleaned_data if form.is_valid() else {}
    found = PossibleDouble.objects.visible_to(actor).filter(state=conditions.get("state") or DoubleState.OPEN)
    if conditions.get("county") == "several":
        found = found.filter(county=None)
    elif conditions.get("county"):
        found = found.filter(county_id=conditions["county"])
    if conditions.get("reason"):
        found = found.filter(reasons__contains=[conditions["reason"]])
    total = found.order_by().values("pk")[: MOST + 1].count()
    pages = Paginator(found.order_by("-weight", "pk")[:MOST], SIZE)
    shown = pages.get_page(request.GET.get("page"))
    context = {
        "page": shown,
        "shown": with_people(actor, list(shown)),
        "form": form,
        "total": f"{'超过' if total > MOST else ''}{format_count(min(total, MOST))}对",
        "crumbs": [{"label": "疑似重复", "url": ""}],
        "query": _query(request),
        "state": conditions.get("state") or DoubleState.OPEN,
        "may_search": perms.can_search_doubles(actor),
    }
    return render(request, "retirees/doubles.html", context)


def _query(request: HttpRequest) -> str:
    kept = request.GET.copy()
    kept.pop("page", None)
    return f"{kept.urlencode()}&" if kept else ""


def with_people(actor: Actor, found: Sequence[PossibleDouble]) -> list[Shown]:
    """The pairs whose people the actor sees both."""
    keys = {key for pair in found for key in (pair.first_id, pair.second_id)}
    people = Retiree.objects.visible_to(actor).select_related("county", "unit").in_bulk(list(keys))
    return [
        Shown(pair, [people[pair.first_id], people[pair.second_id]])
        for pair in found
        if pair.first_id in people and pair.second_id in people
    ]


def the_pair(actor: Actor, key: Any) -> Shown:
    """The pair with both people; Http404 where the actor does not see one of the three."""
    pair = get_object_or_404(PossibleDouble.objects.visible_to(actor), pk=key)
    shown = with_people(actor, [pair])
    if not shown:
        raise Http404("one of the two is out of sight")
    return shown[0]


def comparison(actor: Actor, people: Sequence[Retiree]) -> list[Row]:
    """All that is known of the two, private values as masks; what neither knows is left out."""
    private = PrivateDetails.objects.visible_to(actor).in_bulk([one.pk for one in people])
    rows = [
        Row("place", "单位", [f"{one.county.label} {one.unit.label}" for one in people], _same_unit(people)),
        Row("state", "状态", [_state(one) for one in people], ""),
    ]
    rows += [row_of(name, [getattr(one, name) for one in people]) for name in TYPED]
    rows += [
        row_of(name, [getattr(private.get(one.pk), name, None) for one in people])
        for name in (*SEALED, *MONEY)
    ]
    rows.append(Row("filled", "资料完整", [f"22项中已填{one.filled}项" for one in people], ""))
    return [row for row in rows if any(cell != "（空）" for cell in row.cells)]


def _same_unit(people: Sequence[Retiree]) -> str:
    return "same" if people[0].unit_id == people[1].unit_id else "differs"


def _state(person: Retiree) -> str:
    if person.state == LifeState.DEAD:
        return f"{person.died_on}去世"
    return str(person.get_state_display())


@page(perms.can_see_doubles)
def pair(request: HttpRequest, key: Any) -> HttpResponse:
    return _pair_page(request, the_pair(request.actor, key), DifferentForm())


def _pair_page(request: HttpRequest, shown: Shown, form: DifferentForm, status: int = 200) -> HttpResponse:
    people, found = shown.people, shown.pair
    is_open = found.state == DoubleState.OPEN
    context = {
        "shown": shown,
        "pair": found,
        "heads": [
            {"text": f"{one.name}（{one.unit.label}，编号{one.pk}）", "url": page_of(one)} for one in people
        ],
        "rows": comparison(request.actor, people),
        "crumbs": [
            {"label": "疑似重复", "url": reverse("retirees:doubles")},
            {"label": " / ".join(one.name for one in people), "url": ""},
        ],
        "form": form,
        "is_open": is_open,
        "is_settled": found.state == DoubleState.NOT_DOUBLE,
        "decided_on": format_date(timezone.localdate(found.decided_at)) if found.decided_at else "",
        "may_merge": is_open and all(perms.can_merge(request.actor, one) for one in people),
    }
    return render(request, "retirees/double.html", context, status=status)


@page(perms.can_see_doubles, "POST")
def different(request: HttpRequest, key: Any) -> HttpResponse:
    """Two people: remembered, and not asked again."""
    shown = the_pair(request.actor, key)
    form = DifferentForm(request.POST)
    if not form.is_valid():
        return _pair_page(request, shown, form, status=422)
    try:
        decide_different(pair=shown.pair, why=form.cleaned_data["why"] or "", by=request.actor)
    except Decided as decided:
        messages.error(request, str(decided))
    else:
        messages.success(request, "已记下：不是同一个人，以后不再提示。")
    return redirect("retirees:doubles")


@page(perms.can_see_doubles, "POST")
def again(request: HttpRequest, key: Any) -> HttpResponse:
    """Back on the list."""
    shown = the_pair(request.actor, key)
    try:
        reopen(pair=shown.pair, by=request.actor)
    except Decided as decided:
        messages.error(request, str(decided))
    else:
        messages.success(request, "已重新列入疑似重复。")
    return redirect(shown.url)


@page(perms.can_search_doubles, "POST")
def search(request: HttpRequest) -> HttpResponse:
    """Search now instead of at night; asked twice in a minute it is one search."""
    now = timezone.localtime()
    request_job(
        kind="retirees.doubles",
        label="查找疑似重复",
        dedupe_key=f"doubles:{now:%Y-%m-%d %H:%M}",
        by=request.actor,
    )
    messages.success(request, "已开始在全市名册里查找，好了在“后台任务”里提醒您。")
    return redirect("retirees:doubles")
