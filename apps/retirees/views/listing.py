"""The register list and the search box of every page."""

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from apps.accounts.perms import sees_private
from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.chinese import format_count
from apps.core.pages import page
from apps.core.paging import KeysetPage, keyset_page
from apps.core.scope import Actor
from apps.retirees import perms
from apps.retirees.forms.listing import RegisterConditions
from apps.retirees.models import PrivateDetails
from apps.retirees.queries.listing import moved_away
from apps.retirees.queries.ordering import BY_NAME, SORT_LIMIT, Order
from apps.retirees.queries.search import by_national_id, looks_like_id
from apps.retirees.tables import PRIVATE_COLUMNS, RegisterTable, allowed_columns, column_choices
from apps.retirees.views.asked import Asked, asked, head_context
from apps.retirees.views.columns import shown_columns
from apps.retirees.views.grouped import grouped_list
from apps.retirees.views.selection import selection_actions, selection_bar


@page(perms.can_list_retirees)
def people(request: HttpRequest) -> HttpResponse:
    """The list under the conditions of the address. A key that is no condition is refused."""
    asking = asked(request)
    if request.GET.get("by"):
        return grouped_list(request, asking)
    total, at_least = asking.total()
    order = asking.order
    if order.expression is not None and (at_least or total > SORT_LIMIT):
        words = f"超过 {format_count(SORT_LIMIT)} 人，不能按“{order.label}”排序，请先加条件。现在按姓名排。"
        messages.info(request, words)
        order = BY_NAME
    listed = keyset_page(
        asking.found,
        column=order.column,
        descending=order.descending,
        expression=order.expression,
        query=request.GET,
        total=total,
        at_least=at_least,
    )
    context = _context(request, asking, listed, order)
    context["moved_away"] = moved_away(asking.actor, asking.conditions, asking.today)
    return render(request, "retirees/list.html", context)


def _context(request: HttpRequest, asking: Asked, listed: KeysetPage, order: Order) -> dict[str, Any]:
    actor, form, view = request.actor, asking.form, asking.view
    shown = shown_columns(request, form.own, view)
    rows = list(listed.rows)
    form.place(rows)
    if set(shown) & set(PRIVATE_COLUMNS) & set(allowed_columns(actor, form.own)):
        shown_of_them = PrivateDetails.objects.only("pk", *PRIVATE_COLUMNS)
        prefetch_related_objects(rows, Prefetch("private", shown_of_them))
    if "photo" in shown:
        prefetch_related_objects(rows, "portrait_set")
    # No request for the table: with one it would cut the page into pages of its own.
    table = RegisterTable(rows, actor=actor, on=asking.on, shown=shown, own=form.own, order_by=order.name)
    actions = selection_actions(actor)
    table.selectable = bool(actions) and bool(rows)
    count = f"{'超过' if listed.at_least else ''}{format_count(listed.total)}人"
    return head_context(request, asking, count) | {
        "table": table,
        "listed": listed,
        "page_actions": _actions(actor, form),
        "columns": {
            "action": reverse("retirees:columns"),
            "method": "post",
            "columns": column_choices(actor, shown, form.own),
            "keep": [{"name": "next", "value": request.get_full_path()}],
            "reset": True,
        },
        "selection": selection_bar(actions, asking.as_seen, form, count) if table.selectable else None,
        "empty": _empty(actor, bool(form.is_valid() and form.given()), request),
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
