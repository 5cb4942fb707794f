"""Who reads the log. It stands below accounts, so it is told by the database role."""

from apps.core.scope import Actor


def can_read_log(actor: Actor) -> bool:
    """The audit administrator alone."""
    return actor.db_role == "s_audit"
