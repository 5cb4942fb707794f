"""What the register does by the clock."""

from celery import shared_task
from django.utils import timezone

from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.retirees.actions.refresh import refresh_cells


@shared_task(name="apps.retirees.tasks.refresh_figures")
def refresh_figures() -> None:
    """Count again what changed, so that boards open at once."""
    with scope(system_actor()):
        refresh_cells(today=timezone.localdate())
