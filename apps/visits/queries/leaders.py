"""Leaders: their people, and who should have one and has not."""

from datetime import date

from django.db.models import Count, Q

from apps.core.scope import Actor
from apps.retirees.choices import ON_REGISTER
from apps.retirees.models import Retiree, RetireeQuerySet
from apps.visits.choices import Trigger
from apps.visits.models import Leader, NamedLeader, VisitRule
from apps.visits.queries.rules import RuleBroken, named_now, people_of_rule


def people_of_leader(actor: Actor, leader: Leader) -> RetireeQuerySet:
    """Those on the register, seen by the actor, with whom a leader keeps in touch now."""
    his = named_now().filter(leader=leader)
    return Retiree.objects.visible_to(actor).filter(state__in=ON_REGISTER, pk__in=his.values("retiree_id"))


def people_by_leader(actor: Actor) -> dict[int, int]:
    """How many people each leader has now, of those the actor sees."""
    rows = NamedLeader.objects.visible_to(actor).filter(
        during__endswith__isnull=True, retiree__state__in=ON_REGISTER
    )
    return dict(rows.order_by().values_list("leader_id").annotate(number=Count("pk")))


def without_leader(actor: Actor, today: date) -> RetireeQuerySet:
    """People whom a rule in force wants to have a leader who keeps in touch, and who have none."""
    rules = VisitRule.objects.visible_to(actor).filter(is_active=True, trigger=Trigger.NAMED_LEADER)
    wanted = Q(pk__in=())
    for rule in rules.filter(starts_on__lte=today):
        if rule.ends_on is None or rule.ends_on >= today:
            try:
                wanted |= Q(pk__in=people_of_rule(rule, today).order_by().values("pk"))
            except RuleBroken:
                continue
    people = Retiree.objects.visible_to(actor).filter(wanted, state__in=ON_REGISTER)
    return people.exclude(pk__in=named_now().values("retiree_id"))


def leader_now(retiree_id: int) -> NamedLeader | None:
    """Who keeps in touch with a person now."""
    rows = NamedLeader.objects.filter(retiree_id=retiree_id, during__endswith__isnull=True)
    return rows.select_related("leader").first()
