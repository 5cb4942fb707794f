"""Which rows of two people change hands when they become one, and handing them over.

No row is thrown away: what the kept person cannot have as well (two levels at one time, two portraits) stays with, or
goes to, the record that is merged. A model says ``merging = "stay"`` where its rows tell of the record and not of the
man (change sets, merges); append-only tables stay by themselves.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.apps import apps
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange

from apps.core.access import Access
from apps.retirees.choices import LifeState
from apps.retirees.models import LifeFact, Membership, PersonRow, Retiree

Moves = dict[str, list[list[Any]]]
"""By model label: [key, from whom, to whom]."""
GONE = (LifeState.DEAD, LifeState.LEFT)
EMPTY = DateRange(empty=True)


def moved_models() -> Iterator[type[models.Model]]:
    """Models whose rows go over to the kept person."""
    for model in apps.get_models():
        if not issubclass(model, PersonRow) or getattr(model, "merging", "move") == "stay":
            continue
        access: Access = model.access
        if "UPDATE" in access.grants.get("s_city", ""):
            yield model


def plan_moves(keep: Retiree, other: Retiree, winners: Mapping[str, str]) -> Moves:
    """The rows that change hands. ``winners``: by kind of a dated fact (health, treatment …), "other" where his facts
    go before those of the kept person, "stay" where none change hands; elsewhere the kept person's go first."""
    moves: Moves = {}
    for model in moved_models():
        found = list(_moves_of(model, keep, other, winners))
        if found:
            moves[model._meta.label_lower] = found
    return moves


def _moves_of(
    model: type[models.Model], keep: Retiree, other: Retiree, winners: Mapping[str, str]
) -> Iterator[list[Any]]:
    fields, is_dated = _group_fields(model)
    if not is_dated:
        yield from _moves_of_plain(model, keep, other)
        return
    groups: dict[tuple, dict[int, list[Any]]] = defaultdict(lambda: {keep.pk: [], other.pk: []})
    for row in _rows(model, keep, other):
        groups[tuple(getattr(row, name) for name in fields or ())][row.retiree_id].append(row)
    for place, rows in groups.items():
        mine, his = rows[keep.pk], rows[other.pk]
        if any(winners.get(str(value)) == "stay" for value in place):
            continue
        if any(winners.get(str(value)) == "other" for value in place):
            yield from ([_key(row), other.pk, keep.pk] for row in his)
            yield from ([_key(row), keep.pk, other.pk] for row in mine if _overlaps(row, his))
        else:
            yield from ([_key(row), other.pk, keep.pk] for row in his if not _overlaps(row, mine))


def _moves_of_plain(model: type[models.Model], keep: Retiree, other: Retiree) -> Iterator[list[Any]]:
    """Rows without days: those that no unique constraint of the kept person's forbids."""
    rows = list(_rows(model, keep, other))
    in_the_way = {
        row.pk for constraint in _own_constraints(model) for row in _clashing(constraint, rows, other)
    }
    for row in rows:
        if row.retiree_id == other.pk and row.pk not in in_the_way:
            yield [_key(row), other.pk, keep.pk]


def _own_constraints(model: type[models.Model]) -> list[models.UniqueConstraint]:
    """Those that allow a person one row of a kind."""
    return [
        one
        for one in model._meta.constraints
        if isinstance(one, models.UniqueConstraint) and "retiree" in one.fields and "id" not in one.fields
    ]


def _clashing(constraint: models.UniqueConstraint, rows: Sequence[Any], other: Retiree) -> Iterator[Any]:
    """Rows of the other that the kept person cannot have beside his own."""
    names = [name for name in constraint.fields if name != "retiree"]
    if rows and constraint.condition is not None:
        there = type(rows[0])._default_manager.filter(constraint.condition, pk__in=[row.pk for row in rows])
        held = set(there.values_list("pk", flat=True))
        rows = [row for row in rows if row.pk in held]

    def place(row: Any) -> tuple:
        return tuple(getattr(row, row._meta.get_field(name).attname) for name in names)

    taken = {place(row) for row in rows if row.retiree_id != other.pk}
    for row in rows:
        open_place = constraint.nulls_distinct is not False and None in place(row)
        if row.retiree_id == other.pk and place(row) in taken and not open_place:
            yield row


def _rows(model: type[models.Model], keep: Retiree, other: Retiree) -> models.QuerySet[Any]:
    rows = model._default_manager.filter(retiree_id__in=(keep.pk, other.pk))
    # Whether he lives is said by the kept record; the other's death stays with the other.
    return rows.exclude(retiree_id=other.pk, state__in=GONE) if model is LifeFact else rows


def _key(row: Any) -> Any:
    return row.pk if isinstance(row.pk, int) else str(row.pk)


def _overlaps(row: Any, others: Sequence[Any]) -> bool:
    return any(_overlap(row.during, one.during) for one in others)


def _overlap(one: DateRange, other: DateRange) -> bool:
    return (
        one.lower is None or other.upper is None or one.lower < other.upper
    ) and (other.lower is None or one.upper is None or other.lower < one.upper)  # fmt: skip


def _group_fields(model: type[models.Model]) -> tuple[list[str] | None, bool]:
    """The fields that, with the person, allow one row only, and whether that is at a time; None: any number."""
    for constraint in model._meta.constraints:
        if isinstance(constraint, ExclusionConstraint):
            names = [str(name) for name, _ in constraint.expressions]
            if "retiree" in names and "during" in names:
                return [name for name in names if name not in ("retiree", "during")], True
        if isinstance(constraint, models.UniqueConstraint) and "retiree" in constraint.fields:
            return [name for name in constraint.fields if name != "retiree"], False
    return None, False


def hand_over(moves: Moves, places: Mapping[int, tuple[int, int]], *, back: bool = False) -> list[str]:
    """Carry out ``moves``, or take them back; return the names of models of which a row is gone meanwhile.

    ``places``: county and unit of each person. Where facts of one kind change sides, those that leave are parked with
    no days at all, so that they never meet. Raises IntegrityError where rows added since are in the way.
    """
    gone = []
    for label, rows in moves.items():
        model = apps.get_model(label)
        wanted = {key: (target, source) if back else (source, target) for key, source, target in rows}
        found = {
            _key(row): row
            for row in model._default_manager.filter(pk__in=list(wanted))
            if row.retiree_id == wanted[_key(row)][0]
        }
        if len(found) < len(wanted):
            gone.append(str(model._meta.verbose_name))
        crossing = len({target for _, target in wanted.values()}) > 1 and _group_fields(model)[1]
        for key, row in found.items():
            target = wanted[key][1]
            county, unit = places[target]
            values = {"retiree_id": target, "county_id": county, "unit_id": unit}
            parked = {"during": EMPTY} if crossing else {}
            model._default_manager.filter(pk=row.pk).update(**values, **parked)
        if crossing:
            for row in found.values():
                model._default_manager.filter(pk=row.pk).update(during=row.during)
    return gone


def plan_stays(keep: Retiree, other: Retiree) -> list[list[Any]]:
    """Ended memberships of the merged record in times of which the kept one knows nothing: they go over.

    The rest stays with the merged record, where nothing counts it: a man who stood on the register twice was one.
    """
    mine = list(Membership.objects.filter(retiree_id=keep.pk))
    return [
        [row.pk, other.pk, keep.pk]
        for row in Membership.objects.filter(retiree_id=other.pk, during__endswith__isnull=False)
        if not _overlaps(row, mine)
    ]
