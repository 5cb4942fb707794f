"""One person's entitlements: month by month, with every rule that was considered and why it lost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from apps.benefits.choices import Cycle
from apps.benefits.queries.facts import COLUMNS, Asked, Manner, facts_of, people_sql
from apps.benefits.queries.terms import Terms, by_manner
from apps.benefits.rules.conditions import Facts, sentence
from apps.benefits.rules.engine import Outcome, Verdict, Worth, judge, reason, worth
from apps.retirees.models import PrivateDetails


@dataclass(frozen=True)
class Entitled:
    """What a person has of one benefit in one month."""

    month: date
    verdict: Verdict
    worth: Worth
    words: str
    """组通字〔2008〕48号：…，每月200.00元，自2009年1月."""
    county: int
    unit: int


@dataclass(frozen=True)
class Explained:
    """A month of a person: what he has, and all that was considered."""

    month: date
    entitled: tuple[Entitled, ...]
    considered: tuple[Verdict, ...]
    facts: Facts | None
    """On the last day that decided; None where nobody here pays for the month."""


def explain(retiree_id: int, terms: Terms, months: Sequence[date]) -> list[Explained]:
    """The person's entitlements of ``months`` (first days) that the scope shows, each with the rules considered. By the
    same SQL and the same engine as everybody's (queries/entitled.py)."""
    found: dict[date, list[tuple[dict[str, Any], list[Verdict]]]] = {month: [] for month in months}
    for key, benefits in by_manner(terms).items():
        kept = {one.key for one in benefits}
        standards = [one for one in terms.standards if one.benefit in kept]
        for row in _rows(Asked(Manner(*key), months, frozenset(COLUMNS), person=retiree_id)):
            facts, died = facts_of(row), row["died"]
            if died is not None and row["vague"] and any(one.cycle == Cycle.DEATH for one in benefits):
                continue
            verdicts = judge(
                benefits,
                standards,
                {one.key: facts for one in benefits},
                row["month"],
                died=died,
                places=terms.places,
            )
            found[row["month"]].append((row | {"facts": facts}, verdicts))
    fee = PrivateDetails.objects.filter(pk=retiree_id).values_list("basic_fee", flat=True).first()
    return [_explained(month, rows, terms, fee) for month, rows in found.items()]


def _rows(asked: Asked) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(people_sql(asked), asked.params())
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _explained(
    month: date, rows: Sequence[tuple[dict[str, Any], list[Verdict]]], terms: Terms, fee: Decimal | None
) -> Explained:
    entitled, considered = [], []
    facts = None
    for row, verdicts in rows:
        facts = row["facts"]
        considered += verdicts
        entitled += [
            Entitled(
                month,
                one,
                worth(one.standard, month, basic_fee=fee, figures=terms.figures),
                reason(one.standard, one.benefit, sentence(one.standard.conditions, terms.places)),
                row["county_id"],
                row["unit_id"],
            )
            for one in verdicts
            if one.outcome is Outcome.WON
        ]
    order = {outcome: place for place, outcome in enumerate(Outcome)}
    considered.sort(key=lambda one: (one.benefit.sort, one.benefit.key, order[one.outcome], one.standard.key))
    return Explained(month, tuple(entitled), tuple(considered), facts)
