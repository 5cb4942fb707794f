"""An example of what has to be done, in the usual steps of such offices; days are examples, too. The city bureau puts
its own in their place. No item states a right or an amount."""

from typing import Any

from django.db import migrations

FROM_DEPUTY_BUREAU = ["101", "102", "111", "112", "121", "122"]
USUAL = "常见步骤，示例"
ITEMS = (
    ("critical", "领导到医院看望", (), 0, "分管领导", ""),
    ("critical", "与家属谈话，了解意愿", (), 0, "经办人", ""),
    ("death", "与家属联系，慰问家属", (), 0, "分管领导", ""),
    ("death", "停发离退休待遇", (), 3, "待遇经办人", "从去世登记的日期算，按本地规定办理"),
    (
        "death",
        "停发慰问、祝寿和走访安排",
        (),
        0,
        "经办人",
        "本系统的名单已自动不再列出；另外印好的名单请收回",
    ),
    ("death", "草拟生平", (), 1, "经办人", ""),
    ("death", "请示丧事规格和规模", (), 1, "分管领导", ""),
    ("death", "拟定亲友名单", (), 1, "家属、经办人", ""),
    (
        "death",
        "发讣告",
        (),
        1,
        "经办人",
        "写明姓名、职务、参加革命工作时间、单位、享年、去世时间、送别时间和发车时间",
    ),
    ("death", "印发生平简介", FROM_DEPUTY_BUREAU, 3, "经办人", "副厅级以上"),
    ("death", "遗体送别", (), 7, "经办人", ""),
    ("death", "骨灰安放，答谢", (), 7, "家属、经办人", ""),
    ("death", "办理一次性抚恤金", (), 30, "待遇经办人", "按本地规定"),
    ("death", "办理丧葬费", (), 30, "待遇经办人", "按本地规定"),
    ("death", "登记遗属，办理遗属待遇", (), 30, "经办人", "遗属的其他要求在送别以后办理"),
    ("death", "办理党组织关系", (), 30, "党支部", "通知党支部；不是党员的选“不需要”"),
    ("death", "停订报刊", (), 7, "经办人", ""),
)
OTHER_BASIS = {"印发生平简介": "鄂办文〔2005〕70号（转引），示例"}


def add(apps: Any, schema_editor: Any) -> None:
    item = apps.get_model("visits", "ChecklistItem")
    item.objects.using(schema_editor.connection.alias).bulk_create(
        item(
            kind=kind,
            label=label,
            levels=list(levels),
            days=days,
            who=who,
            note=note,
            basis=OTHER_BASIS.get(label, USUAL),
            is_example=True,
            sort=number * 10,
        )
        for number, (kind, label, levels, days, who, note) in enumerate(ITEMS, start=1)
    )


class Migration(migrations.Migration):
    dependencies = [("visits", "0005_campaign_sources")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
