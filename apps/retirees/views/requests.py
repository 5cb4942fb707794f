"""Requests for changes: the list of those that wait, one of them, and what may be done with it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from apps.core.chinese import format_moment
from apps.core.downloads import attachment
from apps.core.pages import page
from apps.core.private_files import FileDamaged, FileGone, FileNotKept
from apps.core.scope import Actor
from apps.retirees import perms
from apps.retirees.actions import NotPossible
from apps.retirees.actions import requests as actions
from apps.retirees.choices import RequestKind, RequestState
from apps.retirees.forms.requests import RequestConditions, ResendForm
from apps.retirees.models import ChangeRequest
from apps.retirees.queries.requests import (
    Shown,
    decided,
    own_open,
    returned_count,
    shown,
    to_decide,
    waiting_count,
)
from apps.retirees.views.present import page_of

PAGE = 50
TONES = {
    RequestState.WAITING: "amber",
    RequestState.RETURNED: "red",
    RequestState.APPROVED: "green",
    RequestState.REFUSED: "red",
    RequestState.WITHDRAWN: "grey",
    RequestState.OVERTAKEN: "grey",
}


def _rows(actor: Actor, tab: str) -> Any:
    rows = {"decide": to_decide, "own": own_open, "done": decided}[tab](actor)
    return rows.select_related("county", "unit")


def _conditions(values: Mapping[str, Any], actor: Actor) -> tuple[str, int | None, int]:
    form = RequestConditions(values)
    if set(values) - set(form.fields) or not form.is_valid():
        raise BadRequest("unknown condition")
    found = form.cleaned_data
    may = perms.can_decide_requests(actor)
    tab = found["tab"] or ("decide" if may else "own")
    if tab == "decide" and not may:
        raise PermissionDenied
    return tab, found["batch"], found["page"] or 1


@page(perms.can_list_requests)
def requests(request: HttpRequest) -> HttpResponse:
    """What waits for the reader, what his own place has asked for, and what is decided."""
    actor = request.actor
    tab, batch, number = _conditions(request.GET.dict(), actor)
    found = _rows(actor, tab)
    if batch:
        found = found.filter(batch_id=batch)
    pages = Paginator(found, PAGE).get_page(number)
    rows = [request_row(item) for item in shown(pages.object_list)]
    may = tab == "decide"
    query = urlencode({"tab": tab, **({"batch": batch} if batch else {})})
    context = {
        "crumbs": [{"label": "变更审核", "url": ""}],
        "tabs": _tabs(actor, tab),
        "rows": rows,
        "pages": pages,
        "query": f"{query}&",
        "may_decide": may,
        "bulk": _bulk(pages.paginator.count, query, rows[0]["origin"] if batch else "")
        if may and rows
        else None,
        "batch": batch,
        "batch_words": rows[0]["origin"] if batch and rows else "",
        "all_url": f"{reverse('retirees:requests')}?{urlencode({'tab': tab})}",
        "empty": EMPTY[tab],
        "page_actions": [{"label": "审核设置", "url": reverse("retirees:review-fields")}]
        if perms.can_set_review(actor)
        else [],
    }
    return render(request, "retirees/requests.html", context)


EMPTY = {
    "decide": ("没有要审核的", "县市区和单位改了要审核的内容，会出现在这里。"),
    "own": ("没有在审的申请", "改了要审核的内容，会报市局审核，在这里看进度。"),
    "done": ("还没有办结的", "通过、不予认可和撤回的申请会留在这里。"),
}


def _bulk(total: int, query: str, origin: str) -> dict[str, Any]:
    """Inputs of components/selection_bar.html."""
    return {
        "actions": [{"label": "批量通过", "url": reverse("retirees:requests-approve")}],
        "total": f"{total}条",
        "scope": origin or "待审核",
        "query": query,
    }


def _tabs(actor: Actor, active: str) -> list[dict[str, Any]]:
    own = ("own", "退回待改", 0) if actor.county_id is None else ("own", "本单位报审", returned_count(actor))
    if actor.county_id is not None and actor.unit_id is None:
        own = ("own", "本县报审", own[2])
    tabs = [own, ("done", "已办结", 0)]
    if perms.can_decide_requests(actor):
        tabs.insert(0, ("decide", "待审核", waiting_count(actor)))
    address = reverse("retirees:requests")
    return [
        {"label": label, "count": count, "active": name == active, "url": f"{address}?tab={name}"}
        for name, label, count in tabs
    ]


def request_row(item: Shown) -> dict[str, Any]:
    """A request as retirees/_request_row.html and the person page show it."""
    row = item.request
    return {
        "pk": row.pk,
        "url": reverse("retirees:request", args=[row.pk]),
        "person": item.person,
        "person_url": page_of(item.person),
        "place": f"{item.person.county.label} · {item.person.unit.label}",
        "kind": row.get_kind_display(),
        "is_death": row.kind == RequestKind.DEATH,
        "effect": "已经生效，等待核实" if row.kind == RequestKind.DEATH else "通过前名册里还是原来的内容",
        "lines": item.lines,
        "is_overtaken": item.is_overtaken,
        "is_moot": item.is_moot,
        "reason": row.reason,
        "origin": row.origin,
        "proof": row.proof_name,
        "asked": f"{row.asked_by_name}，{format_moment(row.asked_at)}",
        "decided": f"{row.decided_by_name}，{format_moment(row.decided_at)}" if row.decided_at else "",
        "words": row.words,
        "state": row.get_state_display(),
        "tone": TONES[RequestState(row.state)],
    }


def sent(request: HttpRequest) -> Any:
    """What was posted; an empty form is a form too."""
    return request.POST if request.method == "POST" else None


def the_request(actor: Actor, pk: Any) -> ChangeRequest:
    """A request in the actor's scope, or Http404."""
    return get_object_or_404(ChangeRequest.objects.visible_to(actor), pk=pk)


