"""Who may see and who keeps the tree. Units stand below accounts, so it is told by the database role."""

from apps.core.scope import Actor


def can_see_units(actor: Actor) -> bool:
    """Staff, each their part of the tree, and the system administrator."""
    return actor.db_role in {"s_city", "s_county", "s_unit", "s_system"}


def can_edit_units(actor: Actor) -> bool:
    """Staff of the city bureau and the system administrator."""
    return actor.db_role in {"s_city", "s_system"}
