"""Who counts, checks and freezes a year's table."""

from apps.accounts.choices import Role
from apps.accounts.perms import sees_register
from apps.core.scope import Actor
from apps.statistics.choices import State
from apps.statistics.models import YearTable

MAKERS = frozenset({Role.CITY_CLERK, Role.CITY_CHIEF, Role.COUNTY_CLERK, Role.COUNTY_CHIEF})
CHIEFS = frozenset({Role.CITY_CHIEF, Role.COUNTY_CHIEF})


def can_list_tables(actor: Actor) -> bool:
    """Staff of city and county; leaders see what is frozen."""
    return sees_register(actor) and actor.unit_id is None


def can_make_table(actor: Actor) -> bool:
    """Count a year, again and again while it is a draft."""
    return actor.role in MAKERS


def may(actor: Actor, table: YearTable, step: str) -> bool:
    """Whether the actor may take a step now: "recount", "check", "return", "freeze". The city's own is the city's, a
    county's the county's; freezing is for the chief."""
    if not can_make_table(actor) or table.county_id != actor.county_id:
        return False
    if step == "recount":
        return table.state == State.DRAFT
    if step == "check":
        return table.state == State.DRAFT and not table.is_trial
    if step == "return":
        return table.state == State.CHECKED
    return table.state == State.CHECKED and not table.is_trial and actor.role in CHIEFS
