"""Money that a unit holds by heads (特需经费, 公用经费): rates, the fund of a year, its ledger.

Never an entry on a person's pay. A fund stays with the county and unit that held it; its ledger names people as they
were called, without a key, so that it keeps its own past when somebody moves away.
"""

from decimal import Decimal

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from apps.benefits.choices import FundKind, FundPeople, FundPurpose, Headcount
from apps.core.access import ADD, READ, WRITE, Access
from apps.core.places import PlaceQuerySet
from apps.library.models import Paper
from apps.units.models import OfficeRow, Unit


class FundRate(OfficeRow):
    """Yuan a head and year. A county's own goes before the city's, one for a category before one for both."""

    kind = models.CharField("经费", max_length=10, choices=FundKind)
    people = models.CharField("对象", max_length=10, choices=FundPeople, default=FundPeople.LIXIU)
    headcount = models.CharField("人数口径", max_length=12, choices=Headcount, default=Headcount.YEAR_START)
    amount = models.DecimalField("每人每年（元）", max_digits=10, decimal_places=2)
    during = DateRangeField("执行期间")
    paper = models.ForeignKey(
        Paper, verbose_name="依据文件", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    paper_text = models.CharField("依据", max_length=200, blank=True)
    """In words, where the paper is not in the library."""
    note = models.CharField("说明", max_length=200, blank=True)
    is_example = models.BooleanField("示例", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "单位经费标准"
        ordering = ("kind", "-during", "pk")
        constraints = (
            ExclusionConstraint(
                name="one_fund_rate_at_a_time",
                expressions=[
                    (Coalesce("county", Value(0)), RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("people", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                violation_error_message="同一时期已有这项标准，请先给原来的填截止日期。",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="fund_rate_gives",
                violation_error_message="标准要大于0。",
            ),
            models.CheckConstraint(
                condition=Q(during__isempty=False),
                name="fund_rate_days",
                violation_error_message="截止日期不能早于起始日期。",
            ),
            models.CheckConstraint(
                condition=Q(paper__isnull=False) | ~Q(paper_text=""),
                name="fund_rate_has_basis",
                violation_error_message="要选依据文件，或用文字写明依据。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"


class UnitFund(models.Model):
    """What a unit has of one kind in a year: allotted by heads, carried over, added, spent."""

    county = models.ForeignKey(Unit, verbose_name="县市区", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, verbose_name="单位", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("经费", max_length=10, choices=FundKind)
    year = models.SmallIntegerField("年度")
    headcount = models.DecimalField("核定人数", max_digits=9, decimal_places=2, default=0)
    allotted = models.DecimalField("应拨", max_digits=12, decimal_places=2, default=0)
    carried = models.DecimalField("上年结转", max_digits=12, decimal_places=2, default=0)
    added = models.DecimalField("追加", max_digits=12, decimal_places=2, default=0)
    spent = models.DecimalField("支出", max_digits=12, decimal_places=2, default=0)
    counted = models.JSONField("计算过程", default=list, blank=True)
    """Of rules.unit_funds: rate, heads of each day that was counted."""
    counted_on = models.DateField("计算日期")
    closed_at = models.DateTimeField("结账时间", null=True, blank=True)
    closed_by = models.IntegerField(null=True, blank=True, editable=False)
    closed_by_name = models.CharField("结账人", max_length=60, blank=True)

    objects = PlaceQuerySet.as_manager()
    access = Access({"s_city": WRITE, "s_county": WRITE, "s_unit": READ}, walled=True)

    class Meta:
        verbose_name = verbose_name_plural = "单位经费"
        ordering = ("-year", "unit__sort", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["county", "unit", "kind", "year"],
                name="one_unit_fund",
                violation_error_message="这个单位这一年已有这项经费。",
            ),
            models.UniqueConstraint(fields=["county", "id"], name="unit_fund_place"),
            models.CheckConstraint(
                condition=Q(carried__gte=0) & Q(allotted__gte=0) & Q(added__gte=0) & Q(spent__gte=0),
                name="unit_fund_not_negative",
                violation_error_message="应拨、结转、追加和支出不能是负数。",
            ),
            models.CheckConstraint(
                condition=Q(spent__lte=F("carried") + F("allotted") + F("added")),
                name="unit_fund_not_overspent",
                violation_error_message="支出不能超过结余。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.unit_id} {self.year} {self.get_kind_display()}"

    @property
    def left(self) -> Decimal:
        """What may still be spent."""
        return self.carried + self.allotted + self.added - self.spent


class FundEntry(models.Model):
    """A line of the ledger. Added, never changed: a wrong one is balanced by another of the opposite amount."""

    county = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    fund = models.ForeignKey(UnitFund, on_delete=models.CASCADE, related_name="entries", db_constraint=False)
    day = models.DateField("日期")
    purpose = models.CharField("用途", max_length=10, choices=FundPurpose)
    amount = models.DecimalField("金额", max_digits=12, decimal_places=2)
    words = models.CharField("摘要", max_length=200)
    retiree_id = models.BigIntegerField("人员编号", null=True, blank=True)
    name = models.CharField("帮扶对象", max_length=60, blank=True)
    voucher = models.CharField("凭证号", max_length=60, blank=True)
    cancels = models.OneToOneField(
        "self",
        verbose_name="冲销",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="cancelled_by",
        db_constraint=False,
    )
    made_at = models.DateTimeField("登记时间", auto_now_add=True)
    made_by = models.IntegerField(editable=False)
    made_by_name = models.CharField("登记人", max_length=60)

    objects = PlaceQuerySet.as_manager()
    access = Access({"s_city": ADD, "s_county": ADD, "s_unit": READ}, walled=True)

    class Meta:
        verbose_name = verbose_name_plural = "单位经费流水"
        ordering = ("fund", "day", "pk")
        indexes = (models.Index(fields=["fund", "day"], name="fund_entry_day"),)
        constraints = (
            models.UniqueConstraint(fields=["county", "id"], name="fund_entry_place"),
            models.CheckConstraint(
                condition=Q(cancels=None, amount__gt=0) | Q(cancels__isnull=False, amount__lt=0),
                name="fund_entry_amount",
                violation_error_message="金额要大于0；冲销的是负数。",
            ),
            models.CheckConstraint(
                condition=~Q(words=""),
                name="fund_entry_words",
                violation_error_message="请写明摘要。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.day} {self.words} {self.amount}"
