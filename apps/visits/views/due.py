"""The due list: everybody's page of whom to see next."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.accounts.perms import may_export
from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.chinese import format_count, format_date
from apps.core.pages import page
from apps.core.paging import keyset_page
from apps.core.scope import Actor
from apps.visits import perms
from apps.visits.actions.due_changes import DueMoved, give_reason, remove_due, restore_due
from apps.visits.forms.due import MOST, NO_DUE, PICKED, DueConditions, ReasonForm, RemovalForm
from apps.visits.models import Due
from apps.visits.models.due import DueQuerySet
from apps.visits.queries.due import LIMIT, SHOWN, count_up_to, due_rows, tab_counts, waiting_rows
from apps.visits.tables import DueTable

TITLE = "应访名单"
JOINED = ("retiree", "county", "unit", "rule", "occasion", "campaign", "team")
PRINTED = 500
SHORT = 20
"""What somebody without the right to export prints at a time."""


def conditions_of(actor: Actor, query: Any) -> DueConditions:
    """The list's conditions out of an address. Raises BadRequest for what is none."""
    form = DueConditions(query, actor=actor)
    if not form.is_known or not form.is_valid():
        raise BadRequest("unknown condition")
    return form


def list_address(query: str = "") -> str:
    """The list under a query string."""
    address = reverse("visits:due")
    return f"{address}?{query}" if query else address


@page(perms.can_list_visits)
def due_list(request: HttpRequest) -> HttpResponse:
    """One tab at a time, what ends first on top."""
    actor, today = request.actor, timezone.localdate()
    form = conditions_of(actor, request.GET)
    filters = form.filters()
    rows = due_rows(actor, filters, today).defer("campaign__picked")
    counts = tab_counts(actor, filters, today)
    total = counts[filters.show]
    at_least = total > LIMIT
    listed = keyset_page(
        rows,
        column="due_on",
        descending=False,
        query=request.GET,
        total=min(total, LIMIT),
        at_least=at_least,
        joined=JOINED,
    )
    may = perms.can_log_visit(actor)
    table = DueTable(list(listed.rows), today=today, may_log=may, show_county=actor.county_id is None)
    table.selectable = may and bool(listed.rows)
    words = f"{'超过' if at_least else ''}{format_count(listed.total)}人次"
    context = _context(request, form, counts) | {
        "heading": TITLE,
        "subheading": f"{SHOWN[filters.show]} {words} · {format_date(today)}",
        "table": table,
        "listed": listed,
        "total": words,
        "selection": _bar(actor, form, words) if table.selectable else None,
        "empty": _empty(actor, filters.show, bool(form.chips())),
    }
    return render(request, "visits/due.html", context)


def _context(request: HttpRequest, form: DueConditions, counts: dict[str, int]) -> dict[str, Any]:
    chips = form.chips()
    query = QueryDict(form.query(), mutable=True)
    query.pop("show", None)
    rest = query.urlencode()
    shown = form.filters().show
    actor = request.actor
    names = (
        ("rule", "campaign", "who", "county")
        if actor.county_id is None
        else ("rule", "campaign", "who", "unit")
    )
    fields = [form[name] for name in names if name in form.fields]
    more = [form[name] for name in ("occasion", "unit") if name in form.fields and name not in names]
    return {
        "crumbs": [],
        "views": [
            {
                "label": label,
                "url": list_address("&".join(part for part in (f"show={name}", rest) if part)),
                "active": name == shown,
                "count": f"{LIMIT}+" if counts[name] > LIMIT else counts[name],
            }
            for name, label in SHOWN.items()
        ],
        "filters": {
            "action": reverse("visits:due"),
            "fields": fields,
            "more": more,
            "keep": [{"name": "show", "value": shown}],
            "columns_url": "",
            "density_url": "",
        },
        "chips": [{"label": words, "url": list_address(_without(form, name))} for name, words in chips],
        "clear_url": list_address(f"show={shown}"),
        "conditions": "；".join([SHOWN[shown], *(words for _, words in chips)]),
        "columns": None,
        "page_actions": _actions(actor, form),
    }


def _without(form: DueConditions, name: str) -> str:
    query = QueryDict(form.query(), mutable=True)
    query.pop(name, None)
    return query.urlencode()


def _actions(actor: Actor, form: DueConditions) -> list[dict[str, str]]:
    paper = f"{reverse('visits:due-print')}?{form.query()}".rstrip("?")
    found = [{"label": "打印", "url": paper, "method": "post", "repeatable": "yes"}]
    if perms.can_see_plans(actor):
        found += [
            {"label": "走访规则", "url": reverse("visits:rules")},
            {"label": "走访领导", "url": reverse("visits:leaders")},
            {"label": "走访事由", "url": reverse("visits:occasions")},
        ]
    return found


