"""Who may do what with accounts, and the questions about a role that every app asks."""

from apps.accounts.choices import Role
from apps.accounts.rules import CITY_ROLES, REGISTER_ROLES, STAFF_ROLES
from apps.core.scope import Actor


def is_signed_in(actor: Actor) -> bool:
    """Anyone at work under a grant."""
    return True


def is_staff(actor: Actor) -> bool:
    """Staff of city, county or unit, who keep the register."""
    return actor.role in STAFF_ROLES


def is_city_staff(actor: Actor) -> bool:
    """Staff of the city bureau."""
    return actor.role in CITY_ROLES


def sees_register(actor: Actor) -> bool:
    """Staff, and leaders (without private fields)."""
    return actor.role in REGISTER_ROLES


def sees_private(actor: Actor) -> bool:
    """Private values, masked; leaders never."""
    return actor.role in STAFF_ROLES


def may_export(actor: Actor) -> bool:
    """Take people's data out as files: staff whose grant has the right, which is given and taken grant by grant.
    Leaders read on the screen and take no lists away."""
    return is_staff(actor) and actor.exports


def can_list_users(actor: Actor) -> bool:
    """The system administrator keeps accounts, the security administrator grants."""
    return actor.role in {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN}


def can_edit_users(actor: Actor) -> bool:
    return actor.role == Role.SYSTEM_ADMIN


def can_grant(actor: Actor) -> bool:
    return actor.role == Role.SECURITY_ADMIN


def can_read_log(actor: Actor) -> bool:
    return actor.role == Role.AUDIT_ADMIN


def can_see_system(actor: Actor) -> bool:
    """Health and all jobs."""
    return actor.role == Role.SYSTEM_ADMIN


def sees_units(actor: Actor) -> bool:
    """The tree of units: staff, and the system administrator who keeps it with the city."""
    return is_staff(actor) or actor.role == Role.SYSTEM_ADMIN


def has_jobs(actor: Actor) -> bool:
    """Those whose pages start jobs, and the system administrator who looks after them."""
    return is_staff(actor) or actor.role == Role.SYSTEM_ADMIN


def can_keep_groups(actor: Actor) -> bool:
    """Groups of users to share views with: the city bureau makes them."""
    return is_city_staff(actor)


def can_reset_code(actor: Actor) -> bool:
    """Taking a lost authenticator away, and putting somebody out of all sessions: a matter of security."""
    return actor.role == Role.SECURITY_ADMIN
