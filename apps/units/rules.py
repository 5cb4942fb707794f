"""What a unit may be below which other, and whether a credit code can be right. Pure functions on values."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from apps.units.choices import Kind, Level

MoreActions = Callable[[Any, Any], Iterable[tuple[str, str]]]
"""(actor, unit) → (label, address) of what an app above offers for a unit."""
_more_actions: list[MoreActions] = []


def register_actions(offer: MoreActions) -> None:
    """Let an app above offer actions on the page of a unit. Called in ``AppConfig.ready()``."""
    _more_actions.append(offer)


def more_actions(actor: Any, unit: Any) -> list[tuple[str, str]]:
    """What the apps above offer."""
    return [action for offer in _more_actions for action in offer(actor, unit)]


KINDS = {
    Level.CITY: (Kind.CITY,),
    Level.COUNTY: (Kind.COUNTY, Kind.COUNTY_CITY, Kind.DISTRICT, Kind.ZONE, Kind.DIRECT),
    Level.UNIT: (Kind.TOWNSHIP, Kind.ORGAN, Kind.INSTITUTION, Kind.ENTERPRISE, Kind.COMMUNITY),
}
"""Kinds that fit a level."""

BELOW = {Level.CITY: Level.COUNTY, Level.COUNTY: Level.UNIT, Level.UNIT: Level.UNIT}
"""Level of a unit below one of this level."""

CREDIT_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_SHAPE = re.compile(rf"[{CREDIT_CHARACTERS}]{{2}}\d{{6}}[{CREDIT_CHARACTERS}]{{10}}")


def tidy_credit_code(text: str) -> str:
    """A credit code without spaces and dashes, in capitals."""
    return re.sub(r"[\s-]", "", text).upper()


def credit_code_fault(code: str) -> str | None:
    """What is wrong with a tidied 统一社会信用代码, or None. Source: GB 32100-2015: 18 characters without I, O, S, V
    and Z, characters 3 to 8 an administrative division, the last one a check character (weights 3^i mod 31).
    """
    if len(code) != 18:
        return f"统一社会信用代码是 18 位，现在是 {len(code)} 位。"
    if not CREDIT_SHAPE.fullmatch(code):
        return "统一社会信用代码由数字和大写字母组成（没有 I、O、S、V、Z），第 3 到 8 位是数字。"
    total = sum(CREDIT_CHARACTERS.index(char) * pow(3, place, 31) for place, char in enumerate(code[:17]))
    expected = CREDIT_CHARACTERS[-total % 31]
    if code[17] != expected:
        return "统一社会信用代码的最后一位校验不对，请逐位核对。"
    return None
