"""Entitlements of many people in sets: profiles are grouped by the database, judged once each by the engine, and the
judgments joined back to the people. The same engine explains one person (queries/explained.py), so both say the same.

The result is a temporary table of the transaction, ``benefits_entitled``: a row for each person, month and benefit that
he is entitled to.
"""

import contextlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from apps.benefits.choices import Cycle
from apps.benefits.queries.facts import Asked, Manner, facts_of, names_asked, people_sql
from apps.benefits.queries.terms import Terms, by_manner
from apps.benefits.rules.engine import BenefitTerms, Outcome, StandardTerms, figure_for, judge
from apps.core.chinese import format_count

TABLE = "benefits_entitled"
MADE = f"""
CREATE TEMPORARY TABLE {TABLE} (
    retiree_id bigint NOT NULL, county_id bigint NOT NULL, unit_id bigint NOT NULL, benefit_id bigint NOT NULL,
    month date NOT NULL, money numeric(12, 2) NOT NULL, standard_id bigint NOT NULL, provisional boolean NOT NULL
) ON COMMIT DROP
"""


@dataclass(frozen=True)
class Judged:
    """What people of one profile get in one month of one benefit: ``fixed`` yuan and ``months`` of the basic fee."""

    month: date
    profile: str
    died: date | None
    benefit: int
    standard: int
    fixed: Decimal
    months: Decimal
    provisional: bool


@dataclass(frozen=True)
class Doubt:
    """People about whom the register knows too little: how many of a month, of which benefit, what is missing."""

    month: date
    benefit: int
    why: str
    people: int


def doubt_words(doubts: Iterable[tuple[str, int]]) -> list[str]:
    """What the register does not know, each reason once with the people of the month and benefit that have most."""
    most: dict[str, int] = {}
    for why, people in doubts:
        most[why] = max(most.get(why, 0), people)
    return [f"{why}：{format_count(people)}人" for why, people in sorted(most.items())]


@dataclass(frozen=True)
class Reckoned:
    """What is told of a reckoning, beside its rows."""

    profiles: int
    doubts: tuple[Doubt, ...]


@contextlib.contextmanager
def reckoned(terms: Terms, months: Sequence[date], *, county: int | None = None) -> Iterator[Reckoned]:
    """While this is open, the temporary table holds the entitlements of ``months`` (their first days), of one paying
    county or of all that the scope shows. People whose basic fee is not known have no row of a benefit reckoned by it.
    """
    with connection.cursor() as cursor:
        cursor.execute(MADE)
        profiles, doubts = 0, Counter[tuple[date, int, str]]()
        for manner, benefits, standards, names in in_manners(terms):
            asked = Asked(manner, _due_months(benefits, months), names, county)
            if not asked.months:
                continue
            judged: list[Judged] = []
            for row in profiles_of(cursor, asked):
                profiles += 1
                won, open_questions = _judge(terms, benefits, standards, row)
                judged += won
                for one in open_questions:
                    doubts[one.month, one.benefit, one.why] += one.people
            _insert(cursor, asked, judged)
        cursor.execute(f"ANALYZE {TABLE}")
        yield Reckoned(profiles, tuple(Doubt(*key, people) for key, people in doubts.items()))
        cursor.execute(f"DROP TABLE {TABLE}")


def in_manners(
    terms: Terms,
) -> Iterator[tuple[Manner, list[BenefitTerms], list[StandardTerms], frozenset[str]]]:
    """Benefits that one query answers, with their standards and the facts that these ask; those without any standard
    are left out."""
    for key, benefits in by_manner(terms).items():
        kept = {one.key for one in benefits}
        standards = [one for one in terms.standards if one.benefit in kept]
        if standards:
            names = names_asked(
                [one.conditions.names() for one in standards],
                approvals=any(one.needs_approval for one in benefits),
            )
            yield Manner(*key), benefits, standards, names


def _due_months(benefits: Sequence[Any], months: Sequence[date]) -> list[date]:
    """Months in which any of them may fall due."""
    if any(one.cycle != Cycle.YEAR for one in benefits):
        return list(months)
    due = {one.pay_month for one in benefits}
    return [month for month in months if month.month in due]


