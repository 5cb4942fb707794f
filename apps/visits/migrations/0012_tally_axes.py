"""Counts by category and by leader. What was kept without them is thrown away and counted again."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("units", "0002_walls"),
        ("visits", "0011_tallies"),
    ]

    operations = [
        migrations.RunSQL("TRUNCATE visits_worktally", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="LeaderTally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("visits", models.IntegerField()),
                ("people", models.IntegerField()),
            ],
            options={
                "verbose_name": "领导走访统计单元",
                "verbose_name_plural": "领导走访统计单元",
            },
        ),
        migrations.RemoveConstraint(
            model_name="worktally",
            name="tally_once",
        ),
        migrations.AddField(
            model_name="worktally",
            name="category",
            field=models.CharField(blank=True, max_length=10),
        ),
        migrations.AddField(
            model_name="worktally",
            name="covered",
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name="worktally",
            name="led",
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name="worktally",
            name="lixiu",
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name="worktally",
            name="there",
            field=models.IntegerField(default=0),
        ),
        migrations.AddConstraint(
            model_name="worktally",
            constraint=models.UniqueConstraint(
                fields=("starts_on", "ends_on", "county", "unit", "category"), name="tally_once"
            ),
        ),
        migrations.AddField(
            model_name="leadertally",
            name="county",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="units.unit"
            ),
        ),
        migrations.AddField(
            model_name="leadertally",
            name="leader",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="visits.leader"
            ),
        ),
        migrations.AddField(
            model_name="leadertally",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="units.unit"
            ),
        ),
        migrations.AddConstraint(
            model_name="leadertally",
            constraint=models.UniqueConstraint(
                fields=("starts_on", "ends_on", "county", "unit", "leader"), name="leader_tally_once"
            ),
        ),
    ]
