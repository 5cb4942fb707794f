"""Who may do what with papers. The walls decide whose papers are seen; these decide what may be done with them."""

from apps.accounts.perms import sees_register
from apps.accounts.rules import CITY_ROLES, COUNTY_ROLES
from apps.core.scope import Actor


def can_read_papers(actor: Actor) -> bool:
    """Everybody who sees the register: staff, and leaders."""
    return sees_register(actor)


def can_keep_papers(actor: Actor) -> bool:
    """Offices: the city, and a county its own."""
    return actor.role in CITY_ROLES | COUNTY_ROLES
