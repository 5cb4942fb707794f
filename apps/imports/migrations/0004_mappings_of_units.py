"""What is remembered of headers belongs to a unit too. No page has written any such row before."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("units", "0001_initial"),
        ("imports", "0003_corrections_and_columns"),
    ]

    operations = [
        migrations.RemoveField(model_name="batch", name="undone_at"),
        migrations.RemoveConstraint(model_name="importmapping", name="one_meaning_per_header"),
        migrations.AddField(
            model_name="importmapping",
            name="unit",
            field=models.ForeignKey(
                default=0,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="units.unit",
                verbose_name="单位",
            ),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="importmapping",
            constraint=models.UniqueConstraint(
                fields=("county", "unit", "kind", "header_key"), name="one_meaning_per_header"
            ),
        ),
    ]
