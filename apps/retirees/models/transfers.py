"""A person given from one county to another. Neither may write into the other's rows, so there are two of them."""

import json
import uuid
from typing import Any, Self

from django.db import models
from django.db.models import Q

from apps.audit.models import history_of
from apps.core.access import Access
from apps.core.places import CountyQuerySet
from apps.core.secret import SecretField
from apps.retirees.choices import TRANSFER_OPEN, TransferSide, TransferState
from apps.units.models import Unit


class TransferQuerySet(CountyQuerySet):
    def waiting(self) -> Self:
        """Proposals that the receiver has to answer."""
        return self.filter(side=TransferSide.IN, state=TransferState.DELIVERED)

    def unread(self) -> Self:
        """Answers that the sender has not looked at."""
        return self.filter(
            side=TransferSide.OUT,
            seen_at=None,
            state__in=(TransferState.DONE, TransferState.REFUSED, TransferState.FAILED),
        )


class Transfer(models.Model):
    """One side of a transfer: OUT under the sender's wall, IN under the receiver's, joined by ``pair``.

    The city's hand (apps/retirees/actions/transfers.py, as a job) carries a proposal to the other side, an answer
    back, and the person over. The OUT side is the truth about the person; IN is what the receiver may know of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pair = models.UUIDField(default=uuid.uuid4, editable=False)
    side = models.CharField(max_length=3, choices=TransferSide)
    county = models.ForeignKey(Unit, verbose_name="县市区", on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Unit, verbose_name="对方县市区", on_delete=models.PROTECT, related_name="+")
    retiree_id = models.BigIntegerField("人员编号", db_index=True)
    summary = SecretField("人员摘要")
    """JSON: name, sex, birth, category, treatment, unit, all in words."""
    to_unit = models.ForeignKey(
        Unit, verbose_name="接收单位", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    effective_on = models.DateField("生效日期")
    reason = models.CharField("转移原因", max_length=200)
    state = models.CharField("状态", max_length=10, choices=TransferState)
    proposed_by = models.IntegerField("提出人编号")
    proposed_by_name = models.CharField("提出人", max_length=60)
    proposed_at = models.DateTimeField("提出时间")
    answered_by_name = models.CharField("答复人", max_length=60, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True)
    answer = models.CharField("答复说明", max_length=200, blank=True)
    done_at = models.DateTimeField("办结时间", null=True)
    problem = models.CharField("没有办成的原因", max_length=200, blank=True)
    seen_at = models.DateTimeField("查看时间", null=True)
    """When the sender looked at the end of it."""

    objects = TransferQuerySet.as_manager()
    access = Access.county(units=False)

    class Meta:
        verbose_name = verbose_name_plural = "县市区间转移"
        ordering = ("-proposed_at", "pk")
        indexes = (
            models.Index(
                fields=["county", "side"], name="transfer_open", condition=Q(state__in=TRANSFER_OPEN)
            ),
            models.Index(fields=["county", "-proposed_at"], name="transfer_county"),
        )
        constraints = (
            models.UniqueConstraint(fields=["pair", "side"], name="transfer_sides"),
            models.UniqueConstraint(
                fields=["retiree_id"],
                condition=Q(side="out", state__in=TRANSFER_OPEN),
                name="one_transfer_at_a_time",
                violation_error_message="这个人已有一份转移在办理。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_side_display()} {self.pair}"

    @property
    def person(self) -> dict[str, str]:
        """The summary, opened; all of it may be shown to whoever sees the row."""
        found: dict[str, str] = json.loads(self.summary.for_processing())
        return found

    @property
    def is_open(self) -> bool:
        return self.state in TRANSFER_OPEN


class TransferHistory(history_of(Transfer, Access.county(units=False, append_only=True))):
    class Meta:
        verbose_name = verbose_name_plural = "转移办理记录"


def sealed_summary(values: dict[str, Any]) -> str:
    """Text of ``Transfer.summary``."""
    return json.dumps(values, ensure_ascii=False)
