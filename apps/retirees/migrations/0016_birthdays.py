"""Birthdays read from an index: a number for month and day of birth, by the calendar it was given in."""

from django.db import migrations, models

import apps.core.fields

THERE = models.Q(("state__in", ("alive", "critical", "missing")))


class Migration(migrations.Migration):
    dependencies = [
        ("retirees", "0015_visits"),
        ("units", "0002_walls"),
    ]

    operations = [
        migrations.AddField(
            model_name="retiree",
            name="birth_round",
            field=models.GeneratedField(
                db_persist=True,
                expression=apps.core.fields.BirthdayNumber("birth_date", "birth_lunar"),
                output_field=models.IntegerField(null=True),
            ),
        ),
        migrations.AddIndex(
            model_name="retiree",
            index=models.Index(
                condition=THERE, fields=["birth_round", "birth_order", "id"], name="retiree_birthday"
            ),
        ),
        migrations.AddIndex(
            model_name="retiree",
            index=models.Index(
                condition=THERE,
                fields=["county", "birth_round", "birth_order", "id"],
                name="retiree_county_birthday",
            ),
        ),
    ]
