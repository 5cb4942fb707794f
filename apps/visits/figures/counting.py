"""Counting visits, lists and people within a span: kept counts where they hold, the rows where they do not (ADR 23)."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, DateField, F, Func, IntegerField, Q, QuerySet, Sum, Value

from apps.core.figures import Span
from apps.core.scope import Actor
from apps.retirees.choices import Category
from apps.retirees.models import Retiree
from apps.units.figures import Row, place_column
from apps.visits.choices import LED, DueState
from apps.visits.models import Due, LeaderTally, Visit, Visitor
from apps.visits.models.due import THERE
from apps.visits.queries.tallies import of_units, stale_units, tallies_of

Columns = Mapping[str, Any]


@dataclass(frozen=True)
class Counted:
    """Rows in an actor's scope, what is counted of them, and the path to the person's category."""

    rows: QuerySet[Any]
    columns: Columns
    category: str = "retiree__category"


Counting = Callable[[Actor, Span, date], Counted | None]
"""None where what a source counts cannot be known any more."""


def made(actor: Actor, span: Span, today: date) -> Counted:
    """Visits within the span, the people they were to, and what was given. A visit moves with its person."""
    rows = Visit.objects.visible_to(actor).filter(visited_on__range=(span.start, span.end))
    lixiu = Q(retiree__category=Category.LIXIU)
    return Counted(
        rows,
        {
            "visits": Count("pk"),
            "led": Count("pk", filter=Q(level__in=LED)),
            "people": Count("retiree_id", distinct=True),
            "lixiu": Count("retiree_id", distinct=True, filter=lixiu),
            "money": Sum("money"),
            "goods": Sum("goods_value"),
        },
    )


def due(actor: Actor, span: Span, today: date) -> Counted:
    """Rows of the due list whose last day lies within the span: seen, and all that stand (queries/coverage.py)."""
    rows = Due.objects.visible_to(actor).filter(due_on__range=(span.start, span.end))
    return Counted(
        rows.exclude(state=DueState.REMOVED),
        {
            "done": Count("pk", filter=Q(state=DueState.DONE)),
            "missing": Count("pk", filter=Q(state=DueState.OPEN) & THERE),
            "due": Count("pk", filter=Q(state=DueState.DONE) | THERE),
        },
    )


def people(actor: Actor, span: Span, today: date) -> Counted | None:
    """People on the register by their last visit. Kept is the last alone, so of days gone by this is not known."""
    if span.end != today:
        return None
    ago = Func(
        Value(today, DateField()),
        F("visited_on"),
        template="(%(expressions)s)",
        arg_joiner=" - ",
        output_field=IntegerField(),
    )
    return Counted(
        Retiree.objects.visible_to(actor).on_register(),
        {
            "there": Count("pk"),
            "covered": Count("pk", filter=Q(visited_on__gte=span.start)),
            "never": Count("pk", filter=Q(visited_on=None)),
            "unseen": Count("pk", filter=Q(visited_on=None) | Q(visited_on__lt=span.start)),
            "seen": Count("visited_on"),
            "days": Sum(ago),
        },
        "category",
    )


COUNTINGS: Mapping[str, Counting] = {"made": made, "due": due, "people": people}
TALLIED: Mapping[str, tuple[str, ...]] = {
    "made": ("visits", "led", "people", "lixiu", "money", "goods"),
    "due": ("done", "missing", "due"),
    "people": ("there", "covered", "never", "unseen", "seen", "days"),
}
"""Columns of ``WorkTally`` by source; each person lies in one unit and has one category, so that heads add up."""


def counted(
    found: Counted, actor: Actor, units: Collection[int] | None, by: Mapping[str, str]
) -> Iterable[Row]:
    """The counts of a source from its rows, by the named columns ({name: path}); of some units, or of all where it is
    None. The county's own condition is repeated, so that its index answers behind the row policy."""
    rows = found.rows
    if actor.county_id is not None:
        rows = rows.filter(county_id=actor.county_id)
    named = {name: F(path) for name, path in by.items()}
    return of_units(rows, units).order_by().values(**named).annotate(**found.columns)


def by_place(name: str, actor: Actor, span: Span, today: date) -> Sequence[Row] | None:
    """Counts of a source by place, under ``place_key``."""
    found, place = COUNTINGS[name](actor, span, today), place_column(actor)
    return None if found is None else _summed(name, found, actor, span, {"place_key": place}, place)


def by_category(name: str, actor: Actor, span: Span, today: date) -> Sequence[Row] | None:
    """Counts of a source by category, under ``place_key``."""
    found = COUNTINGS[name](actor, span, today)
    return (
        None
        if found is None
        else _summed(name, found, actor, span, {"place_key": found.category}, "category")
    )


def _summed(
    name: str, found: Counted, actor: Actor, span: Span, by: Mapping[str, str], kept_by: str
) -> Sequence[Row]:
    stale = stale_units(actor, span)
    if stale is None:
        return merged([counted(found, actor, None, by)])
    kept = tallies_of(span).visible_to(actor).exclude(unit_id__in=stale)
    sums = kept.values(place_key=F(kept_by)).annotate(**{column: Sum(column) for column in TALLIED[name]})
    return merged([sums, counted(found, actor, stale, by) if stale else []])


def merged(parts: Iterable[Iterable[Row]]) -> list[Row]:
    """Counts of the same ``place_key`` added up; nothing counts as nought."""
    found: dict[Any, dict[str, Any]] = {}
    for row in (row for part in parts for row in part):
        there = found.setdefault(row["place_key"], {"place_key": row["place_key"]})
        for column, value in row.items():
            if column != "place_key":
                before = there.get(column)
                there[column] = value if before is None else before if value is None else before + value
    return list(found.values())


def leader_rows(
    actor: Actor, span: Span, units: Collection[int] | None, *more: str
) -> Iterable[Mapping[str, Any]]:
    """Visits and different people by ``leader_id`` (and more columns) out of the log."""
    rows = Visitor.objects.visible_to(actor).filter(
        leader__isnull=False, visit__visited_on__range=(span.start, span.end)
    )
    if actor.county_id is not None:
        rows = rows.filter(county_id=actor.county_id)
    counts = {"visits": Count("visit_id", distinct=True), "people": Count("retiree_id", distinct=True)}
    return of_units(rows, units).order_by().values(*more, "leader_id").annotate(**counts)


def by_leader(actor: Actor, span: Span) -> Sequence[Row]:
    """Visits and different people of each leader who went, under ``place_key``."""
    stale = stale_units(actor, span)
    live = [] if stale == set() else leader_rows(actor, span, stale)
    parts: list[Iterable[Row]] = [
        [{"place_key": row["leader_id"], "visits": row["visits"], "people": row["people"]} for row in live]
    ]
    if stale is not None:
        kept = LeaderTally.objects.visible_to(actor).filter(starts_on=span.start, ends_on=span.end)
        sums = kept.exclude(unit_id__in=stale).order_by().values(place_key=F("leader_id"))
        parts.append(sums.annotate(visits=Sum("visits"), people=Sum("people")))
    return merged(parts)
