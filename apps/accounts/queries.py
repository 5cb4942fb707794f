"""Reads over users and grants, made before a scope is known."""

from collections.abc import Sequence

from django.conf import settings

from apps.accounts.models import Grant, User


def valid_grants(user: User) -> Sequence[Grant]:
    """Grants in force, the user's own order of getting them."""
    return list(Grant.objects.valid().filter(user=user).select_related("user", "unit").order_by("pk"))


def grant_in_hand(user: User, chosen: int | None) -> Grant | None:
    """The grant the session chose, else the first in force; read anew at each request, so that a grant that
    was taken away is gone at the next click."""
    grants = valid_grants(user)
    return next((grant for grant in grants if grant.pk == chosen), grants[0] if grants else None)


def must_have_code(user: User) -> bool:
    """Whether one of the user's roles is among those for which PORTAL_TOTP_ROLES demands a second factor."""
    forced = set(settings.PORTAL_TOTP_ROLES)
    return bool(forced) and any(grant.role in forced for grant in valid_grants(user))


def needs_code(user: User) -> bool:
    """Whether the session still owes a second factor: it has a device, or a role that must have one."""
    if user.is_verified():
        return False
    return has_code_device(user) or must_have_code(user)


def has_code_device(user: User) -> bool:
    """Whether a confirmed authenticator is enrolled."""
    from django_otp.plugins.otp_totp.models import TOTPDevice

    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()
