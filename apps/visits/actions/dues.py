"""Who is to be seen: rules become rows of the due list, visits settle them.

Everything here can be done again without doing it twice: a row is one rule, one person, one window, and the database
says so. Rows are made when their window begins and stay (the denominator is frozen); whether they still stand is read
from the register. Whoever comes to meet a rule within a window is added by the next run; whoever no longer meets it
stays for that window, because he was to be seen, and one cannot lower a denominator by editing people.
"""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import F, Q

from apps.core.scope import Actor
from apps.retirees.models import FamilyMember
from apps.visits.actions.due_rows import insert_ignoring, make_birthdays, make_period, row_of
from apps.visits.actions.settling import release_dues, settle_dues, settle_fresh
from apps.visits.choices import DueState, IncidentKind, Target, Trigger
from apps.visits.models import Due, Incident, VisitRule
from apps.visits.queries.rules import RuleBroken, people_of_rule, rules_for, target_of
from apps.visits.rules.windows import Window, event_windows

TRIGGERS: dict[str, tuple[Trigger, ...]] = {
    IncidentKind.HOSPITAL: (Trigger.HOSPITAL, Trigger.DISCHARGE),
    IncidentKind.CRITICAL: (Trigger.CRITICAL,),
    IncidentKind.FAMILY: (Trigger.FAMILY,),
    IncidentKind.DEATH: (Trigger.DEATH,),
}
OF_EVENTS = tuple(trigger for triggers in TRIGGERS.values() for trigger in triggers)
LASTING = (Trigger.HOSPITAL, Trigger.CRITICAL)
"""Triggers that hold as long as what happened lasts."""
RECENT = 90
"""Days back in which the nightly run looks for what happened and asks for visits still: older events are history."""


@transaction.atomic
def make_dues(*, today: date, by: Actor, county_id: int | None = None) -> int:
    """Bring the due list up to the rules in force, within the actor's scope; return how many rows were added.

    county_id: of the people of one county only. A rule of which a condition no longer holds adds nobody; its page says
    so. Those of festivals choose people for campaigns, and 应有联系领导 asks for a leader: neither makes rows.
    """
    place = by.county_id if county_id is None else county_id
    rules = VisitRule.objects.filter(rules_for(place), is_active=True).select_related("occasion")
    made = sum(make_rule_dues(rule=rule, today=today, county_id=place) for rule in rules.order_by("pk"))
    _clear_strangers(place)
    return made


@transaction.atomic
def make_rule_dues(*, rule: VisitRule, today: date, county_id: int | None = None) -> int:
    """The rows of one rule as of today, within the scope one works in; return how many were added."""
    if not rule.is_active or (rule.ends_on is not None and rule.ends_on < today):
        return 0
    place = rule.county_id if county_id is None else county_id
    try:
        if rule.trigger == Trigger.PERIOD:
            return make_period(rule, today, place)
        if rule.trigger == Trigger.BIRTHDAY:
            return make_birthdays(rule, today, place)
        if rule.trigger in OF_EVENTS:
            return sum(_rows_of(rule, incident, today) for incident in _going_on(rule, today, place))
    except RuleBroken:
        return 0
    return 0


def _going_on(rule: VisitRule, today: date, county_id: int | None) -> Iterable[Incident]:
    kinds = [kind for kind, triggers in TRIGGERS.items() if rule.trigger in triggers]
    rows = Incident.objects.filter(kind__in=kinds, retracted_on=None, is_nominal=False)
    since = date.fromordinal(today.toordinal() - RECENT)
    rows = rows.filter(Q(started_on__gte=since) | Q(ended_on=None, closed_on=None) | Q(ended_on__gte=since))
    rows = rows.filter(retiree__in=people_of_rule(rule, today).values("pk"))
    return rows if county_id is None else rows.filter(county_id=county_id)


@transaction.atomic
def make_incident_dues(*, incident: Incident, by: Actor, today: date | None = None) -> int:
    """What is due because something happened to a person: called when it is recorded, changed, ended or retracted.
    Return how many rows were added.

    Of what was retracted, or was a stay in the books only, nothing is due; open rows of it go away. So do open rows of
    a stay whose window had not ended with the discharge. today: the day of the report, where none is given.
    """
    today = today or incident.reported_on
    if incident.retracted_on is not None or incident.is_nominal:
        Due.objects.filter(incident=incident, state=DueState.OPEN).delete()
        return 0
    if incident.ended_on is not None:
        Due.objects.filter(
            incident=incident,
            state=DueState.OPEN,
            rule__trigger__in=LASTING,
            due_on__gt=incident.ended_on,
        ).delete()
    rules = VisitRule.objects.filter(
        rules_for(incident.county_id), is_active=True, trigger__in=TRIGGERS[incident.kind]
    )
    made = 0
    for rule in rules.select_related("occasion"):
        try:
            meant = people_of_rule(rule, today).filter(pk=incident.retiree_id).exists()
        except RuleBroken:
            continue
        if meant:
            made += _rows_of(rule, incident, max(today, incident.reported_on))
    return made


def _rows_of(rule: VisitRule, incident: Incident, today: date) -> int:
    person = incident.retiree
    windows = _windows(rule, incident, today)
    rows = [row_of(rule, person, window, incident=incident) for window in windows]
    if target_of(rule) == Target.SURVIVOR:
        survivors = FamilyMember.objects.filter(retiree_id=person.pk, is_survivor=True).order_by("sort", "pk")
        first = survivors.values_list("pk", flat=True).first()
        for row in rows:  # one visit to the house, told of the first of them
            row.family_id = first
    made = insert_ignoring(rows)
    if made:
        settle_fresh(Due.objects.filter(incident=incident, rule=rule, state=DueState.OPEN))
    return made


def _windows(rule: VisitRule, incident: Incident, today: date) -> list[Window]:
    if rule.trigger == Trigger.DISCHARGE:
        if incident.ended_on is None or incident.ended_on < rule.starts_on:
            return []
        return event_windows(
            happened_on=incident.ended_on,
            known_on=incident.ended_on,
            ended_on=None,
            within=rule.within_days or 0,
            every="",
            today=today,
        )
    found = event_windows(
        happened_on=incident.started_on,
        known_on=incident.reported_on,
        ended_on=incident.ended_on if rule.trigger in LASTING else None,
        within=rule.within_days,
        every=rule.repeat_every if rule.trigger in LASTING else "",
        today=today,
    )
    return [one for one in found if one.due_on >= rule.starts_on]


def _clear_strangers(county_id: int | None) -> None:
    """Open rows that nobody can do any more: of another county's rule, since the person moved; of somebody who is no
    survivor any more (or of a death that was taken back)."""
    rows = Due.objects.filter(state=DueState.OPEN)
    rows = rows if county_id is None else rows.filter(county_id=county_id)
    rows.filter(rule__county__isnull=False).exclude(rule__county=F("county")).delete()
    rows.filter(target=Target.SURVIVOR, family__is_survivor=False).delete()


@transaction.atomic
def drop_unbegun(*, rule: VisitRule, today: date) -> int:
    """A rule was switched off: its open rows whose window has not begun go; those that had to be done stay, because
    they are the denominator of what was asked for. Return how many went."""
    rows = Due.objects.filter(rule=rule, state=DueState.OPEN, from_on__gt=today)
    return rows.delete()[0]


__all__ = [
    "drop_unbegun",
    "make_dues",
    "make_incident_dues",
    "make_rule_dues",
    "release_dues",
    "settle_dues",
]
