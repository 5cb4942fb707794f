"""What a sheet says of many people that stands in rows beside them: their other units and special groups."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from apps.core.scope import Actor
from apps.retirees.choices import AffiliationKind, LifeState
from apps.retirees.models import Affiliation, FamilyMember, GroupMark
from apps.retirees.queries.person import TYPED_UNITS
from apps.retirees.rules import groups_of

SPECIAL_NEEDS = ("birth_from", "living", "self_care", "residence", "period", "state")
"""Fields of the person that decide on his groups."""
EXTRAS = frozenset({*TYPED_UNITS, "special"})


def sheet_extras(
    actor: Actor, people: Mapping[int, Mapping[str, Any]], names: Collection[str], today: date
) -> dict[int, dict[str, str]]:
    """Texts by person and name for those of ``names`` that are in EXTRAS; one or two queries each, however many
    people. ``people``: key → values, with SPECIAL_NEEDS where the groups are asked for."""
    found: dict[int, dict[str, str]] = {key: {} for key in people}
    if set(names) & set(TYPED_UNITS):
        for key, kind, text in _open_units(actor, list(people)):
            found[key][_BY_KIND[kind]] = text
    if "special" in names:
        marks, survivors = _marks(actor, list(people)), _survivors(actor, list(people))
        for key, values in people.items():
            known = {**values, "died": values["state"] == LifeState.DEAD}
            groups = groups_of(known, today=today, marks=marks[key], survivors=key in survivors)
            found[key]["special"] = "、".join(str(group.label) for group in groups)
    return found


_BY_KIND: dict[str, str] = {AffiliationKind(kind).value: name for name, kind in TYPED_UNITS.items()}


def _open_units(actor: Actor, keys: Sequence[int]) -> list[tuple[int, str, str]]:
    rows = Affiliation.objects.visible_to(actor).filter(retiree_id__among=keys, during__upper_inf=True)
    return list(rows.filter(kind__in=_BY_KIND).values_list("retiree_id", "kind", "organisation_name"))


def _marks(actor: Actor, keys: Sequence[int]) -> dict[int, list[str]]:
    marks: dict[int, list[str]] = defaultdict(list)
    rows = GroupMark.objects.visible_to(actor).filter(retiree_id__among=keys, during__upper_inf=True)
    for key, group in rows.values_list("retiree_id", "group"):
        marks[key].append(group)
    return marks


def _survivors(actor: Actor, keys: Sequence[int]) -> set[int]:
    rows = FamilyMember.objects.visible_to(actor).filter(retiree_id__among=keys, is_survivor=True)
    return set(rows.values_list("retiree_id", flat=True))
