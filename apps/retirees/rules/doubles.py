"""When two records may be one person, in weighed reasons. Pure values in, reasons out.

The same ID number needs no rule: the register keeps every number in its eighteen characters (fifteen are brought to
eighteen when they are read), and one number is one person by a unique index.

Source of the cases: rosters of county and unit that both list one person, names written in two ways, and dead people
registered anew. The weights are the portal's own; they only order a list that people decide about.
"""

import re
from dataclasses import dataclass

from apps.core.partial_date import PartialDate
from apps.retirees.choices import DoubleReason

WEIGHTS = {
    DoubleReason.SAME_NAME: 40,
    DoubleReason.VARIANT: 35,
    DoubleReason.FORMER: 35,
    DoubleReason.SOUND: 20,
    DoubleReason.BIRTH_DAY: 35,
    DoubleReason.BIRTH_MONTH: 25,
    DoubleReason.BIRTH_UNKNOWN: 5,
    DoubleReason.SAME_UNIT: 20,
    DoubleReason.SAME_PHONE: 35,
    DoubleReason.BIRTH_DIFFERS: -20,
    DoubleReason.ID_DIFFERS: -30,
    DoubleReason.SEX_DIFFERS: -15,
}
AGAINST = frozenset(reason for reason, weight in WEIGHTS.items() if weight < 0)
LISTED = 55
"""From this weight on a pair is put on the list that somebody has to decide about."""
WARNED = 45
"""From this weight on somebody who is saving is asked: he has the person before him and can tell at once."""

_NUMBER = re.compile(r"\d[\d -]{5,}\d")


@dataclass(frozen=True)
class Traits:
    """What is compared of one record. Keys and indexes are empty or None where nothing is known."""

    name: str
    name_key: str
    former_key: str
    pinyin: str
    birth: PartialDate | None
    sex: str
    unit_id: int | None
    national_id: bytes | None = None
    """Blind index."""
    phone: bytes | None = None
    """Blind index."""


def compare(one: Traits, other: Traits) -> tuple[DoubleReason, ...]:
    """What speaks for and against the two being one person, strongest first; nothing where no name agrees."""
    name = _names(one, other)
    if name is None:
        return ()
    found = [name, _births(one.birth, other.birth)]
    if one.unit_id is not None and one.unit_id == other.unit_id:
        found.append(DoubleReason.SAME_UNIT)
    if one.phone is not None and one.phone == other.phone:
        found.append(DoubleReason.SAME_PHONE)
    if one.national_id and other.national_id and one.national_id != other.national_id:
        found.append(DoubleReason.ID_DIFFERS)
    if one.sex in ("1", "2") and other.sex in ("1", "2") and one.sex != other.sex:
        found.append(DoubleReason.SEX_DIFFERS)
    return tuple(sorted(found, key=lambda reason: -WEIGHTS[reason]))


def weigh(reasons: tuple[DoubleReason, ...]) -> int:
    """Sum of the weights, from 0 to 100."""
    return max(0, min(100, sum(WEIGHTS[reason] for reason in reasons)))


def _names(one: Traits, other: Traits) -> DoubleReason | None:
    if one.name == other.name:
        return DoubleReason.SAME_NAME
    if one.name_key == other.name_key:
        return DoubleReason.VARIANT
    if one.former_key and one.former_key in (other.name_key, other.former_key):
        return DoubleReason.FORMER
    if other.former_key and other.former_key == one.name_key:
        return DoubleReason.FORMER
    if one.pinyin and one.pinyin == other.pinyin:
        return DoubleReason.SOUND
    return None


def _births(one: PartialDate | None, other: PartialDate | None) -> DoubleReason:
    if one is None or other is None:
        return DoubleReason.BIRTH_UNKNOWN
    if one.year != other.year:
        return DoubleReason.BIRTH_DIFFERS
    if one.month is None or other.month is None:
        return DoubleReason.BIRTH_UNKNOWN
    if one.month != other.month:
        return DoubleReason.BIRTH_DIFFERS
    if one.day is not None and one.day == other.day:
        return DoubleReason.BIRTH_DAY
    return DoubleReason.BIRTH_MONTH


def phone_key(phone: str) -> str:
    """The digits of the first telephone number in a text, without the country's; "" where there is none."""
    found = _NUMBER.search(phone)
    if found is None:
        return ""
    digits = re.sub(r"\D", "", found[0])
    return digits.removeprefix("86") if len(digits) == 13 else digits
