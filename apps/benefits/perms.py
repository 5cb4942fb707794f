"""Who may do what about benefits. Money is the offices' matter: single units see none, leaders see sums."""

from apps.accounts.choices import Role
from apps.accounts.perms import is_city_staff, is_staff, may_export, sees_private, sees_register
from apps.accounts.rules import CITY_ROLES, COUNTY_ROLES
from apps.core.scope import Actor
from apps.retirees.models import Retiree
from apps.retirees.perms import can_edit_retiree


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


def can_see_sums(actor: Actor) -> bool:
    """What was paid, by county: offices and leaders."""
    return actor.unit_id is None and sees_register(actor)


def can_keep_money(actor: Actor, retiree: Retiree | None = None) -> bool:
    """Approvals, rulings of death, accounts, earlier pay: the offices, a county its own people's."""
    return can_see_money(actor) and can_edit_retiree(actor, retiree)


def can_see_unit_funds(actor: Actor) -> bool:
    """Money that a unit holds by heads: offices, and the unit its own. It is nobody's pay."""
    return is_staff(actor)


def can_keep_unit_funds(actor: Actor) -> bool:
    """Rates, heads, ledger, close of the year: the city, a county its own units'."""
    return actor.role in CITY_ROLES | COUNTY_ROLES


def can_take_fund_ledger(actor: Actor) -> bool:
    """The ledger as a file has names of those helped: a right of its own."""
    return can_keep_unit_funds(actor) and may_export(actor)


def can_compare_counties(actor: Actor) -> bool:
    """What counties give side by side: the city, which sees all."""
    return actor.role in CITY_ROLES


def can_approve_runs(actor: Actor) -> bool:
    """Lists are approved by the county's chief or the city bureau, and by nobody who made them."""
    return actor.role in CITY_ROLES | {Role.COUNTY_CHIEF}


def can_see_survivors(actor: Actor) -> bool:
    """Survivors are family: whoever sees private data, never leaders."""
    return sees_private(actor)


def can_keep_survivors(actor: Actor, retiree: Retiree | None = None) -> bool:
    """Whoever keeps the cadre's record."""
    return can_edit_retiree(actor, retiree)


def can_see_aid(actor: Actor) -> bool:
    """Hardship aid and what is offered once a year, person by person: offices."""
    return actor.role in CITY_ROLES | COUNTY_ROLES


def can_keep_aid(actor: Actor) -> bool:
    """Schemes of one's own office; applications, checks, payments of one's own people."""
    return can_see_aid(actor)


def can_approve_aid(actor: Actor, county_id: int | None = None) -> bool:
    """Whose scheme it is approves: of the city's the bureau, of a county's (``county_id``) its chief or the city."""
    if actor.role in CITY_ROLES:
        return True
    return actor.role == Role.COUNTY_CHIEF and county_id is not None and county_id == actor.county_id


def may_approve_aid(actor: Actor) -> bool:
    """Who approves some aid at all: the page decides by scheme."""
    return actor.role in CITY_ROLES | {Role.COUNTY_CHIEF}


def can_take_aid_ledger(actor: Actor) -> bool:
    """The ledger as a file has the names of those helped: a right of its own."""
    return can_see_aid(actor) and may_export(actor)


def can_see_mechanisms(actor: Actor) -> bool:
    """Which mechanisms counties have set up: the city all, a county its own, which it also sets."""
    return actor.role in CITY_ROLES | COUNTY_ROLES
