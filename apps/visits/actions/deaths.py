"""What follows when the register says that somebody died or moved out of the city, and how it is taken back.

Plans are not touched: the due list, teams and campaigns read from the register who is there, so that they are as
before when the registration is taken back. Here the death gets its checklist, and what was going on is closed.
A matter closed by leaving has a day of closing and no end; one that ended by itself has both.
"""

from collections.abc import Iterator
from datetime import date

from django.utils import timezone

from apps.core.scope import Actor
from apps.retirees.choices import LifeState
from apps.retirees.models import LifeFact, Retiree
from apps.visits.actions.dues import make_incident_dues
from apps.visits.actions.incidents import make_tasks, running
from apps.visits.choices import IncidentKind, Target
from apps.visits.models import DeathDraft, Due, Incident


def tell(person: Retiree, state: LifeState, off: date, actor: Actor) -> Iterator[str]:
    """What will happen, for whoever registers it."""
    rows = Due.objects.visible_to(actor).filter(retiree=person).waiting().exclude(target=Target.SURVIVOR)
    dues = list(rows.values_list("team_id", flat=True))
    if dues:
        teams = len({team for team in dues if team is not None})
        grouped = f"，走访组{teams}处" if teams else ""
        yield f"应访{len(dues)}项{grouped}不再列出。"
    open_now = [one.get_kind_display() for one in running(person)]
    if open_now:
        yield f"没有办结的{'、'.join(open_now)}随之结束。"
    if state == LifeState.DEAD:
        yield "建立治丧办理清单（讣告、生平、送别、抚恤、丧葬、遗属、组织关系），逐项写明责任人和期限。"
        yield "停发待遇由经办人按清单办理，本系统不会自动通知其他单位。"


def follow(person: Retiree, state: LifeState, off: date, actor: Actor) -> None:
    """Close what was going on; after a death open its checklist, and the visit to the survivors is due."""
    fact = LifeFact.objects.filter(retiree=person, state=state).latest("recorded_at")
    reported = fact.reported_on
    for incident in running(person).exclude(kind=IncidentKind.DEATH):
        incident.closed_on = max(reported, incident.started_on)
        incident.version += 1
        incident.save(update_fields=["closed_on", "version"])
    if state != LifeState.DEAD:
        return
    death = Incident.objects.create(
        **person.row_keys(),
        kind=IncidentKind.DEATH,
        started_on=off,
        reported_on=max(reported, off),
        reported_by_name=actor.name[:60],
    )
    make_tasks(incident=death)
    make_incident_dues(incident=death, by=actor)


def unfollow(person: Retiree, state: LifeState, off: date, actor: Actor) -> None:
    """As if it had not been: the death's file is taken back with its list, its drafts and what it made due, and what it
    closed goes on. Who had been told already stays readable on the page of the death, because he must be told again."""
    today = timezone.localdate()
    for death in Incident.objects.filter(retiree=person, kind=IncidentKind.DEATH, retracted_on=None):
        death.retracted_on, death.retract_reason = today, "撤回去世登记"
        death.version += 1
        death.save(update_fields=["retracted_on", "retract_reason", "version"])
        make_incident_dues(incident=death, by=actor, today=today)
        for draft in DeathDraft.objects.filter(incident=death):
            draft.delete()
    closed = Incident.objects.filter(retiree=person, ended_on=None, retracted_on=None)
    for incident in closed.exclude(closed_on=None).exclude(kind=IncidentKind.DEATH):
        incident.closed_on = None
        incident.version += 1
        incident.save(update_fields=["closed_on", "version"])
