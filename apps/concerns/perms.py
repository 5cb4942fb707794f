"""Who may do what about concerns."""

from apps.accounts.perms import is_staff, sees_register
from apps.accounts.rules import CITY_ROLES, COUNTY_ROLES
from apps.concerns.models import Concern
from apps.core.scope import Actor


def can_list_concerns(actor: Actor) -> bool:
    """Staff, and leaders."""
    return sees_register(actor)


def can_raise_concern(actor: Actor) -> bool:
    """Whoever hears it first: all staff."""
    return is_staff(actor)


def can_handle_concern(actor: Actor, concern: Concern | None = None) -> bool:
    """Answering and closing: staff of the place."""
    if not is_staff(actor) or concern is None:
        return is_staff(actor)
    if actor.unit_id is not None:
        return (concern.county_id, concern.unit_id) == (actor.county_id, actor.unit_id)
    return actor.county_id is None or concern.county_id == actor.county_id


def can_decide_concern(actor: Actor, concern: Concern | None = None) -> bool:
    """Declining, extending, reopening: county and city, not the unit that is asked."""
    return actor.role in CITY_ROLES | COUNTY_ROLES and can_handle_concern(actor, concern)
