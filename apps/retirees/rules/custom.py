"""Fields that the bureau defines itself: their names, and values as they are stored, on plain values."""

import re
from decimal import Decimal
from typing import Any

from apps.core.fields import encode
from apps.core.partial_date import PartialDate

_KEY = re.compile(r"x_[1-9][0-9]{0,8}")


def is_custom(name: str) -> bool:
    """Whether ``name`` is the key of a field of the bureau's own: x_7."""
    return _KEY.fullmatch(name) is not None


def stored_custom(value: Any) -> Any:
    """A cleaned value as JSON keeps it: dates as precise as they are known, numbers without needless zeros."""
    if isinstance(value, PartialDate):
        return encode(value)
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value


def with_custom(known: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """``known`` with the custom values among ``values`` put in; None and the empty text take one out."""
    given = {name: value for name, value in values.items() if is_custom(name)}
    return {name: value for name, value in (known | given).items() if value not in (None, "")}
