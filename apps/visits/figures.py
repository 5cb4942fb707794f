"""Figures of visits: how often, whom, how much of what was due, who was never seen, and what was given."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, DateField, F, Func, IntegerField, Q, QuerySet, Sum, Value
from django.urls import reverse

from apps.core.figures import Span
from apps.core.scope import Actor
from apps.retirees.models import Retiree
from apps.units.figures import PlacedFigure, Row, Source, place_column, placed_compute
from apps.visits.choices import DueState
from apps.visits.models import Due, Visit
from apps.visits.models.due import THERE
from apps.visits.queries.tallies import of_units, stale_units, tallies_of

Counts = Mapping[str, Any]
Counting = Callable[[Actor, Span, date], tuple[QuerySet[Any], Counts] | None]
"""The rows of a source in an actor's scope and what is counted of them; None where it cannot be known any more."""


def made(actor: Actor, span: Span, today: date) -> tuple[QuerySet[Any], Counts]:
    """Visits within the span, the people they were to, and what was given. A visit moves with its person."""
    rows = Visit.objects.visible_to(actor).filter(visited_on__range=(span.start, span.end))
    return rows, {
        "visits": Count("pk"),
        "people": Count("retiree_id", distinct=True),
        "money": Sum("money"),
        "goods": Sum("goods_value"),
    }


def due(actor: Actor, span: Span, today: date) -> tuple[QuerySet[Any], Counts]:
    """Rows of the due list whose last day lies within the span: seen, and all that stand (queries/coverage.py)."""
    rows = Due.objects.visible_to(actor).filter(due_on__range=(span.start, span.end))
    return rows.exclude(state=DueState.REMOVED), {
        "done": Count("pk", filter=Q(state=DueState.DONE)),
        "missing": Count("pk", filter=Q(state=DueState.OPEN) & THERE),
        "due": Count("pk", filter=Q(state=DueState.DONE) | THERE),
    }


def people(actor: Actor, span: Span, today: date) -> tuple[QuerySet[Any], Counts] | None:
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
    return Retiree.objects.visible_to(actor).on_register(), {
        "never": Count("pk", filter=Q(visited_on=None)),
        "unseen": Count("pk", filter=Q(visited_on=None) | Q(visited_on__lt=span.start)),
        "seen": Count("visited_on"),
        "days": Sum(ago),
    }


COUNTINGS: Mapping[str, Counting] = {"made": made, "due": due, "people": people}


def counted(
    found: tuple[QuerySet[Any], Counts], actor: Actor, units: Collection[int] | None, by: Sequence[str]
) -> Iterable[Row]:
    """The counts of a source from its rows, by the named columns; of some units, or of all where it is None. The
    county's own condition is repeated, so that its index answers behind the row policy."""
    rows, counts = found
    if actor.county_id is not None:
        rows = rows.filter(county_id=actor.county_id)
    return of_units(rows, units).order_by().values(*by).annotate(**counts)


def _source(name: str) -> Source:
    """The source by place: kept counts where they hold, the rows themselves where they do not."""

    def source(actor: Actor, span: Span, today: date) -> Iterable[Row] | None:
        found, place = COUNTINGS[name](actor, span, today), place_column(actor)
        if found is None:
            return None
        stale = stale_units(actor, span)
        if stale is None:
            return _merged([counted(found, actor, None, [place])], place)
        kept = tallies_of(span).visible_to(actor).exclude(unit_id__in=stale)
        sums = kept.values(place).annotate(**{column: Sum(column) for column in TALLIED[name]})
        return _merged([sums, counted(found, actor, stale, [place]) if stale else []], place)

    return source


def _merged(parts: Iterable[Iterable[Row]], place: str) -> list[Row]:
    """Counts of the same place added up; nothing counts as nought."""
    found: dict[int, dict[str, Any]] = {}
    for row in (row for part in parts for row in part):
        there = found.setdefault(row[place], {"place_key": row[place]})
        for column, value in row.items():
            before = there.get(column)
            there[column] = value if before is None else before + value if value is not None else before
    return list(found.values())


TALLIED: Mapping[str, tuple[str, ...]] = {
    "made": ("visits", "people", "money", "goods"),
    "due": ("done", "missing", "due"),
    "people": ("never", "unseen", "seen", "days"),
}
"""Columns of ``WorkTally`` by source; each person lies in one unit, so that heads may be added up."""
SOURCES = {name: _source(name) for name in COUNTINGS}


def _log(**more: str) -> Any:
    def link(actor: Actor, span: Span, today: date, place: str) -> str:
        given = {"begin": span.start.isoformat(), "end": span.end.isoformat(), **more}
        return f"{reverse('visits:log')}?{urlencode(given | _place(actor, place))}"

    return link


def _never(actor: Actor, span: Span, today: date, place: str) -> str:
    return f"{reverse('retirees:list')}?{urlencode({'visited': 'never'} | _place(actor, place))}"


def _unseen(actor: Actor, span: Span, today: date, place: str) -> str:
    days = (today - span.start).days + 1
    return f"{reverse('retirees:list')}?{urlencode({'unvisited_days': str(days)} | _place(actor, place))}"


def _overdue(actor: Actor, span: Span, today: date, place: str) -> str:
    if span.end != today:
        return ""
    return f"{reverse('visits:due')}?{urlencode({'show': 'overdue'} | _place(actor, place))}"


def _place(actor: Actor, place: str) -> dict[str, str]:
    return {place_column(actor).removesuffix("_id"): place} if place else {}


ALL = (
    PlacedFigure(
        "visits_made",
        "走访",
        "人次",
        "期间的走访人次，含上门、医院、养老机构、视频、电话和委托。",
        "made",
        "visits",
        link=_log(),
    ),
    PlacedFigure(
        "people_visited",
        "走访到的人",
        "人",
        "期间走访到的人，一人多次只计一次；看望配偶、遗属的计在干部名下。",
        "made",
        "people",
        link=_log(),
    ),
    PlacedFigure(
        "due_rate",
        "应访完成率",
        "%",
        "最迟日期在期间内的应访人次中已走访的比例；核减的、没有见到就去世或转出的不计，增补的计入。",
        "due",
        "done",
        "due",
        100,
    ),
    PlacedFigure(
        "due_missing",
        "应访未访",
        "人次",
        "最迟日期在期间内、还没有走访的应访人次，含已说明原因的。",
        "due",
        "missing",
        link=_overdue,
    ),
    PlacedFigure(
        "never_visited",
        "从未走访",
        "人",
        "现在在册的人中没有任何走访记录的。",
        "people",
        "never",
        link=_never,
    ),
    PlacedFigure(
        "unseen",
        "期内未走访",
        "人",
        "现在在册的人中，从期间开始那天起没有走访过的，含从未走访的。",
        "people",
        "unseen",
        link=_unseen,
    ),
    PlacedFigure(
        "days_since_visit",
        "距上次走访",
        "天",
        "现在在册、走访过的人，距最近一次走访的平均天数。",
        "people",
        "days",
        "seen",
    ),
    PlacedFigure(
        "gifts_money",
        "慰问金",
        "元",
        "期间走访时发放的慰问金。",
        "made",
        "money",
        link=_log(gift="yes"),
    ),
    PlacedFigure(
        "gifts_goods",
        "慰问品价值",
        "元",
        "期间走访时发放的慰问品的价值。",
        "made",
        "goods",
        link=_log(gift="yes"),
    ),
)
FIGURES = {figure.name: figure for figure in ALL}
compute = placed_compute(FIGURES, SOURCES)
