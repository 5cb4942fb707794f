"""Staged imports: nothing enters a register before a batch is confirmed."""

import uuid

from django.db import models

from apps.core.access import Access
from apps.core.places import PlaceQuerySet
from apps.core.secret import SecretField
from apps.imports.choices import Decision, Level, Mode, State, Verdict
from apps.units.models import Unit


class Batch(models.Model):
    """One file on its way into a register. ``unit`` is the unit its people belong to unless a row says another
    one of the same county; for a county's roster it is the county."""

    county = models.ForeignKey(Unit, verbose_name="县市区", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, verbose_name="归入单位", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("类型", max_length=20)
    file_name = models.CharField("文件名", max_length=200)
    file_ref = models.CharField(max_length=120)
    """Name in the private store (apps/core/private_files.py)."""
    digest = models.CharField(max_length=64)
    size = models.IntegerField("大小")
    state = models.CharField("状态", max_length=10, choices=State, default=State.UPLOADED)
    mode = models.CharField("写入方式", max_length=12, choices=Mode, default=Mode.VALID_ROWS)
    review_reason = models.CharField("报审的原因和依据", max_length=200, blank=True)
    """For the changes of reviewed fields, which wait for a word of the city (apps/retirees/actions/requests)."""
    proof_ref = models.CharField(max_length=120, blank=True)
    proof_name = models.CharField("证明材料", max_length=100, blank=True)
    refusal = models.CharField("原因", max_length=300, blank=True)
    columns = models.JSONField(default=list)
    """What each column was taken for: [{sheet, number, letters, header, field, how, note}]."""
    chosen = models.JSONField(default=list)
    """Columns of this file as the clerk settled them: [[sheet, column number, field or null]]."""
    is_untyped = models.BooleanField(default=False)
    """Every cell came as text (csv)."""
    epoch_1904 = models.BooleanField(default=False)
    """The workbook counts its days from 1904."""
    counts = models.JSONField(default=dict)
    """Rows by verdict, and "warning": rows with a doubt."""
    new_units = models.JSONField(default=list)
    """Names of units that confirming would add."""
    job_id = models.UUIDField(null=True)
    change_set_id = models.BigIntegerField(null=True)
    """What the writing changed (apps/retirees): by it the batch can be undone."""
    round = models.SmallIntegerField("第几次上传", default=1)
    """A corrected file uploaded again goes on with the same batch."""
    continued_in = models.BigIntegerField(null=True)
    """The batch that took over this one's file, because it is the corrected file of that batch."""
    created_by = models.IntegerField("上传人编号")
    created_by_name = models.CharField("上传人", max_length=60)
    created_at = models.DateTimeField("上传时间", auto_now_add=True)
    finished_at = models.DateTimeField("写入时间", null=True)

    objects = PlaceQuerySet.as_manager()
    access = Access.county()

    class Meta:
        verbose_name = verbose_name_plural = "导入批次"
        ordering = ("-pk",)
        indexes = (models.Index(fields=["county", "-id"], name="imports_batch_county"),)
        constraints = (models.UniqueConstraint(fields=["county", "unit", "id"], name="batch_place"),)

    def __str__(self) -> str:
        return self.file_name

    def total(self, *verdicts: str) -> int:
        """Rows with one of these verdicts."""
        return sum(self.counts.get(verdict, 0) for verdict in verdicts)


class Row(models.Model):
    """One row of a sheet: what stood there, what it means, what is wrong, what would happen.

    The contents are sealed: a staged row holds ID numbers and addresses as the register does.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    county = models.ForeignKey(Unit, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)
    unit = models.ForeignKey(Unit, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="rows", db_constraint=False)
    position = models.IntegerField()
    sheet = models.CharField("工作表", max_length=100)
    number = models.IntegerField("行")
    verdict = models.CharField("结果", max_length=10, choices=Verdict)
    level = models.CharField(max_length=10, choices=Level)
    issues = models.JSONField(default=list)
    """[{field, kind, level, message}]; messages never quote an ID number, a phone or an address."""
    contents = SecretField(null=True)
    """JSON: {cells, fixes, values, entry, before, after, candidates}; of a row that is no person {raw: {text}}."""
    number_index = models.BinaryField(null=True, max_length=32)
    """Blind index of the ID number: rows of one number are judged together."""
    new_unit = models.CharField(max_length=80, blank=True)
    """Name of the unit that writing this row would add."""
    is_fixed = models.BooleanField(default=False)
    """The clerk corrected a cell of it."""
    decision = models.CharField("处理", max_length=6, choices=Decision, blank=True)
    decided_id = models.BigIntegerField(null=True)
    """The registered person whom the clerk picked."""
    target_id = models.BigIntegerField(null=True)
    target_version = models.IntegerField(null=True)
    is_applied = models.BooleanField(default=False)

    objects = PlaceQuerySet.as_manager()
    access = Access.county()

    class Meta:
        verbose_name = verbose_name_plural = "导入行"
        ordering = ("batch", "position")
        indexes = (
            models.Index(fields=["batch", "position"], name="imports_row_position"),
            models.Index(fields=["batch", "verdict", "position"], name="imports_row_verdict"),
            models.Index(
                fields=["batch", "number_index"],
                name="imports_row_number",
                condition=models.Q(number_index__isnull=False),
            ),
            models.Index(
                fields=["batch", "target_id"],
                name="imports_row_target",
                condition=models.Q(target_id__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.sheet} {self.number}"


class ImportMapping(models.Model):
    """What a header of this place's sheets means, as a clerk once said. ``field`` empty: not to be imported.

    ``unit``: the county itself for what its staff said, a unit for what that unit's clerk said.
    """

    county = models.ForeignKey(Unit, verbose_name="县市区", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, verbose_name="单位", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("类型", max_length=20)
    header_key = models.CharField(max_length=200)
    """The header as rules compare it (reading/headers.py)."""
    header = models.CharField("列名", max_length=200)
    field = models.CharField("对应", max_length=40, blank=True)
    updated_at = models.DateTimeField("时间", auto_now=True)
    updated_by_name = models.CharField("操作人", max_length=60)

    objects = PlaceQuerySet.as_manager()
    access = Access.county()

    class Meta:
        verbose_name = verbose_name_plural = "列的对应关系"
        ordering = ("header",)
        constraints = (
            models.UniqueConstraint(
                fields=["county", "unit", "kind", "header_key"], name="one_meaning_per_header"
            ),
        )

    def __str__(self) -> str:
        return self.header
