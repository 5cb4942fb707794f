"""The unit tree: city, county-level areas (市直 is one of them), townships and units; names and mergers over time."""

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from apps.audit.models import history_of
from apps.core.access import ADD, WRITE, Access
from apps.units.choices import Change, Kind, Level

if TYPE_CHECKING:
    from apps.core.scope import Actor


class UnitQuerySet(models.QuerySet["Unit"]):
    def visible_to(self, actor: "Actor") -> Self:
        """The city sees the tree; a county its own part; a unit itself and its county."""
        if actor.unit_id is not None:
            return self.filter(Q(pk=actor.unit_id) | Q(pk=actor.county_id))
        if actor.county_id is not None:
            return self.filter(Q(pk=actor.county_id) | Q(area_id=actor.county_id))
        return self

    def counties(self) -> Self:
        """County-level areas in office order."""
        return self.filter(level=Level.COUNTY).order_by("sort", "pk")

    def open_on(self, day: object) -> Self:
        """Units that exist on a day."""
        return self.filter(
            Q(opened_on=None) | Q(opened_on__lte=day), Q(closed_on=None) | Q(closed_on__gt=day)
        )


class Unit(models.Model):
    """A node of the tree. ``area`` is the county-level area a unit lies in (itself for an area, none for the city)."""

    code = models.SlugField("代码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=80)
    short_name = models.CharField("简称", max_length=30, blank=True)
    level = models.CharField("层级", max_length=10, choices=Level)
    kind = models.CharField("性质", max_length=20, choices=Kind)
    parent = models.ForeignKey(
        "self", verbose_name="上级", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    area = models.ForeignKey(
        "self",
        verbose_name="所属县市区",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="members",
    )
    credit_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    sort = models.IntegerField("排序", default=0)
    opened_on = models.DateField("设立日期", null=True, blank=True)
    closed_on = models.DateField("撤销日期", null=True, blank=True)
    is_demo = models.BooleanField("演示数据", default=False, editable=False)
    """Invented by ``manage.py load_demo``; pages then say so."""

    objects = UnitQuerySet.as_manager()
    access = Access.shared(s_city=WRITE, s_system=WRITE, s_county=ADD)

    class Meta:
        verbose_name = verbose_name_plural = "单位"
        ordering = ("sort", "pk")
        indexes = (models.Index(fields=["area", "sort"], name="units_unit_area"),)
        constraints = (
            models.UniqueConstraint(
                fields=["level"],
                condition=Q(level=Level.CITY),
                name="one_city",
                violation_error_message="只能有一个市级单位。",
            ),
            models.CheckConstraint(
                condition=Q(level=Level.CITY, parent=None, area=None)
                | Q(~Q(level=Level.CITY), parent__isnull=False, area__isnull=False),
                name="unit_has_place",
                violation_error_message="除市以外，每个单位都要有上级和所属县市区。",
            ),
            models.CheckConstraint(
                condition=Q(opened_on=None) | Q(closed_on=None) | Q(closed_on__gt=F("opened_on")),
                name="unit_closes_after_opening",
                violation_error_message="撤销日期应在设立日期之后。",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """Short name where there is one."""
        return self.short_name or self.name


class UnitName(models.Model):
    """A name that a unit bore for a time, so that old reports and old rosters stay readable."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="names")
    name = models.CharField("曾用名称", max_length=80)
    during = DateRangeField("期间")

    access = Access.shared(s_city=WRITE, s_system=WRITE)

    class Meta:
        verbose_name = verbose_name_plural = "曾用名称"
        ordering = ("unit", "during")
        constraints = (
            ExclusionConstraint(
                name="one_name_at_a_time",
                expressions=[("unit", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                violation_error_message="同一时期只能有一个名称。",
            ),
        )

    def __str__(self) -> str:
        return self.name


class UnitChange(models.Model):
    """A merger, split, renaming or abolition, with its day and paper."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField("变动", max_length=20, choices=Change)
    successor = models.ForeignKey(
        Unit,
        verbose_name="承接单位",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
    )
    happened_on = models.DateField("日期")
    document = models.CharField("文号", max_length=80, blank=True)

    access = Access.shared(s_city=WRITE, s_system=WRITE)

    class Meta:
        verbose_name = verbose_name_plural = "单位变动"
        ordering = ("-happened_on", "pk")

    def __str__(self) -> str:
        return f"{self.unit} {self.get_kind_display()}"


class OfficeQuerySet(models.QuerySet):
    """Rows of the city's office (without a county) and of counties' offices. Everybody reads those that concern him;
    whose they are keeps them, and the database refuses others (``Access.published``)."""

    def visible_to(self, actor: "Actor") -> Self:
        """The city's and one's own county's; the city sees all."""
        if actor.county_id is None:
            return self
        return self.filter(Q(county=None) | Q(county_id=actor.county_id))

    def kept_by(self, actor: "Actor") -> Self:
        """Those that one may change: the city all, a county its own, a unit none."""
        if actor.unit_id is not None:
            return self.none()
        if actor.county_id is not None:
            return self.filter(county_id=actor.county_id)
        return self


class OfficeRow(models.Model):
    """Base of what a county keeps for itself, or the city for all: plans, rules, papers, standards."""

    county = models.ForeignKey(
        Unit, verbose_name="县市区", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    """Empty: the city's own."""

    objects = OfficeQuerySet.as_manager()
    access = Access.published()

    class Meta:
        abstract = True


HISTORY = Access.shared(s_city=ADD, s_system=ADD)


class UnitHistory(history_of(Unit, Access.shared(s_city=ADD, s_system=ADD, s_county=ADD))):
    class Meta:
        verbose_name = verbose_name_plural = "单位修改"


class UnitNameHistory(history_of(UnitName, HISTORY)):
    class Meta:
        verbose_name = verbose_name_plural = "曾用名称修改"


class UnitChangeHistory(history_of(UnitChange, HISTORY)):
    class Meta:
        verbose_name = verbose_name_plural = "单位变动修改"
