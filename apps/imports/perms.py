"""Who may import."""

from apps.accounts.perms import is_staff
from apps.core.scope import Actor
from apps.imports.models import Batch


def can_import(actor: Actor) -> bool:
    """Staff, into the register of their own place."""
    return is_staff(actor)


def can_confirm_batch(actor: Actor, batch: Batch) -> bool:
    """Whoever keeps the register of the batch's place; seeing it is being in its scope."""
    return is_staff(actor)
