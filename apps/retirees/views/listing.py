"""The register list and the search box of every page."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from apps.accounts.perms import sees_private
from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.chinese import format_count, format_date
from apps.core.pages import page
from apps.core.paging import PARAMETERS, KeysetPage, keyset_page
from apps.core.scope import Actor
from apps.retirees import perms
from apps.retirees.figures.counts import people_counted, register_counts
from apps.retirees.forms.listing import RegisterConditions, UnknownCondition, bound_conditions
from apps.retirees.models import RetireeQuerySet, SavedView
from apps.retirees.queries.listing import SORTS, is_counted, moved_away, register_list
from apps.retirees.queries.search import by_national_id, looks_like_id
from apps.retirees.tables import (
    PRIVATE_COLUMNS,
    RegisterTable,
    allowed_columns,
    column_choices,
)
from apps.retirees.views.columns import shown_columns
from apps.retirees.views.selection import selection_actions, selection_bar
from apps.retirees.views.tabs import view_columns, view_in_hand, view_line, view_tabs, visible_views

COUNT_LIMIT = 10_000


@page(perms.can_list_retirees)
def people(request: HttpRequest) -> HttpResponse:
    """The list under the conditions of the address. A key that is no condition is refused."""
    actor, today = request.actor, timezone.localdate()
    try:
        form = bound_conditions(actor, request.GET)
    except UnknownCondition as refusal:
        raise BadRequest(str(refusal)) from None
    views = visible_views(actor)
    view = view_in_hand(request, views)
    valid = form.is_valid()
    conditions = form.cleaned_data if valid else {}
    on = conditions.get("on") or conditions.get("to") or today
    found = register_list(actor, conditions, today) if valid else register_list(actor, {}, today).none()
    total, at_least = _total(actor, found, conditions, today)
    column, descending = _order(request)
    listed = keyset_page(
        found.select_related("county", "unit"),
        column=column,
        descending=descending,
        query=request.GET,
        total=total,
        at_least=at_least,
    )
    context = _context(request, form, listed, on, view)
    context["views"] = view_tabs(request, views, view)
    context["moved_away"] = moved_away(actor, conditions, today) if valid else 0
    return render(request, "retirees/list.html", context)


def _total(
    actor: Actor, found: RetireeQuerySet, conditions: Mapping[str, Any], today: date
) -> tuple[int, bool]:
    """How many people there are: by the counted cells where they can tell, else by counting as far as COUNT_LIMIT."""
    if is_counted(conditions):
        return people_counted(register_counts(actor, today), conditions), False
    number = found.order_by().values("pk")[: COUNT_LIMIT + 1].count()
    return min(number, COUNT_LIMIT), number > COUNT_LIMIT


def _order(request: HttpRequest) -> tuple[str, bool]:
    asked = request.GET.get("sort", "name")
    name = asked.removeprefix("-")
    if name not in SORTS:
        raise BadRequest("unknown order")
    return SORTS[name], asked.startswith("-")


def _context(
    request: HttpRequest, form: RegisterConditions, listed: KeysetPage, on: date, view: SavedView | None
) -> dict[str, Any]:
    actor = request.actor
    shown = view_columns(view, actor) or shown_columns(request)
    rows = list(listed.rows)
    if set(shown) & set(PRIVATE_COLUMNS) & set(allowed_columns(actor)):
        prefetch_related_objects(rows, "private")
    # No request for the table: with one it would cut the page into pages of its own.
    table = RegisterTable(rows, actor=actor, on=on, shown=shown, order_by=request.GET.get("sort", "name"))
    actions = selection_actions(actor)
    table.selectable = bool(actions) and bool(rows)
    chips = form.chips() if form.is_valid() else []
    count = f"{'超过' if listed.at_least else ''}{format_count(listed.total)}人"
    return {
        "form": form,
        "table": table,
        "listed": listed,
        "total": count,
        "subheading": f"{count} · 截至{format_date(on)}",
        "crumbs": [{"label": "人员名册", "url": ""}],
        "page_actions": _actions(actor, form),
        "view_line": view_line(request, form, view),
        "filters": {
            "action": reverse("retirees:list"),
            "fields": [form[name] for name in form.shown],
            "more": [form[name] for name in form.more],
            "keep": _keep(request, {"sort", "view", "batch", "on", "flow", "from", "to"} & set(request.GET)),
            "columns_url": "#columns",
            "density_url": reverse("accounts:display"),
        },
        "chips": [{"label": words, "url": _without(request, name)} for name, words in chips],
        "clear_url": reverse("retirees:list"),
        "conditions": "；".join(words for _, words in chips),
        "columns": {
            "action": reverse("retirees:columns"),
            "method": "post",
            "columns": column_choices(actor, shown),
            "keep": [{"name": "next", "value": request.get_full_path()}],
            "reset": True,
        },
        "selection": selection_bar(actions, form, count) if table.selectable else None,
        "empty": _empty(actor, bool(chips), request),
    }


def _actions(actor: Actor, form: RegisterConditions) -> list[dict[str, str]]:
    if not perms.can_create_retiree(actor):
        return []
    return [
        {"label": "表格录入", "url": f"{reverse('retirees:grid')}?{form.query()}".rstrip("?")},
        {"label": "成批改动", "url": reverse("retirees:changesets")},
        {"label": "导入Excel", "url": reverse("imports:upload")},
        {"label": "新增人员", "url": reverse("retirees:create"), "kind": "primary", "key": "n"},
    ]


def _keep(request: HttpRequest, names: set[str]) -> list[dict[str, str]]:
    return [{"name": name, "value": request.GET[name]} for name in sorted(names) if request.GET[name]]


def _without(request: HttpRequest, name: str) -> str:
    """The list's address without one condition (and the days that belong to it) and from its first page."""
    rest = request.GET.copy()
    for gone in (name, *PARAMETERS, *(("from", "to") if name == "flow" else ())):
        rest.pop(gone, None)
    return f"{reverse('retirees:list')}?{rest.urlencode()}" if rest else reverse("retirees:list")


