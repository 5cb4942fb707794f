"""Who belongs to a special group, as a condition of the list: the same rules as ``rules.groups_of``, in SQL."""

from datetime import date

from django.db.models import Q

from apps.core.chinese import years_before
from apps.retirees.choices import LifeState, SelfCare, SpecialGroup
from apps.retirees.models import FamilyMember, GroupMark
from apps.retirees.rules import AGED_FROM, AWAY, EMPTY_NEST, OF_PERIOD


def in_group(group: str, today: date) -> Q:
    """Condition on Retiree: belongs to ``group`` on ``today``, by the record or by a mark that holds."""
    if group == SpecialGroup.SURVIVORS:
        families = FamilyMember.objects.filter(is_survivor=True).values("retiree_id")
        return Q(state=LifeState.DEAD, pk__in=families)
    periods = [period for period, name in OF_PERIOD.items() if name == group]
    if periods:
        return Q(period__in=periods)
    marked = GroupMark.objects.filter(group=group, during__endswith__isnull=True).values("retiree_id")
    return ~Q(state=LifeState.DEAD) & (_by_rule(SpecialGroup(group), today) | Q(pk__in=marked))


def was_in_group(group: str, on: date) -> Q:
    """The same of another day, for people who were on the register then, whatever became of them: ages and marks of
    that day, and for the rest what is known of the present only."""
    if group == SpecialGroup.SURVIVORS or group in OF_PERIOD.values():
        return in_group(group, on)
    marked = GroupMark.objects.filter(group=group, during__contains=on).values("retiree_id")
    return _by_rule(SpecialGroup(group), on) | Q(pk__in=marked)


def _by_rule(group: SpecialGroup, today: date) -> Q:
    rules = {
        SpecialGroup.AGED: Q(birth_from__lte=years_before(today, AGED_FROM)),
        SpecialGroup.EMPTY_NEST: Q(living__in=EMPTY_NEST),
        SpecialGroup.HELPLESS: Q(self_care=SelfCare.HELPLESS),
        SpecialGroup.AWAY: Q(residence__in=AWAY),
    }
    return rules.get(group, Q())
