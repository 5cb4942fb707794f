"""What a user logged last is what he is offered next."""

from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.core.scope import Actor
from apps.visits.queries.log import LAST_VISITORS


@transaction.atomic
def remember_visitors(*, kept: dict[str, Any], by: Actor) -> None:
    """Keep who went, for the next form: leaders (keys), others (as typed) and their level."""
    user = User.objects.select_for_update().get(pk=by.user_id)
    if user.preferences.get(LAST_VISITORS) != kept:
        user.preferences[LAST_VISITORS] = kept
        user.save(update_fields=["preferences"])
