"""The city's movements in a span out of one index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("retirees", "0017_city_visited"),
        ("units", "0002_walls"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="spell",
            index=models.Index(
                condition=models.Q(("enters", ""), _negated=True),
                fields=["starts_on"],
                include=("county", "enters"),
                name="spell_city_enters",
            ),
        ),
        migrations.AddIndex(
            model_name="spell",
            index=models.Index(
                condition=models.Q(("leaves", ""), _negated=True),
                fields=["ends_on"],
                include=("county", "leaves"),
                name="spell_city_leaves",
            ),
        ),
    ]
