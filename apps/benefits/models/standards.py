"""Benefits, and the standards that papers set for them: data, never code."""

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Q

from apps.benefits.choices import Audience, Cycle, Precedence, Series, StandardState, StateDay
from apps.core.access import WRITE, Access
from apps.library.choices import PaperLevel
from apps.library.models import Clause, Paper
from apps.units.models import OfficeQuerySet, OfficeRow


class Benefit(models.Model):
    """What people are entitled to: nursing fee, yearly subsidy, gratuity. How it is reckoned is the bureau's setting
    where no paper says."""

    code = models.SlugField("代码", max_length=30, unique=True)
    name = models.CharField("名称", max_length=40)
    cycle = models.CharField("计发", max_length=10, choices=Cycle)
    audience = models.CharField("对象", max_length=10, choices=Audience, default=Audience.CADRE)
    group = models.CharField("互斥组", max_length=20, blank=True)
    """Of the benefits of one group a person has one a month: the highest."""
    pay_month = models.SmallIntegerField("每年几月计发", null=True, blank=True)
    pays_death_month = models.BooleanField("去世当月照发", default=True)
    """Else the last month is the one before. Never by days."""
    state_day = models.CharField("状况变化", max_length=10, choices=StateDay, default=StateDay.LAST)
    precedence = models.CharField("适用标准", max_length=10, choices=Precedence, default=Precedence.NEAREST)
    needs_approval = models.BooleanField("须逐人批准", default=False)
    """Nobody has it without an approval of his own (models/approvals.py)."""
    basis = models.CharField("说明", max_length=200, blank=True)
    sort = models.SmallIntegerField("次序", default=0)
    is_active = models.BooleanField("启用", default=True)
    version = models.IntegerField(default=1, editable=False)

    access = Access.shared(s_city=WRITE)

    class Meta:
        verbose_name = verbose_name_plural = "待遇项目"
        ordering = ("sort", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(cycle=Cycle.YEAR, pay_month__range=(1, 12))
                | (~Q(cycle=Cycle.YEAR) & Q(pay_month=None)),
                name="benefit_pay_month",
                violation_error_message="按年计发的要写明每年几月（1到12），其他的不写。",
            ),
        )

    def __str__(self) -> str:
        return self.name


class PublishedFigure(models.Model):
    """A figure of a year that standards multiply. Entered with its source; where it is not yet out, the year before
    stands in for it provisionally."""

    series = models.CharField("数据", max_length=20, choices=Series)
    year = models.SmallIntegerField("年度")
    value = models.DecimalField("数值", max_digits=12, decimal_places=2)
    source = models.CharField("出处", max_length=200)
    published_on = models.DateField("公布日期", null=True, blank=True)
    is_example = models.BooleanField("演示值", default=False)

    access = Access.shared(s_city=WRITE)

    class Meta:
        verbose_name = verbose_name_plural = "公布数据"
        ordering = ("series", "-year")
        constraints = (
            models.UniqueConstraint(
                fields=["series", "year"],
                name="published_figure_once",
                violation_error_message="这一年的数据已经登记。",
            ),
            models.CheckConstraint(
                condition=Q(value__gt=0) & ~Q(source="") & Q(year__range=(1949, 2100)),
                name="published_figure_sound",
                violation_error_message="数值要大于0，并写明出处。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_series_display()} {self.year}"


class StandardQuerySet(OfficeQuerySet):
    def in_use(self) -> "StandardQuerySet":
        """Those that entitlements follow from."""
        return self.filter(state=StandardState.PUBLISHED)


class Standard(OfficeRow):
    """One row of a paper: benefit, conditions, amount, from when to when. What it comes to is
    ``amount + months x basic fee + times x figure of the year before``. A county's own row holds for its people; one of
    the city's office for all, whatever the level of its paper."""

    benefit = models.ForeignKey(
        Benefit, verbose_name="待遇项目", on_delete=models.PROTECT, related_name="standards"
    )
    paper = models.ForeignKey(Paper, verbose_name="依据文件", on_delete=models.PROTECT, related_name="+")
    clause = models.ForeignKey(
        Clause, verbose_name="条款", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    level = models.CharField("标准层级", max_length=1, choices=PaperLevel)
    place = models.CharField("地方", max_length=20, blank=True)
    """Whose rule it is, where it is not the office's own: 广东, 承德."""
    label = models.CharField("名称", max_length=60)
    conditions = models.JSONField("条件", default=dict, blank=True)
    """Of rules.conditions: a closed list."""
    amount = models.DecimalField("金额（元）", max_digits=10, decimal_places=2, default=0)
    months = models.DecimalField("基本离退休费月数", max_digits=5, decimal_places=1, default=0)
    times = models.DecimalField("公布数据倍数", max_digits=5, decimal_places=1, default=0)
    series = models.CharField("公布数据", max_length=20, choices=Series, blank=True)
    during = DateRangeField("执行期间")
    replaces = models.ForeignKey(
        "self",
        verbose_name="替代的标准",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
    )
    """The single row whose interval ends where this begins."""
    replaced_during = DateRangeField("被替代标准原来的执行期间", null=True, blank=True, editable=False)
    """As it was before this one was published; given back when this one is withdrawn."""
    note = models.CharField("说明", max_length=200, blank=True)
    is_example = models.BooleanField("示例", default=False)
    """Local or weak papers, shipped to try and to test."""
    state = models.CharField("状态", max_length=10, choices=StandardState, default=StandardState.DRAFT)
    made_by = models.IntegerField(editable=False)
    made_by_name = models.CharField("拟定人", max_length=60)
    confirmed_by = models.IntegerField(null=True, blank=True, editable=False)
    confirmed_by_name = models.CharField("复核人", max_length=60, blank=True)
    confirmed_at = models.DateTimeField("发布时间", null=True, blank=True)
    words = models.CharField("复核意见", max_length=200, blank=True)
    version = models.IntegerField(default=1, editable=False)

    objects = StandardQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "待遇标准"
        ordering = ("benefit__sort", "during", "pk")
        indexes = (models.Index(fields=["benefit", "state"], name="standard_benefit"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(amount__gte=0) & Q(months__gte=0) & Q(times__gte=0),
                name="standard_not_negative",
                violation_error_message="金额、月数和倍数不能是负数。",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0) | Q(months__gt=0) | Q(times__gt=0),
                name="standard_gives",
                violation_error_message="标准要有金额、月数或倍数。",
            ),
            models.CheckConstraint(
                condition=Q(times=0, series="") | (Q(times__gt=0) & ~Q(series="")),
                name="standard_series",
                violation_error_message="写了倍数就要选是哪一项公布数据。",
            ),
            models.CheckConstraint(
                condition=Q(during__startswith__isnull=False) & Q(during__isempty=False),
                name="standard_begins",
                violation_error_message="执行期间要有起始日期，截止不能早于起始。",
            ),
            models.CheckConstraint(
                condition=~Q(state=StandardState.PUBLISHED)
                | (Q(confirmed_by__isnull=False) & ~Q(confirmed_by=F("made_by"))),
                name="standard_four_eyes",
                violation_error_message="自己拟定的，由别人复核发布。",
            ),
        )

    def __str__(self) -> str:
        return self.label


__all__ = ["Benefit", "PublishedFigure", "Standard"]
