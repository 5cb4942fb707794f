"""Who may do what in the register. Asked with a person, the answer is about that one.

The walls decide whose rows are seen; these decide what may be done with them. Other apps ask here too.
"""

from apps.accounts.choices import Role
from apps.accounts.perms import is_staff, may_export, sees_private, sees_register
from apps.accounts.rules import CITY_ROLES, COUNTY_ROLES
from apps.core.scope import Actor
from apps.retirees.choices import TransferSide
from apps.retirees.models import ChangeRequest, Retiree, Transfer

RULERS = frozenset({*CITY_ROLES, Role.COUNTY_CHIEF})


def _within(actor: Actor, retiree: Retiree | None) -> bool:
    if retiree is None:
        return True
    if actor.unit_id is not None:
        return (retiree.county_id, retiree.unit_id) == (actor.county_id, actor.unit_id)
    return actor.county_id is None or retiree.county_id == actor.county_id


def can_list_retirees(actor: Actor) -> bool:
    """Staff, and leaders without private fields."""
    return sees_register(actor)


def can_view_retiree(actor: Actor, retiree: Retiree | None = None) -> bool:
    """Whoever lists people, those of his own place."""
    return sees_register(actor) and _within(actor, retiree)


def can_create_retiree(actor: Actor) -> bool:
    """Staff; a unit clerk into the own unit."""
    return is_staff(actor)


def can_edit_retiree(actor: Actor, retiree: Retiree | None = None) -> bool:
    """Staff of the place the person belongs to."""
    return is_staff(actor) and _within(actor, retiree)


def can_see_private(actor: Actor) -> bool:
    """Private values, masked. Leaders never: the database refuses them the tables."""
    return sees_private(actor)


def can_reveal(actor: Actor, retiree: Retiree | None = None) -> bool:
    """A private value in plain, with a reason, written to the read log."""
    return sees_private(actor) and _within(actor, retiree)


def can_export_retiree(actor: Actor, retiree: Retiree | None = None) -> bool:
    """A whole paper about the person that goes out as an export: his staff, where the grant has that right."""
    return may_export(actor) and can_reveal(actor, retiree)


def can_record_state(actor: Actor, retiree: Retiree | None = None) -> bool:
    """Critical, missing, back: whoever keeps the person's record, the unit clerk first of all."""
    return can_edit_retiree(actor, retiree)


def can_record_death(actor: Actor, retiree: Retiree | None = None) -> bool:
    """A death, reported by whoever keeps the person's record."""
    return can_edit_retiree(actor, retiree)


def can_retract_death(actor: Actor, retiree: Retiree | None = None) -> bool:
    """Take back a death registered by mistake: county and city, not the unit that registered it."""
    return can_move_retiree(actor, retiree)


def can_record_left(actor: Actor, retiree: Retiree | None = None) -> bool:
    """Moving out of the city: county and city, because it gives a person out of their hands."""
    return can_move_retiree(actor, retiree)


def can_remove_mistakes(actor: Actor) -> bool:
    """Taking off a record that should never have been, and putting it back: the city bureau alone."""
    return actor.role in CITY_ROLES


def can_reorganise(actor: Actor) -> bool:
    """Merging units and giving them to another county, with their people: the city bureau alone."""
    return actor.role in CITY_ROLES


def can_move_retiree(actor: Actor, retiree: Retiree | None = None) -> bool:
    """Another managing unit: county and city only, because it gives a person into other hands."""
    return actor.role in CITY_ROLES | COUNTY_ROLES and _within(actor, retiree)


def can_list_transfers(actor: Actor) -> bool:
    """Transfers between counties: staff of county and city."""
    return actor.role in CITY_ROLES | COUNTY_ROLES


def can_transfer(actor: Actor, retiree: Retiree | None = None) -> bool:
    """Propose that another county takes the person over; the city moves him itself."""
    return can_move_retiree(actor, retiree)


def can_answer_transfer(actor: Actor, transfer: Transfer | None = None) -> bool:
    """The receiver's staff, and the city for him."""
    if transfer is None:
        return can_list_transfers(actor)
    return can_list_transfers(actor) and transfer.side == TransferSide.IN and _own(actor, transfer)


def can_withdraw_transfer(actor: Actor, transfer: Transfer | None = None) -> bool:
    """The sender's staff, and the city for him."""
    if transfer is None:
        return can_list_transfers(actor)
    return can_list_transfers(actor) and transfer.side == TransferSide.OUT and _own(actor, transfer)


def _own(actor: Actor, transfer: Transfer) -> bool:
    return actor.county_id is None or transfer.county_id == actor.county_id


def can_rule(actor: Actor, retiree: Retiree | None = None) -> bool:
    """A ruling on the date of joining: city bureau and county chief, since 中组发〔1982〕11号 asks for approval."""
    return actor.role in RULERS and _within(actor, retiree)


def can_keep_custom_fields(actor: Actor) -> bool:
    """Fields of the bureau's own: the city bureau, one register for all."""
    return actor.role in CITY_ROLES


def can_edit_many(actor: Actor) -> bool:
    """Change people picked in the list, and take such changes back: whoever may edit one of them."""
    return is_staff(actor)


def can_list_requests(actor: Actor) -> bool:
    """Staff: those who ask and those who decide."""
    return is_staff(actor)


def can_decide_requests(actor: Actor) -> bool:
    """The city all of them; a county's chief those of its units."""
    return actor.role in RULERS


def can_decide_request(actor: Actor, request: ChangeRequest) -> bool:
    """As above, about one; a county never decides its own."""
    return can_decide_requests(actor) and (
        actor.county_id is None or (request.asked_level == "unit" and request.county_id == actor.county_id)
    )


def can_ask_requests(actor: Actor) -> bool:
    """Those whose changes are reviewed: counties and units."""
    return is_staff(actor) and actor.county_id is not None


def can_amend_request(actor: Actor, request: ChangeRequest) -> bool:
    """Withdraw or send again: whoever works where the request was made."""
    level = "unit" if actor.unit_id is not None else "county"
    return can_ask_requests(actor) and request.asked_level == level


def can_set_review(actor: Actor) -> bool:
    """Which fields are reviewed is the head of the city bureau's word."""
    return actor.role == Role.CITY_CHIEF


def can_print_retiree(actor: Actor, retiree: Retiree | None = None) -> bool:
    """一人一档 and 干部信息表: whoever sees the person; private values in full only for ``can_reveal``."""
    return can_view_retiree(actor, retiree)


def can_replace_info_form(actor: Actor) -> bool:
    """The city's staff set the form that everybody prints on."""
    return actor.role in CITY_ROLES


def can_see_doubles(actor: Actor) -> bool:
    """Pairs that may be one person, and the decision that they are two: staff, of their own place."""
    return is_staff(actor)


def can_merge(actor: Actor, retiree: Retiree | None = None) -> bool:
    """Making one person of two records, and taking it back: county and city, as with moves."""
    return can_move_retiree(actor, retiree)


def can_search_doubles(actor: Actor) -> bool:
    """A search through the whole register now: the city, because it reads all counties."""
    return actor.role in CITY_ROLES
