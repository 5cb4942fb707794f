"""Lists of what is to be paid (runs), what was paid, and what was paid too much.

These rows stay with the place that paid: they carry the county and unit of the month, not of the person now, and the
name as it was, so that a county keeps its own past when somebody moves away. Hence no key to the person."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from apps.benefits.choices import (
    RUN_FROZEN,
    ClaimState,
    Difference,
    PaymentSource,
    RunKind,
    RunState,
)
from apps.benefits.models.standards import Benefit, Standard
from apps.core.access import Access
from apps.core.places import CountyQuerySet
from apps.library.models import Paper
from apps.units.models import Unit


class Run(models.Model):
    """A county's list for a span of months: what people are entitled to, less what was settled. A month's list spans
    one month; arrears span those that a back-dated paper or a late report reaches."""

    county = models.ForeignKey(Unit, verbose_name="县市区", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("类型", max_length=10, choices=RunKind)
    first_month = models.DateField("从")
    last_month = models.DateField("到")
    benefits = ArrayField(models.IntegerField(), verbose_name="待遇项目", default=list, blank=True)
    """Keys; none: all."""
    paper = models.ForeignKey(
        Paper, verbose_name="起因文件", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField("事由", max_length=200, blank=True)
    state = models.CharField("状态", max_length=10, choices=RunState, default=RunState.DRAFT)
    people = models.IntegerField("人数", default=0)
    total = models.DecimalField("应发金额", max_digits=14, decimal_places=2, default=0)
    claimed = models.DecimalField("应追回金额", max_digits=14, decimal_places=2, default=0)
    doubts = models.JSONField("存疑", default=list, blank=True)
    """What could not be decided, from the reckoning: month, benefit, why, how many people."""
    computed_at = models.DateTimeField("计算时间", null=True, blank=True)
    """Empty while it is being computed."""
    made_by = models.IntegerField(editable=False)
    made_by_name = models.CharField("制表人", max_length=60)
    made_at = models.DateTimeField("建立时间", auto_now_add=True)
    approved_by = models.IntegerField(null=True, blank=True, editable=False)
    approved_by_name = models.CharField("审批人", max_length=60, blank=True)
    approved_at = models.DateTimeField("审批时间", null=True, blank=True)
    reconciled_at = models.DateTimeField("对账时间", null=True, blank=True)
    words = models.CharField("审批意见", max_length=200, blank=True)
    version = models.IntegerField(default=1, editable=False)

    objects = CountyQuerySet.as_manager()
    access = Access.county(units=False, leaders=True)
    """Leaders read its sums (apps/benefits/figures.py); lines and payments they do not."""

    class Meta:
        verbose_name = verbose_name_plural = "发放名单"
        ordering = ("-first_month", "-pk")
        indexes = (models.Index(fields=["county", "-first_month"], name="run_county"),)
        constraints = (
            models.UniqueConstraint(fields=["county", "id"], name="run_place"),
            models.UniqueConstraint(
                fields=["county", "first_month"],
                condition=Q(kind=RunKind.MONTH) & ~Q(state=RunState.DROPPED),
                name="one_list_a_month",
                violation_error_message="这个县市区这个月已经有发放名单。",
            ),
            models.CheckConstraint(
                condition=Q(last_month__gte=F("first_month"))
                & Q(first_month__day=1)
                & Q(last_month__day=1)
                & (~Q(kind=RunKind.MONTH) | Q(first_month=F("last_month"))),
                name="run_months",
                violation_error_message="截止月份不能早于起始月份。",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=RUN_FROZEN)
                | (Q(approved_by__isnull=False) & ~Q(approved_by=F("made_by"))),
                name="run_four_eyes",
                violation_error_message="自己制的表，由别人审批。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.first_month:%Y-%m}"


class PaidRow(models.Model):
    """Base of rows of money that belong to the place of the month. Offices see them; single units see no money. Rows of
    two records that turned out to be one person stay with their record; sums follow ``merged_into``."""

    county = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    retiree_id = models.BigIntegerField("人员编号")
    name = models.CharField("姓名", max_length=60)
    benefit = models.ForeignKey(Benefit, verbose_name="待遇项目", on_delete=models.PROTECT, related_name="+")
    month = models.DateField("月份")
    """First day of the month it is for."""

    objects = CountyQuerySet.as_manager()
    access = Access.county(units=False)

    class Meta:
        abstract = True


class RunLine(PaidRow):
    """What one person is to get for one month of one benefit, in one run: entitled, less what was settled before."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="lines", db_constraint=False)
    standard = models.ForeignKey(
        Standard, verbose_name="标准", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    entitled = models.DecimalField("应享", max_digits=12, decimal_places=2)
    settled = models.DecimalField("已结", max_digits=12, decimal_places=2, default=0)
    amount = models.DecimalField("本次", max_digits=12, decimal_places=2)
    before = models.DecimalField("上月", max_digits=12, decimal_places=2, default=0)
    """Entitled the month before, of a month's list."""
    difference = models.CharField("与上月比", max_length=10, choices=Difference, default=Difference.SAME)
    why = models.CharField("变化原因", max_length=200, blank=True)
    is_estate = models.BooleanField("由家属领取", default=False)
    is_provisional = models.BooleanField("暂按上年数据", default=False)
    is_checked = models.BooleanField("已核对", default=False)
    paid = models.DecimalField("实发", max_digits=12, decimal_places=2, null=True, blank=True)
    """Of the list that came back; empty until then."""

    class Meta:
        verbose_name = verbose_name_plural = "发放明细"
        ordering = ("run", "unit", "name", "retiree_id", "benefit", "month")
        indexes = (
            models.Index(fields=["retiree_id", "benefit", "month"], name="runline_person"),
            models.Index(fields=["run", "difference"], name="runline_difference"),
        )
        constraints = (
            models.UniqueConstraint(fields=["county", "id"], name="runline_place"),
            models.UniqueConstraint(
                fields=["run", "retiree_id", "benefit", "month"], name="once_a_month_in_a_run"
            ),
            models.CheckConstraint(
                condition=Q(amount=F("entitled") - F("settled")) & Q(entitled__gte=0),
                name="runline_adds_up",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="runline_month"),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.month:%Y-%m}"


class Payment(PaidRow):
    """Money that was paid, or came back. A fact: never changed, never deleted."""

    amount = models.DecimalField("金额", max_digits=12, decimal_places=2)
    paid_on = models.DateField("发放日期")
    source = models.CharField("来源", max_length=10, choices=PaymentSource)
    line = models.ForeignKey(
        RunLine,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="payments",
        db_constraint=False,
    )
    note = models.CharField("说明", max_length=200, blank=True)
    recorded_by_name = models.CharField("登记人", max_length=60)
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    access = Access.county(units=False, append_only=True)

    class Meta:
        verbose_name = verbose_name_plural = "发放记录"
        ordering = ("-paid_on", "-pk")
        indexes = (models.Index(fields=["retiree_id", "benefit", "month"], name="payment_person"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(month__day=1)
                & (Q(source=PaymentSource.RECOVERY, amount__lt=0) | ~Q(source=PaymentSource.RECOVERY)),
                name="payment_sound",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.month:%Y-%m} {self.amount}"


class Claim(PaidRow):
    """Paid too much, mostly because a death was reported late; asked back, and settled with a word."""

    line = models.OneToOneField(RunLine, on_delete=models.PROTECT, related_name="claim", db_constraint=False)
    amount = models.DecimalField("应追回", max_digits=12, decimal_places=2)
    state = models.CharField("状态", max_length=10, choices=ClaimState, default=ClaimState.OPEN)
    settled_on = models.DateField("办结日期", null=True, blank=True)
    settled_by_name = models.CharField("经办人", max_length=60, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "多发追回"
        ordering = ("state", "name", "month")
        indexes = (
            models.Index(fields=["county", "name"], name="claim_open", condition=Q(state=ClaimState.OPEN)),
        )
        constraints = (models.CheckConstraint(condition=Q(amount__gt=0), name="claim_positive"),)

    def __str__(self) -> str:
        return f"{self.name} {self.amount}"


class Opening(models.Model):
    """The first month that a county pays by the portal's lists. What was paid before is entered as payments
    (PaymentSource.EARLIER) where arrears reach back."""

    county = models.OneToOneField(
        Unit, verbose_name="县市区", on_delete=models.PROTECT, related_name="+", primary_key=True
    )
    month = models.DateField("从哪个月起")

    objects = CountyQuerySet.as_manager()
    access = Access.county(units=False, leaders=True)

    class Meta:
        verbose_name = verbose_name_plural = "启用月份"
        constraints = (models.CheckConstraint(condition=Q(month__day=1), name="opening_month"),)

    def __str__(self) -> str:
        return f"{self.county_id} {self.month:%Y-%m}"
