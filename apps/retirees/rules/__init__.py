"""Rules of the register on plain values: no ORM, no settings, no today()."""

from apps.retirees.rules.due import next_round_birthday, verification_due
from apps.retirees.rules.groups import AGED_FROM, AWAY, EMPTY_NEST, OF_PERIOD, groups_of
from apps.retirees.rules.life import Follower, followers, landing_of, may_follow, register_follower
from apps.retirees.rules.person import (
    LIBERATION_FROM,
    LIBERATION_TO,
    RED_ARMY_FROM,
    RESISTANCE_FROM,
    RESISTANCE_LATE_FROM,
    Doubt,
    doubts,
    missing_fields,
    period_of,
    period_on,
    register_from,
    register_until,
    ruling_message,
)
from apps.retirees.rules.spells import Piece, Stay, Stretch, cut, one_after_another

__all__ = [
    "AGED_FROM",
    "AWAY",
    "EMPTY_NEST",
    "LIBERATION_FROM",
    "LIBERATION_TO",
    "OF_PERIOD",
    "RED_ARMY_FROM",
    "RESISTANCE_FROM",
    "RESISTANCE_LATE_FROM",
    "Doubt",
    "Follower",
    "Piece",
    "Stay",
    "Stretch",
    "cut",
    "doubts",
    "followers",
    "groups_of",
    "landing_of",
    "may_follow",
    "missing_fields",
    "next_round_birthday",
    "one_after_another",
    "period_of",
    "period_on",
    "register_follower",
    "register_from",
    "register_until",
    "ruling_message",
    "verification_due",
]
