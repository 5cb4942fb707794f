"""Telling the staff at the beginning of a week what waits."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Grant
from apps.accounts.perms import is_staff
from apps.agenda.models import Digest
from apps.agenda.queries.digests import parts_of_week, week_name
from apps.core.scope import Actor


@transaction.atomic
def tell_week(*, grant: Grant, today: date) -> bool:
    """Keep the week's digest of one grant as of today; return whether it was new. Once told it stays as it is.

    The grant's user and unit are read already. Nobody but staff is told.
    """
    actor = grant.actor()
    week = week_name(today)
    if not is_staff(actor) or Digest.objects.filter(grant=grant, week=week).exists():
        return False
    row = Digest(user=grant.user, grant=grant, week=week, lines=parts_of_week(actor, today))
    Digest.objects.bulk_create([row], ignore_conflicts=True)
    return True


def mark_read(*, digest: Digest, by: Actor) -> None:
    """The actor has opened his digest."""
    Digest.objects.visible_to(by).filter(pk=digest.pk, read_at=None).update(read_at=timezone.now())
