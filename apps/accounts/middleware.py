"""Sessions that end, and the scope that every request works in."""

import time
from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import auth
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import Resolver404, resolve

from apps.accounts.queries import grant_in_hand, needs_code
from apps.core.scope import scope

Next = Callable[[HttpRequest], HttpResponse]

STARTED, SEEN, EPOCH, GRANT = "started", "seen", "epoch", "grant"


class StreamingNotAllowed(RuntimeError):
    """A streamed body would run after the scope has closed; long outputs are jobs."""


class SessionLimitMiddleware:
    """Ends a session after idleness, after its absolute life, or when the account says so."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and self._over(request):
            auth.logout(request)
            request.session["ended"] = "idle"
        return self.get_response(request)

    def _over(self, request: HttpRequest) -> bool:
        now = int(time.time())
        session = request.session
        idle = now - session.get(SEEN, now) > settings.PORTAL_IDLE_MINUTES * 60
        old = now - session.get(STARTED, now) > settings.PORTAL_SESSION_HOURS * 3600
        ended = session.get(EPOCH) != request.user.session_epoch
        if idle or old or ended or not request.user.is_active:
            return True
        if now - session.get(SEEN, 0) >= 60:  # written at most once a minute
            session[SEEN] = now
        return False


class ScopeMiddleware:
    """Puts ``request.actor``, and runs the view inside the transaction that carries the actor's scope.

    The page is rendered inside it. An answer of 500 or more rolls back, whoever turned the error into an answer.
    Not ATOMIC_REQUESTS: that one ends before a TemplateResponse renders.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = None
        rule = _rule_of(request)
        if rule is None or rule.perm is None:
            return self.get_response(request)
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        if needs_code(request.user) and rule.scoped:
            return HttpResponseRedirect(resolve_url("accounts:second-factor"))
        grant = grant_in_hand(request.user, request.session.get(GRANT))
        if grant is None:
            raise PermissionDenied("no grant")
        request.grant = grant
        request.actor = grant.actor(request.request_number)
        with scope(request.actor):
            response = self.get_response(request)
            if response.streaming:
                raise StreamingNotAllowed(request.path)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response


def _rule_of(request: HttpRequest) -> object:
    try:
        return getattr(resolve(request.path_info).func, "page_rule", None)
    except (Resolver404, Http404):
        return None


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    target = resolve_url(settings.LOGIN_URL)
    if request.headers.get(
        "HX-Request"
    ):  # a fragment cannot show the sign-in page: send the whole window there
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    query = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
    return HttpResponseRedirect(f"{target}?{query}" if query else target)
