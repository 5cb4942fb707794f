"""The list of the whole city by the day of the last visit."""

from django.db import migrations, models

THERE = models.Q(("state__in", ("alive", "critical", "missing")))


class Migration(migrations.Migration):
    dependencies = [("retirees", "0016_birthdays")]

    operations = [
        migrations.AddIndex(
            model_name="retiree",
            index=models.Index(condition=THERE, fields=["visited_on", "id"], name="retiree_city_visited"),
        ),
    ]