def _bar(actor: Actor, form: DueConditions, total: str) -> dict[str, Any]:
    actions = [{"label": "登记未访原因", "url": reverse("visits:due-reasons")}]
    if perms.can_keep_plans(actor):
        actions.append({"label": "发起走访活动", "url": reverse("visits:campaign-from-due")})
    return {
        "actions": actions,
        "total": total,
        "scope": "；".join([SHOWN[form.filters().show], *(words for _, words in form.chips())]),
        "query": form.query(),
        "as_seen": [],
    }


def _empty(actor: Actor, show: str, filtered: bool) -> dict[str, str]:
    if filtered:
        return {
            "title": "没有符合条件的人",
            "text": "可以去掉一两个条件再看。",
            "action_label": "清除条件",
            "action_url": list_address(f"show={show}"),
        }
    if show == "overdue":
        return {
            "title": "没有超期未访的人",
            "text": "都看望过了，或已说明原因。",
            "action_label": "",
            "action_url": "",
        }
    may = perms.can_keep_plans(actor)
    return {
        "title": "这里没有人",
        "text": "应访名单由走访规则和走访活动产生：规则启用后，每天夜里更新，住院等情况登记后马上更新。",
        "action_label": "看走访规则" if may else "",
        "action_url": reverse("visits:rules") if may else "",
    }


@page(perms.can_list_visits, "POST")
def due_print(request: HttpRequest) -> HttpResponse:
    """The tab for the printer, written to the log; a long list on paper wants the right to take data out, as a file
    does."""
    actor, today = request.actor, timezone.localdate()
    form = conditions_of(actor, request.GET)
    filters = form.filters()
    rows = list(
        due_rows(actor, filters, today).select_related(*JOINED).order_by("due_on", "pk")[: PRINTED + 1]
    )
    most = PRINTED if may_export(actor) else SHORT
    if len(rows) > most:
        messages.warning(request, f"超过{most}人次，请先加条件（如规则、单位）再打印。")
        return redirect(list_address(form.query()))
    table = DueTable(rows, today=today, may_log=False, show_county=actor.county_id is None)
    words = "；".join([SHOWN[filters.show], *(text for _, text in form.chips())])
    record_event(kind=EventKind.EXPORT, summary=f"打印应访名单：{words}", by=actor, data={"count": len(rows)})
    context = {
        "table": table,
        "count": f"{len(rows)}人次",
        "conditions": words,
        "on": format_date(today),
        "back": list_address(form.query()),
        "crumbs": [{"label": TITLE, "url": reverse("visits:due")}, {"label": "打印", "url": ""}],
    }
    return render(request, "visits/due_print.html", context)


def the_due(actor: Actor, pk: int) -> Due:
    """A row that the actor sees, with what its pages name; 404 else."""
    return get_object_or_404(Due.objects.visible_to(actor).select_related(*JOINED), pk=pk)


def removal_address(due: Due) -> str:
    """Where somebody is taken off: a campaign's list has its own page, because its keeper decides."""
    if due.campaign_id:
        return reverse("visits:campaign-remove", args=[due.campaign_id, due.pk])
    return reverse("visits:due-remove", args=[due.pk])


def _may_change(actor: Actor, due: Due) -> None:
    if not perms.can_log_visit(actor, due.retiree):
        raise PermissionDenied("another place's person")


def _about(due: Due) -> dict[str, str]:
    what = due.campaign or due.rule or due.occasion
    return {
        "title": f"{due.retiree.name}（{due.county.label} {due.unit.label}）",
        "text": f"{what}，{format_date(due.from_on)}至{format_date(due.due_on)}",
        "kind": "",
    }


def _crumbs(label: str) -> list[dict[str, str]]:
    return [{"label": TITLE, "url": reverse("visits:due")}, {"label": label, "url": ""}]


@page(perms.can_log_visit, "GET", "POST")
def reason(request: HttpRequest, pk: int) -> HttpResponse:
    """Why one person was not seen."""
    due = the_due(request.actor, pk)
    _may_change(request.actor, due)
    started = {"reason": due.reason, "note": due.reason_note}
    form = ReasonForm(request.POST or None, initial=started)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        rows = Due.objects.visible_to(request.actor).filter(pk=due.pk)
        if give_reason(dues=rows, reason=data["reason"], note=data["note"], by=request.actor):
            messages.success(request, f"{due.retiree.name}：已登记未访原因，以后看望了照常登记。")
        else:
            messages.warning(request, f"{due.retiree.name}这一条已不是应访，没有改动。")
        return redirect("visits:due")
    actions = []
    if due.state == "open" and (due.campaign or perms.can_keep_plans(request.actor)):
        actions = [{"label": "核减", "url": removal_address(due), "kind": "danger"}]
    return _form_page(request, form, f"未访原因：{due.retiree.name}", _about(due), page_actions=actions)


