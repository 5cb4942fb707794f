"""Papers (文件), their clauses, and which replaces which. Kept by an office, read by everybody below it."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from apps.audit.models import history_of
from apps.core.access import Access
from apps.core.fields import EarliestDay, PartialDateField
from apps.library.choices import PaperLevel, Secrecy
from apps.units.models import OfficeRow


class Paper(OfficeRow):
    """A paper that rules follow from. Its validity on a day is derived (rules.validity_on)."""

    number = models.CharField("文号", max_length=80)
    title = models.CharField("标题", max_length=200)
    issuer = models.CharField("发文机关", max_length=120)
    level = models.CharField("层级", max_length=1, choices=PaperLevel)
    issued_on = PartialDateField("发文日期")
    starts_on = models.DateField("施行日期", null=True, blank=True)
    """Often before the day of issue: every such paper makes arrears."""
    ended_on = models.DateField("废止日期", null=True, blank=True)
    """First day on which it no longer holds."""
    ended_note = models.CharField("废止依据", max_length=200, blank=True)
    secrecy = models.CharField("公开属性", max_length=10, choices=Secrecy, default=Secrecy.OPEN)
    summary = models.TextField("内容摘要", max_length=4000, blank=True)
    source = models.CharField("出处", max_length=200, blank=True)
    """Where the office has it from, where it is not the paper itself."""
    is_example = models.BooleanField("示例", default=False)
    """Shipped to try and to test; the office has not taken it over."""
    file_name = models.CharField("文件名", max_length=100, blank=True)
    file_ref = models.CharField(max_length=64, blank=True)
    file_type = models.CharField(max_length=100, blank=True)
    file_size = models.IntegerField("大小", default=0)
    dated = models.GeneratedField(
        expression=Coalesce(EarliestDay("issued_on"), F("starts_on")),
        output_field=models.DateField(null=True),
        db_persist=True,
    )
    """Place in lists."""
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "文件"
        ordering = (F("dated").desc(nulls_last=True), "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=["county", "number"],
                name="paper_once",
                nulls_distinct=False,
                violation_error_message="这个文号已经登记。",
            ),
            models.CheckConstraint(
                condition=~Q(number="") & ~Q(title="") & ~Q(issuer=""),
                name="paper_has_number",
                violation_error_message="文件要有文号、标题和发文机关。",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(starts_on=None) | Q(ended_on__gt=F("starts_on")),
                name="paper_ends_after_start",
                violation_error_message="废止日期应在施行日期之后。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Clause(OfficeRow):
    """A clause that standards and norms point to. ``county`` is that of its paper."""

    paper = models.ForeignKey(Paper, verbose_name="文件", on_delete=models.CASCADE, related_name="clauses")
    label = models.CharField("条款", max_length=40)
    """第二条, 三（一）."""
    text = models.TextField("条文", max_length=4000)
    sort = models.SmallIntegerField("次序", default=0)
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "条款"
        ordering = ("paper", "sort", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["paper", "label"],
                name="clause_once",
                violation_error_message="这份文件已有这一条。",
            ),
        )

    def __str__(self) -> str:
        return self.label


class Supersession(OfficeRow):
    """A paper takes the place of another, wholly or in part. Which single standard it replaces, the standard says."""

    newer = models.ForeignKey(Paper, verbose_name="新文件", on_delete=models.CASCADE, related_name="replaces")
    older = models.ForeignKey(
        Paper, verbose_name="被替代的文件", on_delete=models.PROTECT, related_name="replaced_by"
    )
    is_whole = models.BooleanField("全部替代", default=False)
    note = models.CharField("替代的内容", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "文件替代"
        ordering = ("newer", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["newer", "older"],
                name="supersession_once",
                violation_error_message="这两份文件的替代关系已经登记。",
            ),
            models.CheckConstraint(
                condition=~Q(newer=F("older")),
                name="supersedes_another",
                violation_error_message="文件不能替代自己。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.newer_id} → {self.older_id}"


OFFICES = Access.county(units=False, append_only=True)


class PaperHistory(history_of(Paper, OFFICES, exclude=["dated"])):
    class Meta:
        verbose_name = verbose_name_plural = "文件变更"


class ClauseHistory(history_of(Clause, OFFICES)):
    class Meta:
        verbose_name = verbose_name_plural = "条款变更"


class SupersessionHistory(history_of(Supersession, OFFICES)):
    class Meta:
        verbose_name = verbose_name_plural = "文件替代变更"
