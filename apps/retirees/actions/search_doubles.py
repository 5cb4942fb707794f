"""Looking through the whole register for pairs that may be one person, county by county.

The database finds pairs that have a name and something else in common, by joins on equal keys; the rules weigh them.
A pair is looked for from one of its two counties only: the one with the lower key.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone

from apps.core.bulk import batched, update_many
from apps.core.fields import decode
from apps.retirees.choices import DoubleReason, DoubleState
from apps.retirees.models import PossibleDouble, PrivateDetails, Retiree
from apps.retirees.models.private import phone_index
from apps.retirees.rules.doubles import LISTED, Traits, compare, weigh
from apps.units.models import Unit

MOST = 200_000
"""Pairs of one county that are compared. More of them come of a placeholder in place of names, not of people."""

# "Not known to the month" is a stored date of which the part before the blank is shorter than 1924-07.
_PAIRS = """
WITH here AS MATERIALIZED (
    SELECT id, county_id, unit_id, name_key, former_key, name_pinyin,
        date_trunc('month', birth_from::timestamp) AS month, length(split_part(birth_date, ' ', 1)) < 7 AS vague
    FROM retirees_retiree WHERE county_id = %(county)s AND state NOT IN ('merged', 'mistake')
), pairs AS (
    SELECT a.id AS one, b.id AS other FROM here a JOIN retirees_retiree b
        ON b.name_key = a.name_key AND date_trunc('month', b.birth_from::timestamp) = a.month
        AND (b.county_id > a.county_id OR (b.county_id = a.county_id AND b.id > a.id))
    WHERE a.name_key <> ''
  UNION
    SELECT a.id, b.id FROM here a JOIN here b
        ON b.unit_id = a.unit_id AND b.name_key = a.name_key AND b.id > a.id
    WHERE a.name_key <> '' AND (a.vague OR b.vague)
  UNION
    SELECT a.id, b.id FROM here a JOIN here b
        ON b.unit_id = a.unit_id AND b.name_pinyin = a.name_pinyin AND b.id > a.id
    WHERE a.name_pinyin <> '' AND b.name_key <> a.name_key AND (a.month = b.month OR a.vague OR b.vague)
  UNION
    SELECT a.id, b.id FROM here a
        JOIN retirees_privatedetails pa ON pa.retiree_id = a.id AND pa.phone_index IS NOT NULL
        JOIN retirees_privatedetails pb ON pb.phone_index = pa.phone_index AND pb.retiree_id <> a.id
        JOIN retirees_retiree b ON b.id = pb.retiree_id AND b.name_pinyin = a.name_pinyin
            AND (b.county_id > a.county_id OR (b.county_id = a.county_id AND b.id > a.id))
  UNION
    SELECT a.id, b.id FROM here a JOIN retirees_retiree b
        ON b.name_key = a.former_key AND date_trunc('month', b.birth_from::timestamp) = a.month AND b.id <> a.id
    WHERE a.former_key <> ''
)
SELECT a.id, a.county_id, a.unit_id, a.name, a.name_key, a.former_key, a.name_pinyin, a.birth_date, a.sex,
    pa.national_id_index, pa.phone_index,
    b.id, b.county_id, b.unit_id, b.name, b.name_key, b.former_key, b.name_pinyin, b.birth_date, b.sex,
    pb.national_id_index, pb.phone_index
FROM (SELECT one, other FROM pairs LIMIT %(most)s) found
    JOIN retirees_retiree a ON a.id = found.one
    JOIN retirees_retiree b ON b.id = found.other AND b.state NOT IN ('merged', 'mistake')
    LEFT JOIN retirees_privatedetails pa ON pa.retiree_id = a.id
    LEFT JOIN retirees_privatedetails pb ON pb.retiree_id = b.id
"""
_WIDTH = 11


def search_county(county_id: int) -> int:
    """Find the pairs whose lower county is this one, write them, and return how many there are.

    In a transaction under a city scope. Decided pairs keep their decision.
    """
    found = 0
    for some in batched(_listed(county_id)):
        PossibleDouble.objects.bulk_create(
            {(row.first_id, row.second_id): row for row in some}.values(),
            update_conflicts=True,
            unique_fields=["first_id", "second_id"],
            update_fields=["county", "unit", "reasons", "weight", "seen_at"],
        )
        found += len(some)
    return found


def _listed(county_id: int) -> Iterator[PossibleDouble]:
    now = timezone.now()
    with connection.chunked_cursor() as cursor:
        cursor.execute(_PAIRS, {"county": county_id, "most": MOST})
        for row in cursor:
            one, other = _Side.of(row[:_WIDTH]), _Side.of(row[_WIDTH:])
            reasons = compare(one.traits, other.traits)
            weight = weigh(reasons)
            if weight >= LISTED:
                yield _pair(one, other, reasons, weight, now)


@dataclass(frozen=True)
class _Side:
    pk: int
    county_id: int
    unit_id: int
    traits: Traits

    @classmethod
    def of(cls, row: Iterable[Any]) -> "_Side":
        pk, county, unit, name, key, former, pinyin, birth, sex, number, phone = row
        traits = Traits(
            name, key, former, pinyin, decode(birth), sex, unit,
            bytes(number) if number else None, bytes(phone) if phone else None,
        )  # fmt: skip
        return cls(pk, county, unit, traits)


def _pair(
    one: _Side, other: _Side, reasons: tuple[DoubleReason, ...], weight: int, now: datetime
) -> PossibleDouble:
    first, second = sorted((one.pk, other.pk))
    county = one.county_id if one.county_id == other.county_id else None
    return PossibleDouble(
        county_id=county,
        unit_id=one.unit_id if county is not None and one.unit_id == other.unit_id else None,
        first_id=first,
        second_id=second,
        reasons=list(reasons),
        weight=weight,
        found_at=now,
        seen_at=now,
    )


def counties_to_search() -> list[int]:
    """Keys of the counties, in the order in which they are searched."""
    return list(Unit.objects.counties().order_by("pk").values_list("pk", flat=True))


def finish_search(*, since: datetime) -> int:
    """After all counties: take off the list what was not found again, bring decided pairs to where the people are
    now, and return how many open pairs there are. ``since``: when the search began."""
    PossibleDouble.objects.filter(state=DoubleState.OPEN, seen_at__lt=since).delete()
    places = Retiree.objects.filter(pk=OuterRef("first_id"))
    others = Retiree.objects.filter(pk=OuterRef("second_id"))
    decided = PossibleDouble.objects.exclude(state=DoubleState.OPEN).annotate(
        one=Subquery(places.values("county_id")[:1]), other=Subquery(others.values("county_id")[:1])
    )
    decided.filter(county__isnull=False).filter(
        ~Q(one=F("county_id")) | ~Q(other=F("county_id"))
    ).update(county=None, unit=None)  # fmt: skip
    return PossibleDouble.objects.filter(state=DoubleState.OPEN).count()


def fill_phone_keys(*, batch: int = 2000) -> int:
    """Make the blind index of telephones that were kept before there was one; return how many were made.

    Under a city scope; it can be broken off and begun again.
    """
    made, last = 0, 0
    while True:
        rows = list(
            PrivateDetails.objects.filter(pk__gt=last, phone__isnull=False, phone_index=None)
            .only("pk", "phone")
            .order_by("pk")[:batch]
        )
        if not rows:
            return made
        for row in rows:
            row.phone_index = phone_index(row.phone.for_processing())
        with_number = [row for row in rows if row.phone_index is not None]
        update_many(with_number, ["phone_index"])
        made, last = made + len(with_number), rows[-1].pk
