"""Assessments of self-care: who found what on which day, and when it is to be looked at again."""

from datetime import date

from django.db import transaction

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.scope import Actor
from apps.retirees.actions.edit import change_many
from apps.retirees.actions.life import NotPossible, hold_on_register
from apps.retirees.actions.spells import since
from apps.retirees.choices import ConditionKind
from apps.retirees.models import Condition, Retiree


@transaction.atomic
def record_assessment(
    *,
    retiree: Retiree,
    self_care: str,
    seen_on: date,
    assessed_by: str,
    note: str = "",
    review_on: date | None = None,
    today: date,
    by: Actor,
) -> Condition:
    """Record what an assessment found. It ends the one before, also where it found the same.

    Raises NotPossible for people off the register, without an assessor, for a day before the present finding, and for
    a review that is not after the assessment.
    """
    person = hold_on_register(retiree)
    if not assessed_by.strip():
        raise NotPossible("请写明由谁评估或认定。")
    if review_on is not None and review_on <= seen_on:
        raise NotPossible("复评日期应晚于评估日期。")
    rows = Condition.objects.filter(retiree=person, kind=ConditionKind.SELF_CARE, during__endswith=None)
    current = rows.first()
    if current is not None and current.during.lower and current.during.lower > seen_on:
        raise NotPossible("评估日期早于现在这项情况的起始日期，请核对。")
    if person.self_care != self_care:
        change_many(changes=[(person, {"self_care": self_care})], seen_on=seen_on, today=today)
    elif current is not None and current.during.lower != seen_on:
        rows.update(during=since(current.during.lower, seen_on))
        place = person.row_keys()
        Condition.objects.create(
            **place, kind=ConditionKind.SELF_CARE, value=self_care, seen_on=seen_on, during=since(seen_on)
        )
    found = rows.get()
    found.seen_on, found.assessed_by, found.note, found.review_on = seen_on, assessed_by, note, review_on
    found.save()
    record_event(kind=EventKind.CHANGE, summary=f"登记自理评估：{person.name}", by=by, subject=person)
    return found
