"""The views of the register above the list: the office's fixed ones first, then those that somebody saved."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from apps.accounts.perms import sees_private
from apps.core.scope import Actor
from apps.retirees.actions.views import DEFAULT_VIEW
from apps.retirees.choices import Category, LifeState, SpecialGroup
from apps.retirees.forms.listing import BESIDE, RegisterConditions
from apps.retirees.forms.views import valid_part
from apps.retirees.models import SavedView

VIEWS = (
    ("全部", {}),
    ("离休干部", {"category": Category.LIXIU.value}),
    ("80岁以上", {"age_min": "80"}),
    ("不能自理", {"self_care": "helpless"}),
    ("时期待认定", {"category": Category.LIXIU.value, "period": "needs_ruling"}),
    ("资料不全", {"incomplete": "1"}),
    ("有遗属", {"state": LifeState.DEAD.value, "special": SpecialGroup.SURVIVORS.value}),
)
SHOWN = 5
"""Saved views that have a tab; the others are on the page of views."""


def visible_views(actor: Actor) -> list[SavedView]:
    """Saved views that somebody may use, his own first."""
    found = SavedView.objects.visible_to(actor)
    return sorted(found, key=lambda view: (view.owner_id != actor.user_id, view.name, view.pk))


def view_in_hand(request: HttpRequest, views: Sequence[SavedView]) -> SavedView | None:
    """The saved view that the address names (``view=7``); Http404 for one that is none of ``views``."""
    key = request.GET.get("view")
    if not key:
        return None
    found = next((view for view in views if str(view.pk) == key), None)
    if found is None:
        raise Http404("view")
    return found


def view_address(view: SavedView, actor: Actor) -> str:
    """Address of the list under a view, with what of its conditions holds for the one who opens it."""
    form, _ = valid_part(actor, view.query)
    query = QueryDict(form.query(), mutable=True)
    for name, value in (("sort", view.sort), ("by", view.grouping), ("view", str(view.pk))):
        if value:
            query[name] = value
    return f"{reverse('retirees:list')}?{query.urlencode()}"


def view_tabs(request: HttpRequest, views: Sequence[SavedView], current: SavedView | None) -> list[Any]:
    """Tabs over the list: fixed views, saved ones, and the way to all of them."""
    given = {name: [one for one in values if one] for name, values in request.GET.lists()}
    present = {name: values[0] for name, values in given.items() if name not in BESIDE and len(values) == 1}
    several = any(len(values) > 1 for values in given.values())
    address = reverse("retirees:list")
    tabs = [
        {
            "label": label,
            "url": f"{address}?{urlencode(values)}" if values else address,
            "active": current is None and present == values and not several,
        }
        for label, values in VIEWS
        if "special" not in values
        or sees_private(request.actor)  # it asks the family, whom leaders do not see
    ]
    first = request.user.preferences.get(DEFAULT_VIEW)
    shown = [view for view in views if view in (current,) or view.pk == first]
    shown += [view for view in views if view not in shown][: SHOWN - len(shown)]
    tabs += [
        {
            "label": view.name,
            "url": reverse("retirees:view", args=[view.pk]),
            "active": current is not None and view.pk == current.pk,
        }
        for view in views
        if view in shown
    ]
    if views:
        tabs.append({"label": "管理视图", "url": reverse("retirees:views"), "active": False})
    return tabs


def view_line(request: HttpRequest, form: RegisterConditions, view: SavedView | None) -> dict[str, Any]:
    """Inputs of retirees/_view_line.html: which view this is, what of it was changed or dropped, what can be done."""
    rest = QueryDict(form.query(), mutable=True)
    for name in ("sort", "by"):
        if request.GET.get(name):
            rest[name] = request.GET[name]
    line: dict[str, Any] = {
        "keep_url": f"{reverse('retirees:view-create')}?{rest.urlencode()}",
        "view": view,
        "can_keep": form.is_valid() and not form.given() & {"on", "flow", "from", "to"},
    }
    if view is None:
        return line
    kept, dropped = valid_part(request.actor, view.query)
    now = (form.query(), request.GET.get("sort", ""), request.GET.get("by", ""))
    return line | {
        "is_own": view.owner_id == request.actor.user_id,
        "is_default": request.user.preferences.get(DEFAULT_VIEW) == view.pk,
        "changed": now != (kept.query(), view.sort, view.grouping),
        "dropped": dropped,
        "contents": [
            {"name": name, "value": value}
            for name, value in zip(("query", "sort", "grouping"), now, strict=True)
        ],
    }
