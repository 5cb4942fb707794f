"""The order in which jobs were wanted; lanes run in it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = []
    operations = [migrations.RunSQL("CREATE SEQUENCE jobs_job_sequence", "DROP SEQUENCE jobs_job_sequence")]
