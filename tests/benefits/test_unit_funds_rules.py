"""Which rate holds, what heads come to, and what is sharing out."""

from datetime import date
from decimal import Decimal

import pytest

from apps.benefits.rules.unit_funds import (
    Gift,
    Rate,
    allotment,
    counting_days,
    equal_sharing,
    headcount,
    rate_for,
    running,
    shares_of,
)

DAY = date(2026, 3, 1)
NEW_YEAR = date(2026, 1, 1)


def rate(key, county=None, people="lixiu", amount="500", heads="year_start"):
    return Rate(key, county, people, heads, Decimal(amount))


@pytest.mark.parametrize(
    ("rates", "category", "key"),
    [
        ([rate(1)], "lixiu", 1),
        ([rate(1)], "tuixiu", None),
        ([rate(1), rate(2, county=7)], "lixiu", 2),
        ([rate(1), rate(2, county=8)], "lixiu", 1),
        ([rate(1, people="both"), rate(2)], "lixiu", 2),
        ([rate(1, people="both"), rate(2)], "tuixiu", 1),
        ([rate(1), rate(2, county=7, people="both")], "lixiu", 2),
        ([], "lixiu", None),
    ],
)
def test_a_countys_own_rate_goes_first_and_then_the_one_for_the_category(rates, category, key):
    found = rate_for(rates, 7, category)
    assert (found.key if found else None) == key


def test_heads_are_counted_on_the_first_day_or_month_by_month():
    assert counting_days("year_start", 2026) == (NEW_YEAR,)
    assert counting_days("monthly", 2026) == tuple(date(2026, month, 1) for month in range(1, 13))


def test_heads_times_rate_is_rounded_once():
    monthly = {("lixiu", date(2026, month, 1)): 3 if month < 6 else 2 for month in range(1, 13)}
    shares = shares_of([rate(1, amount="100.01", heads="monthly")], 7, 2026, monthly)
    assert (headcount(shares), allotment(shares)) == (Decimal("2.42"), Decimal("241.69"))
    both = shares_of([rate(1), rate(2, people="tuixiu", amount="80")], 7, 2026, {("tuixiu", NEW_YEAR): 4})
    assert (headcount(both), allotment(both)) == (Decimal("4.00"), Decimal("320.00"))
    assert allotment(shares_of([rate(1)], 7, 2026, {})) == 0


def gifts(*people, day=DAY, amount="200"):
    return [Gift(day, Decimal(amount), key) for key in people]


@pytest.mark.parametrize(
    ("given", "people", "shares"),
    [
        (gifts(1, 2, 3, 4, 5), 5, True),
        (gifts(1, 2, 3, 4), 5, False),  # four fifths are not more than four fifths
        (gifts(1, 2, 3, 4, 5), 6, True),
        (gifts(1, 2, 3, 4) + gifts(5, amount="201"), 5, False),
        (gifts(1, 2, 3, 4) + gifts(5, day=date(2026, 3, 2)), 5, False),
        (gifts(1, 1, 1), 2, False),  # one who is helped thrice is one
        (gifts(1), 1, False),  # one alone shares with nobody
        (gifts(1, 2), 2, True),
        (gifts(1, 2, 91, 92), 3, False),  # who is not of the unit any more does not count
        ([], 0, False),
    ],
)
def test_sharing_out_is_the_same_on_one_day_to_more_than_four_fifths(given, people, shares):
    there = range(1, people + 1)
    assert (equal_sharing("special", given, there) is not None) is shares
    assert equal_sharing("office", given, there) is None


def test_the_ledger_runs_on_and_a_line_taken_back_gives_back():
    lines = running(
        Decimal(100),
        [
            (1, "hardship", Decimal(30)),
            (2, "added", Decimal(50)),
            (3, "hardship", Decimal(-30)),
            (4, "added", Decimal(-50)),
        ],
    )
    assert [line.left for line in lines] == [70, 120, 150, 100]
    assert (lines[1].came, lines[1].went, lines[2].went) == (50, 0, -30)
