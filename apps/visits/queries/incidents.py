"""What happened to people and is not over: who is in hospital, who is critical, whose death has open lines."""

from datetime import date

from django.db.models import Count, Q, QuerySet

from apps.core.scope import Actor
from apps.retirees.models import Retiree
from apps.visits.choices import IncidentKind
from apps.visits.models import Incident, IncidentTask

SHOWN = 500


def open_incidents(actor: Actor, kind: str = "") -> QuerySet[Incident]:
    """Not ended, closed or taken back, the latest first, with the number of lines still to be done."""
    rows = Incident.objects.visible_to(actor).filter(ended_on=None, closed_on=None, retracted_on=None)
    if kind in IncidentKind.values:
        rows = rows.filter(kind=kind)
    to_do = Count("tasks", filter=Q(tasks__done_on=None, tasks__is_needless=False))
    return (
        rows.select_related("retiree__county", "retiree__unit")
        .annotate(to_do=to_do)
        .order_by("-started_on", "pk")
    )


def incidents_of(person: Retiree, actor: Actor) -> QuerySet[Incident]:
    """All of one person, the latest first; those taken back, too."""
    return Incident.objects.visible_to(actor).filter(retiree=person)


def overdue_tasks(actor: Actor, today: date) -> int:
    """Lines whose day is over, of what was not closed or taken back."""
    rows = IncidentTask.objects.visible_to(actor).filter(
        done_on=None, is_needless=False, due_on__lt=today, incident__closed_on=None
    )
    return rows.filter(incident__ended_on=None, incident__retracted_on=None).count()
