"""Rows of a person that refer to other rows of his (who went on a visit, what a visit settled), when only some of them
can change hands: such keys hold the person, so that a row and what it refers to must be of one record.

What cannot be without the other stays together; a reference that may be empty is cut, and joined again by the undoing.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.db import models

from apps.retirees.actions.merge_rows import Moves, moved_models

Link = list[Any]
"""Model, key of the row, column, what it held."""


def _references(
    kinds: Iterable[type[models.Model]],
) -> Iterator[tuple[type[models.Model], models.ForeignKey]]:
    known = set(kinds)
    for model in known:
        for field in model._meta.concrete_fields:
            if (
                isinstance(field, models.ForeignKey)
                and field.name != "retiree"
                and field.related_model in known
            ):
                yield model, field


def keep_together(moves: Moves, other: int) -> Moves:
    """``moves`` without the rows that must stay with one that stays, or that one which stays cannot be without."""
    references = [one for one in _references(moved_models()) if not one[1].null]
    going = {label: {str(row[0]) for row in rows if row[1] == other} for label, rows in moves.items()}
    changed = True
    while changed:
        changed = False
        for model, field in references:
            child, parent = model._meta.label_lower, field.related_model._meta.label_lower
            pairs = model._default_manager.filter(retiree_id=other).values_list("pk", field.attname)
            for key, value in pairs:
                first, second = str(key) in going.get(child, ()), str(value) in going.get(parent, ())
                if first != second:
                    (going[child] if first else going[parent]).discard(str(key if first else value))
                    changed = True
    kept = {
        label: [row for row in rows if row[1] != other or str(row[0]) in going[label]]
        for label, rows in moves.items()
    }
    return {label: rows for label, rows in kept.items() if rows}


def cut_links(moves: Moves, other: int) -> list[Link]:
    """Empty the references that would lead from one record to the other; return them for ``join_links``."""
    going = {label: {str(row[0]) for row in rows if row[1] == other} for label, rows in moves.items()}
    cut = []
    for model, field in _references(moved_models()):
        if not field.null:
            continue
        child, parent = model._meta.label_lower, field.related_model._meta.label_lower
        rows = model._default_manager.filter(retiree_id=other, **{f"{field.attname}__isnull": False})
        for key, value in rows.values_list("pk", field.attname):
            if (str(key) in going.get(child, ())) != (str(value) in going.get(parent, ())):
                cut.append([child, str(key), field.attname, str(value)])
    for label, key, name, _ in cut:
        apps.get_model(label)._default_manager.filter(pk=key).update(**{name: None})
    return cut


def join_links(cut: Iterable[Link]) -> None:
    """Put back what was cut, where the row has not got another since."""
    for label, key, name, value in cut:
        rows = apps.get_model(label)._default_manager.filter(pk=key, **{f"{name}__isnull": True})
        rows.update(**{name: value})
