"""Changes that wait for the city's (or, from a unit, the county's) word, and which fields the office has reviewed."""

import uuid

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from apps.core.access import ADD, Access
from apps.core.secret import SecretField
from apps.retirees.choices import RequestKind, RequestState
from apps.retirees.models.facts import PersonRow

OPEN = (RequestState.WAITING, RequestState.RETURNED)


class ChangeRequest(PersonRow):
    """Values of a person that somebody below the city wants changed. What was and what is wanted are sealed, because
    an ID number may be among them; a death is in force already, and its request lets the city confirm or undo it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("事项", max_length=12, choices=RequestKind)
    state = models.CharField("状态", max_length=12, choices=RequestState, default=RequestState.WAITING)
    names = ArrayField(models.CharField(max_length=30), verbose_name="栏目", default=list)
    before = SecretField("原来的内容")
    after = SecretField("申请的内容")
    base_version = models.IntegerField("提出时的版本")
    reason = models.CharField("原因", max_length=200)
    proof_file = models.CharField(max_length=64, blank=True)
    """Name in the private store, bucket "proofs"."""
    proof_name = models.CharField("证明材料", max_length=100, blank=True)
    origin = models.CharField("来源", max_length=100, blank=True)
    """Where it comes from when not from the edit form: 导入 花名册.xlsx."""
    batch_id = models.BigIntegerField(null=True)
    asked_level = models.CharField(max_length=6)
    """ "unit" or "county": a unit's request is decided by the county chief or the city, a county's by the city."""
    asked_by = models.IntegerField()
    asked_by_name = models.CharField("申请人", max_length=60)
    asked_at = models.DateTimeField("申请时间")
    decided_by = models.IntegerField(null=True)
    decided_by_name = models.CharField("审核人", max_length=60, blank=True)
    decided_at = models.DateTimeField("审核时间", null=True)
    words = models.CharField("审核意见", max_length=200, blank=True)

    access = Access.person(leaders=False)
    merging = "stay"

    class Meta:
        verbose_name = verbose_name_plural = "变更申请"
        ordering = ("asked_at", "pk")
        indexes = (
            models.Index(
                fields=["state", "county", "asked_at"], name="request_open", condition=Q(state__in=OPEN)
            ),
            models.Index(fields=["county", "-decided_at"], name="request_done", condition=~Q(state__in=OPEN)),
            models.Index(fields=["retiree", "state"], name="request_person"),
        )
        constraints = (
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="request_has_reason",
                violation_error_message="请写明原因。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.get_state_display()}"


class ReviewSetting(models.Model):
    """Which fields the office has reviewed, from a moment on; the latest is in force, none means the default."""

    names = ArrayField(models.CharField(max_length=30), verbose_name="要审核的栏目")
    set_by = models.IntegerField()
    set_by_name = models.CharField("设置人", max_length=60)
    set_at = models.DateTimeField("设置时间", auto_now_add=True)

    objects = models.Manager()
    access = Access.shared(s_city=ADD)

    class Meta:
        verbose_name = verbose_name_plural = "审核栏目设置"
        ordering = ("-set_at", "-pk")
        triggers = (pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return "、".join(self.names)
