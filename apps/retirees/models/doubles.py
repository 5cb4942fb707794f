"""Two records that may be one person, what was decided about them, and merges with what undoes them."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.core.access import Access
from apps.core.places import PlaceQuerySet
from apps.core.secret import SecretField
from apps.retirees.choices import DoubleReason, DoubleState
from apps.retirees.models.facts import PersonRow
from apps.units.models import Unit


class PossibleDouble(models.Model):
    """A pair, the lower key first. It holds reasons in codes and nothing of the people themselves.

    ``county`` and ``unit`` are those that both people have in common; without a common county the pair is seen by
    the city only, because neither county may know of the other's person.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    county = models.ForeignKey(
        Unit, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, null=True
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, null=True
    )
    first_id = models.BigIntegerField()
    second_id = models.BigIntegerField()
    reasons = ArrayField(models.CharField(max_length=20, choices=DoubleReason), default=list)
    weight = models.SmallIntegerField("把握")
    state = models.CharField("状态", max_length=10, choices=DoubleState, default=DoubleState.OPEN)
    found_at = models.DateTimeField("发现时间", db_default=Now())
    seen_at = models.DateTimeField(db_default=Now())
    """When a search found it last: an open pair that the next one does not find is no pair any more."""
    decided_by = models.IntegerField("处理人编号", null=True)
    decided_by_name = models.CharField("处理人", max_length=60, blank=True)
    decided_at = models.DateTimeField("处理时间", null=True)
    why = models.CharField("说明", max_length=200, blank=True)

    objects = PlaceQuerySet.as_manager()
    access = Access.person(leaders=False)

    class Meta:
        verbose_name = verbose_name_plural = "疑似重复"
        ordering = ("-weight", "pk")
        indexes = (
            models.Index(fields=["state", "-weight", "id"], name="double_state"),
            models.Index(fields=["county", "state", "-weight", "id"], name="double_county"),
            models.Index(fields=["second_id"], name="double_second"),
        )
        constraints = (
            models.UniqueConstraint(fields=["first_id", "second_id"], name="one_row_a_pair"),
            models.CheckConstraint(condition=Q(first_id__lt=F("second_id")), name="lower_key_first"),
        )

    def __str__(self) -> str:
        return f"{self.first_id}/{self.second_id}"


class Merge(PersonRow):
    """One merge: ``retiree`` was kept, ``merged_id`` went into him. What both were before is sealed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    merged_id = models.BigIntegerField(db_index=True)
    why = models.CharField("依据", max_length=200)
    snapshot = SecretField("合并前的资料")
    made_by = models.IntegerField("合并人编号")
    made_by_name = models.CharField("合并人", max_length=60)
    made_at = models.DateTimeField("合并时间", db_default=Now())
    undone_by = models.IntegerField("撤销人编号", null=True)
    undone_by_name = models.CharField("撤销人", max_length=60, blank=True)
    undone_at = models.DateTimeField("撤销时间", null=True)

    access = Access.person(leaders=False)
    merging = "stay"

    class Meta:
        verbose_name = verbose_name_plural = "人员合并"
        ordering = ("-made_at", "pk")

    def __str__(self) -> str:
        return f"{self.merged_id} → {self.retiree_id}"
