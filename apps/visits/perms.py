"""Who may do what about visits. The walls decide whose rows are seen; these decide what may be done with them."""

from apps.accounts.perms import is_city_staff, is_staff, sees_register
from apps.accounts.rules import CITY_ROLES, COUNTY_ROLES
from apps.core.scope import Actor
from apps.retirees.models import Retiree
from apps.retirees.perms import can_edit_retiree


def can_list_visits(actor: Actor) -> bool:
    """The log, what is due, coverage: staff, and leaders."""
    return sees_register(actor)


def can_log_visit(actor: Actor, retiree: Retiree | None = None) -> bool:
    """Whoever keeps the person's record; the log of another day, too."""
    return can_edit_retiree(actor, retiree)


def can_report_incident(actor: Actor, retiree: Retiree | None = None) -> bool:
    """Hospital, critical illness, misfortune: whoever keeps the person's record."""
    return can_edit_retiree(actor, retiree)


def can_keep_plans(actor: Actor) -> bool:
    """Rules, leaders, campaigns, groups, sources of money: the city its own, a county its own."""
    return actor.role in CITY_ROLES | COUNTY_ROLES


def can_keep_campaign(actor: Actor, county_id: int | None) -> bool:
    """A campaign of this office (None: the city bureau): its list, its steps, what others ask of it."""
    return can_keep_plans(actor) and actor.county_id in (None, county_id)


def can_ask_list_change(actor: Actor) -> bool:
    """Whoever knows the people: all staff."""
    return is_staff(actor)


def can_see_plans(actor: Actor) -> bool:
    """Reading them: all staff."""
    return is_staff(actor)


def can_keep_occasions(actor: Actor) -> bool:
    """Occasions, limits and checklists hold for everybody: the city bureau."""
    return is_city_staff(actor)


def can_see_funds(actor: Actor) -> bool:
    """The ledger: offices, not single units."""
    return can_keep_plans(actor)
