"""What can be done with the people picked in the register list: one list of actions, one bar under the list.

An action is one line in ``SELECTION_ACTIONS``; apps above register theirs (rules/page.py). Its view takes POST, reads
who is meant with ``selected_people`` (forms/selection.py) and answers a page that says how many and asks, or
goes to work.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from apps.core.scope import Actor
from apps.exports.perms import can_export
from apps.retirees import perms
from apps.retirees.forms.listing import RegisterConditions
from apps.retirees.rules.page import SelectionAction, more_selection_actions

SELECTION_ACTIONS: tuple[SelectionAction, ...] = (
    SelectionAction("导出", "exports:new", can_export),
    SelectionAction("打印", "retirees:print-list", perms.can_list_retirees),
    SelectionAction("批量修改", "retirees:bulk", perms.can_edit_many),
)


def selection_actions(actor: Actor) -> list[SelectionAction]:
    """The actions open to somebody, in the order of the bar."""
    return [action for action in (*SELECTION_ACTIONS, *more_selection_actions()) if action.perm(actor)]


def selection_bar(
    actions: Sequence[SelectionAction], as_seen: Mapping[str, str], form: RegisterConditions, total: str
) -> dict[str, Any]:
    """Inputs of components/selection_bar.html for the list under ``form``. ``as_seen``: its order and saved view;
    ``total``: count with its unit."""
    words = form.told() if form.is_valid() else ""
    return {
        "actions": [{"label": action.label, "url": reverse(action.view)} for action in actions],
        "query": form.query(),
        "as_seen": as_seen.items(),
        "total": total,
        "scope": words or "在册的全部",
    }
