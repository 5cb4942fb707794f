"""Whom a rule means: the query string that it keeps, read with the eyes of whoever keeps the rule."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Q

from apps.core.scope import Actor
from apps.jobs.rules import system_actor
from apps.retirees.choices import ON_REGISTER, LifeState
from apps.retirees.models import RetireeQuerySet
from apps.retirees.queries.asked import Asked, asked
from apps.retirees.queries.listing import register_list
from apps.visits.choices import Target, Trigger
from apps.visits.models import NamedLeader, VisitRule

OF_OTHER_DAYS = frozenset({"on", "flow", "from", "to", "batch", "changed_since", "q"})
"""Conditions of the list that mean other people tomorrow, or people of another day: no rule keeps them."""


class RuleBroken(ValueError):
    """A condition of the rule no longer holds (a unit was abolished), so that it would mean more people than it did.
    The text says which."""


def reader_of(rule: VisitRule) -> Actor:
    """Whose eyes read a rule: the office that keeps it, whoever works."""
    return system_actor(rule.county_id)


def asked_of(rule: VisitRule) -> Asked:
    """The rule's conditions as they hold now."""
    return asked(reader_of(rule), rule.query)


def people_of_rule(rule: VisitRule, today: date) -> RetireeQuerySet:
    """The people a rule means today, within the scope one works in: those on the register, or, where survivors are
    to be seen, the dead who left some. Not yet in order.

    Raises RuleBroken.
    """
    found = asked_of(rule)
    if found.dropped:
        raise RuleBroken(f"人员条件里的“{'、'.join(found.dropped)}”已不能用，请修改规则。")
    return people_meant(reader_of(rule), found.conditions, target_of(rule), today)


def people_meant(actor: Actor, conditions: Mapping[str, Any], target: str, today: date) -> RetireeQuerySet:
    """As above, of cleaned conditions."""
    if target == Target.SURVIVOR:
        people = register_list(actor, {**conditions, "state": LifeState.DEAD}, today)
        return people.filter(state=LifeState.DEAD)
    return register_list(actor, conditions, today).filter(state__in=ON_REGISTER)


def target_of(rule: VisitRule) -> str:
    """Whom one goes to see: after a death always the survivors."""
    return Target.SURVIVOR if rule.trigger == Trigger.DEATH else rule.target


def rules_for(county_id: int | None) -> Q:
    """Rules that reach the people of a county: the city's and its own; None: all."""
    return Q() if county_id is None else Q(county=None) | Q(county_id=county_id)


def named_now() -> Any:
    """Rows of leaders who keep in touch with somebody now."""
    return NamedLeader.objects.filter(during__endswith__isnull=True)
