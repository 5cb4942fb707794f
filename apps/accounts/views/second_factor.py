"""One-time codes: asked for after the password, enrolled by a QR code, given up with a code."""

from base64 import b32encode
from typing import Any

import django_otp
import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django_otp.plugins.otp_totp.models import TOTPDevice

from apps.accounts import perms
from apps.accounts.actions import (
    NotPossible,
    begin_enrolment,
    check_code,
    confirm_enrolment,
    drop_second_factor,
    renew_recovery_codes,
)
from apps.accounts.forms import CodeForm, EnrolForm
from apps.accounts.queries import (
    has_code_device,
    is_verified,
    must_have_code,
    needs_code,
    recovery_codes_left,
    valid_grants,
)
from apps.accounts.rules import SESSION
from apps.accounts.views.sign_in import complete_session, place, safe_next, too_often
from apps.audit.choices import SignInOutcome
from apps.core.pages import page

WRONG = "口令不对，或者已经用过。请等手机上出现新的 6 位数字后再填。"


@page(perms.is_signed_in, "GET", "POST", scoped=False)
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for the code that the session still owes."""
    target = safe_next(request)
    if not needs_code(request.user, valid_grants(request.user)):
        return redirect(target)
    if not has_code_device(request.user):
        return redirect(f"{reverse('accounts:enrol')}?{urlencode({'next': target})}")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        answer = _refused(request, form)
        if answer is not None:
            return answer
        if not form.errors:
            _admit_if_new(request)
            _warn_of_few_codes(request)
            return redirect(target)
    return render(request, "accounts/second_factor.html", {"form": form, "next": target})


def _refused(request: HttpRequest, form: CodeForm) -> HttpResponse | None:
    """Check the form's code: the session takes the device, or the form gets an error; a page where it is too often."""
    checked = check_code(user=request.user, code=form.cleaned_data["code"], **place(request))
    if checked.outcome == SignInOutcome.LOCKED:
        return too_often(request, 15)
    if checked.device is None:
        form.add_error("code", WRONG)
    else:
        django_otp.login(request, checked.device)
    return None


def _admit_if_new(request: HttpRequest) -> None:
    if not request.session.get(SESSION.COMPLETE):
        request.session.cycle_key()  # more may be done with it now than with the key that went over the wire before
        complete_session(request, request.user)


def _warn_of_few_codes(request: HttpRequest) -> None:
    left = recovery_codes_left(request.user)
    if left <= 3:
        messages.warning(request, f"恢复码只剩 {left} 个，请在“我的账号”里更换。")


@page(perms.is_signed_in, "GET", "POST", scoped=False)
def enrol(request: HttpRequest) -> HttpResponse:
    """Enrol an authenticator: begin, scan, confirm with a code; then the recovery codes, shown once."""
    if has_code_device(request.user):
        return redirect("accounts:profile" if is_verified(request.user) else "accounts:second-factor")
    target = safe_next(request)
    if request.method == "POST" and "begin" in request.POST:
        begin_enrolment(user=request.user)
        return redirect(f"{reverse('accounts:enrol')}?{urlencode({'next': target})}")
    device = TOTPDevice.objects.filter(user=request.user, confirmed=False).order_by("-pk").first()
    form = EnrolForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            device, codes = confirm_enrolment(
                user=request.user, code=form.cleaned_data["code"], by=request.actor
            )
        except NotPossible as refusal:
            form.add_error("code", str(refusal))
        else:
            django_otp.login(request, device)
            _admit_if_new(request)
            return _show_codes(request, codes, target)
    context = {"form": form, "next": target, "forced": must_have_code(valid_grants(request.user))}
    if device is not None:
        context |= {"qr": qr_svg(device.config_url), "secret": grouped_secret(device.bin_key)}
    return render(request, "accounts/enrol.html", context)


@page(perms.is_signed_in, "GET", "POST")
def recovery(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes, against a code."""
    return _against_a_code(
        request,
        done=lambda: _show_codes(
            request, renew_recovery_codes(user=request.user, by=request.actor), reverse("accounts:profile")
        ),
        heading="更换恢复码",
        submit_label="生成新的恢复码",
        note="生成后，原来没有用完的恢复码全部作废。",
    )


@page(perms.is_signed_in, "GET", "POST")
def second_factor_off(request: HttpRequest) -> HttpResponse:
    """Give one's own authenticator up, against a code; a role that must have one enrols again at once."""

    def done() -> HttpResponse:
        drop_second_factor(user=request.user, session_key=request.session.session_key, by=request.actor)
        request.session[SESSION.EPOCH] = request.user.session_epoch
        messages.success(request, "动态口令已停用，其他电脑上的登录已结束。")
        return redirect("accounts:profile")

    forced = must_have_code(valid_grants(request.user))
    note = (
        "您的身份必须使用动态口令：停用后要马上在新手机上重新启用。" if forced else "停用后，登录只需要密码。"
    )
    return _against_a_code(request, done=done, heading="停用动态口令", submit_label="停用", note=note)


def _against_a_code(request: HttpRequest, *, done: Any, **words: str) -> HttpResponse:
    if not has_code_device(request.user):
        messages.info(request, "还没有启用动态口令。")
        return redirect("accounts:profile")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        answer = _refused(request, form)
        if answer is not None:
            return answer
        if not form.errors:
            return done()
    crumbs = [
        {"label": "我的账号", "url": reverse("accounts:profile")},
        {"label": words["heading"], "url": ""},
    ]
    context = {"form": form, "crumbs": crumbs, "cancel_url": reverse("accounts:profile"), **words}
    return render(request, "generic/form.html", context)


def _show_codes(request: HttpRequest, codes: list[str], target: str) -> HttpResponse:
    """The one answer that is no redirect: what is shown once must not be kept anywhere on the way."""
    return render(request, "accounts/recovery_codes.html", {"codes": codes, "next": target})


def qr_svg(text: str) -> SafeString:
    """A QR code as inline SVG, drawn by attributes only: the content security policy allows no style."""
    code = segno.make(text, error="l", micro=False)
    svg = code.svg_inline(
        scale=1, border=3, dark="#000", light="#fff", svgclass="qr", lineclass=None, omitsize=True
    )
    return mark_safe(svg.replace("<svg ", '<svg role="img" aria-label="二维码，用手机上的验证器扫描" ', 1))  # noqa: S308


def grouped_secret(key: bytes) -> str:
    """The secret as one types it, in groups of four."""
    text = b32encode(key).decode().rstrip("=")
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))
