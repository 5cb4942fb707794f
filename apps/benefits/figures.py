"""Figures of benefits: what was approved, for how many, what was paid too much, which months have no list. They are
counted from lists, whose sums leaders may read; who gets what they may not."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse

from apps.benefits.choices import RUN_FROZEN, RunKind
from apps.benefits.models import Opening, Run
from apps.benefits.rules.months import month_of, months
from apps.core.figures import Span
from apps.core.scope import Actor
from apps.units.figures import PlacedFigure, Row, placed_compute


def _runs(actor: Actor, span: Span) -> QuerySet[Run]:
    return (
        Run.objects.visible_to(actor)
        .filter(state__in=RUN_FROZEN, last_month__range=(month_of(span.start), span.end))
        .order_by()
    )


def _key(actor: Actor, county: int) -> int | None:
    """A county's lists are no unit's."""
    return county if actor.county_id is None else None


def _began(actor: Actor, span: Span) -> bool:
    """Whether anybody paid by the portal's lists by the end of the span: before that nothing is known."""
    return Opening.objects.visible_to(actor).filter(month__lte=span.end).exists()


def approved(actor: Actor, span: Span, today: date) -> Iterable[Row] | None:
    """Lists whose last month lies within the span: money, what of it was arrears, what was paid too much."""
    if not _began(actor, span):
        return None
    rows = _runs(actor, span).values("county_id")
    found: Any = rows.annotate(
        money=Sum("total"), back=Sum("total", filter=Q(kind=RunKind.ARREARS)), claimed=Sum("claimed")
    )
    return [{**row, "place_key": _key(actor, row["county_id"])} for row in found]


def of_month(actor: Actor, span: Span, today: date) -> Iterable[Row] | None:
    """People on the approved list of the span's last month."""
    if not _began(actor, span):
        return None
    rows = _runs(actor, span).filter(kind=RunKind.MONTH, first_month=month_of(span.end))
    return [
        {"place_key": _key(actor, county), "people": people}
        for county, people in rows.values_list("county_id", "people")
    ]


def missing(actor: Actor, span: Span, today: date) -> Iterable[Row] | None:
    """Months of the span from which a county pays by the portal and that have no approved list."""
    if not _began(actor, span):
        return None
    rows = _runs(actor, span).filter(kind=RunKind.MONTH).values("county_id").annotate(lists=Count("pk"))
    made = dict(rows.values_list("county_id", "lists"))
    last = month_of(span.end)
    found = []
    for county, opened in Opening.objects.visible_to(actor).values_list("county_id", "month"):
        first = max(opened, month_of(span.start))
        due = len(list(months(first, last))) if first <= last else 0
        found.append({"place_key": _key(actor, county), "missing": due - made.get(county, 0)})
    return found


SOURCES = {"approved": approved, "month": of_month, "missing": missing}


def _lists(actor: Actor, span: Span, today: date, place: str) -> str:
    """The lists, for offices; leaders see sums."""
    return reverse("benefits:runs") if actor.db_role in ("s_city", "s_county") and not place else ""


ALL = (
    PlacedFigure(
        "benefits_money",
        "待遇发放金额",
        "元",
        "期间各月审批通过的名单的应发金额；补发算在补发到的最后一个月。",
        "approved",
        "money",
        link=_lists,
    ),
    PlacedFigure(
        "benefits_back",
        "其中补发",
        "元",
        "待遇发放金额里，补发名单的应发金额。",
        "approved",
        "back",
    ),
    PlacedFigure(
        "benefits_claimed",
        "多发应追回",
        "元",
        "期间各月审批通过的名单里，已经多发、应当追回的金额，不论是否已经追回。",
        "approved",
        "claimed",
    ),
    PlacedFigure(
        "benefits_people",
        "当月发放人数",
        "人",
        "期末那个月审批通过的月度名单上的人数。",
        "month",
        "people",
        link=_lists,
    ),
    PlacedFigure(
        "benefits_missing",
        "没有审批的月度名单",
        "份",
        "期间各月里，启用系统发放以后还没有审批通过月度名单的月数，各县市区相加。",
        "missing",
        "missing",
        link=_lists,
    ),
)
FIGURES = {figure.name: figure for figure in ALL}
compute = placed_compute(FIGURES, SOURCES)
