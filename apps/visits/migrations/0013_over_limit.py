"""Visits over the limit, found without reading all that gave something."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("retirees", "0018_city_flows"),
        ("units", "0002_walls"),
        ("visits", "0012_tally_axes"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(
                condition=models.Q(("over_limit_reason", ""), _negated=True),
                fields=["county", "visited_on"],
                name="visit_over",
            ),
        ),
    ]
