"""What a personnel file holds beside the facts: career, honours, notes, the photograph, papers, marks made by hand."""

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from apps.core.access import ADD, Access
from apps.core.fields import PartialDateField
from apps.retirees.choices import AttachmentKind, HonourLevel, SpecialGroup
from apps.retirees.models.facts import PersonRow


class CareerEntry(PersonRow):
    """One line of the résumé, in the order of ``position``. Lines may overlap: people held two posts, and studied."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    from_on = PartialDateField("开始时间")
    until_on = PartialDateField("结束时间")
    """Empty: until now, or unknown."""
    organisation = models.CharField("单位", max_length=160, blank=True)
    post = models.CharField("职务", max_length=160, blank=True)
    note = models.CharField("说明", max_length=500, blank=True)
    """Whatever does not part into unit and post, in its own words."""
    position = models.SmallIntegerField("次序", default=1)

    access = Access.person()

    class Meta:
        verbose_name = verbose_name_plural = "履历"
        ordering = ("retiree", "position", "from_on", "pk")

    def __str__(self) -> str:
        return f"{self.organisation}{self.post}" or self.note


class Honour(PersonRow):
    """An honour or award, with the day and the paper."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField("荣誉名称", max_length=120)
    level = models.CharField("级别", max_length=10, choices=HonourLevel, blank=True)
    awarded_by = models.CharField("授予单位", max_length=120, blank=True)
    awarded_on = PartialDateField("授予时间")
    paper = models.CharField("文号", max_length=80, blank=True)

    access = Access.person()

    class Meta:
        verbose_name = verbose_name_plural = "荣誉"
        ordering = ("retiree", "awarded_on", "pk")

    def __str__(self) -> str:
        return self.name


class PersonNote(PersonRow):
    """A dated note of the staff: what was heard, asked or agreed, and fits into no field. Leaders do not see it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    noted_on = PartialDateField("日期", blank=False)
    text = models.TextField("内容", max_length=1000)
    written_by_name = models.CharField("记录人", max_length=60)

    access = Access.person(leaders=False)

    class Meta:
        verbose_name = verbose_name_plural = "记事"
        ordering = ("retiree", "-noted_on", "pk")

    def __str__(self) -> str:
        return f"{self.noted_on} {self.text}"


class Portrait(PersonRow):
    """The photograph, two inches, and a small one for lists: made anew from what was given, nothing else kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file_ref = models.CharField(max_length=64)
    thumb_ref = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    """SHA-256 of the photograph; part of its address, so that a browser keeps it until it changes."""
    source = models.CharField("来源", max_length=40)
    made_at = models.DateTimeField("上传时间")
    made_by_name = models.CharField("上传人", max_length=60)

    access = Access.person()

    class Meta:
        verbose_name = verbose_name_plural = "照片"
        constraints = (models.UniqueConstraint(fields=["retiree"], name="one_portrait_each"),)

    def __str__(self) -> str:
        return f"{self.retiree_id}"


class Attachment(PersonRow):
    """A paper of the person: a scan, a form, a proof. What is thrown away stays restorable for thirty days."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("类别", max_length=10, choices=AttachmentKind)
    title = models.CharField("标题", max_length=120)
    file_name = models.CharField("文件名", max_length=100)
    file_ref = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    """SHA-256 of the content, to notice the same paper twice."""
    thumb_ref = models.CharField(max_length=64, blank=True)
    """A picture made small; empty for what is none."""
    size = models.IntegerField("大小")
    content_type = models.CharField("格式", max_length=100)
    note = models.CharField("说明", max_length=200, blank=True)
    uploaded_by = models.IntegerField("上传人编号")
    uploaded_by_name = models.CharField("上传人", max_length=60)
    uploaded_at = models.DateTimeField("上传时间")
    deleted_at = models.DateTimeField("删除时间", null=True, blank=True)
    deleted_by_name = models.CharField("删除人", max_length=60, blank=True)

    access = Access.person(leaders=False)

    class Meta:
        verbose_name = verbose_name_plural = "文件"
        ordering = ("retiree", "-uploaded_at", "pk")
        indexes = (
            models.Index(fields=["digest"], name="attachment_digest"),
            models.Index(
                fields=["deleted_at"], name="attachment_trash", condition=Q(deleted_at__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return self.title


class GroupMark(PersonRow):
    """Somebody belongs to a special group although the record does not tell: who says so, why, from when to when."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.CharField("群体", max_length=12, choices=SpecialGroup)
    during = DateRangeField("期间")
    reason = models.CharField("原因", max_length=200)

    access = Access.person()

    class Meta:
        verbose_name = verbose_name_plural = "特殊群体标记"
        ordering = ("retiree", "group", "during")
        indexes = (
            models.Index(
                fields=["group", "county", "retiree"],
                name="group_mark_now",
                condition=Q(during__endswith__isnull=True),
            ),
        )
        constraints = (
            ExclusionConstraint(
                name="one_mark_at_a_time",
                expressions=[
                    ("retiree", RangeOperators.EQUAL),
                    ("group", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                violation_error_message="这个时期已经标记过。",
            ),
        )

    def __str__(self) -> str:
        return self.get_group_display()


class InfoForm(models.Model):
    """The office's own Word form of the 干部信息表. The latest row holds; one without a file means the portal's own."""

    file_ref = models.CharField(max_length=64, blank=True)
    file_name = models.CharField("文件名", max_length=100, blank=True)
    uploaded_by = models.IntegerField("上传人编号")
    uploaded_by_name = models.CharField("上传人", max_length=60)
    uploaded_at = models.DateTimeField("上传时间")

    access = Access.shared(s_city=ADD)

    class Meta:
        verbose_name = verbose_name_plural = "干部信息表表样"
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.file_name or "系统自带"
