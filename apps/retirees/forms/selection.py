"""Reading what the list's selection form posts.

The form of the list (``#selection``) posts to the address of the action chosen::

    ids=12&ids=57                     rows picked one by one, or a whole page
    all=1&query=category%3Dlixiu      everybody under the list's conditions; ids are then ignored

An action's view takes it up with ``selected_people(request.actor, request.POST, today)`` and, where it asks once more
before it acts, hands it on by including components/selection_kept.html in its own form.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import QueryDict

from apps.core.scope import Actor
from apps.retirees.forms.listing import UnknownCondition, conditions_of
from apps.retirees.models import RetireeQuerySet
from apps.retirees.queries.selection import PICKED_LIMIT, Selection, people_of


class BadSelection(ValueError):
    """Nobody was picked, or what was posted is no selection. The text says so to the clerk."""


def read_selection(actor: Actor, data: QueryDict) -> Selection:
    """Return who is meant by a posted selection (``ids``, or ``all`` and ``query``).

    Raises BadSelection, whose text can be shown.
    """
    if data.get("all"):
        return _everybody(actor, data.get("query", ""))
    typed = data.getlist("ids")
    if not typed:
        raise BadSelection("还没有选中人员。请在名单里勾选，或选“符合条件的全部”。")
    if len(typed) > PICKED_LIMIT:
        raise BadSelection(f"逐个勾选最多 {PICKED_LIMIT} 人；更多的请用“符合条件的全部”。")
    if not all(text.isascii() and text.isdigit() and len(text) <= 18 for text in typed):
        raise BadSelection("选中的人员有误，请回到名单重新勾选。")
    ids = tuple(dict.fromkeys(int(text) for text in typed))
    return Selection(ids=ids, words=f"选中的{len(ids)}人")


def listed_query(actor: Actor, data: QueryDict) -> str:
    """The conditions of the list that the form was posted from, to go back to it; "" for none or unreadable ones."""
    try:
        return conditions_of(actor, QueryDict(data.get("query", ""))).query()
    except (UnknownCondition, ValueError):
        return ""


def _everybody(actor: Actor, query: str) -> Selection:
    try:
        form = conditions_of(actor, QueryDict(query))
    except (UnknownCondition, ValueError):
        raise BadSelection("名单的条件有误，请回到名单重新选择。") from None
    # The words go into the log as well: a name that was searched for stays out of them.
    chips = "；".join("姓名或拼音" if name == "q" else words for name, _, words in form.chips())
    return Selection(
        conditions=form.cleaned_data,
        query=form.query(),
        words=f"符合条件的全部（{chips}）" if chips else "在册的全部人员",
    )


def read_kept(actor: Actor, kept: Mapping[str, Any]) -> Selection:
    """A selection out of a job's payload (``Selection.kept``), read in the initiator's scope.

    Raises BadSelection when the conditions are no longer valid for him.
    """
    data = QueryDict(mutable=True)
    for name, value in kept.items():
        data.setlist(name, [str(one) for one in (value if isinstance(value, list) else [value])])
    return read_selection(actor, data)


def selected_people(actor: Actor, data: QueryDict, today: date) -> RetireeQuerySet:
    """The people of a posted selection that the actor sees.

    Raises BadSelection, whose text can be shown.
    """
    return people_of(actor, read_selection(actor, data), today)


__all__ = [
    "BadSelection",
    "Selection",
    "listed_query",
    "read_kept",
    "read_selection",
    "selected_people",
]
