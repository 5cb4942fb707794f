"""The guards' part of each app: its addresses, its objects in the filled city, what of them is whose.

A part is a module with ``URLS`` (as in matrix.py), ``KINDS`` ({kind of object: find(world, role) → Objects}) and
``build(world)``, which makes the objects and keeps them in ``world.more["its name"]``. One line in ``PARTS``.
"""

from typing import Any

from tests.architecture.parts import (
    agenda,
    aid,
    benefits_person,
    campaigns,
    concerns,
    due,
    estimates,
    funds,
    incidents,
    library,
    runs,
    standards,
    survivors,
    unit_funds,
    visit_import,
    visit_log,
)

PARTS: tuple[Any, ...] = (
    concerns,
    visit_log,
    due,
    campaigns,
    incidents,
    funds,
    agenda,
    visit_import,
    standards,
    unit_funds,
    runs,
    estimates,
    library,
    survivors,
    aid,
    benefits_person,
)


def kinds() -> dict[str, Any]:
    """Kinds of objects of all parts."""
    return {kind: find for part in PARTS for kind, find in part.KINDS.items()}
