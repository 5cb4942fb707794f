"""Change sets: what was changed together can be taken back together."""

import apps.core.secret
import django.db.models.deletion
import uuid
from django.db import migrations, models

from apps.core.keys import person_key


class Migration(migrations.Migration):
    dependencies = [
        ("retirees", "0004_dossier"),
        ("units", "0004_county_adds_own"),
    ]

    operations = [
        migrations.CreateModel(
            name="ChangeSet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("import", "导入"), ("bulk", "批量修改"), ("grid", "表格录入")],
                        max_length=10,
                        verbose_name="类型",
                    ),
                ),
                ("label", models.CharField(max_length=200, verbose_name="内容")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="事由")),
                ("batch_id", models.BigIntegerField(db_index=True, null=True, verbose_name="导入批次")),
                ("created_by", models.IntegerField(verbose_name="操作人编号")),
                ("created_by_name", models.CharField(max_length=60, verbose_name="操作人")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="时间")),
                ("people", models.IntegerField(default=0, verbose_name="人数")),
                ("undone_at", models.DateTimeField(null=True, verbose_name="撤销时间")),
                ("undone_by", models.IntegerField(null=True, verbose_name="撤销人编号")),
                ("undone_by_name", models.CharField(blank=True, max_length=60, verbose_name="撤销人")),
                ("restored", models.IntegerField(default=0, verbose_name="恢复人数")),
                ("removed", models.IntegerField(default=0, verbose_name="移除人数")),
                ("conflicts", models.IntegerField(default=0, verbose_name="未撤销人数")),
                (
                    "county",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="units.unit",
                        verbose_name="县市区",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="units.unit",
                        verbose_name="单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "成批改动",
                "verbose_name_plural": "成批改动",
                "ordering": ("-pk",),
            },
        ),
        migrations.CreateModel(
            name="ChangeSetRow",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("is_new", models.BooleanField(default=False)),
                ("fields", models.JSONField(default=list)),
                ("before", apps.core.secret.SecretField(null=True)),
                ("version_after", models.IntegerField()),
                ("is_undone", models.BooleanField(default=False)),
                ("conflict", models.CharField(blank=True, max_length=100, verbose_name="未撤销的原因")),
                (
                    "change_set",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="retirees.changeset",
                    ),
                ),
                (
                    "county",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="units.unit",
                    ),
                ),
                (
                    "retiree",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)s_set",
                        to="retirees.retiree",
                        verbose_name="人员",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="units.unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "成批改动的人员",
                "verbose_name_plural": "成批改动的人员",
                "ordering": ("change_set", "id"),
            },
        ),
        migrations.AddIndex(
            model_name="changeset",
            index=models.Index(fields=["county", "-id"], name="changeset_county"),
        ),
        migrations.AddConstraint(
            model_name="changesetrow",
            constraint=models.UniqueConstraint(
                fields=("change_set", "retiree"), name="person_once_per_changeset"
            ),
        ),
        person_key("retirees_changesetrow"),
    ]
