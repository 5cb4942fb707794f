"""Requests for a file, who decided on them, and the office's own forms."""

from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.accounts.choices import Role
from apps.core.access import Access
from apps.exports.choices import Format, Mask, State
from apps.units.models import Unit

if TYPE_CHECKING:
    from apps.core.scope import Actor

CHIEFS = frozenset({Role.CITY_CHIEF, Role.COUNTY_CHIEF})


class RequestQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: "Actor") -> Self:
        """One's own; a chief those of his place, the city's chief all."""
        own = Q(created_by=actor.user_id)
        if actor.role == Role.CITY_CHIEF:
            return self
        if actor.role == Role.COUNTY_CHIEF:
            return self.filter(county_id=actor.county_id)
        if actor.unit_id is not None:
            return self.filter(own, county_id=actor.county_id, unit_id=actor.unit_id)
        if actor.county_id is not None:
            return self.filter(own, county_id=actor.county_id)
        return self.filter(own)


class ExportRequest(models.Model):
    """Who wants which people's data in which form, and what became of it. The people are fixed when it is asked:
    what a second person agrees to is what is made. Rows stay, so that one can tell who took whose data."""

    county = models.ForeignKey(
        Unit, verbose_name="县市区", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    unit = models.ForeignKey(
        Unit, verbose_name="单位", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    """Of the grant it was asked under: empty county for the city, empty unit for a county."""
    register = models.CharField("名册", max_length=20)
    words = models.CharField("范围", max_length=300)
    query = models.CharField("条件", max_length=1000, blank=True)
    keys = ArrayField(models.BigIntegerField(), verbose_name="人员", default=list)
    rows = models.IntegerField("人数")
    columns = models.JSONField("列", default=list)
    """Names in order."""
    order = models.CharField("排序", max_length=20, blank=True)
    format = models.CharField("格式", max_length=4, choices=Format)
    mask = models.CharField("敏感信息", max_length=6, choices=Mask)
    template_id = models.BigIntegerField("表样", null=True)
    one_each = models.BooleanField("每人一份", default=False)
    reason = models.CharField("用途", max_length=200, blank=True)
    needs = models.CharField("要审批的原因", max_length=200, blank=True)
    """Why a second person must agree; empty: nobody must."""
    state = models.CharField("状态", max_length=10, choices=State)
    created_by = models.IntegerField("申请人编号")
    created_by_name = models.CharField("申请人", max_length=60)
    grant_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField("申请时间", db_default=Now())
    decided_by = models.IntegerField("审批人编号", null=True)
    decided_by_name = models.CharField("审批人", max_length=60, blank=True)
    decided_at = models.DateTimeField("审批时间", null=True)
    decision = models.CharField("审批意见", max_length=200, blank=True)
    job_id = models.UUIDField(null=True)
    written = models.IntegerField("实际导出", null=True)

    objects = RequestQuerySet.as_manager()
    access = Access.county()

    class Meta:
        verbose_name = verbose_name_plural = "导出申请"
        ordering = ("-pk",)
        indexes = (
            models.Index(fields=["county", "-id"], name="exports_county"),
            models.Index(fields=["created_by", "-id"], name="exports_own"),
            models.Index(fields=["county", "id"], name="exports_waiting", condition=Q(state=State.WAITING)),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("created_by")),
                name="export_not_decided_by_oneself",
                violation_error_message="不能审批自己的申请。",
            ),
            models.CheckConstraint(
                condition=Q(needs="")
                | Q(decided_by__isnull=False)
                | ~Q(state__in=(State.RUNNING, State.READY)),
                name="export_has_second_person",
                violation_error_message="要有第二个人批准。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.number}"

    @property
    def number(self) -> str:
        """DC000123, as it stands in watermarks and in the log."""
        return f"DC{self.pk:06d}"


class TemplateQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: "Actor") -> Self:
        """The city's and those of one's own county; the city sees all."""
        if actor.county_id is None:
            return self
        return self.filter(Q(owner=None) | Q(owner_id=actor.county_id))

    def current(self) -> Self:
        """The newest version of each, less those that were put away."""
        return self.filter(is_current=True)


class FormTemplate(models.Model):
    """A form of the office's own with fields in double braces. A new file is a new row: a request names the very
    version it was made with. Holds nothing about people, so it is not walled off."""

    owner = models.ForeignKey(
        Unit, verbose_name="县市区", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    """Whose form it is; empty: the city's, for everybody."""
    register = models.CharField("名册", max_length=20)
    name = models.CharField("名称", max_length=60)
    version = models.IntegerField("版本", default=1)
    is_current = models.BooleanField("在用", default=True)
    kind = models.CharField("类型", max_length=4)
    fields = models.JSONField("字段", default=list)
    file_ref = models.CharField(max_length=64)
    size = models.IntegerField("大小")
    created_by = models.IntegerField("上传人编号")
    created_by_name = models.CharField("上传人", max_length=60)
    created_at = models.DateTimeField("上传时间", db_default=Now())

    objects = TemplateQuerySet.as_manager()
    access = Access.shared(s_city="INSERT, SELECT, UPDATE", s_county="INSERT, SELECT, UPDATE")

    class Meta:
        verbose_name = verbose_name_plural = "自制表样"
        ordering = ("name", "-version")
        constraints = (
            models.UniqueConstraint(
                fields=["owner", "name"],
                name="one_current_form_of_a_name",
                condition=Q(is_current=True),
                nulls_distinct=False,
            ),
        )

    def __str__(self) -> str:
        return self.name
