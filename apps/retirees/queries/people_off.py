"""People whose records were taken off the register as mistakes."""

from django.db.models import QuerySet

from apps.core.scope import Actor
from apps.retirees.choices import LifeState
from apps.retirees.models import LifeFact


def mistaken_people(actor: Actor) -> QuerySet[LifeFact]:
    """One row a person the actor sees: when and why he was taken off; the latest first."""
    rows = LifeFact.objects.visible_to(actor).filter(
        state=LifeState.MISTAKE, retiree__state=LifeState.MISTAKE
    )
    found: QuerySet[LifeFact] = rows.select_related("retiree__county", "retiree__unit").order_by(
        "-recorded_at", "-pk"
    )
    return found
