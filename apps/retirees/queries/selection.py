"""People picked in the register list: some of the rows, or everybody who meets the list's conditions.

What a form posts becomes a ``Selection`` by ``read_selection`` (apps/retirees/forms/selection.py), which knows the
conditions; from there on it is ids or cleaned conditions, always inside the scope of the actor who asks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from apps.core.scope import Actor
from apps.retirees.models import Retiree, RetireeQuerySet
from apps.retirees.queries.listing import register_list

PICKED_LIMIT = 1000
"""Rows that can be picked one by one; more goes by 符合条件的全部."""


@dataclass(frozen=True)
class Selection:
    """Who is meant. ``ids`` when rows were picked, else everybody under ``conditions``."""

    ids: tuple[int, ...] = ()
    conditions: Mapping[str, Any] = field(default_factory=dict)
    query: str = ""
    """The list's conditions as its address has them, without order and page."""
    words: str = ""
    """What was chosen, for the page and the log: 选中的3人, 符合条件的全部（类别：离休）. Holds no name."""

    @property
    def whole(self) -> bool:
        """Everybody who meets the conditions, not picked rows."""
        return not self.ids

    def kept(self) -> dict[str, Any]:
        """What a job's payload keeps: read again with ``read_kept`` in the initiator's scope."""
        return {"ids": list(self.ids)} if self.ids else {"all": "1", "query": self.query}


def people_of(actor: Actor, selection: Selection, today: date) -> RetireeQuerySet:
    """The people of a selection that ``actor`` sees, not yet in order. Picked people keep no condition: who was picked
    a moment ago is meant, even if somebody has meanwhile changed what the list was filtered by."""
    if selection.ids:
        return Retiree.objects.visible_to(actor).filter(pk__in=selection.ids)
    return register_list(actor, selection.conditions, today)
