"""Figures of concerns: what came in, what waits, what was answered in time, and who was satisfied."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse

from apps.concerns.choices import Satisfaction, State
from apps.concerns.models import Concern
from apps.core.figures import Span
from apps.core.scope import Actor
from apps.units.figures import PlacedFigure, Row, place_column, placed_compute

JUDGED = (Satisfaction.SATISFIED, Satisfaction.FAIR, Satisfaction.NOT)
PLEASED = (Satisfaction.SATISFIED, Satisfaction.FAIR)


def _rows(actor: Actor) -> QuerySet[Concern]:
    rows = Concern.objects.visible_to(actor)
    if actor.county_id is not None:  # the index answers behind the row policy
        rows = rows.filter(county_id=actor.county_id)
    return rows.order_by()


def _placed(actor: Actor, rows: QuerySet[Concern], **counts: Any) -> Iterable[Row]:
    return rows.values(place_key=F(place_column(actor))).annotate(**counts)


def received(actor: Actor, span: Span, today: date) -> Iterable[Row]:
    """What was received within the span."""
    rows = _rows(actor).filter(received_on__range=(span.start, span.end))
    return _placed(actor, rows, received=Count("pk"))


def waiting(actor: Actor, span: Span, today: date) -> Iterable[Row]:
    """What was not answered at the end of the span, and what of it was overdue."""
    rows = _rows(actor).filter(
        Q(answered_on=None) | Q(answered_on__gt=span.end),
        Q(closed_on=None) | Q(closed_on__gt=span.end),
        received_on__lte=span.end,
    )
    rows = rows.exclude(state__in=(State.DECLINED, State.WITHDRAWN))
    return _placed(actor, rows, waiting=Count("pk"), overdue=Count("pk", filter=Q(due_on__lt=span.end)))


def answered(actor: Actor, span: Span, today: date) -> Iterable[Row]:
    """What was answered within the span, in time or not, and what the people said to it."""
    rows = _rows(actor).filter(answered_on__range=(span.start, span.end))
    return _placed(
        actor,
        rows,
        answered=Count("pk"),
        in_time=Count("pk", filter=Q(answered_on__lte=F("due_on"))),
        judged=Count("pk", filter=Q(satisfaction__in=JUDGED)),
        pleased=Count("pk", filter=Q(satisfaction__in=PLEASED)),
    )


SOURCES = {"received": received, "waiting": waiting, "answered": answered}


def _list(show: str) -> Any:
    def link(actor: Actor, span: Span, today: date, place: str) -> str:
        if show != "all" and span.end != today:
            return ""
        given = {"show": show} | ({place_column(actor).removesuffix("_id"): place} if place else {})
        return f"{reverse('concerns:list')}?{urlencode(given)}"

    return link


ALL = (
    PlacedFigure(
        "concerns_received",
        "收到诉求",
        "件",
        "期间受理的诉求、意见建议和信访。",
        "received",
        "received",
    ),
    PlacedFigure(
        "concerns_waiting",
        "诉求在办",
        "件",
        "截至当日已受理、还没有答复的；不予受理和本人撤回的不计。",
        "waiting",
        "waiting",
        link=_list("open"),
    ),
    PlacedFigure(
        "concerns_overdue",
        "诉求超期未答复",
        "件",
        "在办的诉求中，截至当日已过办理期限的。",
        "waiting",
        "overdue",
        link=_list("overdue"),
    ),
    PlacedFigure(
        "concerns_in_time",
        "诉求按期答复率",
        "%",
        "期间答复的诉求中，在办理期限内答复的比例；延期的按延长后的期限。",
        "answered",
        "in_time",
        "answered",
        100,
    ),
    PlacedFigure(
        "concerns_satisfied",
        "诉求满意率",
        "%",
        "期间答复、本人作了评价的诉求中，满意和基本满意的比例。",
        "answered",
        "pleased",
        "judged",
        100,
    ),
)
FIGURES = {figure.name: figure for figure in ALL}
compute = placed_compute(FIGURES, SOURCES)
