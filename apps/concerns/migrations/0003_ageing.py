"""What nobody touches for long is found by an index: open ones by county and the time of the last step."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("concerns", "0002_walls")]

    operations = [
        migrations.AddIndex(
            model_name="concern",
            index=models.Index(
                condition=models.Q(("state__in", ("received", "working", "answered"))),
                fields=["county", "touched_at"],
                name="concern_touched",
            ),
        ),
    ]
