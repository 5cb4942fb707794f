"""Survivors follow the dead cadre by a composite key, and refer to rows of his own only."""

from django.db import migrations

from apps.core.keys import own_row_key, person_key

OWN = (
    ("benefits_survivor", "member_id", "retirees_familymember"),
    ("benefits_survivorstate", "survivor_id", "benefits_survivor"),
)


class Migration(migrations.Migration):
    dependencies = [("benefits", "0010_survivors")]
    operations = [
        person_key("benefits_survivor"),
        person_key("benefits_survivorstate"),
        *(own_row_key(*key) for key in OWN),
    ]
