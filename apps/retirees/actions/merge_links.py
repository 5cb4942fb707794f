"""Rows of a person that refer to other rows of his (who went on a visit, what a visit settled), when only some of them
can change hands: such keys hold the person, so that a row and what it refers to must be of one record.

What cannot be without the other stays together; a reference that may be empty is cut, and joined again by the undoing.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

from apps.retirees.actions.merge_rows import Moves, moved_models

Link = list[Any]
"""Model, key of the row, column, what it held."""


@dataclass(frozen=True)
class _Reference:
    model: type[models.Model]
    column: str
    parent: str
    """Label of the model that is referred to."""
    may_be_empty: bool

    @property
    def child(self) -> str:
        return self.model._meta.label_lower


def _references() -> list[_Reference]:
    known = {model._meta.label_lower: model for model in moved_models()}
    return [
        _Reference(model, field.attname, parent, field.null)
        for model in known.values()
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey)
        and field.name != "retiree"
        and (parent := _label(field.related_model)) in known
    ]


def _label(model: Any) -> str:
    return str(model._meta.label_lower)


def _going(moves: Moves, other: int) -> dict[str, set[str]]:
    """Keys of the other's rows that change hands, by model."""
    found: dict[str, set[str]] = defaultdict(set)
    for label, rows in moves.items():
        found[label] |= {str(row[0]) for row in rows if row[1] == other}
    return found


def keep_together(moves: Moves, other: int) -> Moves:
    """``moves`` without the rows that must stay with one that stays, or that one which stays cannot be without."""
    going = _going(moves, other)
    changed = True
    while changed:
        changed = False
        for one in _references():
            if one.may_be_empty:
                continue
            rows = one.model._default_manager.filter(retiree_id=other)
            for key, value in rows.values_list("pk", one.column):
                first, second = str(key) in going[one.child], str(value) in going[one.parent]
                if first != second:
                    going[one.child].discard(str(key))
                    going[one.parent].discard(str(value))
                    changed = True
    kept = {
        label: [row for row in rows if row[1] != other or str(row[0]) in going[label]]
        for label, rows in moves.items()
    }
    return {label: rows for label, rows in kept.items() if rows}


def cut_links(moves: Moves, other: int) -> list[Link]:
    """Empty the references that would lead from one record to the other; return them for ``join_links``."""
    going, cut = _going(moves, other), []
    for one in _references():
        if not one.may_be_empty:
            continue
        rows = one.model._default_manager.filter(retiree_id=other, **{f"{one.column}__isnull": False})
        for key, value in rows.values_list("pk", one.column):
            if (str(key) in going[one.child]) != (str(value) in going[one.parent]):
                cut.append([one.child, str(key), one.column, str(value)])
    for label, key, name, _ in cut:
        apps.get_model(label)._default_manager.filter(pk=key).update(**{name: None})
    return cut


def join_links(cut: Iterable[Link]) -> None:
    """Put back what was cut, where the row has not got another since."""
    for label, key, name, value in cut:
        rows = apps.get_model(label)._default_manager.filter(pk=key, **{f"{name}__isnull": True})
        rows.update(**{name: value})
