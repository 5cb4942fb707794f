"""Survivors (遗属) of a dead cadre: who is provided for, in which household, and what became of him since.

The rows are the dead cadre's: they stand at his county and unit. Who is meant is a member of his family; taken off
there, he stays here by name.
"""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from apps.benefits.choices import Household, SurvivorRelation, SurvivorStateKind
from apps.core.access import Access
from apps.retirees.models import FamilyMember, PersonRow


class Survivor(PersonRow):
    """Somebody of the family who is provided for after the cadre's death."""

    member = models.ForeignKey(
        FamilyMember,
        verbose_name="家庭成员",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
    )
    name = models.CharField("姓名", max_length=60)
    relation = models.CharField("与干部关系", max_length=10, choices=SurvivorRelation)
    household = models.CharField("户口", max_length=10, choices=Household)
    during = DateRangeField("享受期间")
    """As approved; a state may end it before."""
    state = models.CharField(
        "现状", max_length=10, choices=SurvivorStateKind, default=SurvivorStateKind.ALIVE, editable=False
    )
    """That of the state in force, for lists."""
    document = models.CharField("批准文号或材料", max_length=120, blank=True)
    verified_on = models.DateField("生存核实日期", null=True, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    version = models.IntegerField(default=1, editable=False)

    access = Access.person(leaders=False)

    class Meta:
        verbose_name = verbose_name_plural = "遗属"
        ordering = ("retiree", "pk")
        indexes = (models.Index(fields=["county", "state", "verified_on"], name="survivor_check"),)
        constraints = (
            models.UniqueConstraint(fields=["retiree", "id"], name="survivor_of_person"),
            models.UniqueConstraint(
                fields=["retiree", "member"],
                name="survivor_once",
                violation_error_message="这位家庭成员已经登记为遗属。",
            ),
            models.CheckConstraint(
                condition=Q(during__startswith__isnull=False) & Q(during__isempty=False),
                name="survivor_begins",
                violation_error_message="享受期间要有起始日期，截止不能早于起始。",
            ),
        )

    def __str__(self) -> str:
        return self.name


class SurvivorState(PersonRow):
    """What a survivor was from a day on, with proof; one at a time."""

    survivor = models.ForeignKey(
        Survivor, verbose_name="遗属", on_delete=models.CASCADE, related_name="states", db_constraint=False
    )
    state = models.CharField("状态", max_length=10, choices=SurvivorStateKind)
    during = DateRangeField("期间")
    proof = models.CharField("依据", max_length=120)
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)
    recorded_by_name = models.CharField("登记人", max_length=60)

    access = Access.person(leaders=False)

    class Meta:
        verbose_name = verbose_name_plural = "遗属状态"
        ordering = ("survivor", "during")
        constraints = (
            ExclusionConstraint(
                name="one_survivor_state_at_a_time",
                expressions=[
                    ("survivor", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                violation_error_message="同一时期只能有一个状态。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.during}"
