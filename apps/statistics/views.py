"""Years, one year's table with the list behind each number, and who makes the difference to the year before."""

import functools
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from apps.core.chinese import format_count, format_date, format_moment, years_before
from apps.core.documents import roster
from apps.core.documents.errors import DocumentError
from apps.core.downloads import attachment
from apps.core.pages import page
from apps.core.patience import TooSlow, answered_within
from apps.core.scope import Actor
from apps.core.sheets import About, Column, xlsx
from apps.statistics import actions, perms
from apps.statistics.choices import State
from apps.statistics.figures import (
    SHOWN,
    Difference,
    cell_differences,
    count_cells,
    differences,
    flow_differences,
)
from apps.statistics.models import YearTable
from apps.statistics.rules import COLUMNS, REMARK, TITLE, Line, Section, flat_rows, query_of, shown_rows

STEPS = ("recount", "check", "return", "freeze")
TONES = {State.DRAFT: "amber", State.CHECKED: "blue", State.FROZEN: "green"}


def _crumbs(*items: tuple[str, str]) -> list[dict[str, str]]:
    first = {"label": "年报统计", "url": reverse("statistics:list")}
    return [first, *({"label": label, "url": url} for label, url in items)]


@page(perms.can_list_tables)
def tables(request: HttpRequest) -> HttpResponse:
    """Tables of all years of one's place, and for the city those of the counties."""
    found = YearTable.objects.visible_to(request.actor).select_related("county")
    year_now = timezone.localdate().year
    context = {
        "columns": [
            {"label": label, "num": label in ("年末人数", "对不上")}
            for label in ("表", "归属", "状态", "年末人数", "对不上", "统计")
        ],
        "rows": [_row(one) for one in found],
        "may_make": perms.can_make_table(request.actor),
        "years": [
            (year_now - 1, f"{year_now - 1}年"),
            (year_now - 2, f"{year_now - 2}年"),
            (year_now, f"{year_now}年（试算，截至今天）"),
        ],
        "crumbs": [{"label": "年报统计", "url": ""}],
        "remark": REMARK,
    }
    return render(request, "statistics/list.html", context)


def _row(one: YearTable) -> dict[str, Any]:
    cells = (
        (str(one), reverse("statistics:table", args=[one.pk])),
        (one.place, ""),
        (one.state_words, ""),
        (format_count(one.cells.get("levels:total:total")), ""),
        (str(one.faults), ""),
        (f"{format_moment(one.counted_at)} {one.made_by_name}", ""),
    )
    return {"cells": [{"text": text, "url": url} for text, url in cells]}


@page(perms.can_make_table, "POST")
def make(request: HttpRequest) -> HttpResponse:
    """Count a year."""
    typed = request.POST.get("year", "")
    if not (typed.isascii() and typed.isdigit() and len(typed) == 4):
        raise BadRequest("year")
    try:
        table = actions.make_table(year=int(typed), by=request.actor)
    except actions.NotNow as refusal:
        messages.warning(request, str(refusal))
        return redirect("statistics:list")
    return redirect("statistics:table", table.pk)


def _table(request: HttpRequest, pk: int) -> YearTable:
    return get_object_or_404(YearTable.objects.visible_to(request.actor).select_related("county"), pk=pk)


