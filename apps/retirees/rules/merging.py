"""What the two records of one person say, field by field. Pure values."""

from dataclasses import dataclass
from typing import Any

from apps.core.partial_date import PartialDate
from apps.retirees.choices import ConditionKind, LevelKind

UNDO_DAYS = 90
FACTS = {
    "rank": LevelKind.RANK,
    "treatment": LevelKind.TREATMENT,
    "medical_treatment": LevelKind.MEDICAL,
    "health": ConditionKind.HEALTH,
    "self_care": ConditionKind.SELF_CARE,
    "living": ConditionKind.LIVING,
}
"""Fields of which the dated facts go over with the value."""
PAIRED = {
    "rank_number": "rank",
    "treatment_on": "treatment",
    "treatment_number": "treatment",
    "medical_treatment_on": "medical_treatment",
    "medical_number": "medical_treatment",
}
"""The day and the paper of a level are those of the level that was chosen."""


@dataclass(frozen=True)
class Choice:
    """One field of two records. ``side``: which is proposed, "keep" or "other"; ``is_open``: somebody must look."""

    name: str
    keep: Any
    other: Any
    side: str
    is_open: bool


def propose(name: str, keep: Any, other: Any, *, same: bool) -> Choice:
    """The proposal for one field: what only one knows is taken from him; of two dates that may mean the same day the
    more precise; else what the kept record says. ``same``: whether the two values say the same."""
    if same or _empty(other):
        return Choice(name, keep, other, "keep", is_open=False)
    if _empty(keep):
        return Choice(name, keep, other, "other", is_open=False)
    if isinstance(keep, PartialDate) and isinstance(other, PartialDate):
        better = len(other.iso()) > len(keep.iso()) and keep.agrees_with(other)
        return Choice(name, keep, other, "other" if better else "keep", is_open=True)
    return Choice(name, keep, other, "keep", is_open=True)


def _empty(value: Any) -> bool:
    return value is None or value == ""


def fuller(one: tuple[bool, int, Any], other: tuple[bool, int, Any]) -> bool:
    """Whether ``one`` should rather be kept: on the register first, then more filled fields, then changed later.
    Each is (on the register, filled fields, time of the last change)."""
    return one >= other
