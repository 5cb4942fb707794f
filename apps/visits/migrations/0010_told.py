"""An example of whom such offices tell of a death. Who has to be told, by when, and on which paper, the city bureau
puts in its own words; no item states a right or an amount."""

from typing import Any

from django.db import migrations

ITEMS = (
    ("离退休费发放单位", 1, "待遇经办人", "告知去世日期；停发办法按本地规定"),
    ("医保经办机构", 7, "待遇经办人", ""),
    ("所在党支部", 1, "经办人", "不是党员的选“不需要”"),
    ("原工作单位", 1, "经办人", ""),
    ("联系领导", 1, "经办人", "指定了联系领导的"),
    ("亲友", 1, "家属、经办人", "按拟定的亲友名单"),
)


def add(apps: Any, schema_editor: Any) -> None:
    item = apps.get_model("visits", "ChecklistItem")
    item.objects.using(schema_editor.connection.alias).bulk_create(
        item(
            kind="death",
            part="tell",
            label=label,
            levels=[],
            days=days,
            who=who,
            note=note,
            basis="常见步骤，示例",
            is_example=True,
            sort=300 + number * 10,
        )
        for number, (label, days, who, note) in enumerate(ITEMS, start=1)
    )


class Migration(migrations.Migration):
    dependencies = [("visits", "0009_farewell")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
