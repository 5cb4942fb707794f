"""Who is calling, sessions that end, and the scope that every request works in."""

import contextlib
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import auth
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.urls import Resolver404, resolve
from django.utils import timezone

from apps.accounts.queries import choose_grant, name_digest, needs_code, password_is_old, valid_grants
from apps.accounts.rules import SESSION, client_address
from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.once import one_page
from apps.core.pages import PageRule
from apps.core.scope import scope

CHANGE = "accounts:password"
Next = Callable[[HttpRequest], HttpResponse]


class StreamingNotAllowed(RuntimeError):
    """A streamed body would run after the scope has closed; long outputs are jobs."""


class ClientAddressMiddleware:
    """Makes REMOTE_ADDR the browser's address, as seen by our own proxies (PORTAL_TRUSTED_PROXIES of them).

    Everything behind reads REMOTE_ADDR only; what a browser writes into X-Forwarded-For by itself changes nothing.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.META["REMOTE_ADDR"] = client_address(
            request.META.get("REMOTE_ADDR", ""),
            request.META.get("HTTP_X_FORWARDED_FOR", ""),
            settings.PORTAL_TRUSTED_PROXIES,
        )
        return self.get_response(request)


class SessionLimitMiddleware:
    """Ends a session after idleness, after its absolute life, or when the account says so.

    ``request.session_ended`` tells the sign-in page why: "idle", "old", or "ended" (elsewhere: by a new password, by
    an administrator, by signing in on a third machine).
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.session_ended = ""
        if request.user.is_authenticated:
            request.session_ended = self._why_over(request)
            if request.session_ended:
                auth.logout(request)
        elif settings.SESSION_COOKIE_NAME in request.COOKIES and request.session.is_empty():
            request.session_ended = "ended"
        return self.get_response(request)

    def _why_over(self, request: HttpRequest) -> str:
        now = int(time.time())
        session = request.session
        if session.get(SESSION.EPOCH) != request.user.session_epoch or not request.user.is_active:
            return "ended"
        if now - session.get(SESSION.STARTED, 0) > settings.PORTAL_SESSION_HOURS * 3600:
            return "old"
        if now - session.get(SESSION.SEEN, 0) > settings.PORTAL_IDLE_MINUTES * 60:
            return "idle"
        if now - session[SESSION.SEEN] >= 60 and "X-Portal-Poll" not in request.headers:
            session[SESSION.SEEN] = (
                now  # written at most once a minute; a page that asks by itself is no work
            )
        return ""


class ScopeMiddleware:
    """Puts ``request.actor``, and runs the view inside the transaction that carries the actor's scope.

    The page is rendered inside it. An answer of 500 or more rolls back, whoever turned the error into an answer, and
    so does any exception that leaves the view, even if its answer is a 404: a view that gave up has done nothing.
    Not ATOMIC_REQUESTS: that one ends before a TemplateResponse renders.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = None
        request.grants = ()
        request.gave_up = False
        rule = _rule_of(request)
        if rule is None or rule.perm is None:
            return self.get_response(request)
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        # Read anew each time: what was taken away is gone at the next click.
        request.grants = grants = valid_grants(request.user)
        if rule.scoped and needs_code(request.user, grants):
            return _elsewhere(request, "accounts:second-factor")
        if rule.scoped and password_is_old(request.user, timezone.now()) and not _is_page(request, CHANGE):
            return HttpResponseRedirect(resolve_url(CHANGE))
        request.grant = choose_grant(grants, request.session.get(SESSION.GRANT))
        if request.grant is None:
            return render(request, "accounts/no_grant.html", status=403)
        request.actor = request.grant.actor(request.request_number)
        with scope(request.actor), one_page() if request.method in READING else contextlib.nullcontext():
            response = self.get_response(request)
            if response.streaming:
                raise StreamingNotAllowed(request.path)
            if response.status_code >= 500 or request.gave_up:
                transaction.set_rollback(True)
        if response.status_code in REFUSALS:
            _note_refusal(request, response.status_code)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Noted here, rolled back after the error page, which may still ask the database for its menu."""
        request.gave_up = True


READING = ("GET", "HEAD")
REFUSALS = {403: "没有权限", 404: "不在范围内或不存在"}


def _note_refusal(request: HttpRequest, status: int) -> None:
    """A line in the log, in a transaction of its own: the view's was rolled back."""
    with scope(request.actor) as actor:
        record_event(
            kind=EventKind.REFUSED,
            summary=f"{REFUSALS[status]}：{request.resolver_match.view_name if request.resolver_match else ''}",
            by=actor,
            data={"path": request.path[:200], "method": request.method},
        )


def axes_name(request: HttpRequest, credentials: dict[str, Any] | None) -> str | None:
    """What django-axes counts and logs in place of the typed name: people type passwords into the wrong field."""
    name = (credentials or {}).get("username") or request.POST.get("username")
    return name_digest(name) if name else None


def _rule_of(request: HttpRequest) -> PageRule | None:
    try:
        return getattr(resolve(request.path_info).func, "page_rule", None)
    except (Resolver404, Http404):
        return None


def _is_page(request: HttpRequest, view: str) -> bool:
    return request.path_info == resolve_url(view)


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    ended = {"ended": request.session_ended} if request.session_ended else {}
    return _elsewhere(request, settings.LOGIN_URL, ended)


def _elsewhere(request: HttpRequest, view: str, query: dict[str, str] | None = None) -> HttpResponse:
    """Send the browser to another page, from which it comes back; a fragment sends the whole window there."""
    query = dict(query or {})
    target = resolve_url(view)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": f"{target}?{urlencode(query)}".rstrip("?")})
    if request.method == "GET":
        query = {"next": request.get_full_path(), **query}
    return HttpResponseRedirect(f"{target}?{urlencode(query)}".rstrip("?"))
