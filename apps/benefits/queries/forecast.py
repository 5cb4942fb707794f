"""What next year's benefits will cost, under assumptions that are told: people grow older month by month (standards ask
their age anew each month), they die at yearly rates by age, states and standards stay as they are, and nobody joins.

What is brought by death is what the deaths of the last three years brought on the average, for as many deaths as are
expected.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from apps.benefits.choices import Cycle
from apps.benefits.queries.entitled import TABLE, reckoned
from apps.benefits.queries.terms import Terms
from apps.benefits.rules.months import month_of, months
from apps.retirees.choices import VOID, ExitKind

BANDS = (0, 60, 70, 80, 90)
"""First 周岁 of each band of age; the last is open."""
EXPERIENCE = 3
"""Whole years of the register that the suggested rates come from."""

_BAND = "width_bucket(extract(year FROM age({day}, person.birth_from))::int, ARRAY[{bounds}]) - 1"
LIVING = f"""
SELECT {_BAND.format(day="asked.day", bounds=", ".join(str(one) for one in BANDS))} AS band, count(*)
FROM retirees_membership held JOIN unnest(%(days)s::date[]) asked(day) ON held.during @> asked.day
JOIN retirees_retiree person ON person.id = held.retiree_id AND person.state <> ALL(%(void)s)
WHERE person.birth_from IS NOT NULL AND (%(county)s::bigint IS NULL OR held.county_id = %(county)s) GROUP BY 1
"""
DEATHS = f"""
SELECT {_BAND.format(day="upper(held.during)", bounds=", ".join(str(one) for one in BANDS))} AS band, count(*)
FROM retirees_membership held JOIN retirees_retiree person ON person.id = held.retiree_id
    AND person.state <> ALL(%(void)s)
WHERE person.birth_from IS NOT NULL AND held.exit = '{ExitKind.DIED}' AND upper(held.during) >= %(first)s
    AND upper(held.during) < %(last)s AND (%(county)s::bigint IS NULL OR held.county_id = %(county)s) GROUP BY 1
"""
EXPECTED = f"""
SELECT due.county_id, due.benefit_id, count(DISTINCT due.retiree_id), sum(due.money),
    round(sum(due.money * power(1 - (%(rates)s::numeric[])[{
    _BAND.format(day="due.month", bounds=", ".join(str(one) for one in BANDS))
} + 1], greatest(0, (extract(year FROM due.month) - %(year)s) * 12 + extract(month FROM due.month) - %(month)s)
    / 12.0)), 2)
FROM {TABLE} due JOIN retirees_retiree person ON person.id = due.retiree_id GROUP BY 1, 2 ORDER BY 1, 2
"""
DYING = f"""
SELECT county_id, sum(power(1 - rate, %(wait)s / 12.0) * rate) FROM (
    SELECT held.county_id, (%(rates)s::numeric[])[{
    _BAND.format(day="%(day)s::date", bounds=", ".join(str(one) for one in BANDS))
} + 1] AS rate
    FROM retirees_membership held JOIN retirees_retiree person ON person.id = held.retiree_id
        AND person.state <> ALL(%(void)s)
    WHERE held.during @> %(today)s::date AND person.birth_from IS NOT NULL
        AND (%(county)s::bigint IS NULL OR held.county_id = %(county)s)
) people GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True)
class Expected:
    """One county's year of one benefit. Money in yuan; ``people`` of those living today."""

    county: int
    benefit: int
    people: int
    undiminished: Decimal
    """If nobody died."""
    money: Decimal


@dataclass(frozen=True)
class ExpectedDeaths:
    """Deaths in the year that are to be expected of a county's people, and what one brings of each benefit on the
    average of the last three years (yuan, by key of the benefit), of the county or, where it had fewer than ten, of all
    counties asked."""

    county: int
    deaths: Decimal
    each: Mapping[int, Decimal]
    observed: int


def death_rates(today: date, *, county: int | None = None) -> tuple[Decimal | None, ...]:
    """Of each band, the share that died in a year, from the register's last three whole years; None where nobody of
    the band was on it. Deaths by the age on the day, people by their age on 1 July."""
    years = range(today.year - EXPERIENCE, today.year)
    with connection.cursor() as cursor:
        cursor.execute(
            LIVING, {"days": [date(year, 7, 1) for year in years], "void": list(VOID), "county": county}
        )
        living = dict(cursor.fetchall())
        cursor.execute(
            DEATHS,
            {
                "first": date(years[0], 1, 1),
                "last": date(today.year, 1, 1),
                "void": list(VOID),
                "county": county,
            },
        )
        dead = dict(cursor.fetchall())
    return tuple(
        min(Decimal(1), Decimal(dead.get(band, 0)) / living[band]) if living.get(band) else None
        for band in range(len(BANDS))
    )


def forecast(
    terms: Terms, year: int, rates: Sequence[Decimal], today: date, *, county: int | None = None
) -> tuple[list[Expected], list[ExpectedDeaths]]:
    """A year's money by county and benefit. rates: shares that die in a year, by ``BANDS``; survival is reckoned from
    this month on, month by month."""
    lasting = replace(terms, benefits=tuple(one for one in terms.benefits if one.cycle != Cycle.DEATH))
    params = {
        "rates": list(rates),
        "year": today.year,
        "month": today.month,
        "day": date(year, 7, 1),
        "today": today,
        "wait": max(0, (year - today.year) * 12 + 1 - today.month),
        "void": list(VOID),
        "county": county,
    }
    with connection.cursor() as cursor:
        with reckoned(lasting, list(months(date(year, 1, 1), date(year, 12, 1))), county=county):
            cursor.execute(EXPECTED, params)
            found = [Expected(*row) for row in cursor.fetchall()]
        cursor.execute(DYING, params)
        dying = cursor.fetchall()
    return found, _by_death(terms, dying, today, county)


FEW = 10
"""Deaths below which a county's own average says little."""


def _by_death(terms: Terms, dying: Sequence[Any], today: date, county: int | None) -> list[ExpectedDeaths]:
    brought = replace(terms, benefits=tuple(one for one in terms.benefits if one.cycle == Cycle.DEATH))
    over = list(months(date(today.year - EXPERIENCE, 1, 1), month_of(today)))
    with connection.cursor() as cursor, reckoned(brought, over, county=county):
        cursor.execute(f"SELECT county_id, benefit_id, count(*), sum(money) FROM {TABLE} GROUP BY 1, 2")
        rows = cursor.fetchall()
    own: dict[int, dict[int, tuple[int, Decimal]]] = {}
    everywhere: dict[int, tuple[int, Decimal]] = {}
    for place, benefit, number, money in rows:
        own.setdefault(place, {})[benefit] = (number, money)
        count, total = everywhere.get(benefit, (0, Decimal(0)))
        everywhere[benefit] = (count + number, total + money)
    found = []
    for place, deaths in dying:
        each, least = {}, 0
        for benefit, (number, money) in everywhere.items():
            mine = own.get(place, {}).get(benefit, (0, Decimal(0)))
            count, total = mine if mine[0] >= FEW else (number, money)
            each[benefit] = (total / count).quantize(Decimal("0.01"))
            least = max(least, mine[0])
        found.append(ExpectedDeaths(place, Decimal(deaths).quantize(Decimal("0.1")), each, least))
    return found
