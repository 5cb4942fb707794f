"""Reads over users, grants, sessions and sign-ins, most of them made before a scope is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import connection
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from apps.accounts.models import Grant, Session, User, UserQuerySet
from apps.accounts.rules import REGISTER_ROLES, browser_label
from apps.audit.choices import SignInOutcome
from apps.audit.models import SignIn
from apps.core.chinese import format_moment
from apps.units.models import Unit

IDLE = timedelta(days=90)
FAILURES = (SignInOutcome.FAILED, SignInOutcome.LOCKED, SignInOutcome.CODE_FAILED)


OF_GRANT = [field.attname for field in Grant._meta.concrete_fields]
OF_UNIT = [field.attname for field in Unit._meta.concrete_fields]


def valid_grants(user: User) -> Sequence[Grant]:
    """Grants in force, the user's own order of getting them, each with its user and unit.

    Every request reads them anew, so that what was taken away is gone at the next click; only the text of the
    statement is kept.
    """
    found = []
    with connection.cursor() as cursor:
        cursor.execute(*_asking_for_grants(user.pk, timezone.localdate()))
        for row in cursor.fetchall():
            grant = Grant.from_db(connection.alias, OF_GRANT, row[: len(OF_GRANT)])
            grant.unit = Unit.from_db(connection.alias, OF_UNIT, row[len(OF_GRANT) : -1])
            grant.user = user
            grant.user_has_code = row[-1]
            found.append(grant)
    return found


@lru_cache(2000)
def _asking_for_grants(user_id: int, today: date) -> tuple[str, tuple[Any, ...]]:
    """SQL and its values. ``today``: on which day "in force" was put into words."""
    columns = [*OF_GRANT, *(f"unit__{name}" for name in OF_UNIT)]
    device = Exists(TOTPDevice.objects.filter(user=OuterRef("user_id"), confirmed=True))
    rows = Grant.objects.valid().filter(user_id=user_id).order_by("pk").values_list(*columns, device)
    return rows.query.sql_with_params()


def choose_grant(grants: Sequence[Grant], chosen: int | None) -> Grant | None:
    """The grant the session chose, else the first in force."""
    return next((grant for grant in grants if grant.pk == chosen), grants[0] if grants else None)


def grant_in_hand(user: User, chosen: int | None) -> Grant | None:
    """``choose_grant`` of the grants in force now."""
    return choose_grant(valid_grants(user), chosen)


def must_have_code(grants: Sequence[Grant]) -> bool:
    """Whether one of the grants is of a role for which PORTAL_TOTP_ROLES demands a second factor."""
    return any(grant.role in settings.PORTAL_TOTP_ROLES for grant in grants)


def needs_code(user: User, grants: Sequence[Grant]) -> bool:
    """Whether the session still owes a second factor: it has a device, or a role that must have one. ``grants``: what
    ``valid_grants`` gave, which knows of the device."""
    has_device = grants[0].user_has_code if grants else has_code_device(user)
    return not is_verified(user) and (has_device or must_have_code(grants))


def is_verified(user: User) -> bool:
    """Whether the session of this request gave its second factor (OTPMiddleware has put the device there)."""
    return getattr(user, "otp_device", None) is not None


def password_is_old(user: User, now: datetime) -> bool:
    """Whether the password has served PORTAL_PASSWORD_DAYS and must be changed before anything else (GB/T 22239
    8.1.4.1 a asks for regular changes; 0 days switches it off)."""
    days = settings.PORTAL_PASSWORD_DAYS
    return days > 0 and now - (user.password_changed_at or user.created_at) > timedelta(days=days)


def has_code_device(user: User) -> bool:
    """Whether a confirmed authenticator is enrolled."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


def recovery_codes_left(user: User) -> int:
    """How many recovery codes are still good."""
    return StaticToken.objects.filter(device__user=user).count()


def live_sessions(user: User) -> QuerySet[Session]:
    """Complete sessions of the account that have not run out, newest first."""
    return Session.objects.filter(user=user, expire_date__gt=timezone.now()).order_by("-started_at")


def name_digest(name: str) -> str:
    """Keyed digest of a typed user name: tells tries on one name together without keeping what was typed."""
    return salted_hmac("apps.accounts.sign-in", name).hexdigest()[:32]


def sign_in_label(name: str, user: User | None) -> str:
    """What the sign-in log keeps of a typed name: the name of an account, else only a digest."""
    return user.username if user else f"未知 {name_digest(name)[:12]}"


def user_named(name: str) -> User | None:
    """The account with exactly this user name."""
    return User.objects.filter(username=name).first()


