"""Units that a person can be put into, as far as the actor's place reaches."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from apps.core.scope import Actor
from apps.units.choices import Level
from apps.units.models import Unit, UnitQuerySet


def open_units(actor: Actor, today: date) -> UnitQuerySet:
    """Units the actor keeps, open today, in office order; their areas come along."""
    units = Unit.objects.visible_to(actor).filter(level=Level.UNIT).open_on(today)
    return units.select_related("area").order_by("area__sort", "area_id", "sort", "pk")


def grouped_choices(units: Iterable[Unit]) -> list[tuple[str, Any]]:
    """Choices of a select, grouped by county where there are several."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for unit in units:
        groups.setdefault(unit.area.label, []).append((str(unit.pk), unit.label))
    if len(groups) == 1:
        return [("", "请选择单位"), *next(iter(groups.values()))]
    return [("", "请选择单位"), *groups.items()]
