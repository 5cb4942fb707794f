"""Coming in and going out."""

import time
from typing import Any

from axes.helpers import get_cool_off
from django.conf import settings
from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from apps.accounts.actions import admit, record_failure, record_leaving
from apps.accounts.forms import SignInForm
from apps.accounts.models import User
from apps.accounts.queries import needs_code, sign_in_label, too_many_tries, user_named, valid_grants
from apps.accounts.rules import SESSION
from apps.audit.choices import SignInOutcome
from apps.core.pages import public_page

WRONG = "用户名或密码不正确，或者账号已停用。请核对后再填；输错 5 次要等 15 分钟。"
ENDED = {
    "idle": "长时间没有操作，已退出。请重新登录。",
    "old": "本次登录已满规定时长，已退出。请重新登录。",
    "ended": "登录已结束。可能是密码已修改、管理员结束了登录，或者同一账号在另外两台电脑上登录了。",
}
OUT = "已退出登录。"


@public_page("GET", "POST")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for name and password. The answer to a wrong one is the same whether the name exists or not."""
    if request.method == "GET" and request.user.is_authenticated:
        return render(request, "accounts/signed_in.html", {"next": safe_next(request)})
    form = SignInForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        answer = _try(request, form)
        if answer is not None:
            return answer
    return render(request, "accounts/sign_in.html", {"form": form, "notice": _notice(request)})


def _notice(request: HttpRequest) -> str:
    if request.method == "POST":
        return ""
    if "out" in request.GET:
        return OUT
    return ENDED.get(request.GET.get("ended", "") or request.session_ended, "")


def _try(request: HttpRequest, form: SignInForm) -> HttpResponse | None:
    """Let the user in, or note the failure; None shows the form again."""
    name = form.cleaned_data["username"]
    known = user_named(name)
    if too_many_tries(sign_in_label(name, known), known, place(request)["address"], timezone.now()):
        record_failure(name=name, user=known, outcome=SignInOutcome.LOCKED, **place(request))
        return locked_out(request)
    user = auth.authenticate(request, username=name, password=form.cleaned_data["password"])
    if user is None:
        locked = getattr(
            request, "axes_locked_out", False
        )  # the answer then is locked_out's, see AxesMiddleware
        outcome = SignInOutcome.LOCKED if locked else SignInOutcome.FAILED
        record_failure(name=name, user=known, outcome=outcome, **place(request))
        form.add_error(None, WRONG)
        return None
    start_session(request, user)
    target = safe_next(request)
    if needs_code(user, valid_grants(user)):
        return redirect(f"{reverse('accounts:second-factor')}?{urlencode({'next': target})}")
    complete_session(request, user)
    return redirect(target)


def start_session(request: HttpRequest, user: User) -> None:
    """Begin a session under a new key. Until ``complete_session`` it opens only the pages of the second factor."""
    auth.login(request, user)
    now = int(time.time())
    request.session.update(
        {
            SESSION.STARTED: now,
            SESSION.SEEN: now,
            SESSION.EPOCH: user.session_epoch,
            SESSION.ADDRESS: place(request)["address"],
            SESSION.AGENT: place(request)["agent"],
        }
    )


def complete_session(request: HttpRequest, user: User) -> None:
    """All factors were given: log it, end the oldest session beyond the limit, show the sign-in before this one."""
    request.session[SESSION.COMPLETE] = True
    request.session.save()
    before = admit(user=user, session_key=request.session.session_key, **place(request))
    if before is None:
        messages.info(request, "这是您第一次登录。")
    elif before.failures:
        messages.warning(
            request,
            f"上次登录：{before}。此后有 {before.failures} 次登录失败；如果不是您本人，请告诉安全管理员。",
        )
    else:
        messages.info(request, f"上次登录：{before}。")


@public_page("POST")
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session here and on the server, and have the browser forget what it keeps."""
    if request.user.is_authenticated:
        record_leaving(user=request.user, **place(request))
        auth.logout(request)
    response = redirect(f"{resolve_url(settings.LOGIN_URL)}?out")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


def locked_out(
    request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None
) -> HttpResponse:
    """Too many wrong passwords: the same page for every name."""
    minutes = int(get_cool_off(request).total_seconds() // 60)
    return too_often(request, minutes)


def too_often(request: HttpRequest, minutes: int) -> HttpResponse:
    """The page that asks to wait."""
    context = {"wait_minutes": minutes, "request_number": request.request_number}
    return render(request, "errors/429.html", context, status=429)


def safe_next(request: HttpRequest) -> str:
    """Where to go afterwards: ``next`` if it is an address of this portal, else the home page."""
    target = request.POST.get("next") or request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        return target
    return resolve_url(settings.LOGIN_REDIRECT_URL)


def place(request: HttpRequest) -> dict[str, str]:
    """Address and browser, as the logs keep them."""
    return {
        "address": request.META["REMOTE_ADDR"],
        "agent": request.headers.get("User-Agent", "").replace("\0", "")[:200],
    }
