"""Times on the register, as the rule of months takes them (rules/months.py)."""

from collections.abc import Collection

from apps.benefits.rules.months import Stay
from apps.retirees.choices import ExitKind
from apps.retirees.models import Membership


def stays_of(people: Collection[int]) -> dict[int, list[Stay]]:
    """By person, in order of time, as far as the scope shows them."""
    rows = Membership.objects.filter(retiree_id__in=people, during__isempty=False).order_by("during")
    found: dict[int, list[Stay]] = {}
    for one in rows:
        stay = Stay(
            county=one.county_id,
            unit=one.unit_id,
            unit_kind="",
            since=one.during.lower,
            until=one.during.upper,
            has_died=one.exit == ExitKind.DIED,
        )
        found.setdefault(one.retiree_id, []).append(stay)
    return found
