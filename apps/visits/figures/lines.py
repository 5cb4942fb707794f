"""Coverage by category and by leader, for the board of visits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q

from apps.core.figures import Number, Span
from apps.core.scope import Actor
from apps.retirees.choices import ON_REGISTER, Category
from apps.visits.figures.counting import COUNTINGS, by_category, by_leader
from apps.visits.figures.definitions import FIGURES
from apps.visits.models import Leader, NamedLeader


@dataclass(frozen=True)
class CategoryLine:
    """One category and its figures by name; None of what cannot be known, or of nothing."""

    key: str
    label: str
    values: Mapping[str, Number | None]


def category_lines(actor: Actor, span: Span, names: Sequence[str], *, today: date) -> list[CategoryLine]:
    """The named figures by category, in the office's order; categories without anything are left out."""
    rows: dict[str, dict[Any, Mapping[str, Any]] | None] = {}
    for source in {FIGURES[name].source for name in names} & set(COUNTINGS):
        found = by_category(source, actor, span, today)
        rows[source] = None if found is None else {row["place_key"]: row for row in found}
    lines = []
    for key, label in Category.choices:
        values = {name: _value(name, rows[FIGURES[name].source], key) for name in names}
        if any(values.values()):
            lines.append(CategoryLine(key, str(label), values))
    return lines


def _value(name: str, rows: Mapping[Any, Mapping[str, Any]] | None, key: str) -> Number | None:
    return None if rows is None else FIGURES[name].number([rows[key]] if key in rows else [])


@dataclass(frozen=True)
class LeaderLine:
    """One leader: visits within the span, different people seen, people he keeps in touch with now, and how many of
    these were seen by anybody within it (None of days gone by: of each person the last visit alone is kept)."""

    leader: Leader
    visits: int
    people: int
    named: int
    named_seen: int | None


def leader_lines(actor: Actor, span: Span, *, today: date) -> list[LeaderLine]:
    """Leaders who went within the span or who keep in touch with somebody, in the order of their list."""
    went = {row["place_key"]: row for row in by_leader(actor, span)}
    named = _named(actor, span)
    leaders = Leader.objects.visible_to(actor).filter(pk__in={*went, *named}).select_related("county")
    return [
        LeaderLine(
            one,
            went.get(one.pk, {}).get("visits", 0),
            went.get(one.pk, {}).get("people", 0),
            named.get(one.pk, (0, 0))[0],
            named.get(one.pk, (0, 0))[1] if span.end == today else None,
        )
        for one in leaders
    ]


def _named(actor: Actor, span: Span) -> dict[int, tuple[int, int]]:
    rows = NamedLeader.objects.visible_to(actor).filter(
        during__endswith__isnull=True, retiree__state__in=ON_REGISTER
    )
    if actor.county_id is not None:
        rows = rows.filter(county_id=actor.county_id)
    seen = Count("pk", filter=Q(retiree__visited_on__gte=span.start))
    found = rows.order_by().values_list("leader_id").annotate(people=Count("pk"), seen=seen)
    return {leader: (people, visited) for leader, people, visited in found}