def too_many_tries(label: str, user: User | None, address: str, now: datetime) -> bool:
    """Whether the name had PORTAL_TRIES_PER_HOUR failures in the last hour, over all addresses.

    An address from which the owner signed in within 90 days is let through (to the limit per address), so that
    nobody can lock the owner out. An unknown name is treated the same, or the answer would tell that it is unknown.
    """
    tries = SignIn.objects.filter(username=label, at__gt=now - timedelta(hours=1), outcome__in=FAILURES)
    if tries.count() < settings.PORTAL_TRIES_PER_HOUR:
        return False
    own = SignIn.objects.filter(address=address, outcome=SignInOutcome.OK, at__gt=now - IDLE)
    return user is None or not own.filter(user_id=user.pk).exists()


def too_many_codes(user: User, now: datetime) -> bool:
    """Whether PORTAL_CODE_TRIES wrong codes were given in the last 15 minutes."""
    wrong = SignIn.objects.filter(
        user_id=user.pk, outcome=SignInOutcome.CODE_FAILED, at__gt=now - timedelta(minutes=15)
    )
    return wrong.count() >= settings.PORTAL_CODE_TRIES


@dataclass(frozen=True)
class LastSignIn:
    """The sign-in before this one, and the tries that failed since."""

    at: datetime
    address: str | None
    agent: str
    failures: int

    def __str__(self) -> str:
        text = f"{format_moment(self.at)}，{browser_label(self.agent)}"
        if self.address:
            text += f"，地址 {self.address}"
        return text


def last_sign_in(user: User, *, before: datetime | None = None) -> LastSignIn | None:
    """The newest complete sign-in of the account (before a moment); None when there was none."""
    done = SignIn.objects.filter(user_id=user.pk, outcome=SignInOutcome.OK)
    if before is not None:
        done = done.filter(at__lt=before)
    last = done.order_by("-at").first()
    if last is None:
        return None
    failed = SignIn.objects.filter(user_id=user.pk, outcome__in=FAILURES, at__gt=last.at)
    return LastSignIn(last.at, last.address, last.agent, failed.count())


def listed_users(users: UserQuerySet) -> UserQuerySet:
    """``users`` with what a list shows of them: ``grants_now``, ``has_code``."""
    grants = Grant.objects.in_force().select_related("unit").order_by("pk")
    devices = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
    return users.annotate(has_code=Exists(devices)).prefetch_related(
        Prefetch("grants", queryset=grants, to_attr="grants_now")
    )


def colleagues() -> QuerySet[Grant]:
    """Grants in force of those who see the register, one row a grant, by place and name: who can be in a group."""
    grants = Grant.objects.valid().filter(role__in=REGISTER_ROLES).select_related("user", "unit")
    return grants.order_by("unit__area__sort", "unit__level", "unit__sort", "user__full_name", "pk")


def matching_users(users: UserQuerySet, conditions: Mapping[str, Any]) -> UserQuerySet:
    """``users`` under the conditions of the list: q, role, unit (an area: with all below it; the city: only the
    city's own), state."""
    text = conditions.get("q")
    if text:
        users = users.filter(
            Q(full_name__icontains=text) | Q(username__icontains=text) | Q(staff_number__iexact=text)
        )
    role, unit = conditions.get("role"), conditions.get("unit")
    if role or unit:
        grants = Grant.objects.in_force().filter(user=OuterRef("pk"))
        if role:
            grants = grants.filter(role=role)
        if unit:
            grants = grants.filter(Q(unit=unit) | Q(unit__area=unit))
        users = users.filter(Exists(grants))
    return _in_state(users, conditions.get("state") or "")


def _in_state(users: UserQuerySet, state: str) -> UserQuerySet:
    if state == "active":
        return users.filter(is_active=True)
    if state == "off":
        return users.filter(is_active=False)
    if state == "new":
        return users.filter(is_active=True, password__startswith=UNUSABLE_PASSWORD_PREFIX)
    if state == "idle":
        return users.idle_since(timezone.now() - IDLE)
    if state == "bare":
        return users.exclude(Exists(Grant.objects.in_force().filter(user=OuterRef("pk"))))
    return users


def state_of(user: User) -> tuple[str, str]:
    """The account's state in a word, and the tone of its tag."""
    if not user.is_active:
        return "已停用", "grey"
    if not user.has_usable_password():
        return "未设密码", "amber"
    if (user.last_login or user.created_at) < timezone.now() - IDLE:
        return "90 天未登录", "amber"
    return "启用", "green"


def recent_sign_ins(user: User) -> list[dict[str, Any]]:
    """The account's last ten sign-ins and failed tries, as components/timeline.html takes them."""
    found = SignIn.objects.filter(user_id=user.pk).order_by("-at")[:10]
    return [
        {
            "when": format_moment(each.at),
            "kind": each.get_outcome_display(),
            "text": browser_label(each.agent) + (f" · {each.address}" if each.address else ""),
            "state": "wrong" if each.outcome in FAILURES else "",
        }
        for each in found
    ]
