"""Step-up: before certain acts one proves again who one is (ASVS 7.5.3).

A page declares it (``@page(…, proof=…)``, apps/core/pages.py). Where the last factor is older than
PORTAL_STEP_UP_MINUTES, its form is kept sealed in the session, and the answer, at the same address, asks for the
authenticator's code or, from whoever has none, the password. With the right one the kept form goes on to the view as
if it had just come. Nothing else changes: the permission is asked before, the object's wall after.
"""

import binascii
import re
import secrets
import time
from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from apps.accounts.actions import check_code, record_failure
from apps.accounts.forms import ProofByCode, ProofByPassword
from apps.accounts.queries import has_code_device, sign_in_label, too_many_tries
from apps.accounts.rules import SESSION
from apps.accounts.views.second_factor import WRONG
from apps.accounts.views.sign_in import locked_out, place, too_often
from apps.audit.actions import record_event
from apps.audit.choices import EventKind, SignInOutcome
from apps.core.inputs import PlainForm
from apps.core.keyring import KeyringError, keyring
from apps.core.pages import PageRule

KEPT = "held-form"
"""Field of the page's form that names the kept one; with it a POST is the answer to the question."""
MOST_BYTES = 60_000
MOST_KEPT = 3
TARGET = re.compile(r"[A-Za-z][\w-]{0,99}")


class StepUpMiddleware:
    """Stands behind the check of the form's token and inside the scope, right before the view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """None lets the view go on; else the page that asks."""
        rule: PageRule | None = getattr(view, "page_rule", None)
        if rule is None or rule.proof is None or rule.perm is None or request.method != "POST":
            return None
        if not settings.PORTAL_STEP_UP_MINUTES or not rule.perm(request.actor):
            return None  # the view refuses by itself
        if KEPT in request.POST:
            return _answered(request)
        if is_fresh(request) or not rule.proof(request):
            return None
        return _ask(request, _form(request, None), _keep(request))


def is_fresh(request: HttpRequest) -> bool:
    """Whether a factor was given within PORTAL_STEP_UP_MINUTES: at the sign-in, or when asked again since."""
    given = max(request.session.get(SESSION.STARTED, 0), request.session.get(SESSION.PROVEN, 0))
    return 0 <= time.time() - given < settings.PORTAL_STEP_UP_MINUTES * 60


def _answered(request: HttpRequest) -> HttpResponse | None:
    """Check what was typed, then put the kept form in its place."""
    key = request.POST[KEPT]
    form = _form(request, request.POST)
    if form.is_valid():
        refusal = _check(request, form)
        if refusal is not None:
            return refusal
    if form.errors:
        return _ask(request, form, key)
    request.session[SESSION.PROVEN] = int(time.time())
    kept = _take(request, key)
    summary = f"再次验证身份：{request.resolver_match.view_name if request.resolver_match else ''}"
    record_event(kind=EventKind.ACCOUNT, summary=summary, by=request.actor, subject=request.user)
    if kept is None:
        return _ask(request, None, "")
    request.POST = kept
    return None


def _form(request: HttpRequest, data: QueryDict | None) -> PlainForm:
    return ProofByCode(data) if has_code_device(request.user) else ProofByPassword(data)


def _check(request: HttpRequest, form: PlainForm) -> HttpResponse | None:
    """A page where it was tried too often; a wrong proof becomes the form's error."""
    typed = form.cleaned_data["proof"]
    if isinstance(form, ProofByCode):
        checked = check_code(user=request.user, code=typed, **place(request))
        if checked.outcome == SignInOutcome.LOCKED:
            return too_often(request, 15)
        if checked.device is None:
            form.add_error("proof", WRONG)
        return None
    name, user = request.user.get_username(), request.user
    if too_many_tries(sign_in_label(name, user), user, place(request)["address"], timezone.now()):
        record_failure(name=name, user=user, outcome=SignInOutcome.LOCKED, **place(request))
        return locked_out(request)
    if auth.authenticate(request, username=name, password=typed) is None:
        locked = getattr(request, "axes_locked_out", False)
        outcome = SignInOutcome.LOCKED if locked else SignInOutcome.FAILED
        record_failure(name=name, user=user, outcome=outcome, **place(request))
        form.add_error("proof", "密码不对。输错 5 次要等 15 分钟。")
    return None


def _ask(request: HttpRequest, form: PlainForm | None, key: str) -> HttpResponse:
    """The page, or the piece of a page where htmx asked; without ``form`` it says that one has to begin anew."""
    target = request.headers.get("HX-Target", "")
    is_piece = "HX-Request" in request.headers and TARGET.fullmatch(target)
    context = {
        "form": form,
        "field": KEPT,
        "key": key,
        "address": request.get_full_path(),
        "target": target if is_piece else "",
        "minutes": settings.PORTAL_STEP_UP_MINUTES,
        "back": _back(request),
    }
    template = "accounts/_prove.html" if is_piece else "accounts/prove.html"
    return render(request, template, context, status=422)


def _back(request: HttpRequest) -> str:
    came_from = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure()):
        return came_from
    return resolve_url(settings.LOGIN_REDIRECT_URL)


def _sealed_for(request: HttpRequest) -> str:
    """A kept form is good for the same account at the same address only."""
    return f"held|{request.user.pk}|{request.get_full_path()}"


def _keep(request: HttpRequest) -> str:
    """Seal the form into the session and return its key; "" if it is too large or carries files."""
    data = request.POST.copy()
    data.pop("csrfmiddlewaretoken", None)
    text = data.urlencode().encode()
    if request.FILES or len(text) > MOST_BYTES:
        return ""
    key = secrets.token_urlsafe(12)
    sealed = b64encode(keyring().encrypt(text, _sealed_for(request))).decode()
    kept = list(request.session.get(SESSION.HELD, {}).items())[-(MOST_KEPT - 1) :]
    request.session[SESSION.HELD] = {**dict(kept), key: sealed}
    return key


def _take(request: HttpRequest, key: str) -> QueryDict | None:
    """The kept form; None where there is none of this key for this address. It is gone from the session then."""
    kept = dict(request.session.get(SESSION.HELD, {}))
    sealed = kept.pop(key, None)
    request.session[SESSION.HELD] = kept
    if sealed is None:
        return None
    try:
        text = keyring().decrypt(b64decode(sealed), _sealed_for(request)).decode()
    except (KeyringError, binascii.Error):
        return None
    return QueryDict(text)
