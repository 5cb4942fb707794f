"""Figures of visits: how often, whom, how much of what was due, who was never seen, and what was given."""

import functools
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from apps.core.figures import Span
from apps.core.scope import Actor
from apps.units.figures import PlacedFigure, place_column, placed_compute
from apps.visits.choices import LED_CHOICE
from apps.visits.figures.counting import COUNTINGS, by_place

SOURCES = {name: functools.partial(by_place, name) for name in COUNTINGS}


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
        "visits_led",
        "领导带队走访",
        "人次",
        "期间走访人中层级最高的是老干部局（组织部）领导以上的走访人次。",
        "made",
        "led",
        link=_log(level=LED_CHOICE),
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
        "lixiu_visited",
        "走访到的离休干部",
        "人",
        "期间走访到的人中类别为离休的，一人多次只计一次。",
        "made",
        "lixiu",
    ),
    PlacedFigure(
        "visited_rate",
        "走访覆盖率",
        "%",
        "现在在册的人中，从期间开始那天起走访过的比例。",
        "people",
        "covered",
        "there",
        100,
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
