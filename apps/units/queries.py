"""Reads over the unit tree."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Q

from apps.core.scope import Actor
from apps.units.choices import Level
from apps.units.models import Unit, UnitQuerySet

MOST = 1000
"""Up to this many units the tree is shown whole; beyond it, areas show how many they have."""


@dataclass
class Branch:
    """An area of county level with its units."""

    area: Unit
    count: int = 0
    units: list[Unit] = field(default_factory=list)


@dataclass
class Tree:
    """What an actor sees of the tree."""

    city: Unit | None
    branches: list[Branch]
    total: int
    whole: bool
    """The units themselves are in the branches; otherwise only their number."""


def tree(actor: Actor, *, on: date, with_closed: bool = False) -> Tree:
    """The visible tree in office order, without the units abolished by ``on`` unless asked for."""
    seen = Unit.objects.visible_to(actor)
    if not with_closed:
        seen = seen.open_on(on)
    upper = list(seen.exclude(level=Level.UNIT).order_by("sort", "pk"))
    counts = dict(seen.filter(level=Level.UNIT).order_by().values_list("area_id").annotate(Count("pk")))
    total = sum(counts.values())
    branches = {unit.pk: Branch(unit, counts.get(unit.pk, 0)) for unit in upper if unit.level == Level.COUNTY}
    if total <= MOST:
        for unit in seen.filter(level=Level.UNIT).order_by("sort", "pk"):
            if unit.area_id in branches:
                branches[unit.area_id].units.append(unit)
    city = next((unit for unit in upper if unit.level == Level.CITY), None)
    return Tree(city, list(branches.values()), total, total <= MOST)


def find_units(actor: Actor, text: str) -> UnitQuerySet:
    """Visible units, abolished ones too, by present or former name, short name, code or credit code."""
    words = Q(name__icontains=text) | Q(short_name__icontains=text) | Q(names__name__icontains=text)
    codes = Q(code__iexact=text) | Q(credit_code__iexact=text)
    found = Unit.objects.visible_to(actor).filter(words | codes).values("pk")
    return (
        Unit.objects.filter(pk__in=found)
        .select_related("area")
        .order_by("area__sort", "area_id", "-level", "sort", "pk")
    )


def successors(actor: Actor, unit: Unit, on: date) -> UnitQuerySet:
    """Units that may take over from ``unit``: visible, open, of the same level."""
    return (
        Unit.objects.visible_to(actor)
        .open_on(on)
        .filter(level=unit.level)
        .exclude(pk=unit.pk)
        .select_related("area")
        .order_by("area__sort", "area_id", "sort", "pk")
    )


def open_counties(on: date) -> UnitQuerySet:
    """Every county-level area that is open on a day, whoever asks: names of places are no secret of a place."""
    return Unit.objects.counties().open_on(on)


def name_story(unit: Unit) -> Sequence[tuple[str, date | None, date | None]]:
    """(name, from, until) from the first name to the present one; None where a day is not known or not come."""
    former = [(row.name, row.during.lower, row.during.upper) for row in unit.names.order_by("during")]
    since = former[-1][2] if former else unit.opened_on
    return [*former, (unit.name, since, unit.closed_on)]


def unit_name(key: int) -> str:
    """Name of the unit with this key, wherever it stands; the key as text where there is none."""
    return Unit.objects.filter(pk=key).values_list("name", flat=True).first() or str(key)
