"""What an address of the register asks for, read once for the list, its groups, its options and paper."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone

from apps.core.chinese import format_date
from apps.core.paging import PARAMETERS
from apps.core.scope import Actor
from apps.retirees.figures.counts import COUNT_LIMIT, people_total
from apps.retirees.forms.listing import (
    FROM_FIGURES,
    RegisterConditions,
    UnknownCondition,
    bound_conditions,
    fits_group,
)
from apps.retirees.models import RetireeQuerySet, SavedView
from apps.retirees.queries.grouping import groupings, is_offered
from apps.retirees.queries.listing import register_list
from apps.retirees.queries.ordering import Order, order_named
from apps.retirees.views.tabs import view_in_hand, view_line, view_tabs, visible_views


@dataclass(frozen=True)
class Asked:
    """The conditions, the people under them (not in order), the view in hand, and the day they are told for."""

    actor: Actor
    form: RegisterConditions
    conditions: Mapping[str, Any]
    found: RetireeQuerySet
    views: list[SavedView]
    view: SavedView | None
    order: Order
    on: date
    today: date
    as_seen: Mapping[str, str]
    """Saved view and order, which whatever goes on from the list takes along: a sheet, paper."""

    def total(self, limit: int = COUNT_LIMIT) -> tuple[int, bool]:
        """How many people there are: by the counted cells where they can tell, else by counting up to ``limit``."""
        return people_total(self.actor, self.conditions, self.found, self.today, limit)


def asked(request: HttpRequest) -> Asked:
    """Read the address. Raises BadRequest for a key, an order or a grouping that is none, Http404 for a view that is
    not one's to use."""
    actor, today = request.actor, timezone.localdate()
    try:
        form = bound_conditions(actor, request.GET)
    except UnknownCondition as refusal:
        raise BadRequest(str(refusal)) from None
    views = visible_views(actor)
    valid = form.is_valid()
    conditions = form.cleaned_data if valid else {}
    return Asked(
        actor=actor,
        form=form,
        conditions=conditions,
        found=register_list(actor, conditions, today) if valid else register_list(actor, {}, today).none(),
        views=views,
        view=view_in_hand(request, views),
        order=_order(request, form),
        on=conditions.get("on") or conditions.get("to") or today,
        today=today,
        as_seen={name: request.GET[name] for name in ("sort", "view") if request.GET.get(name)},
    )


def _order(request: HttpRequest, form: RegisterConditions) -> Order:
    order, by = order_named(request.GET.get("sort", "name"), form.own), request.GET.get("by")
    if order is None or (by and by not in groupings(form.own)):
        raise BadRequest("unknown order")
    return order


def head_context(request: HttpRequest, asking: Asked, count: str) -> dict[str, Any]:
    """What stands above the list, however it is shown: title, views, filter line and chips."""
    form = asking.form
    chips = form.chips() if form.is_valid() else []
    line = view_line(request, form, asking.view)
    kept = ({"sort", "view", "by", "any"} | FROM_FIGURES) & set(request.GET)
    if asking.actor.county_id is not None:
        kept |= {"county"} & set(request.GET)
    return {
        "form": form,
        "total": count,
        "subheading": f"{count} · 截至{format_date(asking.on)}",
        "crumbs": [{"label": "人员名册", "url": ""}],
        "views": view_tabs(request, asking.views, asking.view),
        "view_line": line,
        "filters": {
            "action": reverse("retirees:list"),
            "fields": [form[name] for name in form.shown],
            "more": [form[name] for name in form.more],
            "keep": _kept(request, kept),
            "columns_url": "" if request.GET.get("by") else "#columns",
            "density_url": reverse("accounts:display"),
            "tools": {
                "template": "retirees/_list_tools.html",
                "groupings": _groupings(request, asking),
                "or_url": _as_group(request, form),
                "keep_url": line["keep_url"] if line["can_keep"] else "",
                "print": _print(asking, request),
            },
        },
        "chips": [{"label": words, "url": _without(request, name, value)} for name, value, words in chips],
        "clear_url": reverse("retirees:list"),
        "conditions": form.told() if chips else "",
    }


def _print(asking: Asked, request: HttpRequest) -> dict[str, Any] | None:
    if not asking.form.is_valid() or request.GET.get("by"):
        return None
    return {
        "url": reverse("retirees:print-list"),
        "query": asking.form.query(),
        "as_seen": asking.as_seen.items(),
    }


def _kept(request: HttpRequest, names: set[str]) -> list[dict[str, str]]:
    return [
        {"name": name, "value": value}
        for name in sorted(names)
        for value in request.GET.getlist(name)
        if value
    ]


def first_page(request: HttpRequest) -> QueryDict:
    """The address's query from its first page."""
    rest = request.GET.copy()
    for name in PARAMETERS:
        rest.pop(name, None)
    return rest


def list_address(query: QueryDict) -> str:
    """The list under a query."""
    return f"{reverse('retirees:list')}?{query.urlencode()}" if query else reverse("retirees:list")


def _without(request: HttpRequest, name: str, value: str) -> str:
    """The list's address without one condition, or one of its values, and the days that belong to it."""
    rest = first_page(request)
    kept = [one for one in rest.getlist(name) if one and one != value] if value else []
    for gone in (name, *(("from", "to") if name == "flow" else ())):
        rest.pop(gone, None)
    if kept:
        rest.setlist(name, kept)
    return list_address(rest)


def _as_group(request: HttpRequest, form: RegisterConditions) -> str:
    """The address in which the present conditions have become one group of 符合任一组; "" where there is nothing to
    make a group of."""
    if not form.is_valid() or form.given() & {"on", "flow"}:
        return ""
    names = sorted(filter(fits_group, form.given()))
    if not names:
        return ""
    rest, group = first_page(request), QueryDict(mutable=True)
    for name in names:
        group.setlist(name, [one for one in rest.pop(name) if one])
    rest.appendlist("any", group.urlencode())
    return list_address(rest)


def _groupings(request: HttpRequest, asking: Asked) -> list[dict[str, Any]]:
    """Links that group the list, the present one marked; none for another day or a movement."""
    if not asking.form.is_valid() or asking.form.given() & {"on", "flow"}:
        return []
    found = []
    own = asking.form.own
    for name, each in (("", None), *groupings(own).items()):
        if name and not is_offered(name, own):
            continue
        if name == "county" and asking.actor.county_id is not None:
            continue
        if name == "unit" and asking.actor.unit_id is not None:
            continue
        rest = first_page(request)
        rest.pop("by", None)
        if name:
            rest["by"] = name
        label = each.label if each else "不分组"
        found.append({"label": label, "url": list_address(rest), "active": name == request.GET.get("by", "")})
    return found
