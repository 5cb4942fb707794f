"""Who is to be seen: one list, whether a rule, a campaign or an event asks for it.

A row is made once, when the window begins or the campaign's list is frozen, and stays: it is the denominator. Whether
it still stands (the person alive and on the register) is read from the register, so that nobody visits the dead.
"""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from apps.core.access import Access
from apps.core.places import PlaceQuerySet
from apps.retirees.choices import ON_REGISTER, LifeState
from apps.retirees.models import FamilyMember, PersonRow
from apps.visits.choices import DueState, LeaderLevel, Reason, Target
from apps.visits.models.funds import FundSource
from apps.visits.models.incidents import Incident
from apps.visits.models.log import Visit
from apps.visits.models.plans import Campaign, Occasion, Team, VisitRule

if TYPE_CHECKING:
    from datetime import date


THERE = (~Q(target=Target.SURVIVOR) & Q(retiree__state__in=ON_REGISTER)) | Q(
    target=Target.SURVIVOR, retiree__state=LifeState.DEAD
)
"""Whoever is to be seen is there: the person on the register, or the survivors of somebody who is dead. A death that
was taken back leaves no survivors, and nobody condoles with the living."""


class DueQuerySet(PlaceQuerySet["Due"]):
    def standing(self) -> Self:
        """Still to be counted: not removed; a survivor, or somebody who is on the register."""
        return self.exclude(state=DueState.REMOVED).filter(THERE | Q(state=DueState.DONE))

    def waiting(self) -> Self:
        """Nobody went yet, and whoever is to be seen is there; the window may be still to come."""
        return self.filter(THERE, state=DueState.OPEN)

    def open(self, today: "date") -> Self:
        """To be done now: the window has begun, nobody went yet, the person is there."""
        return self.waiting().filter(from_on__lte=today)

    def overdue(self, today: "date") -> Self:
        """Open, and the window is over."""
        return self.open(today).filter(due_on__lt=today)


class Due(PersonRow):
    """One person (or his survivor) who is to be seen from ``from_on`` to ``due_on``."""

    rule = models.ForeignKey(
        VisitRule, verbose_name="规则", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    campaign = models.ForeignKey(
        Campaign, verbose_name="走访活动", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    incident = models.ForeignKey(
        Incident,
        db_constraint=False,
        verbose_name="重要情况",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
    )
    occasion = models.ForeignKey(Occasion, verbose_name="事由", on_delete=models.PROTECT, related_name="+")
    window = models.CharField("时段", max_length=24, blank=True)
    """Names the stretch of a rule: 2026Q4, 2026-11, 2026-12-05 of a birthday; with ``#2`` the second time in it."""
    target = models.CharField("看望对象", max_length=10, choices=Target, default=Target.SELF)
    family = models.ForeignKey(
        FamilyMember,
        db_constraint=False,
        verbose_name="家属",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
    )
    from_on = models.DateField("从哪天起")
    due_on = models.DateField("最迟日期")
    who = models.CharField("应由谁去", max_length=1, choices=LeaderLevel, blank=True)
    team = models.ForeignKey(
        Team, verbose_name="走访组", on_delete=models.SET_NULL, null=True, blank=True, related_name="dues"
    )
    position = models.SmallIntegerField("次序", default=0)
    planned_money = models.DecimalField("计划慰问金", max_digits=8, decimal_places=2, null=True, blank=True)
    planned_goods = models.CharField("计划慰问品", max_length=80, blank=True)
    planned_goods_value = models.DecimalField(
        "计划慰问品价值", max_digits=8, decimal_places=2, null=True, blank=True
    )
    planned_source = models.ForeignKey(
        FundSource, verbose_name="资金来源", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField("状态", max_length=10, choices=DueState, default=DueState.OPEN)
    visit = models.ForeignKey(
        Visit,
        db_constraint=False,
        verbose_name="走访记录",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="dues",
    )
    reason = models.CharField("未访原因", max_length=12, choices=Reason, blank=True)
    reason_note = models.CharField("原因说明", max_length=120, blank=True)
    was_added = models.BooleanField("增补", default=False)
    """After the list was frozen, with approval."""
    change_reason = models.CharField("增减理由", max_length=120, blank=True)
    approved_by_name = models.CharField("批准人", max_length=60, blank=True)
    made_at = models.DateTimeField("列入时间", auto_now_add=True)

    objects = DueQuerySet.as_manager()
    access = Access.person()

    class Meta:
        verbose_name = verbose_name_plural = "应访"
        ordering = ("due_on", "pk")
        indexes = (
            models.Index(
                fields=["county", "due_on", "id"], name="due_county", condition=Q(state=DueState.OPEN)
            ),
            models.Index(fields=["due_on", "id"], name="due_city", condition=Q(state=DueState.OPEN)),
            models.Index(fields=["county", "from_on"], name="due_coming", condition=Q(state=DueState.OPEN)),
            models.Index(
                fields=["county", "due_on"],
                name="due_told",
                condition=Q(state=DueState.OPEN) & ~Q(reason=""),
            ),
            models.Index(fields=["campaign", "county", "state"], name="due_campaign"),
            models.Index(fields=["unit", "due_on"], name="due_unit"),
            models.Index(fields=["team", "position"], name="due_team", condition=Q(team__isnull=False)),
            models.Index(fields=["retiree", "due_on"], name="due_person"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["campaign", "retiree", "family"],
                name="once_in_a_campaign",
                condition=Q(campaign__isnull=False),
                nulls_distinct=False,
                violation_error_message="此人已在这次活动的名单里。",
            ),
            models.UniqueConstraint(
                fields=["rule", "retiree", "family", "window"],
                name="once_in_a_window",
                condition=Q(rule__isnull=False, campaign__isnull=True),
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(due_on__gte=F("from_on")), name="due_window"),
            models.CheckConstraint(
                condition=~Q(state=DueState.REMOVED) | ~Q(change_reason=""),
                name="removed_has_reason",
                violation_error_message="核减要写明理由。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.retiree_id} {self.due_on}"
