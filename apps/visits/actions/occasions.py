"""Occasions of the bureau's own, and the limits of all of them."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.scope import Actor
from apps.visits.models import Occasion


@transaction.atomic
def save_occasion(*, occasion: Occasion | None, values: Mapping[str, Any], by: Actor) -> Occasion:
    """Add an occasion behind the others, or change one: of those that the portal brings the limits and whether they are
    used, since rules and campaigns know them by their code."""
    row = occasion
    if row is None:
        last = Occasion.objects.aggregate(last=Max("sort"), key=Max("pk"))
        row = Occasion(sort=(last["last"] or 0) + 10, code=f"own-{(last['key'] or 0) + 1}")
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    word = "修改" if occasion else "新增"
    kind = EventKind.CHANGE if occasion else EventKind.CREATE
    record_event(kind=kind, summary=f"{word}走访事由：{row.name}", by=by, subject=row)
    return row
