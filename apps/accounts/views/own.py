"""One's own account: profile, password, display, the grant in hand."""

import time

from django.conf import settings
from django.contrib import auth, messages
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import base36_to_int

from apps.accounts import perms
from apps.accounts.actions import (
    NotPossible,
    change_password,
    record_failure,
    set_display,
    set_password_by_link,
)
from apps.accounts.forms import ChangePasswordForm, DisplayForm, NewPasswordForm
from apps.accounts.models import User
from apps.accounts.queries import (
    has_code_device,
    live_sessions,
    must_have_code,
    password_is_old,
    recent_sign_ins,
    recovery_codes_left,
    valid_grants,
)
from apps.accounts.rules import SESSION, browser_label
from apps.accounts.views.sign_in import place, safe_next
from apps.audit.choices import SignInOutcome
from apps.core.chinese import format_moment
from apps.core.pages import page, public_page


@page(perms.is_signed_in)
def profile(request: HttpRequest) -> HttpResponse:
    """Who one is here, since when, from where."""
    user = request.user
    grants = valid_grants(user)
    context = {
        "crumbs": [{"label": "我的账号", "url": ""}],
        "facts": [
            {"label": "姓名", "value": user.full_name},
            {"label": "用户名", "value": user.username},
            {"label": "工号", "value": user.staff_number or "—"},
            {"label": "密码修改时间", "value": format_moment(user.password_changed_at)},
        ],
        "grants": [{"grant": grant, "active": grant.pk == request.grant.pk} for grant in grants],
        "has_code": has_code_device(user),
        "forced": must_have_code(grants),
        "codes_left": recovery_codes_left(user),
        "sessions": [
            {
                "what": browser_label(session.agent),
                "address": session.address,
                "since": format_moment(session.started_at),
                "here": session.pk == request.session.session_key,
            }
            for session in live_sessions(user)
        ],
        "sign_ins": recent_sign_ins(user),
    }
    return render(request, "accounts/profile.html", context)


@page(perms.is_signed_in, "GET", "POST")
def password(request: HttpRequest) -> HttpResponse:
    """Change one's password; every other session ends. Wrong present passwords count like wrong sign-ins."""
    user = request.user
    form = ChangePasswordForm(request.POST if request.method == "POST" else None, user=user)
    if request.method == "POST" and form.is_valid():
        if auth.authenticate(request, username=user.username, password=form.cleaned_data["old"]) is None:
            locked = getattr(request, "axes_locked_out", False)
            outcome = SignInOutcome.LOCKED if locked else SignInOutcome.FAILED
            record_failure(name=user.username, user=user, outcome=outcome, **place(request))
            form.add_error("old", "现在的密码不对。")
        else:
            change_password(
                user=user,
                password=form.cleaned_data["new"],
                session_key=request.session.session_key,
                by=request.actor,
            )
            auth.update_session_auth_hash(request, user)
            request.session[SESSION.EPOCH] = user.session_epoch
            messages.success(request, "密码已修改，其他电脑上的登录已结束。")
            return redirect("accounts:profile")
    context = {
        "form": form,
        "heading": "修改密码",
        "crumbs": [
            {"label": "我的账号", "url": reverse("accounts:profile")},
            {"label": "修改密码", "url": ""},
        ],
        "submit_label": "修改密码",
        "cancel_url": reverse("accounts:profile"),
        "note": _password_note(user),
    }
    return render(request, "generic/form.html", context)


def _password_note(user: User) -> str:
    if password_is_old(user, timezone.now()):
        return f"这个密码已经用满 {settings.PORTAL_PASSWORD_DAYS} 天，按规定要修改后才能继续。"
    return "修改后，您在其他电脑上的登录会结束。"


@public_page("GET", "POST")
def set_password(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Set a password by the one-time link. A link that is spent, old or invented gets one and the same answer."""
    user = _user_of_link(uid, token)
    if user is None:
        return render(request, "accounts/link_spent.html", status=404)
    form = NewPasswordForm(request.POST if request.method == "POST" else None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            set_password_by_link(user=user, token=token, password=form.cleaned_data["new"], **place(request))
        except NotPossible:
            return render(request, "accounts/link_spent.html", status=404)
        messages.success(request, "密码已设置，请用新密码登录。")
        return redirect("accounts:sign-in")
    return render(request, "accounts/set_password.html", {"form": form, "account": user})


def _user_of_link(uid: str, token: str) -> User | None:
    try:
        key = base36_to_int(uid)
    except ValueError:
        return None
    user = User.objects.filter(pk=key, is_active=True).first()
    return user if user is not None and default_token_generator.check_token(user, token) else None


@page(perms.is_signed_in, "POST")
def display(request: HttpRequest) -> HttpResponse:
    """Keep how pages are shown, and go back to where the button was."""
    form = DisplayForm(request.POST)
    if not form.is_valid() or not form.given():
        raise BadRequest("unknown display setting")
    set_display(user=request.user, values=form.given())
    return redirect(safe_next(request))


@page(perms.is_signed_in, "POST")
def switch_grant(request: HttpRequest) -> HttpResponse:
    """Work under another of one's own grants. Any other is not found."""
    wanted = request.POST.get("grant", "")
    grant = next((each for each in valid_grants(request.user) if str(each.pk) == wanted), None)
    if grant is None:
        raise Http404("grant")
    request.session[SESSION.GRANT] = grant.pk
    messages.success(request, f"现在以“{grant}”的身份办理。")
    return redirect("dashboards:home")  # the page one comes from may not exist for the other grant


@page(perms.is_signed_in, "POST")
def keep_alive(request: HttpRequest) -> HttpResponse:
    """Somebody is at work, though not sending forms: the idle limit starts anew."""
    request.session[SESSION.SEEN] = int(time.time())
    return HttpResponse(status=204)
