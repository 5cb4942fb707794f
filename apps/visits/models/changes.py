"""What places ask of a list that another office keeps: somebody is to come on it, or to go off it."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from apps.core.access import Access
from apps.core.places import PlaceQuerySet
from apps.retirees.choices import ON_REGISTER, LifeState
from apps.retirees.models import PersonRow
from apps.visits.choices import RUNNING, ListChangeKind, ListChangeState, Target
from apps.visits.models.plans import Campaign

OPEN = (ListChangeState.WAITING, ListChangeState.RETURNED)
_SURVIVORS = Q(campaign__target=Target.SURVIVOR)
THERE = (~_SURVIVORS & Q(retiree__state__in=ON_REGISTER)) | (_SURVIVORS & Q(retiree__state=LifeState.DEAD))
"""As for a row of the list: who died or left meanwhile is neither added nor taken off, he does not count by himself."""


class ListChangeQuerySet(PlaceQuerySet["ListChange"]):
    def standing(self) -> Self:
        """About a campaign under way, and somebody who is there to be seen."""
        return self.filter(THERE, campaign__state__in=RUNNING)

    def waiting(self) -> Self:
        """To be decided by the office that keeps the campaign."""
        return self.standing().filter(state=ListChangeState.WAITING)

    def returned(self) -> Self:
        """Sent back to those who asked."""
        return self.standing().filter(state=ListChangeState.RETURNED)


class ListChange(PersonRow):
    """Somebody is to come on a frozen list or go off it; the list changes when its keeper approves, not before."""

    campaign = models.ForeignKey(
        Campaign, verbose_name="走访活动", on_delete=models.CASCADE, related_name="list_changes"
    )
    kind = models.CharField("事项", max_length=10, choices=ListChangeKind)
    state = models.CharField("状态", max_length=10, choices=ListChangeState, default=ListChangeState.WAITING)
    reason = models.CharField("理由", max_length=120)
    asked_by = models.IntegerField()
    asked_by_name = models.CharField("申请人", max_length=60)
    asked_at = models.DateTimeField("申请时间")
    decided_by = models.IntegerField(null=True, blank=True)
    decided_by_name = models.CharField("审批人", max_length=60, blank=True)
    decided_at = models.DateTimeField("审批时间", null=True, blank=True)
    words = models.CharField("审批意见", max_length=120, blank=True)

    objects = ListChangeQuerySet.as_manager()
    access = Access.person(leaders=False)
    merging = "stay"

    class Meta:
        verbose_name = verbose_name_plural = "名单增减申请"
        ordering = ("-asked_at", "-pk")
        indexes = (
            models.Index(fields=["campaign", "state", "county"], name="list_change_campaign"),
            models.Index(fields=["county", "state"], name="list_change_open", condition=Q(state__in=OPEN)),
            models.Index(fields=["retiree"], name="list_change_person"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["campaign", "retiree"],
                condition=Q(state__in=OPEN),
                name="list_change_once",
                violation_error_message="这位老同志已有一份没办完的增减申请。",
            ),
            models.CheckConstraint(
                condition=~Q(state=ListChangeState.APPROVED) | ~Q(decided_by=F("asked_by")),
                name="list_change_four_eyes",
                violation_error_message="自己提出的，由别人审批。",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="list_change_has_reason",
                violation_error_message="请写明理由。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.get_state_display()}"
