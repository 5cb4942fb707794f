"""What the calendar does by the clock."""

from celery import shared_task
from django.utils import timezone

from apps.accounts.models import Grant
from apps.accounts.rules import STAFF_ROLES
from apps.agenda.actions import tell_week
from apps.agenda.queries.digests import week_name
from apps.core.scope import scope
from apps.jobs.actions import Lease, handles, request_job
from apps.jobs.rules import system_actor


@shared_task(name="apps.agenda.tasks.ask_for_digests")
def ask_for_digests() -> None:
    """Once a week, however often the clock ticks, on Monday or as soon as somebody works again."""
    week = week_name(timezone.localdate())
    with scope(system_actor()) as actor:
        request_job(
            kind="agenda.digests", label="生成每周提醒", dedupe_key=f"agenda.digests:{week}", by=actor
        )


@handles("agenda.digests")
def tell_everybody(lease: Lease) -> None:
    """One step a grant, so that a broken run goes on behind the last one; nobody is told twice."""
    today, told = timezone.localdate(), 0
    with lease.step():
        grants = list(
            Grant.objects.valid().filter(role__in=STAFF_ROLES).select_related("user", "unit").order_by("pk")
        )
    for number, grant in enumerate(grants, start=1):
        with lease.step(done=number, total=len(grants)):
            told += tell_week(grant=grant, today=today)
    result: dict[str, object] = {}
    with lease.last_step(result):
        result["summary"] = f"提醒了{told}人"