def profiles_of(cursor: Any, asked: Asked) -> Iterator[dict[str, Any]]:
    """Each profile of each month with its facts and how many people have it."""
    columns = ["month", "died", "vague", "profile", *asked.columns()]
    died = "died" if asked.manner.by_death else "NULL::date AS died"
    chosen = ", ".join(died if name == "died" else name for name in columns)
    grouped = ", ".join(str(number) for number in range(1, len(columns) + 1))
    cursor.execute(
        f"SELECT {chosen}, count(*) FROM ({people_sql(asked)}) people GROUP BY {grouped}", asked.params()
    )
    for row in cursor.fetchall():
        yield dict(zip([*columns, "people"], row, strict=True))


def _judge(
    terms: Terms, benefits: Sequence[Any], standards: Sequence[StandardTerms], row: dict[str, Any]
) -> tuple[list[Judged], list[Doubt]]:
    month, died = row["month"], row["died"]
    if died is not None and row["vague"]:
        return [], [Doubt(month, one.key, "去世时间只到年", row["people"]) for one in benefits]
    facts = facts_of(row)
    verdicts = judge(
        benefits, standards, {one.key: facts for one in benefits}, month, died=died, places=terms.places
    )
    won, doubts = [], []
    for one in verdicts:
        if one.outcome is Outcome.WON:
            standard = one.standard
            figure, provisional = Decimal(0), False
            if standard.times:
                found, provisional = figure_for(standard.series, month.year, terms.figures)
                if found is None:
                    doubts.append(Doubt(month, one.benefit.key, "公布数据未登记", row["people"]))
                    continue
                figure = found
            fixed = standard.amount + standard.times * figure
            won.append(
                Judged(
                    month,
                    row["profile"],
                    died,
                    one.benefit.key,
                    standard.key,
                    fixed,
                    standard.months,
                    provisional,
                )
            )
        elif one.outcome is Outcome.UNKNOWN:
            doubts.append(Doubt(month, one.benefit.key, one.why, row["people"]))
    has = {one.benefit for one in won}
    seen = {(one.benefit, one.why): one for one in doubts if one.benefit not in has}
    return won, list(seen.values())


def _insert(cursor: Any, asked: Asked, judged: Sequence[Judged]) -> None:
    """Join the judgments back to the people. Rounded once, to the cent, half up (numeric rounds away from zero).
    OFFSET 0 keeps the people a table of their own: taken apart, the profile would be written out and compared for each
    pair of a person and a judgment."""
    if not judged:
        return
    by_fee = any(one.months for one in judged)
    fee = "LEFT JOIN retirees_privatedetails fees ON fees.retiree_id = people.retiree_id" if by_fee else ""
    money = "won.fixed + won.months * fees.basic_fee" if by_fee else "won.fixed"
    known = "WHERE won.months = 0 OR fees.basic_fee IS NOT NULL" if by_fee else ""
    same_day = " AND won.died = people.died" if asked.manner.by_death else ""
    if by_fee:
        money = f"CASE WHEN won.months = 0 THEN won.fixed ELSE {money} END"
    cursor.execute(
        f"INSERT INTO {TABLE} SELECT people.retiree_id, people.county_id, people.unit_id, won.benefit, people.month,"
        f" round({money}, 2), won.standard, won.provisional FROM ({people_sql(asked)} OFFSET 0) people"
        " JOIN unnest(%(month)s::date[], %(profile)s::text[], %(died)s::date[], %(benefit)s::bigint[],"
        " %(standard)s::bigint[], %(fixed)s::numeric[], %(fee_months)s::numeric[], %(provisional)s::bool[])"
        " AS won(month, profile, died, benefit, standard, fixed, months, provisional)"
        f" ON won.month = people.month AND won.profile = people.profile{same_day} {fee} {known}",
        asked.params()
        | {
            "month": [one.month for one in judged],
            "profile": [one.profile for one in judged],
            "died": [one.died for one in judged],
            "benefit": [one.benefit for one in judged],
            "standard": [one.standard for one in judged],
            "fixed": [one.fixed for one in judged],
            "fee_months": [one.months for one in judged],
            "provisional": [one.provisional for one in judged],
        },
    )
