"""The audit administrator's pages: what was done, and who signed in."""

import json
from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from apps.audit import perms
from apps.audit.choices import EventKind, SignInOutcome
from apps.audit.forms import Conditions, EventConditions, SignInConditions
from apps.audit.models import Event, SignIn
from apps.audit.queries import (
    LogPage,
    data_in_words,
    log_page,
    matching_events,
    matching_sign_ins,
    name_of,
    subject_label,
)
from apps.core.chinese import format_moment
from apps.core.pages import page

CURSORS = ("older", "newer")
TONES = {
    EventKind.REVEAL: "amber",
    EventKind.SEARCH_ID: "amber",
    EventKind.EXPORT: "amber",
    EventKind.DOWNLOAD: "amber",
    EventKind.REFUSED: "red",
    EventKind.GRANT: "brand",
    EventKind.ACCOUNT: "brand",
}
OUTCOMES = {SignInOutcome.OK: "green", SignInOutcome.OUT: "grey", SignInOutcome.PASSWORD_SET: "brand"}


@page(perms.can_read_log)
def log(request: HttpRequest) -> HttpResponse:
    """What was done, newest first."""
    form = EventConditions(request.GET)
    events = Event.objects.visible_to(request.actor)
    listed = _listed(request, form, matching_events(events, _conditions(request, form)))
    rows = [
        {
            "event": event,
            "at": format_moment(event.at),
            "kind": event.get_kind_display(),
            "tone": TONES.get(EventKind(event.kind), "blue"),
            "role": name_of("role", event.role),
        }
        for event in listed.rows
    ]
    return render(request, "audit/log.html", _context(request, form, listed, rows, "audit:log"))


@page(perms.can_read_log)
def sign_ins(request: HttpRequest) -> HttpResponse:
    """Who signed in, who failed to, newest first."""
    form = SignInConditions(request.GET)
    tries = SignIn.objects.visible_to(request.actor)
    listed = _listed(request, form, matching_sign_ins(tries, _conditions(request, form)))
    rows = [
        {
            "at": format_moment(each.at),
            "username": each.username,
            "outcome": each.get_outcome_display(),
            "tone": OUTCOMES.get(SignInOutcome(each.outcome), "red"),
            "address": each.address or "—",
            "browser": name_of("browser", each.agent),
            "agent": each.agent,
        }
        for each in listed.rows
    ]
    return render(request, "audit/sign_ins.html", _context(request, form, listed, rows, "audit:sign-ins"))


@page(perms.can_read_log)
def event(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One event, whole."""
    found = get_object_or_404(Event.objects.visible_to(request.actor), pk=pk)
    context = {
        "event": found,
        "crumbs": [{"label": "操作日志", "url": reverse("audit:log")}, {"label": "详情", "url": ""}],
        "facts": [
            {"label": "时间", "value": format_moment(found.at)},
            {"label": "类型", "value": found.get_kind_display()},
            {"label": "内容", "value": found.summary},
            {"label": "事由", "value": found.reason or "—"},
            {"label": "操作人", "value": f"{found.actor_name}（编号 {found.actor_id}）"},
            {"label": "身份", "value": name_of("role", found.role)},
            {"label": "县市区", "value": name_of("place", found.county_id)},
            {"label": "单位", "value": name_of("place", found.unit_id)},
            {"label": "对象", "value": subject_label(found.subject) if found.subject else "—"},
            {"label": "对象编号", "value": found.subject_id or "—"},
            {"label": "请求编号", "value": found.request},
            {"label": "记录编号", "value": str(found.pk)},
        ],
        "data": json.dumps(data_in_words(found.data), ensure_ascii=False, indent=2) if found.data else "",
        "same_request": Event.objects.visible_to(request.actor)
        .filter(request=found.request)
        .exclude(pk=found.pk)
        .order_by("at", "pk")[:50],
    }
    return render(request, "audit/event.html", context)


def _conditions(request: HttpRequest, form: Conditions) -> dict[str, Any]:
    """The conditions of the address. A key that is no condition is refused."""
    unknown = set(request.GET) - set(form.fields) - set(CURSORS)
    if unknown or any(len(request.GET.getlist(name)) > 1 for name in request.GET):
        raise BadRequest("unknown condition")
    return form.cleaned_data if form.is_valid() else {}


def _listed(request: HttpRequest, form: Conditions, rows: Any) -> LogPage:
    if not form.is_valid():
        rows = rows.none()
    try:
        return log_page(
            rows, older_than=request.GET.get("older", ""), newer_than=request.GET.get("newer", "")
        )
    except ValueError:
        raise BadRequest("cursor") from None


def _context(
    request: HttpRequest, form: Conditions, listed: LogPage, rows: list[dict[str, Any]], view: str
) -> dict[str, Any]:
    chips = form.chips() if form.is_valid() else []
    return {
        "form": form,
        "rows": rows,
        "newer": _address(request, newer=listed.newer) if listed.newer else "",
        "older": _address(request, older=listed.older) if listed.older else "",
        "newest": _address(request) if set(CURSORS) & set(request.GET) else "",
        "crumbs": [{"label": "操作日志", "url": ""}],
        "views": [
            {"label": label, "url": reverse(name), "active": name == view}
            for label, name in (("操作记录", "audit:log"), ("登录记录", "audit:sign-ins"))
        ],
        "filters": {
            "action": reverse(view),
            "fields": [form[name] for name in form.shown],
            "more": [form[name] for name in form.more],
        },
        "chips": [{"label": words, "url": _address(request, drop=name)} for name, words in chips],
        "clear_url": reverse(view),
    }


def _address(request: HttpRequest, drop: str = "", **cursor: str) -> str:
    rest = request.GET.copy()
    for name in (*CURSORS, drop):
        rest.pop(name, None)
    for name, value in cursor.items():
        rest[name] = value
    return f"?{rest.urlencode()}"
