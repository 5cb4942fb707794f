"""Sources of money and what is planned of them."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.scope import Actor
from apps.visits.models import Budget, FundSource


@transaction.atomic
def save_source(*, source: FundSource | None, values: Mapping[str, Any], by: Actor) -> FundSource:
    """Add a source of the actor's office, or change one; visits that name it show the new name.

    Raises IntegrityError for a name that the office has already."""
    row = source or FundSource(county_id=by.county_id)
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    word = "修改" if source else "新增"
    kind = EventKind.CHANGE if source else EventKind.CREATE
    record_event(kind=kind, summary=f"{word}资金来源：{row.name}", by=by, subject=row)
    return row


@transaction.atomic
def switch_source(*, source: FundSource, active: bool, by: Actor) -> bool:
    """Offer a source when gifts are recorded, or no longer; what was paid from it stays. Return whether it changed."""
    row = FundSource.objects.select_for_update(of=("self",), no_key=True).get(pk=source.pk)
    if row.is_active == active:
        return False
    row.is_active = active
    row.save(update_fields=["is_active"])
    word = "启用" if active else "停用"
    record_event(kind=EventKind.CHANGE, summary=f"{word}资金来源：{row.name}", by=by, subject=row)
    return True


@transaction.atomic
def save_budget(*, budget: Budget | None, values: Mapping[str, Any], by: Actor) -> Budget:
    """Add what the actor's office may spend of a source, or change it.

    Raises IntegrityError where the source has a budget for the campaign, or for the rest of the year, already."""
    row = budget or Budget(county_id=by.county_id)
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    kind = EventKind.CHANGE if budget else EventKind.CREATE
    word = "修改" if budget else "登记"
    told = f"{word}{row.year}年经费计划：{row.source} {row.amount}元"
    record_event(kind=kind, summary=told, by=by, subject=row)
    return row


@transaction.atomic
def remove_budget(*, budget: Budget, by: Actor) -> None:
    """Take a budget away; what was spent stays, and the history keeps the budget."""
    told = f"删除{budget.year}年经费计划：{budget.source} {budget.amount}元"
    record_event(kind=EventKind.CHANGE, summary=told, by=by, subject=budget)
    budget.delete()
