"""What a bulk edit would do: who is meant, what each field says now, what it would say."""

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from apps.core.scope import Actor
from apps.retirees.choices import ON_REGISTER
from apps.retirees.models import Affiliation, Retiree
from apps.retirees.queries.custom import CustomFields, custom_fields
from apps.retirees.queries.person import TYPED_UNITS
from apps.retirees.queries.selection import Selection, people_of
from apps.retirees.queries.words import NOTHING, is_same, value_words
from apps.retirees.rules.custom import is_custom

BULK_LIMIT = 20_000
FIRST_ROWS = 20
VALUES_SHOWN = 8


class TooMany(Exception):
    """More people than are changed in one go."""

    def __init__(self) -> None:
        super().__init__(f"一次最多修改{BULK_LIMIT}人，请缩小名单的条件，分几次办理。")


@dataclass(frozen=True)
class FieldPreview:
    """One field: its new value, and how many people have which value now ([(old, heads)], the most frequent first)."""

    label: str
    new: str
    olds: Sequence[tuple[str, int]]
    unchanged: int


@dataclass(frozen=True)
class BulkPreview:
    """``state`` stands for exactly these people with exactly these values: what is seen is what will be done."""

    people: int
    changing: int
    off_register: int
    fields: Sequence[FieldPreview]
    rows: Sequence[tuple[Retiree, Sequence[tuple[str, str, str]]]]
    state: str


def bulk_people(actor: Actor, selection: Selection, today: date) -> list[int]:
    """Keys of the people on the register who are meant, in order of key. Raises TooMany."""
    found = people_of(actor, selection, today).filter(state__in=ON_REGISTER).order_by("pk")
    keys = list(found.values_list("pk", flat=True)[: BULK_LIMIT + 1])
    if len(keys) > BULK_LIMIT:
        raise TooMany
    return keys


def bulk_preview(
    actor: Actor, selection: Selection, values: Mapping[str, Any], labels: Mapping[str, str], today: date
) -> BulkPreview:
    """What ``values`` (names as ``Entry.values``) would change. Raises TooMany."""
    keys = bulk_people(actor, selection, today)
    stored = stored_values(keys, values)
    own = custom_fields() if any(map(is_custom, values)) else None
    fields = [_field(name, new, labels[name], stored, own) for name, new in values.items()]
    changing = [
        key for key, old in stored.items() if any(not is_same(old[name], values[name]) for name in values)
    ]
    first = changing[:FIRST_ROWS]
    people = Retiree.objects.visible_to(actor).select_related("unit").in_bulk(first)
    return BulkPreview(
        people=len(keys),
        changing=len(changing),
        off_register=people_of(actor, selection, today).exclude(state__in=ON_REGISTER).count(),
        fields=fields,
        rows=[
            (people[key], _differences(stored[key], values, labels, own)) for key in first if key in people
        ],
        state=state_of(stored),
    )


def stored_values(keys: Collection[int], names: Collection[str]) -> dict[int, dict[str, Any]]:
    """Present values of these fields, by person."""
    customs = [name for name in names if is_custom(name)]
    columns = [name for name in names if name not in TYPED_UNITS and name not in customs]
    asked = (*columns, *(["custom"] if customs else []))
    found: dict[int, dict[str, Any]] = {}
    for person in Retiree.objects.filter(pk__in=keys).only("pk", *asked).order_by("pk"):
        found[person.pk] = {name: getattr(person, name) for name in columns}
        found[person.pk] |= {name: person.custom.get(name) for name in customs}
    for name, kind in TYPED_UNITS.items():
        if name in names:
            rows = Affiliation.objects.filter(retiree_id__in=keys, kind=kind, during__endswith=None)
            known = dict(rows.values_list("retiree_id", "organisation_name"))
            for key, values in found.items():
                values[name] = known.get(key, "")
    return found


def state_of(stored: Mapping[int, Mapping[str, Any]]) -> str:
    """A digest of who has which values."""
    told = hashlib.sha256()
    for key in sorted(stored):
        told.update(repr((key, sorted((name, str(value)) for name, value in stored[key].items()))).encode())
    return told.hexdigest()


def words_of(name: str, value: Any, own: CustomFields | None) -> str:
    """A value of a bulk field in words. ``own``: the bureau's own fields, where one of them is asked."""
    if own is not None and is_custom(name):
        return own.words(name, value) or NOTHING
    if name in TYPED_UNITS:
        return str(value or NOTHING)
    return value_words(Retiree._meta.get_field(name), value)


def _field(
    name: str, new: Any, label: str, stored: Mapping[int, Mapping[str, Any]], own: CustomFields | None
) -> FieldPreview:
    olds = Counter(words_of(name, old[name], own) for old in stored.values() if not is_same(old[name], new))
    shown = olds.most_common(VALUES_SHOWN)
    rest = olds.total() - sum(heads for _, heads in shown)
    if rest:
        shown.append(("其他内容", rest))
    return FieldPreview(label, words_of(name, new, own), shown, len(stored) - olds.total())


def _differences(
    old: Mapping[str, Any], values: Mapping[str, Any], labels: Mapping[str, str], own: CustomFields | None
) -> list[tuple[str, str, str]]:
    return [
        (labels[name], words_of(name, old[name], own), words_of(name, new, own))
        for name, new in values.items()
        if not is_same(old[name], new)
    ]
