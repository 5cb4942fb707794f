"""Benefits and published figures: the bureau's settings where no paper says."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.benefits.actions.errors import NotPossible
from apps.benefits.models import Benefit, PublishedFigure, Standard
from apps.core.scope import Actor
from apps.core.side_by_side import Opened, not_stale

SHARED = ("pays_death_month", "state_day")
"""One exclusion group is weighed month by month in one way."""


@transaction.atomic
def add_benefit(*, values: Mapping[str, Any], by: Actor) -> tuple[Benefit, list[Benefit]]:
    """A benefit of the bureau's own, and those of its group that were changed along. Raises NotPossible."""
    number = (Benefit.objects.aggregate(last=Max("pk"))["last"] or 0) + 1
    benefit = Benefit(**values, code=f"own-{number}")
    along = _with_group(benefit)
    benefit.save(force_insert=True)
    record_event(kind=EventKind.CREATE, summary=f"新增待遇项目：{benefit.name}", by=by, subject=benefit)
    return benefit, _changed_along(benefit, along, by)


@transaction.atomic
def change_benefit(
    *, benefit: Benefit, values: Mapping[str, Any], opened: Opened | None, by: Actor
) -> tuple[Benefit, list[Benefit]]:
    """Change the settings of a benefit; what a group shares changes for all of it. Return the benefit and the others
    that were changed along. Raises Stale, NotPossible."""
    kept = Benefit.objects.select_for_update(of=("self",), no_key=True).get(pk=benefit.pk)
    not_stale(kept, opened)
    for name, value in values.items():
        setattr(kept, name, value)
    along = _with_group(kept)
    kept.version += 1
    kept.save()
    record_event(kind=EventKind.SETTING, summary=f"修改待遇项目：{kept.name}", by=by, subject=kept)
    return kept, _changed_along(kept, along, by)


def _with_group(benefit: Benefit) -> list[Benefit]:
    """The others of its exclusion group; refuses what cannot stand in one."""
    if not benefit.group:
        return []
    others = list(
        Benefit.objects.select_for_update(of=("self",), no_key=True)
        .filter(group=benefit.group)
        .exclude(pk=benefit.pk)
    )
    if not others:
        return []
    for one in others:
        if (one.cycle, one.audience) != (benefit.cycle, benefit.audience):
            raise NotPossible(
                f"互斥组“{benefit.group}”里的“{one.name}”是{one.get_audience_display()}的、"
                f"{one.get_cycle_display()}计发，计发方式和对象不同的不能放在一组。"
            )
    keys = [one.pk for one in [*others, benefit] if one.pk]
    bad = Standard.objects.in_use().filter(benefit__in=keys).exclude(months=0, times=0).first()
    if bad is not None:
        raise NotPossible(f"“{bad.label}”不是按金额计的，放在互斥组里无法就高。")
    return others


def _changed_along(benefit: Benefit, others: list[Benefit], by: Actor) -> list[Benefit]:
    changed = []
    for one in others:
        if all(getattr(one, name) == getattr(benefit, name) for name in SHARED):
            continue
        for name in SHARED:
            setattr(one, name, getattr(benefit, name))
        one.version += 1
        one.save()
        summary = f"随“{benefit.name}”修改同组的待遇项目：{one.name}"
        record_event(kind=EventKind.SETTING, summary=summary, by=by, subject=one)
        changed.append(one)
    return changed


@transaction.atomic
def save_figure(
    *, figure: PublishedFigure | None, values: Mapping[str, Any], opened: Opened | None = None, by: Actor
) -> PublishedFigure:
    """Enter a published figure or correct it; the office's own entry is no example. Raises Stale."""
    kept = PublishedFigure()
    if figure is not None:
        kept = PublishedFigure.objects.select_for_update(of=("self",), no_key=True).get(pk=figure.pk)
        not_stale(kept, opened)
    for name, value in values.items():
        setattr(kept, name, value)
    kept.is_example = False
    kept.save()
    word, kind = ("修改", EventKind.CHANGE) if figure else ("登记", EventKind.CREATE)
    record_event(kind=kind, summary=f"{word}公布数据：{kept}", by=by, subject=kept)
    return kept
