"""Dated facts about a person. Intervals are never overwritten: a new fact ends the one before."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models

from apps.core.access import Access
from apps.core.fields import PartialDateField
from apps.core.places import PlaceQuerySet
from apps.retirees.choices import (
    AffiliationKind,
    ConditionKind,
    EntryKind,
    ExitKind,
    Funeral,
    Level,
    LevelKind,
    LifeState,
    Period,
)
from apps.retirees.models.person import Retiree
from apps.units.models import Unit


class PersonRow(models.Model):
    """Base of rows that follow a person: they carry his county and unit and move with him, by a composite key
    that cascades (migrations/0003), because a plain foreign key does not see the wall between counties."""

    county = models.ForeignKey(Unit, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)
    unit = models.ForeignKey(Unit, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)
    retiree = models.ForeignKey(
        Retiree,
        on_delete=models.CASCADE,
        related_name="%(class)s_set",
        db_constraint=False,
        verbose_name="人员",
    )

    objects = PlaceQuerySet.as_manager()
    access: ClassVar[Access]

    class Meta:
        abstract = True


class LevelFact(PersonRow):
    """Rank at retirement, treatment enjoyed now, medical treatment: three facts apart, each with its day and paper."""

    kind = models.CharField("项目", max_length=10, choices=LevelKind)
    level = models.CharField("级别", max_length=3, choices=Level)
    since = PartialDateField("起始时间")
    during = DateRangeField("期间")
    approval_number = models.CharField("批准文号", max_length=80, blank=True)

    access = Access.person()

    class Meta:
        verbose_name = verbose_name_plural = "级别待遇"
        ordering = ("retiree", "kind", "during")
        constraints = (
            ExclusionConstraint(
                name="one_level_at_a_time",
                expressions=[
                    ("retiree", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                violation_error_message="同一时期已有这项级别，请先结束原来的。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.get_level_display()}"


class Condition(PersonRow):
    """Health, self-care and living arrangement, each with the day it was seen and who assessed it."""

    kind = models.CharField("项目", max_length=10, choices=ConditionKind)
    value = models.CharField("情况", max_length=12)
    seen_on = models.DateField("了解日期")
    during = DateRangeField("期间")
    assessed_by = models.CharField("评估或认定人", max_length=60, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    review_on = models.DateField("复评日期", null=True, blank=True)

    access = Access.person()

    class Meta:
        verbose_name = verbose_name_plural = "健康与生活状况"
        ordering = ("retiree", "kind", "during")
        constraints = (
            ExclusionConstraint(
                name="one_condition_at_a_time",
                expressions=[
                    ("retiree", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                violation_error_message="同一时期已有这项情况，请先结束原来的。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.value}"


class LifeFact(PersonRow):
    """A change of state: critical, missing, dead, back. The day it happened and the day it was reported are two."""

    state = models.CharField("状态", max_length=10, choices=LifeState)
    happened_on = PartialDateField("发生时间", blank=False)
    reported_on = models.DateField("报告日期")
    place = models.CharField("地点", max_length=80, blank=True)
    funeral = models.CharField("丧事办理", max_length=10, choices=Funeral, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    survivors = ArrayField(models.UUIDField(), default=list, blank=True, editable=False)
    """Keys of the family members whom this death made 遗属, so that taking it back unmarks no others."""
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    access = Access.person()

    class Meta:
        verbose_name = verbose_name_plural = "状态变化"
        ordering = ("retiree", "recorded_at", "pk")
        indexes = (models.Index(fields=["state", "happened_on"], name="lifefact_state"),)

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.happened_on}"


class Affiliation(PersonRow):
    """Original and paying unit, as intervals; the managing unit is the membership below."""

    kind = models.CharField("项目", max_length=10, choices=AffiliationKind)
    organisation = models.ForeignKey(
        Unit, verbose_name="单位", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    organisation_name = models.CharField("单位名称", max_length=80)
    during = DateRangeField("期间")

    access = Access.person()

    class Meta:
        verbose_name = verbose_name_plural = "单位关系"
        ordering = ("retiree", "kind", "during")
        constraints = (
            ExclusionConstraint(
                name="one_affiliation_at_a_time",
                expressions=[
                    ("retiree", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                violation_error_message="同一时期已有这项单位关系。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.organisation_name}"


class Membership(models.Model):
    """On the register of one managing unit for a time. The wall is the county of the interval, so that the county
    that gave a person away keeps its own past; he can be at one place at a time only, and the database says so."""

    county = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    retiree_id = models.BigIntegerField(db_index=True)
    during = DateRangeField("在册期间")
    entry = models.CharField("进入", max_length=10, choices=EntryKind)
    exit = models.CharField("离开", max_length=10, choices=ExitKind, blank=True)

    objects = PlaceQuerySet.as_manager()
    access = Access.person()

    class Meta:
        verbose_name = verbose_name_plural = "在册期间"
        ordering = ("retiree_id", "during")
        constraints = (
            ExclusionConstraint(
                name="one_home_at_a_time",
                expressions=[("retiree_id", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                violation_error_message="同一时期只能在一个单位的名册里。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.unit_id} {self.during}"


class Ruling(PersonRow):
    """What the archive decided about the date of joining, with proof, approver and paper. It is not edited."""

    joined_on = PartialDateField("认定的参加革命工作时间", blank=False)
    period = models.CharField("时期", max_length=20, choices=Period)
    basis = models.CharField("依据材料", max_length=300)
    approved_by = models.CharField("批准人", max_length=60)
    document = models.CharField("文号", max_length=80, blank=True)
    decided_on = models.DateField("认定日期")
    period_before = models.CharField("认定前的时期", max_length=20, choices=Period, blank=True)
    benefits_from = models.DateField("待遇从何时起按认定计算", null=True, blank=True)
    """Months before it keep the period of before; empty: all months go by the ruling."""
    paper_id = models.UUIDField("依据扫描件", null=True, blank=True)
    """Key of the attachment that proves it."""
    paper_title = models.CharField("扫描件标题", max_length=120, blank=True)
    """As it was called then: whoever reads the ruling may not see the papers."""

    access = Access.person(append_only=True)

    class Meta:
        verbose_name = verbose_name_plural = "时间认定"
        ordering = ("retiree", "decided_on", "pk")

    def __str__(self) -> str:
        return f"{self.get_period_display()} {self.joined_on}"
