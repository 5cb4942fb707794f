"""Rows follow their person by a composite key; steps are those of a matter of the same person."""

from django.db import migrations

from apps.core.keys import own_row_key, person_key

TABLES = ("concerns_concern", "concerns_concernperson", "concerns_concernstep")


class Migration(migrations.Migration):
    dependencies = [("concerns", "0001_initial"), ("retirees", "0015_visits")]
    operations = [
        *(person_key(table) for table in TABLES),
        own_row_key("concerns_concernstep", "concern_id", "concerns_concern"),
    ]
