"""The funds of units: sums by county, the units of a county, counting and closing a year."""

import tempfile
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.benefits import perms
from apps.benefits.actions.unit_funds import FundError, close_funds, count_year
from apps.benefits.choices import FundKind
from apps.benefits.models import UnitFund
from apps.benefits.queries.unit_funds import FundSums, county_sums, funds_seen, rates_on, total_of
from apps.core.chinese import format_count, format_date, format_money
from apps.core.downloads import attachment
from apps.core.pages import page
from apps.core.scope import Actor
from apps.core.sheets import xlsx
from apps.core.sheets.table import About, Column
from apps.units.models import Unit

YEARS = 5
PAGE = 100
SHORT = 10
"""Units named in a message; the others are counted."""
AMOUNTS = ("人数", "应拨（元）", "上年结转（元）", "追加（元）", "支出（元）", "结余（元）")
RULE = "由单位掌握，用于解决特殊困难和必要的活动，不得平均分配或挪用，结余可以结转。不是个人待遇，不进个人发放名单。"


def crumbs(kind: str, *labels: str, year: int | None = None) -> list[dict[str, str]]:
    """From the funds of a kind down."""
    title = FundKind(kind).label
    url = address(kind, year or timezone.localdate().year) if labels else ""
    return [{"label": title, "url": url}, *({"label": one, "url": ""} for one in labels)]


def address(kind: str, year: int, county: int | None = None) -> str:
    """Of the list of a year."""
    more = f"&county={county}" if county else ""
    return f"{reverse('benefits:unit-funds')}?kind={kind}&year={year}{more}"


def years() -> list[int]:
    """Years of the list, the next one first."""
    this = timezone.localdate().year
    return list(range(this + 1, this + 1 - YEARS, -1))


def asked(request: HttpRequest, *more: str) -> tuple[str, int]:
    """Kind and year of the address; 400 for what is none."""
    kind = request.GET.get("kind", FundKind.SPECIAL)
    year = request.GET.get("year", str(timezone.localdate().year))
    known = {"kind", "year", *more}
    if set(request.GET) - known or kind not in FundKind.values or year not in map(str, years()):
        raise BadRequest("unknown kind or year")
    return kind, int(year)


def _asked_county(request: HttpRequest) -> Unit | None:
    """The county whose units are shown; None: all counties. The city chooses, everybody else has his own."""
    actor, text = request.actor, request.GET.get("county", "")
    if actor.county_id is not None:
        if text not in ("", str(actor.county_id)):
            raise BadRequest("another county")
        return Unit.objects.get(pk=actor.county_id)
    if not text:
        return None
    found = (
        Unit.objects.counties().filter(pk=int(text)).first() if text.isdecimal() and len(text) < 10 else None
    )
    if found is None:
        raise BadRequest("no such county")
    return found


def heads(number: Decimal) -> str:
    """12, or 11.67 where it is a mean."""
    return f"{number:,.2f}".rstrip("0").rstrip(".")


def yuan(amount: Decimal) -> str:
    """1,234.50"""
    return f"{amount:,.2f}"


def amount_cells(row: Any) -> list[str]:
    """The cells of ``AMOUNTS``, of a fund or of sums."""
    money = (row.allotted, row.carried, row.added, row.spent, row.left)
    return [heads(row.headcount), *(yuan(amount) for amount in money)]


def cell(text: str, url: str = "") -> dict[str, Any]:
    """A cell of components/rows.html; noughts are quiet."""
    return {"text": text, "url": url, "quiet": text in ("0", "0.00", "—")}