def _empty(actor: Actor, filtered: bool, request: HttpRequest) -> dict[str, str]:
    if filtered:
        return {
            "title": "没有符合条件的人员",
            "text": "可以去掉一两个条件再查。",
            "action_label": "清除条件",
            "action_url": reverse("retirees:list"),
        }
    if perms.can_create_retiree(actor):
        return {
            "title": "名册里还没有人员",
            "text": "把现有的花名册（Excel 或 CSV）导进来，核对后再写入；也可以一个一个新增。",
            "action_label": "导入花名册",
            "action_url": reverse("imports:upload"),
        }
    return {
        "title": "名册里还没有人员",
        "text": "等工作人员录入后，这里会显示名单。",
        "action_label": "",
        "action_url": "",
    }


@page(perms.can_list_retirees, "POST")
def find(request: HttpRequest) -> HttpResponse:
    """The search box. It posts, so that an ID number never stands in an address or an access log."""
    text = request.POST.get("q", "").strip()[:60]
    if not looks_like_id(text):
        return redirect(
            f"{reverse('retirees:list')}?{urlencode({'q': text})}" if text else reverse("retirees:list")
        )
    if not sees_private(request.actor):
        messages.warning(request, "您的身份不能按证件号查找，请按姓名查找。")
        return redirect("retirees:list")
    person = by_national_id(request.actor, text)
    record_event(
        kind=EventKind.SEARCH_ID,
        summary="按证件号查找" + ("" if person else "（没有找到）"),
        by=request.actor,
        subject=person,
    )
    if person is None:
        messages.warning(
            request, "您能看到的名册里没有这个证件号。请核对号码；如果人在其他县市区，请联系市局。"
        )
        return redirect("retirees:list")
    return redirect("retirees:detail", person.pk)
