"""The second factor: enrolling an authenticator, checking codes, recovery codes, and taking it away."""

import secrets
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from apps.accounts.actions.errors import NotPossible
from apps.accounts.actions.sessions import close_sessions, hold, record_failure
from apps.accounts.models import User
from apps.accounts.queries import too_many_codes
from apps.accounts.rules import RECOVERY_ALPHABET, tidy_code
from apps.audit.actions import record_event
from apps.audit.choices import EventKind, SignInOutcome
from apps.core.scope import Actor

RECOVERY_CODES = 10
RECOVERY_LENGTH = 10  # of 31 characters: 49 bits


class Checked(NamedTuple):
    """Answer to a code: the device that took it, or why none did (CODE_FAILED, LOCKED)."""

    device: Device | None
    outcome: SignInOutcome


@transaction.atomic
def check_code(*, user: User, code: str, address: str, agent: str) -> Checked:
    """Check a one-time code or a recovery code. Each is good once, also when sent ten times at the same moment: the
    account's row is locked first. Wrong ones are logged and counted (PORTAL_CODE_TRIES in 15 minutes).
    """
    hold(user)
    if too_many_codes(user, timezone.now()):
        outcome = SignInOutcome.LOCKED
    else:
        device = _taken_by(user, tidy_code(code))
        if device is not None:
            return Checked(device, SignInOutcome.OK)
        outcome = SignInOutcome.CODE_FAILED
    record_failure(name=user.username, user=user, outcome=outcome, address=address, agent=agent)
    return Checked(None, outcome)


def _taken_by(user: User, code: str) -> Device | None:
    if len(code) == 6 and code.isdecimal():
        authenticators = TOTPDevice.objects.filter(user=user, confirmed=True).order_by("pk")
        return next((device for device in authenticators if device.verify_token(code)), None)
    recovery = StaticDevice.objects.filter(user=user, confirmed=True).order_by("pk")
    return next((device for device in recovery if device.verify_token(_digest(code))), None)


@transaction.atomic
def begin_enrolment(*, user: User) -> TOTPDevice:
    """Make a new secret, not yet in force. An earlier one that was never confirmed is forgotten.

    Raises NotPossible when an authenticator is in force: it has to be taken away first, with a code.
    """
    hold(user)
    _refuse_second(user)
    TOTPDevice.objects.filter(user=user, confirmed=False).delete()
    return TOTPDevice.objects.create(user=user, name="动态口令", confirmed=False)


@transaction.atomic
def confirm_enrolment(*, user: User, code: str, by: Actor) -> tuple[TOTPDevice, list[str]]:
    """Put the new authenticator in force once its code shows that it works. Returns it and the recovery codes, which
    are shown now and never again.

    Raises NotPossible when the code is wrong or there is nothing to confirm.
    """
    hold(user)
    _refuse_second(user)
    device = TOTPDevice.objects.filter(user=user, confirmed=False).order_by("-pk").first()
    if device is None:
        raise NotPossible("请先生成二维码。")
    typed = tidy_code(code)
    if not (len(typed) == 6 and device.verify_token(typed)):
        raise NotPossible("口令不对。请确认手机时间准确，等出现新的 6 位数字后再填。")
    TOTPDevice.objects.filter(pk=device.pk).update(confirmed=True)
    device.confirmed = True
    codes = _new_recovery_codes(user)
    record_event(kind=EventKind.ACCOUNT, summary="启用动态口令", by=by, subject=user)
    return device, codes


@transaction.atomic
def renew_recovery_codes(*, user: User, by: Actor) -> list[str]:
    """Make new recovery codes; the old ones stop working. The caller has checked a code."""
    hold(user)
    codes = _new_recovery_codes(user)
    record_event(kind=EventKind.ACCOUNT, summary="更换恢复码", by=by, subject=user)
    return codes


@transaction.atomic
def drop_second_factor(*, user: User, session_key: str, by: Actor) -> None:
    """Take one's own authenticator away (a new phone); other sessions end. The caller has checked a code."""
    hold(user)
    _forget_devices(user)
    close_sessions(user, keep=session_key)
    record_event(kind=EventKind.ACCOUNT, summary="停用动态口令", by=by, subject=user)


@transaction.atomic
def reset_second_factor(*, user: User, reason: str, by: Actor) -> None:
    """Take another's authenticator away when the phone and the recovery codes are lost; all sessions end.

    Raises NotPossible for oneself (a second person is needed) and where there is none.
    """
    if user.pk == by.user_id:
        raise NotPossible("不能重置自己的动态口令，请另一位安全管理员办理。")
    hold(user)
    if not TOTPDevice.objects.filter(user=user).exists():
        raise NotPossible("这个账号没有启用动态口令。")
    _forget_devices(user)
    close_sessions(user)
    record_event(
        kind=EventKind.ACCOUNT, summary=f"重置{user.full_name}的动态口令", reason=reason, by=by, subject=user
    )


def _refuse_second(user: User) -> None:
    if TOTPDevice.objects.filter(user=user, confirmed=True).exists():
        raise NotPossible("动态口令已经启用。要换手机，请先在“我的账号”里停用。")


def _forget_devices(user: User) -> None:
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()


def _new_recovery_codes(user: User) -> list[str]:
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="恢复码", confirmed=True)
    codes = [
        "".join(secrets.choice(RECOVERY_ALPHABET) for _ in range(RECOVERY_LENGTH))
        for _ in range(RECOVERY_CODES)
    ]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=_digest(code)) for code in codes)
    return codes


def _digest(code: str) -> str:
    """What the database keeps of a recovery code: a keyed digest as long as the column is."""
    return salted_hmac("apps.accounts.recovery", code).hexdigest()[:16]