def back_to(request: HttpRequest, row: ChangeRequest) -> HttpResponse:
    return redirect("retirees:request", row.pk)


def crumbs_of(last: str, row: ChangeRequest | None = None) -> list[dict[str, str]]:
    items = [{"label": "变更审核", "url": reverse("retirees:requests")}]
    if row is not None:
        items.append(
            {"label": f"{row.retiree.name}的申请", "url": reverse("retirees:request", args=[row.pk])}
        )
    return [*items, {"label": last, "url": ""}]


@page(perms.can_list_requests)
def detail(request: HttpRequest, pk: Any) -> HttpResponse:
    """One request: what it was, what stands there now, what is wanted, why, and the buttons of the reader."""
    actor = request.actor
    row = the_request(actor, pk)
    item = shown([row])[0]
    is_waiting = row.state == RequestState.WAITING
    may_decide = is_waiting and perms.can_decide_request(actor, row)
    is_open = row.state in (RequestState.WAITING, RequestState.RETURNED)
    may_amend = is_open and perms.can_amend_request(actor, row)
    context = {
        "crumbs": crumbs_of(f"{item.person.name}的申请"),
        "item": request_row(item),
        "has_moved": item.is_overtaken,
        "version": item.person.version,
        "may_decide": may_decide,
        "may_resend": may_amend,
        "is_returned": row.state == RequestState.RETURNED,
        "may_withdraw": may_amend and row.kind != RequestKind.DEATH,
        "edit_url": f"{reverse('retirees:edit', args=[row.retiree_id])}?{urlencode({'request': row.pk})}"
        if may_amend and row.kind == RequestKind.FIELDS
        else "",
    }
    return render(request, "retirees/request.html", context)


def _amendable(request: HttpRequest, pk: Any) -> ChangeRequest:
    row = the_request(request.actor, pk)
    if not perms.can_amend_request(request.actor, row):
        raise PermissionDenied
    return row


def is_key(text: str) -> bool:
    """Whether a text is a key of a request at all."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def form_page(
    request: HttpRequest, row: ChangeRequest, form: Any, heading: str, submit: str, note: str = ""
) -> HttpResponse:
    context = {
        "form": form,
        "heading": f"{heading}：{row.retiree.name}",
        "crumbs": crumbs_of(heading, row),
        "submit_label": submit,
        "cancel_url": reverse("retirees:request", args=[row.pk]),
        "note": note,
        "notice": None,
        "person": row.retiree,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "retirees/change.html", context, status=status)


@page(perms.can_ask_requests, "POST")
def withdraw(request: HttpRequest, pk: Any) -> HttpResponse:
    row = _amendable(request, pk)
    try:
        actions.withdraw(request=row, by=request.actor)
    except NotPossible as reason:
        messages.error(request, str(reason))
        return back_to(request, row)
    messages.success(request, f"{row.retiree.name}的申请已撤回，名册没有改动。")
    return redirect("retirees:requests")


@page(perms.can_ask_requests, "GET", "POST")
def resend(request: HttpRequest, pk: Any) -> HttpResponse:
    """A request with a better reason or proof; a returned one waits again."""
    row = _amendable(request, pk)
    form = ResendForm(sent(request), request.FILES or None, initial={"reason": row.reason})
    if request.method == "POST" and form.is_valid():
        try:
            actions.resend(
                request=row,
                reason=form.cleaned_data["reason"],
                proof=proof_of(form.cleaned_data["proof"]),
                by=request.actor,
            )
        except (NotPossible, FileNotKept) as reason:
            messages.error(request, str(reason))
            return back_to(request, row)
        messages.success(request, f"{row.retiree.name}的申请已补充并报审。")
        return redirect("retirees:requests")
    note = f"退回意见：{row.words}" if row.words else ""
    return form_page(request, row, form, "补充材料", "报审", note)


def proof_of(file: Any) -> actions.Proof | None:
    """An uploaded file as the actions take it."""
    return actions.Proof(file.name, file.read()) if file else None


TYPES = {"pdf": "application/pdf", "png": "image/png"}


@page(perms.can_list_requests, "POST")
def proof(request: HttpRequest, pk: Any) -> HttpResponse:
    """The scan, with a line in the log; hence POST."""
    row = the_request(request.actor, pk)
    if not row.proof_file:
        raise Http404("no proof")
    try:
        content = actions.read_proof(request=row, by=request.actor)
    except (FileGone, FileDamaged):
        messages.error(request, "文件不在服务器上或已损坏，请告诉系统管理员。")
        return back_to(request, row)
    ending = row.proof_name.rpartition(".")[2].lower()
    return attachment(content, filename=row.proof_name, content_type=TYPES.get(ending, "image/jpeg"))
