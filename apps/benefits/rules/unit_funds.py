"""Money that a unit holds by heads: which rate holds, what heads come to, and what may not be done with it.

特需经费 is for special hardship and for activities that are needed; it is not shared out equally nor moved, and what is
left is carried over. No paper at hand says when heads are counted, so the rate says it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from apps.benefits.choices import FundKind, FundPeople, FundPurpose, Headcount

CATEGORIES = (FundPeople.LIXIU, FundPeople.TUIXIU)
NOT_EQUALLY = "特需经费不得平均分配或挪用"
MOST = Fraction(4, 5)
"""More than this part of a unit's people getting the same on one day is sharing out."""
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Rate:
    """A rate in force. ``county_id`` None: the city's."""

    key: int
    county_id: int | None
    people: str
    headcount: str
    amount: Decimal


def rate_for(rates: Iterable[Rate], county_id: int, category: str) -> Rate | None:
    """The rate of a category of people in a county: the county's own before the city's, in each office the one for the
    category before the one for both. None: nothing is allotted for them."""
    found = [
        rate
        for rate in rates
        if rate.county_id in (None, county_id) and rate.people in (category, FundPeople.BOTH)
    ]
    return min(found, key=lambda one: (one.county_id is None, one.people == FundPeople.BOTH), default=None)


def counting_days(headcount: str, year: int) -> tuple[date, ...]:
    """The days on which heads are counted."""
    months = range(1, 13) if headcount == Headcount.MONTHLY else (1,)
    return tuple(date(year, month, 1) for month in months)


@dataclass(frozen=True)
class Share:
    """What the heads of one category come to: ``heads`` on each of the days that the rate counts them."""

    people: str
    rate: Rate
    heads: tuple[int, ...]

    @property
    def mean(self) -> Fraction:
        """Heads over the year."""
        return Fraction(sum(self.heads), len(self.heads)) if self.heads else Fraction(0)

    def as_json(self) -> dict[str, Any]:
        """As it is kept with the fund."""
        return {
            "people": str(self.people),
            "rate": self.rate.key,
            "headcount": str(self.rate.headcount),
            "amount": str(self.rate.amount),
            "heads": list(self.heads),
        }


def shares_of(
    rates: Sequence[Rate], county_id: int, year: int, heads: Mapping[tuple[str, date], int]
) -> tuple[Share, ...]:
    """The shares of a unit; ``heads`` by category and day. Categories without a rate have none."""
    found = []
    for category in CATEGORIES:
        rate = rate_for(rates, county_id, category)
        if rate is not None:
            days = counting_days(rate.headcount, year)
            found.append(Share(category, rate, tuple(heads.get((category, day), 0) for day in days)))
    return tuple(found)


def allotment(shares: Iterable[Share]) -> Decimal:
    """Heads times rates, rounded once, half up to the fen."""
    return _rounded(sum((share.mean * Fraction(share.rate.amount) for share in shares), Fraction(0)))


def headcount(shares: Iterable[Share]) -> Decimal:
    """Heads over the year, for people to read: two decimals."""
    return _rounded(sum((share.mean for share in shares), Fraction(0)))


def _rounded(exact: Fraction) -> Decimal:
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Gift:
    """Somebody got so much on a day."""

    day: date
    amount: Decimal
    person: int


def equal_sharing(kind: str, gifts: Iterable[Gift], people: Iterable[int]) -> tuple[date, Decimal] | None:
    """Day and amount of gifts that share 特需经费 out: the same amount on one day to more than four fifths of the
    unit's people, two of them at least, since one alone shares with nobody. None where there are none."""
    if kind != FundKind.SPECIAL:
        return None
    there = set(people)
    got: dict[tuple[date, Decimal], set[int]] = {}
    for gift in gifts:
        if gift.person in there:
            got.setdefault((gift.day, gift.amount), set()).add(gift.person)
    for key, persons in got.items():
        if len(persons) > 1 and Fraction(len(persons), len(there)) > MOST:
            return key
    return None


def effect(purpose: str, amount: Decimal) -> tuple[Decimal, Decimal]:
    """What a line of the ledger adds and spends."""
    return (amount, Decimal(0)) if purpose == FundPurpose.ADDED else (Decimal(0), amount)


@dataclass(frozen=True)
class LedgerLine:
    """A line with what was left after it."""

    key: int
    came: Decimal
    went: Decimal
    left: Decimal


def running(opening: Decimal, entries: Iterable[tuple[int, str, Decimal]]) -> list[LedgerLine]:
    """Lines in their order, each with the balance after it; ``entries``: key, purpose, amount."""
    lines, left = [], opening
    for key, purpose, amount in entries:
        came, went = effect(purpose, amount)
        left += came - went
        lines.append(LedgerLine(key, came, went, left))
    return lines
