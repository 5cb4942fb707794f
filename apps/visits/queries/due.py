"""The due list: who is to be seen now, whose window is over, who is coming, and who was not seen for a reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.accounts.perms import is_staff, sees_private
from apps.core.once import counted_once
from apps.core.scope import Actor
from apps.retirees.models import FamilyMember
from apps.visits.choices import RUNNING, Target
from apps.visits.models import Campaign, Due, VisitRule
from apps.visits.models.due import DueQuerySet

SHOWN = {
    "now": "现在应访",
    "overdue": "超期未访",
    "coming": "即将应访",
    "told": "已说明原因",
}
LIMIT = 1000
"""What tabs and the menu count up to."""


@dataclass(frozen=True)
class DueFilters:
    """Conditions of the list: which tab, and values of fields of ``Due`` (rule, campaign, occasion, who, county,
    unit), all of which must hold."""

    show: str = "now"
    equal: Mapping[str, Any] = field(default_factory=dict)


def waiting_rows(actor: Actor) -> DueQuerySet:
    """All that is still to be done and can be done: the person is there, the rule is the city's or his county's (he
    may have moved), the campaign is running, and a survivor is still one."""
    rows: DueQuerySet = Due.objects.visible_to(actor).waiting()
    running = Campaign.objects.filter(state__in=RUNNING)
    rows = rows.filter(_of_the_place("rule", VisitRule.objects.all()), _of_the_place("campaign", running))
    if sees_private(actor):  # leaders may not read the family
        still = FamilyMember.objects.filter(pk=OuterRef("family_id"), is_survivor=True)
        rows = rows.filter(~Q(target=Target.SURVIVOR) | Q(family=None) | Exists(still))
    return rows


def _of_the_place(name: str, plans: QuerySet) -> Q:
    """No such plan behind the row, or one of ``plans`` that is the city's or the row's county's. Asked without a join,
    so that the rows come in the order of their index and a page of them reads no more than a page."""
    own = plans.filter(pk=OuterRef(name), county=OuterRef("county"))
    return (
        Q(**{name: None})
        | Q(**{f"{name}__in": plans.filter(county=None).order_by().values("pk")})
        | Q(Exists(own))
    )


def due_rows(actor: Actor, filters: DueFilters, today: date) -> DueQuerySet:
    """The rows of one tab under the conditions, not yet in order. The county's own condition is repeated, so that its
    index answers behind the row policy."""
    rows = waiting_rows(actor).filter(**filters.equal)
    if actor.county_id is not None:
        rows = rows.filter(county_id=actor.county_id)
    if filters.show == "overdue":
        return rows.filter(due_on__lt=today, reason="")
    if filters.show == "told":
        return rows.filter(from_on__lte=today).exclude(reason="")
    if filters.show == "coming":
        return rows.filter(from_on__gt=today)
    return rows.filter(from_on__lte=today, due_on__gte=today)


def count_up_to(rows: DueQuerySet, limit: int = LIMIT) -> int:
    """How many rows, counted up to one more than ``limit``."""
    return rows.order_by().values("pk")[: limit + 1].count()


def tab_counts(actor: Actor, filters: DueFilters, today: date) -> dict[str, int]:
    """How many rows each tab has, up to LIMIT + 1."""
    return {
        name: overdue_rows(actor, today)
        if name == "overdue" and not filters.equal
        else count_up_to(due_rows(actor, DueFilters(name, filters.equal), today))
        for name in SHOWN
    }


def overdue_dues(actor: Actor, today: date) -> DueQuerySet:
    """What the menu counts: open rows whose window is over, without a reason."""
    return due_rows(actor, DueFilters("overdue"), today)


@counted_once
def overdue_rows(actor: Actor, today: date) -> int:
    """How many of them, up to LIMIT + 1."""
    return count_up_to(overdue_dues(actor, today))


def overdue_count(actor: Actor, today: date) -> int:
    """How many the menu shows."""
    return min(overdue_rows(actor, today), LIMIT) if is_staff(actor) else 0


def open_dues_of(actor: Actor, retiree_id: int, today: date) -> list[Due]:
    """What is due for one person now, the earliest first."""
    rows = waiting_rows(actor).filter(retiree_id=retiree_id, from_on__lte=today)
    return list(rows.select_related("rule", "campaign", "occasion").order_by("due_on", "pk"))
