"""The occasions that every bureau has. Others are added on the page; limits stay empty until a paper sets them."""

from typing import Any

from django.db import migrations

OCCASIONS = (
    ("new-year", "元旦", "festival"),
    ("spring", "春节", "festival"),
    ("july-first", "七一", "festival"),
    ("double-ninth", "重阳", "festival"),
    ("heat", "高温", "festival"),
    ("hospital", "住院", "illness"),
    ("critical", "病危", "illness"),
    ("birthday", "生日", "birthday"),
    ("round-birthday", "整寿", "birthday"),
    ("death", "逝世", "death"),
    ("family", "家庭变故", "family"),
    ("routine", "日常", "routine"),
)


def add(apps: Any, schema_editor: Any) -> None:
    occasion = apps.get_model("visits", "Occasion")
    occasion.objects.using(schema_editor.connection.alias).bulk_create(
        occasion(code=code, name=name, kind=kind, sort=number * 10, is_builtin=True)
        for number, (code, name, kind) in enumerate(OCCASIONS, start=1)
    )


class Migration(migrations.Migration):
    dependencies = [("visits", "0002_walls")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
