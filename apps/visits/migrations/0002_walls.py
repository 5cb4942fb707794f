"""Rows follow their person by a composite key, and refer to rows of the same person only."""

from django.db import migrations

from apps.core.keys import own_row_key, person_key

TABLES = (
    "visits_due",
    "visits_incident",
    "visits_incidenttask",
    "visits_namedleader",
    "visits_raisedconcern",
    "visits_visit",
    "visits_visitor",
    "visits_visitphoto",
)
OWN = (
    ("visits_due", "visit_id", "visits_visit"),
    ("visits_due", "incident_id", "visits_incident"),
    ("visits_due", "family_id", "retirees_familymember"),
    ("visits_visit", "family_id", "retirees_familymember"),
    ("visits_visitor", "visit_id", "visits_visit"),
    ("visits_visitphoto", "visit_id", "visits_visit"),
    ("visits_raisedconcern", "visit_id", "visits_visit"),
    ("visits_raisedconcern", "concern_id", "concerns_concern"),
    ("visits_incidenttask", "incident_id", "visits_incident"),
)


class Migration(migrations.Migration):
    dependencies = [("visits", "0001_initial"), ("concerns", "0002_walls"), ("retirees", "0015_visits")]
    operations = [
        *(person_key(table) for table in TABLES),
        *(own_row_key(*key) for key in OWN),
    ]
