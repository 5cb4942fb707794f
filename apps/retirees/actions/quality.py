"""Counting what the quality rules find, in the background: whole once a day, by unit when the register changed."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Count, Sum

from apps.core.bulk import insert_many
from apps.retirees.choices import LifeState
from apps.retirees.models import QualityCell, QualityMonth, Retiree, RetireeQuerySet
from apps.retirees.queries.quality import prepared, rule_conditions
from apps.retirees.rules.quality import EVERYBODY, FILLED, QUALITY_RULES


def refresh_quality(*, today: date, units: Collection[int]) -> None:
    """Count all units when today's first count is due (the rules move with the day), else those of ``units``.

    In one transaction under a city scope. The first count of a day is also the month's, until the next one.
    """
    if not QualityCell.objects.filter(on=today).exists():
        QualityCell.objects.all().delete()
        insert_many(_cells(Retiree.objects.all(), today))
        _keep_month(today)
    elif units:
        QualityCell.objects.filter(unit_id__in=units).delete()
        insert_many(_cells(Retiree.objects.filter(unit_id__in=units), today))


def _cells(people: RetireeQuerySet, today: date) -> list[QualityCell]:
    conditions = rule_conditions(today)
    living = [rule.name for rule in QUALITY_RULES if not rule.is_of_dead]
    dead = [rule.name for rule in QUALITY_RULES if rule.is_of_dead]
    rows = [
        *_counted(people.on_register(), {name: conditions[name] for name in living}),
        *_counted(people.filter(state=LifeState.DEAD), {name: conditions[name] for name in dead}, base=False),
    ]
    return [
        QualityCell(county_id=row["county_id"], unit_id=row["unit_id"], on=today, rule=rule, people=heads)
        for row in rows
        for rule, heads in row.items()
        if rule not in ("county_id", "unit_id") and heads
    ]


def _counted(people: RetireeQuerySet, conditions: dict[str, Any], *, base: bool = True) -> Any:
    """Heads by unit, one scan for all conditions."""
    wanted: dict[str, Any] = {name: Count("pk", filter=condition) for name, condition in conditions.items()}
    if base:
        wanted |= {EVERYBODY: Count("pk"), FILLED: Sum("filled")}
    return prepared(people).order_by().values("county_id", "unit_id").annotate(**wanted)


def _keep_month(today: date) -> None:
    month = today.replace(day=1)
    QualityMonth.objects.filter(month=month).delete()
    sums = QualityCell.objects.order_by().values("county_id", "rule").annotate(n=Sum("people"))
    QualityMonth.objects.bulk_create(
        QualityMonth(county_id=row["county_id"], month=month, rule=row["rule"], people=row["n"])
        for row in sums
    )
