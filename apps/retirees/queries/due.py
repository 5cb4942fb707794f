"""What the register asks its keepers to do."""

from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from apps.core.scope import Actor
from apps.retirees.choices import Category, DoubleState, Period
from apps.retirees.models import PossibleDouble, Retiree

LIMIT = 1000
VERIFY_AFTER = timedelta(days=365)


def due_people(actor: Actor, today: date) -> list[dict[str, Any]]:
    """Rulings that are needed, missing ID numbers and phones, pairs that may be
    one person: {label, count, url, note}; counted up to LIMIT."""
    people = Retiree.objects.visible_to(actor).on_register()
    rulings = people.filter(category=Category.LIXIU, period=Period.NEEDS_RULING)
    lacking = {
        name: people.filter(missing__contains=[name]) for name in ("national_id", "birth_date", "phone")
    }
    labels = {
        "national_id": ("缺身份证号", "没有身份证号就不能查重，请补填"),
        "birth_date": ("缺出生时间", "年龄和整寿都要靠它"),
        "phone": ("缺联系电话", "走访和通知要用"),
    }
    items = [
        {
            "label": "参加革命工作时期待认定",
            "count": _count(rulings),
            "url": _list(category=Category.LIXIU.value, period=Period.NEEDS_RULING.value),
            "note": "时间跨两个时期，须按档案认定到日",
        }
    ]
    for name, lacks in lacking.items():
        label, note = labels[name]
        items.append({"label": label, "count": _count(lacks), "url": _list(lacks=name), "note": note})
    pairs = PossibleDouble.objects.visible_to(actor).filter(state=DoubleState.OPEN)
    items.append(
        {
            "label": "疑似重复",
            "count": _count(pairs),
            "url": reverse("retirees:doubles"),
            "note": "对照后合并，或记下不是同一个人",
        }
    )
    return items


def _count(people: Any) -> int:
    return people.order_by().values("pk")[:LIMIT].count()


def _list(**values: str) -> str:
    return f"{reverse('retirees:list')}?{urlencode(values)}"
