"""The list on paper: everybody who is meant, not one page of fifty, with its conditions and room for signatures."""

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.chinese import format_count, format_date
from apps.core.pages import page
from apps.exports.perms import can_export
from apps.exports.rules import ALONE
from apps.retirees import perms
from apps.retirees.forms.selection import BadSelection, read_selection
from apps.retirees.queries.custom import custom_fields
from apps.retirees.queries.ordering import BY_NAME, order_named
from apps.retirees.queries.selection import people_of
from apps.retirees.queries.views import view_named
from apps.retirees.tables import PRIVATE_COLUMNS, RegisterTable, allowed_columns
from apps.retirees.views.columns import shown_columns

MANY_COLUMNS = 11
"""From here on the letters are smaller, so that a line still holds all columns of a sheet on its side."""


@page(perms.can_list_retirees, "POST")
def printed(request: HttpRequest) -> HttpResponse:
    """A page for the printer. It posts like every use of a selection, and like a download it is written to the log."""
    actor, today = request.actor, timezone.localdate()
    try:
        selection = read_selection(actor, request.POST)
    except BadSelection as refusal:
        messages.warning(request, str(refusal))
        return redirect("retirees:list")
    back = f"{reverse('retirees:list')}?{selection.query}" if selection.query else reverse("retirees:list")
    own = custom_fields()
    order = order_named(request.POST.get("sort", "name"), own) or BY_NAME
    found = order.sorted(people_of(actor, selection, today).select_related("county", "unit"))
    rows = list(found[: ALONE + 1])
    if len(rows) > ALONE:
        return _by_request(request, back)
    shown = shown_columns(request, own, view_named(actor, request.POST.get("view", "")))
    if set(shown) & set(PRIVATE_COLUMNS) & set(allowed_columns(actor, own)):
        prefetch_related_objects(rows, "private")
    if "photo" in shown:
        prefetch_related_objects(rows, "portrait_set")
    on = selection.conditions.get("on") or selection.conditions.get("to") or today
    table = RegisterTable(rows, actor=actor, on=on, shown=shown, own=own)
    table.lazy = False  # the printer takes what is there, not what has been scrolled to
    record_event(
        kind=EventKind.EXPORT,
        summary=f"打印名单：{selection.words}，{len(rows)}人",
        by=actor,
        data={
            "people": len(rows),
            "keys": [person.pk for person in rows],
            "columns": [each.name for each in table.columns],
        },
    )
    context = {
        "table": table,
        "count": f"{format_count(len(rows))}人",
        "conditions": selection.words,
        "on": format_date(on),
        "back": back,
        "many": len(table.columns) >= MANY_COLUMNS,
        "crumbs": [{"label": "人员名册", "url": back}, {"label": "打印", "url": ""}],
    }
    return render(request, "retirees/list_print.html", context)


def _by_request(request: HttpRequest, back: str) -> HttpResponse:
    """More than one may take away alone (GB/T 35273-2020 7.1 b) is taken on paper as in a file: by a request that a
    second person agrees to. The same selection goes on to its form."""
    if not can_export(request.actor):
        messages.warning(
            request,
            f"超过{ALONE}人的名单要经审批才能打印，您现在没有导出权限。请加上条件，或请有权限的经办办理。",
        )
        return redirect(back)
    messages.info(
        request, f"超过{ALONE}人的名单要由第二个人批准后打印：格式选“打印版（PDF）”，写明用途后提交。"
    )
    return HttpResponseRedirect(reverse("exports:new"), status=307)
