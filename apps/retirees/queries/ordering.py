"""The orders of the register list: those that an index answers, and by the bureau's own fields.

A field of the bureau's own has no index in its order, and the running portal cannot make one: every person found is
read and sorted for each page. That is quick for SORT_LIMIT people and takes seconds for a million, so that more are
listed by name. Texts have no order of their own: the database sorts them by code points, which tells a reader nothing.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import DecimalField, Func, IntegerField, TextField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce

from apps.retirees.choices import CustomKind
from apps.retirees.models import CustomField, RetireeQuerySet
from apps.retirees.queries.custom import CustomFields
from apps.retirees.queries.listing import SORTS

SORT_LIMIT = 10_000
OWN = "own_order"
"""Name of the value that people in order of a field of the bureau's own carry."""
_SORTABLE = frozenset({CustomKind.NUMBER, CustomKind.DATE, CustomKind.CHOICE, CustomKind.YES_NO})
_MOST = Decimal(10) ** 13
_NUMBER = DecimalField(max_digits=16, decimal_places=2)


@dataclass(frozen=True)
class Order:
    """``name``: as addresses have it. ``column`` is never NULL; ``expression``: what it is, where it is computed."""

    name: str
    column: str
    descending: bool = False
    label: str = ""
    expression: Any = None

    def sorted(self, people: RetireeQuerySet) -> RetireeQuerySet:
        """``people`` in this order, the key last."""
        sign = "-" if self.descending else ""
        if self.expression is not None:
            people = people.annotate(**{self.column: self.expression})
        return people.order_by(f"{sign}{self.column}", f"{sign}pk")


BY_NAME = Order("name", SORTS["name"])


def is_sortable(field: CustomField) -> bool:
    """Whether the list can be sorted by a field of the bureau's own."""
    return field.kind in _SORTABLE


def order_named(typed: str, own: CustomFields) -> Order | None:
    """The order that an address asks for: name, -birth, x_7 …; None for one that is none."""
    name, descending = typed.removeprefix("-"), typed.startswith("-")
    if name in SORTS:
        return Order(typed, SORTS[name], descending)
    field = own.by_key.get(name)
    if field is None or not is_sortable(field):
        return None
    return Order(typed, OWN, descending, field.label, _value(field, own, descending))


def _value(field: CustomField, own: CustomFields, descending: bool) -> Any:
    """What is compared. Who has nothing comes last in either direction."""
    text = KT(f"custom__{field.key}")
    if field.kind == CustomKind.NUMBER:
        return Coalesce(Cast(text, _NUMBER), Value(-_MOST if descending else _MOST, _NUMBER))
    if field.kind == CustomKind.DATE:
        return Coalesce(text, Value("" if descending else "~"), output_field=TextField())
    truths = field.kind == CustomKind.YES_NO
    codes = ["true", "false"] if truths else list(own.labels.get(field.dictionary, {}))
    known = Value(codes, ArrayField(TextField()))
    rank = Func(known, Cast(text, TextField()), function="array_position", output_field=IntegerField())
    return Coalesce(rank, Value(-1 if descending else len(codes) + 1))
