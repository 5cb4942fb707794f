"""Who may look at dates. The walls decide whose rows are seen."""

from apps.accounts.perms import is_staff, may_export, sees_register
from apps.core.scope import Actor


def can_see_agenda(actor: Actor) -> bool:
    """Calendar and birthdays: staff, and leaders."""
    return sees_register(actor)


def can_keep_feeds(actor: Actor) -> bool:
    """An address for one's own calendar, and digests: staff."""
    return is_staff(actor)


def can_take_papers(actor: Actor) -> bool:
    """Birthday cards and the list of gifts as files: who may take data out."""
    return may_export(actor)
