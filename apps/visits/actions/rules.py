"""Keeping rules: a changed or switched-on rule makes its rows at once, one that is switched off takes back what has not
begun."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.scope import Actor
from apps.jobs.actions import request_job
from apps.visits.actions.dues import drop_unbegun, make_rule_dues
from apps.visits.choices import DueState
from apps.visits.models import Due, VisitRule
from apps.visits.queries.rules import RuleBroken, people_of_rule

JOB = "visits.rule"
AT_ONCE = 3000
"""People whose rows are made within the request; more become a job."""


class RuleChanged(ValueError):
    """Somebody else changed the rule meanwhile. The text says so."""


@transaction.atomic
def add_rule(*, values: Mapping[str, Any], by: Actor) -> VisitRule:
    """A new rule of the actor's office, switched off, so that it can be tried first."""
    rule = VisitRule.objects.create(**values, county_id=by.county_id, is_active=False)
    record_event(kind=EventKind.CREATE, summary=f"新建走访规则：{rule.name}", by=by, subject=rule)
    return rule


@transaction.atomic
def change_rule(*, rule: VisitRule, values: Mapping[str, Any], version: int, by: Actor) -> VisitRule:
    """Change a rule. Rows that are there keep their window; those still open are told who should go now, and
    the present window gets whom the changed rule means beside. Raises RuleChanged."""
    kept = VisitRule.objects.select_for_update(of=("self",), no_key=True).get(pk=rule.pk)
    if kept.version != version:
        raise RuleChanged("别人刚修改过这条规则，请看过新的内容再改。")
    for name, value in values.items():
        setattr(kept, name, value)
    kept.version += 1
    kept.is_example = False
    kept.save()
    Due.objects.filter(rule=kept, state=DueState.OPEN).update(who=kept.who, occasion=kept.occasion)
    record_event(kind=EventKind.CHANGE, summary=f"修改走访规则：{kept.name}", by=by, subject=kept)
    if kept.is_active:
        drop_unbegun(rule=kept, today=timezone.localdate())
        begin_making(rule=kept, by=by)
    return kept


@transaction.atomic
def switch_rule(*, rule: VisitRule, on: bool, by: Actor) -> int:
    """Switch a rule on or off; return how many rows were made or taken back, -1 where a job makes them."""
    kept = VisitRule.objects.select_for_update(of=("self",), no_key=True).get(pk=rule.pk)
    if kept.is_active == on:
        return 0
    kept.is_active = on
    kept.version += 1
    kept.save(update_fields=["is_active", "version"])
    word = "启用" if on else "停用"
    record_event(kind=EventKind.CHANGE, summary=f"{word}走访规则：{kept.name}", by=by, subject=kept)
    if not on:
        return drop_unbegun(rule=kept, today=timezone.localdate())
    return begin_making(rule=kept, by=by)


def begin_making(*, rule: VisitRule, by: Actor) -> int:
    """Make the rows of a rule now; of many people by a job. Return how many, -1 for a job."""
    today = timezone.localdate()
    try:
        people = people_of_rule(rule, today).order_by().values("pk")[: AT_ONCE + 1].count()
    except RuleBroken:
        return 0
    if people <= AT_ONCE:
        return make_rule_dues(rule=rule, today=today)
    request_job(
        kind=JOB,
        label=f"按规则列出应访人员：{rule.name}",
        dedupe_key=f"{JOB}:{rule.pk}:{rule.version}",
        payload={"rule": rule.pk},
        by=by,
    )
    return -1
