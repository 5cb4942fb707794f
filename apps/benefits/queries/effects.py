"""What a change of standards comes to: people and money by county, year and benefit, before and after.

Both sides are reckoned by the same engine (queries/entitled.py), so that what is told before publishing is what will be
paid after it. Of a paper that reaches back, the difference of the past months is what is owed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from apps.benefits.choices import StandardState
from apps.benefits.models import Benefit, Standard
from apps.benefits.queries.entitled import TABLE, Doubt, reckoned
from apps.benefits.queries.terms import Terms, standard_terms, terms_in_use
from apps.benefits.rules.engine import StandardTerms

BEFORE = "benefits_before"
EFFECTS = f"""
SELECT county_id, year, benefit_id, count(*) FILTER (WHERE had > 0), count(*) FILTER (WHERE has > 0),
    count(*) FILTER (WHERE has > had), count(*) FILTER (WHERE has < had), sum(had), sum(has)
FROM (
    SELECT county_id, extract(year FROM month)::int AS year, benefit_id, retiree_id, sum(had) AS had, sum(has) AS has
    FROM (
        SELECT county_id, month, benefit_id, retiree_id, money AS had, 0 AS has FROM {BEFORE}
        UNION ALL
        SELECT county_id, month, benefit_id, retiree_id, 0, money FROM {TABLE}
    ) both_sides GROUP BY 1, 2, 3, 4
) people GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


@dataclass(frozen=True)
class Effect:
    """One county's people of one year and benefit. People count once a year; money in yuan."""

    county: int
    year: int
    benefit: int
    people_before: int
    people_after: int
    gaining: int
    losing: int
    before: Decimal
    after: Decimal


@dataclass(frozen=True)
class Amount:
    """A standard in use that would have another amount from a day on."""

    standard: int
    amount: Decimal
    starts: date


def sides(standards: Sequence[Standard], amount: Amount | None = None) -> tuple[Terms, Terms]:
    """What is in use without ``standards`` (those replaced by them have their days back), and with them; and with
    another ``amount`` of a standard in use. Drafts count as published. Raises BadConditions."""
    chosen = {one.pk: one for one in standards}
    touched = {one.benefit_id for one in standards}
    if amount is not None:
        touched.add(Standard.objects.get(pk=amount.standard).benefit_id)
    terms = terms_in_use(benefits=touched)
    kept = [one for one in terms.standards if one.key not in chosen]
    restored = {
        one.replaces_id: one.replaced_during.upper
        for one in standards
        if one.state == StandardState.PUBLISHED and one.replaces_id and one.replaced_during
    }
    before = [replace(one, ends=restored[one.key]) if one.key in restored else one for one in kept]
    begins = {one.replaces_id: one.during.lower for one in standards if one.replaces_id}
    after = [_ended(one, begins.get(one.key)) for one in kept]
    after += [standard_terms(one) for one in standards]
    if amount is not None:
        after = list(_with_amount(after, amount))
    return terms.instead(before), terms.instead(after)


def _ended(one: StandardTerms, day: date | None) -> StandardTerms:
    """Ended before a day, where it does not end earlier; one that begins later never holds."""
    if day is None or (one.ends is not None and one.ends <= day):
        return one
    return replace(one, ends=max(day, one.starts))


def _with_amount(standards: Sequence[StandardTerms], amount: Amount) -> list[StandardTerms]:
    found = []
    for one in standards:
        if one.key != amount.standard:
            found.append(one)
            continue
        starts = max(amount.starts, one.starts)
        found.append(replace(one, ends=starts))
        if one.ends is None or starts < one.ends:
            # A negative key is no row's; the two never hold in the same month.
            found.append(replace(one, key=-one.key, amount=amount.amount, starts=starts))
    return found


def effects(
    before: Terms, after: Terms, months: Sequence[date], *, county: int | None = None
) -> tuple[list[Effect], tuple[Doubt, ...]]:
    """By county, year and benefit; of one paying county or all that the scope shows; with what could not be decided
    under the new terms. Raises nothing of its own."""
    with connection.cursor() as cursor:
        with reckoned(before, months, county=county):
            cursor.execute(f"CREATE TEMPORARY TABLE {BEFORE} ON COMMIT DROP AS SELECT * FROM {TABLE}")
        with reckoned(after, months, county=county) as told:
            cursor.execute(EFFECTS)
            rows: list[Any] = cursor.fetchall()
        cursor.execute(f"DROP TABLE {BEFORE}")
    return [Effect(*row) for row in rows], told.doubts


def benefit_names() -> dict[int, str]:
    """By key, in their order."""
    return dict(Benefit.objects.order_by("sort", "pk").values_list("pk", "name"))
