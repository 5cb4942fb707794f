"""Who keeps the dictionaries. The app stands below accounts, so it is told by the database role."""

from apps.core.scope import Actor


def can_keep_dictionaries(actor: Actor) -> bool:
    """Staff of the city bureau: one set of words for the whole city."""
    return actor.db_role == "s_city"


def can_look_up_divisions(actor: Actor) -> bool:
    """Whoever writes places into the register."""
    return actor.db_role in ("s_city", "s_county", "s_unit")
