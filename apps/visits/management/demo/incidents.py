"""Stays in hospital, critical illnesses and deaths of the invented city, with what had to be done after a death."""

import math
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.db.models import F

from apps.core.bulk import blank_values, insert_values, next_keys
from apps.retirees.choices import LifeState
from apps.visits.choices import IncidentKind
from apps.visits.management.demo import calls
from apps.visits.management.demo.log import Log
from apps.visits.management.demo.people import Person
from apps.visits.management.demo.words import HOSPITALS, WARDS
from apps.visits.models import Incident, IncidentTask

STAYS = 0.11
"""Of three years, for each person on the register."""
OPEN_STAYS = 300
"""One in so many is in hospital now."""
SETTLED_DAYS = 42
"""After so many days what follows a death is done."""
AFTER_DEATH = (
    ("报告分管领导，慰问家属", 1, "老干部局局长"),
    ("停发离退休费等待遇", 3, "待遇科"),
    ("协助办理后事", 3, "原单位"),
    ("核发丧葬费、抚恤金", 30, "待遇科"),
    ("遗属登记", 30, "经办人"),
    ("转移或注销党组织关系", 30, "组织科"),
    ("停订报刊", 7, "经办人"),
)
"""What has to be done, in how many days, by whom."""


def let_happen(log: Log, people: Sequence[Person], first: date) -> str:
    """Write incidents and their tasks, plan the visits that follow them; return a line for the command."""
    stays = list(_stays(log, people, first))
    critical = list(_critical(log, people))
    deaths = list(_deaths(log, people, first))
    insert_values(Incident, [*stays, *critical, *(row for row, _ in deaths)])
    tasks = [task for row, _ in deaths for task in _tasks(log, row)]
    for task, key in zip(tasks, next_keys(IncidentTask, len(tasks)), strict=True):
        task["id"] = key
    insert_values(IncidentTask, tasks)
    for row, person in deaths:
        calls.condole(log, person, row["reported_on"] + timedelta(days=log.dice.randint(0, 4)))
    _settle_old_deaths(log)
    now = sum(row["ended_on"] is None for row in stays)
    deaths_filed = Incident.objects.filter(kind=IncidentKind.DEATH).count()
    return f"住院{len(stays)}人次（现在{now}人），病危{len(critical)}人，去世{deaths_filed}人"


def _settle_old_deaths(log: Log) -> None:
    """Deaths that the register's own action filed: what follows an old one is done, of a fresh one some lines are."""
    settled = log.demo.days_ago(SETTLED_DAYS)
    tasks = IncidentTask.objects.filter(incident__kind=IncidentKind.DEATH, done_on=None)
    tasks.filter(incident__reported_on__lte=settled).update(done_on=F("due_on"), done_by_name="演示")
    tasks.filter(due_on__lt=log.demo.as_of).update(done_on=F("due_on"), done_by_name="演示")
    rows = Incident.objects.filter(kind=IncidentKind.DEATH, closed_on=None, reported_on__lte=settled)
    rows.update(closed_on=F("reported_on") + timedelta(days=SETTLED_DAYS))


def _stays(log: Log, people: Sequence[Person], first: date) -> Iterator[dict[str, Any]]:
    dice, today = log.dice, log.demo.as_of
    old = [person for person in people if person.age(today) >= 68]
    free: dict[int, date] = {}
    for person in old:
        if person.state == LifeState.CRITICAL:
            free[person.id] = date.max
    spans = [
        (person, first + timedelta(days=int((today - first).days * dice.random())), dice.randint(5, 30))
        for person in dice.choices(
            old, [max(p.age(today) - 60, 1) for p in old], k=round(STAYS * len(people)) if old else 0
        )
    ]
    for person, start, days in sorted(spans, key=lambda span: span[1]):
        end = start + timedelta(days=days)
        if (
            not (person.is_here(start) and person.is_here(end))
            or end >= today
            or free.get(person.id, start) > start
        ):
            continue
        free[person.id] = end + timedelta(days=30)
        yield _incident(
            log, person, IncidentKind.HOSPITAL, start, dice.randint(0, 3), ended_on=end, closed_on=end
        )
        calls.see_in_hospital(log, person, start, end)
    well = [person for person in old if person.is_here(today) and free.get(person.id, today) <= today]
    for person in dice.sample(well, min(math.ceil(len(people) / OPEN_STAYS), len(well))):
        start = max(log.demo.days_ago(dice.randint(1, 24)), person.came)
        yield _incident(log, person, IncidentKind.HOSPITAL, start, dice.randint(0, 2))
        if dice.random() < 0.7:
            calls.see_in_hospital(log, person, start, today)
    for person in people:
        if person.state == LifeState.CRITICAL and person.heard_on and person.is_here(person.heard_on):
            yield _incident(log, person, IncidentKind.HOSPITAL, person.heard_on, 0)
            calls.see_in_hospital(log, person, person.heard_on, today)


def _critical(log: Log, people: Sequence[Person]) -> Iterator[dict[str, Any]]:
    for person in people:
        if person.state == LifeState.CRITICAL and person.heard_on:
            yield _incident(log, person, IncidentKind.CRITICAL, person.heard_on, 0)


def _deaths(log: Log, people: Sequence[Person], first: date) -> Iterator[tuple[dict[str, Any], Person]]:
    settled = log.demo.days_ago(SETTLED_DAYS)
    filed = set(Incident.objects.filter(kind=IncidentKind.DEATH).values_list("retiree_id", flat=True))
    for person in people:
        if person.id in filed:  # registered through the register's own action, which opened the file
            continue
        if person.state != LifeState.DEAD or person.heard_on is None or person.gone < first:
            continue
        closed = person.heard_on + timedelta(days=30) if person.heard_on <= settled else None
        row = _incident(log, person, IncidentKind.DEATH, person.gone, 0, closed_on=closed)
        row["reported_on"] = person.heard_on
        yield row, person


def _incident(
    log: Log, person: Person, kind: IncidentKind, day: date, reported_after: int, **values: Any
) -> dict[str, Any]:
    dice = log.dice
    in_hospital = kind in (IncidentKind.HOSPITAL, IncidentKind.CRITICAL)
    reported = min(day + timedelta(days=reported_after), values.get("ended_on") or log.demo.as_of)
    return {
        **blank_values(Incident),
        **person.keys,
        "id": UUID(int=dice.getrandbits(128), version=4),
        "kind": kind,
        "started_on": day,
        "reported_on": reported,
        "hospital": dice.choice(HOSPITALS) if in_hospital else "",
        "ward": f"{dice.choice(WARDS)}{dice.randint(1, 48)}床" if in_hospital else "",
        "reported_by_name": log.plans.clerks[person.county_id][1],
        "recorded_at": datetime.combine(reported, time(11)).isoformat() + "+08:00",
        **values,
    }


def _tasks(log: Log, death: dict[str, Any]) -> Iterator[dict[str, Any]]:
    dice: Random = log.dice
    start, today = death["reported_on"], log.demo.as_of
    for sort, (label, days, who) in enumerate(AFTER_DEATH):
        due = start + timedelta(days=days)
        done = start + timedelta(days=dice.randint(0, days))
        if death["closed_on"] is None and (done > today or dice.random() < 0.15):
            done = None
        yield {
            **blank_values(IncidentTask),
            **{name: death[name] for name in ("retiree_id", "county_id", "unit_id")},
            "incident_id": death["id"],
            "label": label,
            "who": who,
            "due_on": due,
            "done_on": done,
            "done_by_name": death["reported_by_name"] if done else "",
            "sort": sort,
        }
