"""Saved views of the register."""

from apps.core.scope import Actor
from apps.retirees.models import SavedView


def view_named(actor: Actor, key: str) -> SavedView | None:
    """The saved view with this key that the actor may use; None for none, for somebody else's, and for no key."""
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        return None
    return SavedView.objects.visible_to(actor).filter(pk=int(key)).first()
