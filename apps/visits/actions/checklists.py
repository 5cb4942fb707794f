"""The standard checklist: the city bureau's own lines in the place of the examples."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.scope import Actor
from apps.visits.models import ChecklistItem


@transaction.atomic
def save_item(*, item: ChecklistItem | None, values: Mapping[str, Any], by: Actor) -> ChecklistItem:
    """Add a line, or change one, which is the bureau's own from then on and no example. Lists that were made already
    stay as they are."""
    row = item or ChecklistItem()
    changed = [name for name, value in values.items() if item is None or getattr(row, name) != value]
    for name, value in values.items():
        setattr(row, name, value)
    row.is_example = False
    row.save()
    names = "、".join(
        str(field.verbose_name) for field in ChecklistItem._meta.fields if field.name in changed
    )
    record_event(
        kind=EventKind.CHANGE if item else EventKind.CREATE,
        summary=f"{'修改' if item else '新增'}标准清单：{row.get_kind_display()}，{row.label}"
        + (f"（{names}）" if item and names else ""),
        by=by,
        subject=row,
    )
    return row
