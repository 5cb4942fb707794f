"""Schedules, the documents they make, and the counters that number them without gaps."""

from datetime import time

from django.db import models
from django.db.models import Q

from apps.core.access import Access
from apps.core.places import CountyQuerySet
from apps.reports.choices import SERIES, PeriodKind, State
from apps.reports.rules import Period
from apps.units.models import Unit


class Schedule(models.Model):
    """When which briefing is made. ``county`` empty: the city's own."""

    name = models.CharField("名称", max_length=40)
    kind = models.CharField("周期", max_length=10, choices=PeriodKind)
    county = models.ForeignKey(
        Unit, verbose_name="县市区", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    due_days = models.SmallIntegerField("期末后第几天生成", default=3)
    due_time = models.TimeField("生成时间", default=time(8, 0))
    starts_on = models.DateField("从哪天所在的周期开始")
    is_active = models.BooleanField("启用", default=True)

    objects = CountyQuerySet.as_manager()
    access = Access.county(units=False)

    class Meta:
        verbose_name = verbose_name_plural = "简报计划"
        ordering = ("kind", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["kind", "county"],
                name="one_schedule_per_kind",
                nulls_distinct=False,
                violation_error_message="这个周期已经有计划。",
            ),
            models.CheckConstraint(
                condition=Q(due_days__gte=0, due_days__lte=60),
                name="schedule_due_days",
                violation_error_message="期末后第几天：0 到 60。",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Document(models.Model):
    """A briefing on one period: made once, checked, issued. Its figures are frozen when it is made."""

    series = models.CharField(max_length=20, default=SERIES)
    county = models.ForeignKey(
        Unit, verbose_name="县市区", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    kind = models.CharField("周期", max_length=10, choices=PeriodKind)
    period_key = models.CharField(max_length=10)
    title = models.CharField("标题", max_length=100)
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    figures = models.JSONField(default=dict)
    """Name → value, value of the year before, unit, day, definition, parts: as they stood when it was made."""
    blocks = models.JSONField(default=list)
    """Text, tables and charts in their stored form (rules.frozen)."""
    draft_file = models.CharField(max_length=64, blank=True)
    issued_file = models.CharField(max_length=64, blank=True)
    issued_digest = models.CharField(max_length=64, blank=True)
    number = models.IntegerField("期号", null=True, blank=True)
    number_year = models.IntegerField("期号年份", null=True, blank=True)
    total_number = models.IntegerField("总期号", null=True, blank=True)
    issued_on = models.DateField("签发日期", null=True, blank=True)
    made_at = models.DateTimeField("生成时间", auto_now_add=True)
    checked_by = models.CharField("核对人", max_length=60, blank=True)
    checked_at = models.DateTimeField("核对时间", null=True, blank=True)
    issued_by = models.CharField("签发人", max_length=60, blank=True)
    issued_at = models.DateTimeField("签发时间", null=True, blank=True)
    job_id = models.UUIDField(null=True)
    version = models.IntegerField(default=1)

    objects = CountyQuerySet.as_manager()
    access = Access.county(units=False, leaders=True)

    class Meta:
        verbose_name = verbose_name_plural = "简报"
        ordering = ("-period_key", "kind", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=["series", "kind", "period_key", "county"],
                name="one_document_per_period",
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=["series", "county", "number_year", "number"],
                name="one_document_per_number",
                condition=Q(number__isnull=False),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=~Q(state=State.ISSUED)
                | Q(number__isnull=False, issued_on__isnull=False) & ~Q(issued_file=""),
                name="issued_has_number_and_file",
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def period(self) -> Period:
        return Period.from_key(self.period_key)

    @property
    def number_label(self) -> str:
        """第12期（总第34期）; empty before it is issued."""
        return f"第{self.number}期（总第{self.total_number}期）" if self.number else ""


class Counter(models.Model):
    """Last number given in a series: of a year, or (year 0) of all time. Locked while a document is issued."""

    series = models.CharField(max_length=20)
    county = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    year = models.IntegerField()
    last = models.IntegerField(default=0)

    access = Access.county(units=False)

    class Meta:
        verbose_name = verbose_name_plural = "期号"
        constraints = (
            models.UniqueConstraint(
                fields=["series", "county", "year"], name="one_counter", nulls_distinct=False
            ),
        )

    def __str__(self) -> str:
        return f"{self.series} {self.year} {self.last}"
