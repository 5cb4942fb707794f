"""Counts kept ready, and the triggers that mark what is stale.

A visit and a row of a list mark their unit from their own day on; a person who is registered, dies, leaves, moves or
changes category marks it altogether, because that tells of days long gone too.
"""

import uuid

import django.db.models.deletion
from decimal import Decimal
from django.db import migrations, models

MARK = """
CREATE FUNCTION visits_mark_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('INSERT INTO visits_workchange (id, county_id, unit_id, since)
                    SELECT gen_random_uuid(), county_id, unit_id, min(%I) FROM changed GROUP BY county_id, unit_id',
                   TG_ARGV[0]);
    IF TG_OP = 'UPDATE' THEN
        EXECUTE format('INSERT INTO visits_workchange (id, county_id, unit_id, since)
                        SELECT gen_random_uuid(), w.county_id, w.unit_id, min(w.%1$I) FROM was w
                        JOIN changed c USING (id)
                        WHERE (w.county_id, w.unit_id, w.%1$I) <> (c.county_id, c.unit_id, c.%1$I)
                        GROUP BY w.county_id, w.unit_id', TG_ARGV[0]);
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION visits_mark_people() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO visits_workchange (id, county_id, unit_id, since)
        WITH both_ways AS (
            SELECT w.county_id AS old_county, w.unit_id AS old_unit, c.county_id, c.unit_id
            FROM was w JOIN changed c USING (id)
            WHERE (w.county_id, w.unit_id, w.state, w.category) <> (c.county_id, c.unit_id, c.state, c.category)
        )
        SELECT gen_random_uuid(), county_id, unit_id, NULL::date
        FROM (SELECT county_id, unit_id FROM both_ways UNION SELECT old_county, old_unit FROM both_ways) places;
    ELSE
        INSERT INTO visits_workchange (id, county_id, unit_id, since)
        SELECT gen_random_uuid(), county_id, unit_id, NULL::date FROM changed GROUP BY county_id, unit_id;
    END IF;
    RETURN NULL;
END $$;
"""
TRIGGERS = "".join(
    f"""
CREATE TRIGGER {name}_come AFTER INSERT ON {table} REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION {call};
CREATE TRIGGER {name}_gone AFTER DELETE ON {table} REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION {call};
CREATE TRIGGER {name}_changed AFTER UPDATE ON {table} REFERENCING OLD TABLE AS was NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION {call};
"""
    for name, table, call in (
        ("tally_visit", "visits_visit", "visits_mark_rows('visited_on')"),
        ("tally_due", "visits_due", "visits_mark_rows('due_on')"),
        ("tally_person", "retirees_retiree", "visits_mark_people()"),
    )
)
ALL_STALE = """
INSERT INTO visits_workchange (id, county_id, unit_id, since)
SELECT gen_random_uuid(), coalesce(area_id, id), id, NULL::date FROM units_unit
"""
UNMARK = """
DROP FUNCTION visits_mark_rows() CASCADE;
DROP FUNCTION visits_mark_people() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("retirees", "0017_city_visited"),
        ("units", "0002_walls"),
        ("visits", "0010_told"),
    ]

    operations = [
        migrations.CreateModel(
            name="CampaignTally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("team_id", models.IntegerField(null=True)),
                ("category", models.CharField(max_length=10)),
                ("done", models.IntegerField()),
                ("missing", models.IntegerField()),
                ("excused", models.IntegerField()),
                ("removed", models.IntegerField()),
                ("added", models.IntegerField()),
                ("gone", models.IntegerField()),
                ("planned", models.DecimalField(decimal_places=2, max_digits=12)),
                ("given", models.DecimalField(decimal_places=2, max_digits=12)),
            ],
            options={
                "verbose_name": "活动统计单元",
                "verbose_name_plural": "活动统计单元",
            },
        ),
        migrations.CreateModel(
            name="WorkChange",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("county_id", models.IntegerField()),
                ("unit_id", models.IntegerField(db_index=True)),
                ("since", models.DateField(null=True)),
            ],
            options={
                "verbose_name": "走访变动标记",
                "verbose_name_plural": "走访变动标记",
            },
        ),
        migrations.CreateModel(
            name="WorkTally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("visits", models.IntegerField(default=0)),
                ("people", models.IntegerField(default=0)),
                ("money", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=12)),
                ("goods", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=12)),
                ("done", models.IntegerField(default=0)),
                ("missing", models.IntegerField(default=0)),
                ("due", models.IntegerField(default=0)),
                ("never", models.IntegerField(default=0)),
                ("unseen", models.IntegerField(default=0)),
                ("seen", models.IntegerField(default=0)),
                ("days", models.BigIntegerField(default=0)),
            ],
            options={
                "verbose_name": "走访统计单元",
                "verbose_name_plural": "走访统计单元",
            },
        ),
        migrations.AddIndex(
            model_name="due",
            index=models.Index(fields=["unit", "due_on"], name="due_unit"),
        ),
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(fields=["unit", "visited_on"], name="visit_unit"),
        ),
        migrations.AddField(
            model_name="campaigntally",
            name="campaign",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="visits.campaign"
            ),
        ),
        migrations.AddField(
            model_name="campaigntally",
            name="county",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="units.unit"
            ),
        ),
        migrations.AddField(
            model_name="campaigntally",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="units.unit"
            ),
        ),
        migrations.AddField(
            model_name="worktally",
            name="county",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="units.unit"
            ),
        ),
        migrations.AddField(
            model_name="worktally",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="units.unit"
            ),
        ),
        migrations.AddConstraint(
            model_name="campaigntally",
            constraint=models.UniqueConstraint(
                fields=("campaign", "county", "unit", "team_id", "category"),
                name="campaign_tally_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="worktally",
            constraint=models.UniqueConstraint(
                fields=("starts_on", "ends_on", "county", "unit"), name="tally_once"
            ),
        ),
        migrations.RunSQL(MARK + TRIGGERS, UNMARK),
        migrations.RunSQL(ALL_STALE, migrations.RunSQL.noop),
    ]