@page(perms.can_list_tables)
def table(request: HttpRequest, pk: int) -> HttpResponse:
    """One table; each number opens its people."""
    one = _table(request, pk)
    layout = actions.table_of(one)
    frozen = one.state == State.FROZEN
    now = _counted_now(request, one, layout) if frozen else {}
    context = {
        "not_compared": frozen and now is None,
        "changed": sum(one.cells.get(key) != number for key, number in (now or {}).items()),
        "one": one,
        "heading": _title(one),
        "remark": REMARK,
        "tone": TONES[State(one.state)],
        "sections": [_section(section, one, now or {}) for section in layout],
        "faults": [check for check in one.checks if not check["is_right"]],
        "right": sum(check["is_right"] for check in one.checks),
        "steps": [step for step in STEPS if perms.may(request.actor, one, step)],
        "crumbs": _crumbs((f"{one.place}{one.year}年", "")),
        "page_actions": [
            {"label": "与上年差在哪些人", "url": reverse("statistics:differences", args=[one.pk])},
        ],
        "facts": [
            {"label": "截至", "value": format_date(one.until)},
            {"label": "统计", "value": f"{format_moment(one.counted_at)} {one.made_by_name}"},
            {"label": "核对", "value": one.checked_by_name or "—"},
            {"label": "定稿", "value": f"{format_moment(one.frozen_at)} {one.frozen_by_name}"},
            {"label": "说明", "value": one.note or "—"},
        ],
    }
    return render(request, "statistics/table.html", context)


PATIENCE = 800
"""Milliseconds for counting a frozen table again; a whole city of a million takes seconds, and then one asks for it."""


def _counted_now(request: HttpRequest, one: YearTable, layout: Sequence[Section]) -> Mapping[str, int] | None:
    """What the register holds now for a frozen table; None where that takes long and nobody asked (``now=1``)."""
    count = functools.partial(count_cells, layout, _within(request.actor, one), one.until)
    if request.GET.get("now") == "1":
        return count()
    try:
        with answered_within(PATIENCE):
            return count()
    except TooSlow:
        return None


def _title(one: YearTable) -> str:
    trial = f"（试算，截至{format_date(one.until)}）" if one.is_trial else ""
    return f"{one.place}{one.year}年{TITLE}{trial}"


def _section(section: Section, one: YearTable, now: Mapping[str, int]) -> dict[str, Any]:
    return {
        "title": section.title,
        "note": section.note,
        "columns": [
            {"label": "项目", "num": False},
            *({"label": column.label, "num": True} for column in section.columns),
            {"label": "比上年", "num": True},
        ],
        "rows": [_line(section, row, one, now) for row in shown_rows(section, one.cells)],
    }


def _line(section: Section, row: Line, one: YearTable, now: Mapping[str, int]) -> dict[str, Any]:
    at = f"{section.key}:{row.key}"
    change = one.cells[f"{at}:total"] - one.before.get(f"{at}:total", 0)
    cells = [{"text": row.label, "url": ""}]
    for column in section.columns:
        number = one.cells[f"{at}:{column.key}"]
        query = query_of(section, row, column, one.until)
        if query and one.county_id is not None and "county" not in dict(query):
            query.append(("county", str(one.county_id)))
        url = f"{reverse('retirees:list')}?{urlencode(query)}" if number and query else ""
        live = now.get(f"{at}:{column.key}", number)
        text = (
            format_count(number) if live == number else f"{format_count(number)}（现在{format_count(live)}）"
        )
        cells.append({"text": text, "url": url})
    anybody = one.cells[f"{at}:total"] or one.before.get(f"{at}:total")
    address = reverse("statistics:differences", args=[one.pk])
    differs = f"{address}?cell={at}" if anybody and row.is_listed else ""
    cells.append({"text": f"{change:+d}" if change else "0", "url": differs})
    return {"cells": cells}


@page(perms.can_make_table, "POST")
def step(request: HttpRequest, pk: int) -> HttpResponse:
    """Count again, check, return, freeze."""
    one = _table(request, pk)
    what = request.POST.get("step", "")
    if what not in STEPS:
        raise BadRequest("step")
    try:
        actions.take_step(table=one, step=what, note=request.POST.get("note", "")[:300], by=request.actor)
    except actions.NotNow as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, "已办理。")
    return redirect("statistics:table", pk)


