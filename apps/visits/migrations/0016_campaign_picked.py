"""People picked by hand for a campaign."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("visits", "0015_list_changes"),
    ]

    operations = [
        migrations.AddField(
            model_name="campaign",
            name="picked",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(),
                blank=True,
                default=list,
                editable=False,
                size=None,
                verbose_name="选中的人",
            ),
        ),
    ]
