"""What a person's values in the bureau's own fields must be. A field stands as text in JSON: choices by their code,
是 and 否 as truth values, numbers and dates so that they can be compared."""

import functools
import operator
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import DecimalField, Q, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.db.models.lookups import GreaterThanOrEqual, LessThan, LessThanOrEqual

from apps.core.partial_date import PartialDate

CUSTOM = "custom_"
"""What a condition on a field of the bureau's own begins with; its key follows."""
FROM, UNTIL = "from_", "until_"
"""Likewise a lower and an upper bound of a number or a date."""
_TEXT = "custom__"
_AFTER = "~"
"""Sorts behind what may follow a part of a date: 1985 and 1985-09 lie before 1985~."""


def meets_own(conditions: Mapping[str, Any]) -> Q:
    """What the conditions among ``conditions`` that speak of these fields ask."""
    found = Q()
    for name, value in conditions.items():
        if name.startswith(CUSTOM) and value:
            key = name.removeprefix(CUSTOM)
            found &= _any_of(key, [value] if isinstance(value, str) else list(value))
        elif name.startswith(FROM) and value is not None:
            found &= _not_before(name.removeprefix(FROM), value)
        elif name.startswith(UNTIL) and value is not None:
            found &= _not_after(name.removeprefix(UNTIL), value)
    return found


def _any_of(key: str, values: Sequence[str]) -> Q:
    """One of the values; 是 and 否 are stored as such, others by their code."""
    known = {"none": ~Q(custom__has_key=key), "any": Q(custom__has_key=key)}
    truths = {"yes": Q(custom__contains={key: True}), "no": Q(custom__contains={key: False})}
    each = [
        known.get(value) or Q(custom__contains={key: value}) | truths.get(value, Q(pk__in=()))
        for value in values
    ]
    return functools.reduce(operator.or_, each)


def _not_before(key: str, bound: Any) -> Q:
    """Of a date that is known by year or month the first day counts."""
    if isinstance(bound, PartialDate):
        return Q(GreaterThanOrEqual(KT(_TEXT + key), Value(_first(bound))))
    return Q(GreaterThanOrEqual(_number(key), bound))


def _not_after(key: str, bound: Any) -> Q:
    """Likewise; a bound of a year or month includes all of it."""
    if isinstance(bound, PartialDate):
        return Q(LessThan(KT(_TEXT + key), Value(bound.iso() + _AFTER)))
    return Q(LessThanOrEqual(_number(key), bound))


def _first(bound: PartialDate) -> str:
    """The shortest text of the bound's first day: 1985-09-01 is the first of what is known as 1985-09."""
    text = bound.iso()
    while text.endswith("-01"):
        text = text.removesuffix("-01")
    return text


def _number(key: str) -> Cast:
    return Cast(KT(_TEXT + key), DecimalField(max_digits=16, decimal_places=2))
