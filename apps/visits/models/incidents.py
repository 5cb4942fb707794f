"""What happened to a person and must be answered at once: hospital, critical illness, a family's misfortune, death;
and the list of what has to be done. No diagnosis is kept: the work does not need it."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from apps.core.access import WRITE, Access
from apps.retirees.choices import Level
from apps.retirees.models import PersonRow
from apps.visits.choices import AgeCount, DraftKind, IncidentKind, TaskPart


class ChecklistItem(models.Model):
    """One line of what has to be done when something happens, by rank. The office's own words and days."""

    kind = models.CharField("情况", max_length=10, choices=IncidentKind)
    part = models.CharField("类别", max_length=4, choices=TaskPart, default=TaskPart.DO)
    label = models.CharField("事项", max_length=80)
    levels = ArrayField(
        models.CharField(max_length=3, choices=Level), verbose_name="适用级别", default=list, blank=True
    )
    """Of the treatment enjoyed; none: everybody."""
    days = models.SmallIntegerField("几天内", default=0)
    """Counted from the day it happened; 0: at once."""
    who = models.CharField("责任人", max_length=40, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    basis = models.CharField("依据", max_length=120, blank=True)
    is_example = models.BooleanField("示例", default=False)
    is_active = models.BooleanField("启用", default=True)
    sort = models.SmallIntegerField("次序", default=0)

    access = Access.shared(s_city=WRITE)

    class Meta:
        verbose_name = verbose_name_plural = "办理清单"
        ordering = ("kind", "sort", "pk")

    def __str__(self) -> str:
        return self.label


class Incident(PersonRow):
    """One stay in hospital, one critical illness, one misfortune, one death."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("情况", max_length=10, choices=IncidentKind)
    started_on = models.DateField("发生日期")
    ended_on = models.DateField("结束日期", null=True, blank=True)
    """Of a stay: the day of discharge."""
    reported_on = models.DateField("报告日期")
    hospital = models.CharField("医院", max_length=80, blank=True)
    ward = models.CharField("病区床号", max_length=40, blank=True)
    is_nominal = models.BooleanField("挂床", default=False)
    """In the books of a hospital only: no visit is due."""
    note = models.CharField("说明", max_length=200, blank=True)
    closed_on = models.DateField("办结日期", null=True, blank=True)
    retracted_on = models.DateField("撤销日期", null=True, blank=True)
    retract_reason = models.CharField("撤销原因", max_length=120, blank=True)
    reported_by_name = models.CharField("登记人", max_length=60)
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)
    version = models.IntegerField(default=1, editable=False)

    access = Access.person()

    class Meta:
        verbose_name = verbose_name_plural = "重要情况"
        ordering = ("-started_on", "-recorded_at")
        indexes = (
            models.Index(
                fields=["county", "kind", "-started_on"],
                name="incident_open",
                condition=Q(ended_on=None, closed_on=None, retracted_on=None),
            ),
            models.Index(fields=["retiree", "-started_on"], name="incident_person"),
        )
        constraints = (
            models.UniqueConstraint(fields=["retiree", "id"], name="incident_of_person"),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
                name="incident_ends_after_start",
                violation_error_message="结束日期不能早于发生日期。",
            ),
            models.CheckConstraint(
                condition=Q(reported_on__gte=F("started_on")),
                name="incident_reported_after",
                violation_error_message="报告日期不能早于发生日期。",
            ),
            models.UniqueConstraint(
                fields=["retiree", "kind"],
                name="one_open_incident",
                condition=Q(ended_on=None, closed_on=None, retracted_on=None),
                violation_error_message="此人已有一条没有办结的同类情况。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.started_on}"


class IncidentTask(PersonRow):
    """One thing to do, or one office or person to be told: who does it, until when, done when."""

    incident = models.ForeignKey(
        Incident, db_constraint=False, on_delete=models.CASCADE, related_name="tasks"
    )
    part = models.CharField("类别", max_length=4, choices=TaskPart, default=TaskPart.DO)
    label = models.CharField("事项", max_length=80)
    who = models.CharField("责任人", max_length=40, blank=True)
    due_on = models.DateField("期限")
    done_on = models.DateField("完成日期", null=True, blank=True)
    done_by_name = models.CharField("经办", max_length=60, blank=True)
    told_to = models.CharField("告知了谁", max_length=40, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    is_needless = models.BooleanField("不需要", default=False)
    sort = models.SmallIntegerField("次序", default=0)

    access = Access.person()

    class Meta:
        verbose_name = verbose_name_plural = "办理事项"
        ordering = ("incident", "sort", "pk")
        indexes = (
            models.Index(
                fields=["county", "due_on"],
                name="incident_task_open",
                condition=Q(done_on=None, is_needless=False),
            ),
        )

    def __str__(self) -> str:
        return self.label

    @property
    def is_open(self) -> bool:
        """Still to be settled."""
        return self.done_on is None and not self.is_needless


class DeathDraft(PersonRow):
    """A draft of the notice or of the life of somebody who died. The family and the organisation decide; it goes
    when the death is taken back."""

    incident = models.ForeignKey(
        Incident, db_constraint=False, on_delete=models.CASCADE, related_name="drafts"
    )
    kind = models.CharField("文稿", max_length=10, choices=DraftKind)
    age_count = models.CharField("享年算法", max_length=7, choices=AgeCount)
    farewell = models.CharField("送别时间地点", max_length=120, blank=True)
    departs = models.CharField("发车时间地点", max_length=120, blank=True)
    body = models.TextField("正文", max_length=4000)
    saved_by_name = models.CharField("起草人", max_length=60)
    saved_at = models.DateTimeField("保存时间", auto_now=True)
    version = models.IntegerField(default=1, editable=False)

    access = Access.person()

    class Meta:
        verbose_name = verbose_name_plural = "讣告生平草稿"
        ordering = ("incident", "kind")
        constraints = (models.UniqueConstraint(fields=["incident", "kind"], name="one_draft_of_a_kind"),)

    def __str__(self) -> str:
        return self.get_kind_display()
