"""Two rules of other offices as examples, switched off: one reads them, makes them right by the own paper, or lets them
be. Shipped by a migration, because a new portal has them at once and an old one gets them once: whoever deletes or
changes them is not given them again."""

from datetime import date
from typing import Any

from django.db import migrations

EXAMPLES = (
    {
        "name": "示例：住院期间每月看望",
        "occasion": "hospital",
        "trigger": "hospital",
        "within_days": 3,
        "repeat_every": "month",
        "ways": ["hospital"],
        "basis": "示例，取自公开的一份地方老干部走访慰问制度（住院时间长的每月至少看望1次）；首次看望的天数请按本地文件改",
    },
    {
        "name": "示例：出院后一周内回访",
        "occasion": "hospital",
        "trigger": "discharge",
        "within_days": 7,
        "ways": ["home", "phone"],
        "basis": "示例，取自上海师范大学离退休工作部门公开的走访制度（出院后一周内家访或电话）；请按本地文件改",
    },
)
FORCED = "SELECT relforcerowsecurity FROM pg_class WHERE oid = 'visits_visitrule'::regclass"


def add(apps: Any, schema_editor: Any) -> None:
    """The owner has no policy on a walled table; where the walls stand already, they are opened for these two rows."""
    occasions = apps.get_model("visits", "Occasion").objects.using(schema_editor.connection.alias)
    rules = apps.get_model("visits", "VisitRule").objects.using(schema_editor.connection.alias)
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(FORCED)
        (forced,) = cursor.fetchone()
        if forced:
            cursor.execute("ALTER TABLE visits_visitrule NO FORCE ROW LEVEL SECURITY")
        for values in EXAMPLES:
            given = {**values, "occasion": occasions.get(code=values["occasion"])}
            rules.create(**given, is_example=True, is_active=False, starts_on=date(2026, 1, 1))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        if forced:
            cursor.execute("ALTER TABLE visits_visitrule FORCE ROW LEVEL SECURITY")


class Migration(migrations.Migration):
    dependencies = [("visits", "0003_occasions")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