@page(perms.can_log_visit, "POST")
def reasons(request: HttpRequest) -> HttpResponse:
    """The same reason for many: asked first, then written. The list posts whom it means."""
    actor = request.actor
    rows = picked_rows(request)
    if rows is None:
        messages.warning(request, NO_DUE)
        return redirect("visits:due")
    number = count_up_to(rows, MOST)
    if number > MOST:
        messages.warning(request, f"一次最多{format_count(MOST)}人次，请先加条件。")
        return redirect("visits:due")
    asked = "reason" in request.POST or "sent" in request.POST
    form = ReasonForm(request.POST if asked else None)
    if asked and form.is_valid():
        data = form.cleaned_data
        changed = give_reason(dues=rows, reason=data["reason"], note=data["note"], by=actor)
        messages.success(request, f"已给{changed}人次登记未访原因。")
        return redirect("visits:due")
    hidden = [(name, value) for name in ("ids", "all", "query") for value in request.POST.getlist(name)]
    about = {"title": f"选中的{format_count(number)}人次", "text": "都登记同一个原因。", "kind": ""}
    return _form_page(request, form, "登记未访原因", about, hidden=[*hidden, ("sent", "1")], wrong=asked)


def picked_rows(request: HttpRequest) -> DueQuerySet | None:
    """The open rows whom the list's bar posted; None for none."""
    if request.POST.get("all"):
        form = conditions_of(request.actor, QueryDict(request.POST.get("query", "")))
        return due_rows(request.actor, form.filters(), timezone.localdate())
    typed = request.POST.getlist("ids")[: PICKED + 1]
    if not typed or len(typed) > PICKED or not all(_is_key(text) for text in typed):
        return None
    return waiting_rows(request.actor).filter(pk__in=[int(text) for text in typed])


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 18


@page(perms.can_keep_plans, "GET", "POST")
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Off the list, with the reason and the approver; back again from the same page."""
    due = the_due(request.actor, pk)
    form = RemovalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            remove_due(
                due=due,
                reason=data["change_reason"],
                approved_by=data["approved_by_name"],
                by=request.actor,
            )
        except DueMoved as problem:
            messages.error(request, str(problem))
            return redirect("visits:due")
        messages.success(request, f"{due.retiree.name}已核减，不再算应访；点错了可以在这里撤销。")
        return redirect("visits:due-remove", due.pk)
    if due.state == "removed":
        return _removed_page(request, due)
    return _form_page(request, form, f"核减：{due.retiree.name}", _about(due), submit="核减")


def _removed_page(request: HttpRequest, due: Due) -> HttpResponse:
    context = {
        "heading": f"已核减：{due.retiree.name}",
        "crumbs": _crumbs("核减"),
        "confirm": {
            "question": f"{due.retiree.name}已核减。要恢复应访吗？",
            "text": f"理由：{due.change_reason}；批准人：{due.approved_by_name}",
            "effects": ["恢复后重新算应访，覆盖率的分母也加回来。"],
            "url": reverse("visits:due-restore", args=[due.pk]),
            "hidden": [],
            "submit_label": "恢复应访",
            "danger": "",
            "cancel_url": reverse("visits:due"),
        },
    }
    return render(request, "generic/confirm.html", context)


@page(perms.can_keep_plans, "POST")
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a removal back."""
    due = the_due(request.actor, pk)
    try:
        restore_due(due=due, by=request.actor)
    except DueMoved as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, f"{due.retiree.name}已恢复应访。")
    return redirect("visits:due")


def _form_page(
    request: HttpRequest,
    form: Any,
    heading: str,
    notice: dict[str, str],
    *,
    submit: str = "保存",
    hidden: Any = (),
    page_actions: Any = (),
    wrong: bool = True,
) -> HttpResponse:
    context = {
        "form": form,
        "heading": heading,
        "subheading": "",
        "crumbs": _crumbs(heading.partition("：")[0]),
        "submit_label": submit,
        "cancel_url": reverse("visits:due"),
        "note": "",
        "notice": notice,
        "hidden": hidden,
        "page_actions": page_actions,
    }
    status = 422 if request.method == "POST" and wrong else 200
    return render(request, "visits/plan_form.html", context, status=status)
