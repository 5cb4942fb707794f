"""Who may do what about benefits. Money is the offices' matter: single units see none, leaders see sums."""

from apps.accounts.perms import is_city_staff, sees_register
from apps.accounts.rules import CITY_ROLES, COUNTY_ROLES
from apps.core.scope import Actor


def can_see_standards(actor: Actor) -> bool:
    """Benefits and standards are no secret: staff, and leaders."""
    return sees_register(actor)


def can_keep_standards(actor: Actor) -> bool:
    """The city its own, a county its own."""
    return actor.role in CITY_ROLES | COUNTY_ROLES


def can_keep_benefits(actor: Actor) -> bool:
    """Benefits and published figures hold for everybody: the city bureau."""
    return is_city_staff(actor)


def can_see_money(actor: Actor) -> bool:
    """Who is entitled to what, lists, payments: offices."""
    return actor.role in CITY_ROLES | COUNTY_ROLES
