"""Same condition, different amount: where people of the same facts get another amount in another county.

The people's profiles of a month, without their county, are judged for each county in turn. Profiles that come to the
same in every county are put together, so that a row tells one condition and what each county gives for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from apps.benefits.choices import Cycle
from apps.benefits.queries.entitled import in_manners, profiles_of
from apps.benefits.queries.facts import COLUMNS, Asked, facts_of
from apps.benefits.queries.terms import Terms
from apps.benefits.rules.conditions import Facts, sentence
from apps.benefits.rules.engine import BenefitTerms, Outcome, StandardTerms, judge, worth_words

Pattern = tuple[int, ...]
"""The key of the winning standard in each county, in the order of the counties; 0 where there is none."""


@dataclass
class Unequal:
    """One condition and what it comes to in each county."""

    benefit: int
    words: str
    """The condition, as the standard says it that most of these people get."""
    gives: dict[int, str]
    """By county: 每月200.00元, or nothing."""
    standards: dict[int, int]
    """By county: the key of the standard, 0 where there is none."""
    people: dict[int, int] = field(default_factory=dict)
    """By county."""
    gap: Decimal | None = None
    """Between the highest and the lowest, yuan; None where they are reckoned by the fee or a figure."""


def unequal(terms: Terms, month: date, counties: Sequence[int]) -> list[Unequal]:
    """Conditions that at least one person of ``counties`` meets in ``month`` and that do not come to the same in all of
    them, the widest gap first. What death brings is left out; what is paid once a year counts as if
    it were due. The scope must show all counties."""
    found: dict[tuple[int, Pattern], Unequal] = {}
    lasting = replace(terms, benefits=tuple(one for one in terms.benefits if one.cycle != Cycle.DEATH))
    for manner, benefits, standards, names in in_manners(lasting):
        for facts, people in _people(Asked(manner, [month], names), counties):
            _judge_everywhere(found, terms, benefits, standards, facts, people, month, counties)
    return sorted(found.values(), key=lambda one: (one.gap is None, -(one.gap or 0), one.benefit, one.words))


def _people(asked: Asked, counties: Sequence[int]) -> list[tuple[Facts, dict[int, int]]]:
    """Facts without the county, and how many people of each county have them."""
    grouped: dict[Facts, dict[int, int]] = {}
    names = [name for name in asked.columns() if name != "place"]
    with connection.cursor() as cursor:
        for row in profiles_of(cursor, asked):
            facts = facts_of({name: row[name] for name in names if name in COLUMNS})
            if row["place"] in counties:
                mine = grouped.setdefault(facts, {})
                mine[row["place"]] = mine.get(row["place"], 0) + row["people"]
    return list(grouped.items())


def _judge_everywhere(
    found: dict[tuple[int, Pattern], Unequal],
    terms: Terms,
    benefits: Sequence[BenefitTerms],
    standards: Sequence[StandardTerms],
    facts: Facts,
    people: Mapping[int, int],
    month: date,
    counties: Sequence[int],
) -> None:
    winners: dict[int, dict[int, StandardTerms]] = {}
    asked = [replace(one, cycle=Cycle.MONTH) for one in benefits]
    for county in counties:
        here = replace(facts, place=county)
        told = judge(asked, standards, {one.key: here for one in asked}, month, places=terms.places)
        for one in told:
            if one.outcome is Outcome.WON:
                winners.setdefault(one.benefit.key, {})[county] = one.standard
    for benefit in benefits:
        won = winners.get(benefit.key, {})
        gives = {county: _worth(won[county]) if county in won else None for county in counties}
        if len(set(gives.values())) > 1:
            pattern = tuple(won[county].key if county in won else 0 for county in counties)
            row = found.setdefault((benefit.key, pattern), _row(benefit, won, people, counties, terms))
            for county, number in people.items():
                row.people[county] = row.people.get(county, 0) + number


def _worth(standard: StandardTerms) -> tuple[Any, ...]:
    return standard.amount, standard.months, standard.times, standard.series


def _row(
    benefit: BenefitTerms,
    won: Mapping[int, StandardTerms],
    people: Mapping[int, int],
    counties: Sequence[int],
    terms: Terms,
) -> Unequal:
    told = max(won.items(), key=lambda one: (people.get(one[0], 0), -one[1].key))[1]
    fixed = all(not one.months and not one.times for one in won.values())
    amounts = [won[county].amount if county in won else Decimal(0) for county in counties]
    return Unequal(
        benefit=benefit.key,
        words=sentence(told.conditions, terms.places),
        gives={county: worth_words(won[county], benefit) if county in won else "" for county in counties},
        standards={county: won[county].key if county in won else 0 for county in counties},
        gap=max(amounts) - min(amounts) if fixed else None,
    )
