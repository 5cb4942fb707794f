"""Who was paid for months after his death: mostly deaths that were reported late."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from apps.benefits.queries.settled import FROZEN
from apps.core.scope import Actor
from apps.retirees.choices import VOID, ExitKind

YEARS = 2
"""Deaths of so many years are looked at; what is older was settled or is a case for the auditors."""

PAID_AFTER = f"""
SELECT retiree_id, name, county_id, died, min(month), max(month), sum(money) FROM (
    SELECT person.id AS retiree_id, person.name, paid.county_id, upper(held.during) AS died, paid.month,
        paid.benefit_id, sum(paid.amount) AS money
    FROM retirees_membership held
    JOIN retirees_retiree person ON person.id = held.retiree_id AND person.state <> ALL(%(void)s)
    JOIN LATERAL (
        SELECT county_id, benefit_id, month, amount FROM benefits_payment WHERE retiree_id = held.retiree_id
        UNION ALL
        SELECT line.county_id, line.benefit_id, line.month, line.amount FROM benefits_runline line
        JOIN benefits_run run ON run.id = line.run_id AND run.state IN ({FROZEN})
        WHERE line.retiree_id = held.retiree_id AND line.paid IS NULL
    ) paid ON paid.month > upper(held.during)
    WHERE held.exit = '{ExitKind.DIED}' AND upper(held.during) >= %(since)s
        AND (%(county)s::bigint IS NULL OR held.county_id = %(county)s)
    GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(paid.amount) > 0
) months GROUP BY 1, 2, 3, 4 ORDER BY died DESC, retiree_id
"""


@dataclass(frozen=True)
class PaidAfterDeath:
    """A person with what was paid, or approved to be paid, for months after that of the death."""

    retiree_id: int
    name: str
    county: int
    died: date
    first_month: date
    last_month: date
    money: Decimal
    """Yuan, less what was claimed back already."""


def paid_after_death(actor: Actor, today: date) -> list[PaidAfterDeath]:
    """Those of the actor's place who died in the last two years, the latest death first."""
    params = {
        "void": list(VOID),
        "since": date(today.year - YEARS, today.month, 1),
        "county": actor.county_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(PAID_AFTER, params)
        return [PaidAfterDeath(*row) for row in cursor.fetchall()]