@page(perms.can_list_tables)
def who_differs(request: HttpRequest, pk: int) -> HttpResponse:
    """The difference to the year before, person by person."""
    one = _table(request, pk)
    groups = [
        {
            "title": f"{title}（{len(found)}{'人以上' if len(found) == SHOWN else '人'}）",
            "columns": [{"label": label, "num": False} for label in ("姓名", "原因", "日期")],
            "rows": [
                {
                    "cells": [
                        {"text": each.name, "url": reverse("retirees:detail", args=[each.person_id])},
                        {"text": each.what, "url": ""},
                        {"text": format_date(each.day), "url": ""},
                    ]
                }
                for each in found
            ],
        }
        for title, found in _differences(request, one).items()
    ]
    context = {
        "one": one,
        "groups": groups,
        "crumbs": _crumbs(
            (f"{one.place}{one.year}年", reverse("statistics:table", args=[one.pk])), ("与上年差在哪些人", "")
        ),
        "before": format_count(one.cells["moves:before:total"]),
        "end": format_count(one.cells["moves:end:total"]),
        "day": format_date(one.until) if one.is_trial else f"{one.year}年末",
    }
    return render(request, "statistics/differences.html", context)


def _differences(request: HttpRequest, one: YearTable) -> dict[str, list[Difference]]:
    """Of the whole table, or of the row that ``cell`` ("ages:a80") names."""
    actor, wanted = _within(request.actor, one), request.GET.get("cell", "")
    if not wanted:
        return differences(actor, one.year)
    for section in actions.table_of(one):
        for row in section.rows:
            if f"{section.key}:{row.key}" == wanted and row.is_listed:
                label = f"{section.title}：{row.label.strip('　')}"
                found = _differences_of(actor, one, section, row)
                return {f"{label}，{title}": people for title, people in found.items()}
    raise BadRequest("cell")


def _differences_of(actor: Actor, one: YearTable, section: Section, row: Line) -> dict[str, list[Difference]]:
    if row.kinds:
        return flow_differences(actor, row.kinds, one.until, last_until=years_before(one.until, 1))
    if section.is_balance and row.key == "before":
        return cell_differences(actor, {}, date(one.year - 1, 12, 31), year_words="上年")
    conditions: dict[str, Any] = {}
    for name, value in query_of(section, row, section.columns[0], one.until):
        if name != "on":
            conditions.setdefault(name, []).append(value)
    return cell_differences(actor, conditions, one.until)


def _within(actor: Actor, one: YearTable) -> Actor:
    """The city looking at a county's table sees that county's people."""
    return replace(actor, county_id=one.county_id) if actor.county_id is None and one.county_id else actor


@page(perms.can_list_tables, "POST")
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """The table as a workbook or on paper."""
    one = _table(request, pk)
    kind = request.POST.get("format", "")
    if kind not in ("xlsx", "pdf"):
        raise BadRequest("format")
    try:
        content = _file(one, kind, request.actor.name)
    except DocumentError as refusal:
        messages.error(request, str(refusal))
        return redirect("statistics:table", pk)
    actions.record_download(table=one, by=request.actor)
    types = {"xlsx": xlsx.TYPE, "pdf": roster.TYPE}
    return attachment(content, filename=f"{_title(one)}.{kind}", content_type=types[kind])


def _file(one: YearTable, kind: str, name: str) -> bytes:
    columns = [Column("表", 26), Column("项目", 22)]
    columns += [Column(column.label, 10, is_number=True) for column in COLUMNS]
    columns.append(Column("合计比上年", 10))
    rows = flat_rows(actions.table_of(one), one.cells, one.before)
    now = format_moment(timezone.now())
    about = About(
        title=_title(one),
        lines=(
            ("截至", format_date(one.until)),
            ("状态", one.state_words),
            ("表样", REMARK),
            ("对不上", f"{one.faults}处{one.note and '：' + one.note}"),
        ),
        mark=f"{name} {now} {one.state_words}",
        number=f"NB{one.pk:06d}",
    )
    if kind == "pdf":
        return roster.roster_pdf(columns, rows, about)
    with tempfile.TemporaryDirectory(prefix="portal-year-") as folder:
        path = Path(folder) / "year.xlsx"
        xlsx.write_xlsx(path, columns, rows, about)
        return path.read_bytes()
