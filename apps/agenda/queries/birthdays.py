"""The list of birthdays of a month under its conditions."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from apps.core.scope import Actor
from apps.retirees.models.person import RetireeQuerySet
from apps.retirees.queries.birthdays import (
    BirthdayOf,
    birthdays_of,
    by_day,
    people_with_birthdays,
    people_without_day,
)
from apps.retirees.rules.birthdays import keys_between

LIMIT = 1000


def listed_people(
    actor: Actor, span: tuple[date, date], shown: str, equal: Mapping[str, Any]
) -> RetireeQuerySet:
    """The people of one tab (all, round, lunar, unknown), in the order of their days."""
    keys = keys_between(*span)
    if shown == "unknown":
        return people_without_day(actor, keys).filter(**equal).order_by("birth_order", "pk")
    people = people_with_birthdays(
        actor, keys, only_round=shown == "round", lunar=True if shown == "lunar" else None
    )
    return by_day(people.filter(**equal), keys).select_related("county", "unit")


def counted(people: RetireeQuerySet, limit: int = LIMIT) -> int:
    """How many, up to one more than ``limit``."""
    return people.order_by().values("pk")[: limit + 1].count()


def listed_birthdays(people: Any, span: tuple[date, date], shown: str) -> list[BirthdayOf]:
    """The birthdays of these people in the span; of the tab 整寿 only those that are."""
    found = birthdays_of(people, keys_between(*span))
    return [one for one in found if one.is_round] if shown == "round" else found
