"""Dictionaries of the bureau and what it decided about terms."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Dictionary",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "label",
                    models.CharField(
                        error_messages={"unique": "已有同名的字典。"},
                        max_length=40,
                        unique=True,
                        verbose_name="名称",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="建立时间")),
            ],
            options={
                "verbose_name": "字典",
                "verbose_name_plural": "字典",
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="Term",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("dictionary", models.CharField(max_length=30, verbose_name="字典")),
                ("code", models.CharField(max_length=30, verbose_name="代码")),
                ("label", models.CharField(blank=True, max_length=40, verbose_name="名称")),
                ("sort", models.IntegerField(verbose_name="次序")),
                ("is_enabled", models.BooleanField(default=True, verbose_name="启用")),
                ("merged_into", models.CharField(blank=True, max_length=30, verbose_name="并入")),
            ],
            options={
                "verbose_name": "字典项",
                "verbose_name_plural": "字典项",
                "ordering": ("dictionary", "sort", "pk"),
                "constraints": [
                    models.UniqueConstraint(fields=("dictionary", "code"), name="term_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("label", ""), _negated=True),
                        fields=("dictionary", "label"),
                        name="term_label_once",
                        violation_error_message="这个字典里已有同名的项。",
                    ),
                ],
            },
        ),
    ]
