"""Change sets for their pages: what was done together, to whom, and what of it stands."""

from django.db.models import QuerySet
from django.utils import timezone

from apps.core.scope import Actor
from apps.retirees.models import ChangeSet, ChangeSetRow


def change_sets(actor: Actor) -> QuerySet[ChangeSet]:
    """Those the actor sees, the newest first. Single cells of the grid are each a set of one and not listed."""
    return ChangeSet.objects.visible_to(actor).exclude(kind="grid", people__lte=1).order_by("-pk")


def rows_of(change_set: ChangeSet, actor: Actor, *, conflicts: bool = False) -> QuerySet[ChangeSetRow]:
    """Its people, those left alone by the undoing first."""
    rows = ChangeSetRow.objects.visible_to(actor).filter(change_set=change_set)
    if conflicts:
        rows = rows.exclude(conflict="")
    return rows.select_related("retiree", "retiree__unit").order_by("-conflict", "retiree__name_sort", "pk")


def can_still_undo(change_set: ChangeSet) -> bool:
    """Not undone yet, and not too old."""
    return change_set.undone_at is None and timezone.now() <= change_set.undo_until
