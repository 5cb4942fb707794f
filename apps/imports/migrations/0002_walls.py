"""Rows belong to their batch by a key that carries the place."""

from django.db import migrations

ADD = """
ALTER TABLE imports_row ADD CONSTRAINT imports_row_batch FOREIGN KEY (county_id, unit_id, batch_id)
    REFERENCES imports_batch (county_id, unit_id, id) ON UPDATE CASCADE ON DELETE CASCADE
"""


class Migration(migrations.Migration):
    dependencies = [("imports", "0001_initial")]
    operations = [migrations.RunSQL(ADD, "ALTER TABLE imports_row DROP CONSTRAINT imports_row_batch")]
