"""What was changed together and can be taken back together: a batch of an import, a bulk edit, a block pasted."""

import json
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import models

from apps.core.access import Access
from apps.core.places import PlaceQuerySet
from apps.core.secret import SecretField
from apps.retirees.choices import ChangeSetKind
from apps.retirees.models.facts import PersonRow
from apps.units.models import Unit

UNDO_DAYS = 90


class ChangeSet(models.Model):
    """Changes of many people in one go. ``county`` and ``unit`` are the place of whoever did it; none: the city."""

    county = models.ForeignKey(
        Unit, verbose_name="县市区", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    unit = models.ForeignKey(
        Unit, verbose_name="单位", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    kind = models.CharField("类型", max_length=10, choices=ChangeSetKind)
    label = models.CharField("内容", max_length=200)
    reason = models.CharField("事由", max_length=200, blank=True)
    batch_id = models.BigIntegerField("导入批次", null=True, db_index=True)
    created_by = models.IntegerField("操作人编号")
    created_by_name = models.CharField("操作人", max_length=60)
    created_at = models.DateTimeField("时间", auto_now_add=True)
    people = models.IntegerField("人数", default=0)
    undone_at = models.DateTimeField("撤销时间", null=True)
    undone_by = models.IntegerField("撤销人编号", null=True)
    undone_by_name = models.CharField("撤销人", max_length=60, blank=True)
    restored = models.IntegerField("恢复人数", default=0)
    removed = models.IntegerField("移除人数", default=0)
    conflicts = models.IntegerField("未撤销人数", default=0)
    asked = 0
    """For how many people the act just done asked for review; told to its user, not stored."""

    objects = PlaceQuerySet.as_manager()
    access = Access.county()

    class Meta:
        verbose_name = verbose_name_plural = "成批改动"
        ordering = ("-pk",)
        indexes = (models.Index(fields=["county", "-id"], name="changeset_county"),)

    def __str__(self) -> str:
        return self.label

    @property
    def undo_until(self) -> datetime:
        """The last moment at which it can be taken back."""
        return self.created_at + timedelta(days=UNDO_DAYS)


class ChangeSetRow(PersonRow):
    """One person of a change set. ``before`` is what its undoing needs, sealed: old values are private too."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Found by change set or by person only. Indexes of the place led the database astray: right after a large import
    # it knows nothing of this table yet, took the one on the county to look for a single person, and read all rows of
    # the county again for each person whom undoing removes.
    county = models.ForeignKey(
        Unit, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    change_set = models.ForeignKey(
        ChangeSet, on_delete=models.CASCADE, related_name="rows", db_constraint=False, db_index=False
    )
    is_new = models.BooleanField(default=False)
    """The person came to the register by it; undoing removes him."""
    fields = models.JSONField(default=list)
    """Names of the fields that changed."""
    before = SecretField(null=True)
    """JSON, see apps/retirees/actions/changesets.py."""
    version_after = models.IntegerField()
    is_undone = models.BooleanField(default=False)
    conflict = models.CharField("未撤销的原因", max_length=100, blank=True)

    access = Access.person(leaders=False)
    merging = "stay"

    class Meta:
        verbose_name = verbose_name_plural = "成批改动的人员"
        ordering = ("change_set", "id")
        constraints = (
            models.UniqueConstraint(fields=["change_set", "retiree"], name="person_once_per_changeset"),
        )

    def __str__(self) -> str:
        return f"{self.change_set_id} {self.retiree_id}"

    def opened(self) -> dict[str, Any]:
        """``before`` as it was given; empty for a new person."""
        found: dict[str, Any] = json.loads(self.before.for_processing()) if self.before else {}
        return found
