"""Every write to the register that takes more than one row."""

from apps.retirees.actions.changesets import (
    NotUndoable,
    Undone,
    change_recorded,
    open_change_set,
    record_new,
    undo_change_set,
)
from apps.retirees.actions.edit import StaleEdit, change_many, edit_retiree
from apps.retirees.actions.family import (
    add_family_member,
    edit_family_member,
    remove_family_member,
    shift_family_member,
    verify_family_member,
    verify_retiree,
)
from apps.retirees.actions.leaving import (
    record_death,
    record_left,
    remove_mistake,
    restore_mistake,
    retract_exit,
)
from apps.retirees.actions.life import NotPossible, move_unit, record_ruling, record_state
from apps.retirees.actions.register import Entry, HiddenDuplicate, register_many, register_retiree
from apps.retirees.actions.spells import rebuild_spells

__all__ = [
    "Entry",
    "HiddenDuplicate",
    "NotPossible",
    "NotUndoable",
    "StaleEdit",
    "Undone",
    "add_family_member",
    "change_many",
    "change_recorded",
    "edit_family_member",
    "edit_retiree",
    "move_unit",
    "open_change_set",
    "rebuild_spells",
    "record_death",
    "record_left",
    "record_new",
    "record_ruling",
    "record_state",
    "register_many",
    "register_retiree",
    "remove_family_member",
    "remove_mistake",
    "restore_mistake",
    "retract_exit",
    "shift_family_member",
    "undo_change_set",
    "verify_family_member",
    "verify_retiree",
]
