"""The guards' part: hospital, critical illness, deaths, checklists."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.visits.models import ChecklistItem, DeathDraft, Incident, IncidentTask
from tests.architecture.kinds import ACTION, CITY, FILE, FORM, PAGE, REGISTER, STAFF, Url
from tests.architecture.seen import PLACES, Objects, of_places

URLS: dict[str, Url] = {
    "visits:incidents": Url(PAGE, REGISTER),
    "visits:incident": Url(PAGE, REGISTER, "incident"),
    "visits:incident-end": Url(FORM, STAFF, "incident", post=422),
    "visits:incident-retract": Url(FORM, STAFF, "incident", post=422),
    "visits:incident-task": Url(ACTION, STAFF, "incident task"),
    "visits:incident-task-edit": Url(FORM, STAFF, "incident task", post=422),
    "visits:incident-task-add": Url(FORM, STAFF, "incident", post=422),
    "visits:incident-draft": Url(FORM, STAFF, "death draft", post=422),
    "visits:incident-draft-file": Url(FILE, STAFF, "death draft", post=200),
    "visits:incident-checklist": Url(PAGE, STAFF),
    "visits:incident-checklist-create": Url(FORM, CITY, post=422),
    "visits:incident-checklist-edit": Url(FORM, CITY, "checklist item", post=422),
    "visits:incident-report": Url(FORM, STAFF, "person", post=422),
}


def _incident(world: Any, role: str) -> Objects:
    rows = world.more["incidents"]
    return of_places({place: {"pk": rows[place][0].pk} for place in PLACES}, role)


def _task(world: Any, role: str) -> Objects:
    rows = world.more["incidents"]
    return of_places({place: {"pk": rows[place][1].pk} for place in PLACES}, role)


def _draft(world: Any, role: str) -> Objects:
    rows = world.more["death drafts"]
    paths = {place: {"pk": rows[place].incident_id, "kind": "obituary"} for place in PLACES}
    return of_places(paths, role)


def _item(world: Any, role: str) -> Objects:
    return Objects({"pk": world.more["checklist item"]})


KINDS: dict[str, Callable[[Any, str], Objects]] = {
    "incident": _incident,
    "incident task": _task,
    "death draft": _draft,
    "checklist item": _item,
}


def build(world: Any) -> None:
    """A stay in hospital with one thing to do, and a draft of a notice of death, at each place."""
    today, rows, drafts = timezone.localdate(), {}, {}
    with scope(system_actor()):
        for place in PLACES:
            keys, mark = world.people[place].row_keys(), f"ZQ{place.upper()}"
            stay = Incident.objects.create(
                **keys,
                kind="hospital",
                started_on=today - timedelta(days=3),
                reported_on=today,
                hospital=f"{mark}医院",
                reported_by_name=f"{mark}登记人",
            )
            task = IncidentTask.objects.create(**keys, incident=stay, label=f"{mark}事项", due_on=today)
            rows[place] = (stay, task)
            dead = world.dead[place]
            drafts[place] = DeathDraft.objects.create(
                **dead.row_keys(),
                incident=Incident.objects.get(retiree=dead, kind="death"),
                kind="obituary",
                age_count="full",
                farewell=f"{mark}送别",
                body=f"{mark}正文，享年{{享年}}岁。",
                saved_by_name=f"{mark}起草人",
            )
        world.more["checklist item"] = ChecklistItem.objects.get(label="发讣告").pk
    world.more["incidents"], world.more["death drafts"] = rows, drafts
