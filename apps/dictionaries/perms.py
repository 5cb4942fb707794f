"""Who keeps the dictionaries. The app stands below accounts, so it is told by the database role."""

from apps.core.scope import Actor


def can_keep_dictionaries(actor: Actor) -> bool:
    """Staff of the city bureau: one set of words for the whole city."""
    return actor.db_role == "s_city"
