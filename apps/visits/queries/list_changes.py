"""Additions and removals asked of lists: what waits for whom, what came back."""

from collections.abc import Collection

from django.db.models import OuterRef, Q, Subquery

from apps.core.scope import Actor
from apps.visits.choices import DueState, ListChangeKind, ListChangeState
from apps.visits.models import Campaign, Due, ListChange
from apps.visits.models.changes import ListChangeQuerySet

SHOWN = {"waiting": "待审批", "returned": "已退回", "done": "已办"}
"""Tabs of the list, what is to be decided first."""


def list_changes(actor: Actor) -> ListChangeQuerySet:
    """All that the actor sees: his place's, and for an office that keeps a campaign all of it."""
    return ListChange.objects.visible_to(actor)


def shown_changes(changes: ListChangeQuerySet, show: str) -> ListChangeQuerySet:
    """One tab of ``SHOWN``. What lapsed (the campaign closed, the person dead or gone) is with what is done."""
    if show == "waiting":
        return changes.waiting()
    if show == "returned":
        return changes.returned()
    decided = Q(state__in=(ListChangeState.APPROVED, ListChangeState.WITHDRAWN))
    return changes.filter(decided | ~Q(pk__in=changes.standing().values("pk")))


def changes_to_decide(actor: Actor) -> ListChangeQuerySet:
    """What waits for the actor's office."""
    return list_changes(actor).waiting().filter(campaign__in=Campaign.objects.kept_by(actor))


def changes_sent_back(actor: Actor) -> ListChangeQuerySet:
    """What came back to the actor's place, from an office above it."""
    rows = list_changes(actor).returned()
    return rows.exclude(campaign__in=Campaign.objects.kept_by(actor))


def removals_asked(campaign: Campaign, actor: Actor, people: Collection[int]) -> frozenset[int]:
    """Whose removal from the list waits for approval, among these people."""
    rows = list_changes(actor).waiting().filter(campaign=campaign, kind=ListChangeKind.REMOVE)
    return frozenset(rows.filter(retiree__in=people).values_list("retiree_id", flat=True))


def with_due(changes: ListChangeQuerySet) -> ListChangeQuerySet:
    """``due_pk``: the row of the list that a removal is about, None where nobody waits there any more."""
    rows = Due.objects.filter(
        campaign=OuterRef("campaign"), retiree=OuterRef("retiree"), state=DueState.OPEN
    ).order_by("pk")
    return changes.annotate(due_pk=Subquery(rows.values("pk")[:1]))
