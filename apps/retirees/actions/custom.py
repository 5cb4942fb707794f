"""What city staff do with the bureau's own fields. Retiring one keeps the values that people have."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.scope import Actor
from apps.retirees.models import CustomField


@transaction.atomic
def save_custom_field(*, field: CustomField | None, values: Mapping[str, Any], by: Actor) -> CustomField:
    """Make a field or change its definition; kind and dictionary of one that exists stay."""
    held = field or CustomField()
    for name, value in values.items():
        if field is None or name not in ("kind", "dictionary"):
            setattr(held, name, value)
    held.save()
    what = "修改" if field else "新建"
    record_event(kind=EventKind.SETTING, summary=f"{what}自定义栏目：{held.label}", by=by, subject=held)
    return held


@transaction.atomic
def retire_custom_field(*, field: CustomField, retired: bool, by: Actor) -> None:
    """Ask for it no longer, or again."""
    CustomField.objects.filter(pk=field.pk).update(is_retired=retired)
    what = "停用" if retired else "启用"
    record_event(kind=EventKind.SETTING, summary=f"{what}自定义栏目：{field.label}", by=by, subject=field)
