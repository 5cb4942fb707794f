"""Drafts of long forms."""

import apps.core.secret
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_groups"),
    ]

    operations = [
        migrations.CreateModel(
            name="FormDraft",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("grant_id", models.IntegerField(verbose_name="授权编号")),
                ("county_id", models.IntegerField(null=True)),
                ("unit_id", models.IntegerField(null=True)),
                ("form", models.CharField(max_length=40, verbose_name="表单")),
                ("about", models.CharField(blank=True, max_length=40, verbose_name="对象")),
                ("contents", apps.core.secret.SecretField(verbose_name="内容")),
                ("saved_at", models.DateTimeField(auto_now=True, verbose_name="保存时间")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "表单草稿",
                "verbose_name_plural": "表单草稿",
                "ordering": ("-saved_at",),
                "indexes": [models.Index(fields=["saved_at"], name="draft_saved")],
                "constraints": [
                    models.UniqueConstraint(fields=("user", "grant_id", "form", "about"), name="draft_once")
                ],
            },
        ),
    ]