def columns(*labels: str, amounts: Sequence[str] = AMOUNTS, last: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Columns of components/rows.html: words, numbers, words."""
    return [
        *({"label": label, "num": False} for label in labels),
        *({"label": label, "num": True} for label in amounts),
        *({"label": label, "num": False} for label in last),
    ]


def _row(first: Sequence[dict[str, Any]], amounts: Any, *last: str) -> dict[str, Any]:
    return {"cells": [*first, *(cell(text) for text in amount_cells(amounts)), *(cell(one) for one in last)]}


@page(perms.can_see_unit_funds)
def unit_funds(request: HttpRequest) -> HttpResponse:
    """Headcount, allotted, carried, spent and left: by county for the city, by unit within one."""
    kind, year = asked(request, "county", "page")
    county = _asked_county(request)
    actor = request.actor
    funds = funds_seen(actor, kind, year)
    total = total_of(funds if county is None else funds.filter(county_id=county.pk))
    context = {
        "heading": FundKind(kind).label,
        "subheading": f"{year}年{f' · {county.label}' if county else ''} · 结余{format_money(total.left)}",
        "crumbs": crumbs(kind, county.label, year=year)
        if county and actor.county_id is None
        else crumbs(kind),
        "kinds": [
            {"label": label, "url": address(value, year), "active": value == kind}
            for value, label in FundKind.choices
        ],
        "tabs": [
            {
                "label": f"{one}年",
                "url": address(kind, one, county.pk if county and not actor.county_id else None),
                "active": one == year,
            }
            for one in years()
        ],
        "page_actions": _actions(actor, kind, year, total),
        "rule": RULE
        if kind == FundKind.SPECIAL
        else "由单位掌握，标准由本地规定，结余可以结转。不是个人待遇。",
        "empty": _empty(actor, kind, year),
    }
    part = _counties(funds, kind, year, total) if county is None else _units(request, funds, county, total)
    return render(request, "benefits/unit_funds.html", context | part)


def _actions(actor: Actor, kind: str, year: int, total: FundSums) -> list[dict[str, Any]]:
    query = f"?kind={kind}&year={year}"
    found: list[dict[str, Any]] = []
    if perms.can_keep_unit_funds(actor):
        found.append({"label": "标准", "url": f"{reverse('benefits:fund-rates')}?kind={kind}"})
        if total.funds:
            sheet = reverse("benefits:unit-funds-sheet") + query
            found.append({"label": "下载表格", "url": sheet, "method": "post", "repeatable": "yes"})
        if total.still_open and year < timezone.localdate().year:
            found.append({"label": "全部结账", "url": reverse("benefits:unit-funds-close") + query})
        word = "重新核定" if total.funds else "核定本年"
        count = {"label": word, "url": reverse("benefits:unit-funds-count") + query}
        found.append(count | {"kind": "" if total.funds else "primary"})
    return found


def _empty(actor: Actor, kind: str, year: int) -> dict[str, str]:
    may = perms.can_keep_unit_funds(actor)
    return {
        "title": f"{year}年还没有核定",
        "text": "核定时按名册人数和标准算出每个单位的应拨数，再登记支出。"
        if may
        else "由市局或县局核定后列在这里。",
        "action_label": "核定本年" if may else "",
        "action_url": f"{reverse('benefits:unit-funds-count')}?kind={kind}&year={year}",
    }


def _counties(funds: Any, kind: str, year: int, total: FundSums) -> dict[str, Any]:
    lines = county_sums(funds)
    rows = [
        _row(
            [cell(one.label, address(kind, year, one.county_id)), cell(format_count(one.funds))],
            one,
            f"{one.still_open}个未结账" if one.still_open else "已结账",
        )
        for one in lines
    ]
    if rows:
        rows.append(_row([cell("合计"), cell(format_count(total.funds))], total, ""))
    head = columns("县市区", amounts=("单位", *AMOUNTS), last=("结账",))
    return {"columns": head, "rows": rows, "caption": "按县市区", "page": None}


def _units(request: HttpRequest, funds: Any, county: Unit, total: FundSums) -> dict[str, Any]:
    pages = Paginator(funds.filter(county_id=county.pk), PAGE).get_page(request.GET.get("page"))
    rows = [
        _row(
            [cell(one.unit.label, reverse("benefits:unit-fund", args=[one.pk]))],
            one,
            "已结账" if one.closed_at else "未结账",
        )
        for one in pages
    ]
    if rows and request.actor.unit_id is None:
        rows.append(_row([cell("合计")], total, ""))
    query = "".join(
        f"{name}={request.GET[name]}&" for name in ("kind", "year", "county") if name in request.GET
    )
    head = columns("单位", last=("结账",))
    return {"columns": head, "rows": rows, "caption": "按单位", "page": pages, "query": query}


@page(perms.can_keep_unit_funds, "GET", "POST")
def count(request: HttpRequest) -> HttpResponse:
    """Open the funds of a year, or count them again, after a question."""
    kind, year = asked(request)
    actor = request.actor
    if request.method == "POST":
        try:
            done = count_year(kind=kind, year=year, today=timezone.localdate(), by=actor)
        except FundError as error:
            messages.error(request, error.message)
            return redirect(address(kind, year))
        closed = f"，{done.closed}个单位已结账，不变" if done.closed else ""
        messages.success(
            request, f"已核定{year}年：新建{done.made}个单位，重算{done.changed}个单位{closed}。"
        )
        if done.short:
            messages.warning(request, _short_words(done.short))
        return redirect(address(kind, year))
    rates = rates_on(actor, kind, timezone.localdate().replace(year=year, month=1, day=1))
    effects = [
        f"按{year}年1月1日执行的标准："
        + ("、".join(sorted({format_money(one.amount) for one in rates})) or "还没有登记"),
        "没有建账的单位建账，上年已结账的带入结余；已建账的按名册重新计算人数和应拨数",
        "已结账的单位和流水都不变",
    ]
    question = f"核定{year}年{FundKind(kind).label}？"
    return _confirm(request, kind, year, question, "核定", effects)


def _short_words(units: Sequence[int]) -> str:
    names = [unit.label for unit in Unit.objects.filter(pk__in=units[:SHORT]).order_by("sort", "pk")]
    more = f"等{len(units)}个单位" if len(units) > SHORT else ""
    return f"重算后不够已有的支出，没有改：{'、'.join(names)}{more}。请先核对人数，或登记追加拨款。"


def _confirm(
    request: HttpRequest, kind: str, year: int, question: str, label: str, effects: list[str]
) -> HttpResponse:
    context = {
        "heading": question.rstrip("？"),
        "crumbs": crumbs(kind, label, year=year),
        "confirm": {
            "question": question,
            "text": f"范围：{request.actor.place}",
            "effects": effects,
            "url": request.get_full_path(),
            "hidden": [],
            "submit_label": label,
            "danger": "",
            "cancel_url": address(kind, year),
        },
    }
    return render(request, "generic/confirm.html", context)


@page(perms.can_keep_unit_funds, "GET", "POST")
def close_year(request: HttpRequest) -> HttpResponse:
    """Close all funds of a year that is over, after a question."""
    kind, year = asked(request)
    actor = request.actor
    funds = funds_seen(actor, kind, year).filter(closed_at=None)
    if request.method == "POST":
        try:
            done = close_funds(funds=list(funds), today=timezone.localdate(), by=actor)
        except FundError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, f"已结账：{year}年{done}个单位。")
        return redirect(address(kind, year))
    effects = [f"{funds.count()}个单位结账，结余转入下一年", "结账以后不能再登记、冲销，也不能撤销结账"]
    return _confirm(request, kind, year, f"{year}年{FundKind(kind).label}全部结账？", "结账", effects)


def table_file(head: Sequence[Column], rows: Iterable[Sequence[str]], about: About) -> bytes:
    """A table as a workbook."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "funds.xlsx"
        xlsx.write_xlsx(path, head, rows, about)
        return path.read_bytes()


@page(perms.can_keep_unit_funds, "POST")
def funds_sheet(request: HttpRequest) -> HttpResponse:
    """The funds of a year by unit as a workbook: numbers alone, no names of people."""
    kind, year = asked(request)
    actor, today = request.actor, timezone.localdate()
    head = [Column("县市区", 14), Column("单位", 24)]
    head += [Column(label, 14, is_number=True) for label in AMOUNTS] + [Column("结账", 10)]
    rows = [_sheet_row(one) for one in funds_seen(actor, kind, year).iterator()]
    rows.append(["合计", "", *_plain(total_of(funds_seen(actor, kind, year))), ""])
    title = f"{year}年{FundKind(kind).label}"
    about = About(
        title=title,
        lines=(("范围", actor.place), ("截至", format_date(today)), ("单位", format_count(len(rows) - 1))),
        mark=f"{actor.name} {format_date(today)}",
        number="",
    )
    record_event(kind=EventKind.EXPORT, summary=f"导出{title}", by=actor, data={"count": len(rows)})
    content = table_file(head, rows, about)
    return attachment(content, filename=f"{title}.xlsx", content_type=xlsx.TYPE)


def _sheet_row(one: UnitFund) -> list[str]:
    return [one.county.label, one.unit.label, *_plain(one), "已结账" if one.closed_at else "未结账"]


def _plain(row: Any) -> list[str]:
    return [text.replace(",", "") for text in amount_cells(row)]
