"""The ledger of the money for visits, its budgets, and the ledger as a workbook."""

import uuid
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import FormToken
from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.chinese import format_count, format_date, format_money
from apps.core.downloads import attachment
from apps.core.pages import page
from apps.core.scope import Actor
from apps.core.sheets import xlsx
from apps.core.sheets.table import About, Column
from apps.visits import perms
from apps.visits.actions.coverage_paper import rate_words
from apps.visits.actions.funds import remove_budget, save_budget
from apps.visits.forms.funds import BudgetForm
from apps.visits.models import Budget
from apps.visits.queries.funds import office_of
from apps.visits.queries.ledger import LISTED, Concerned, Ledger, LedgerLine, Money, ledger
from apps.visits.views.fund_sources import form_page

TITLE = "慰问经费"
YEARS = 5
AMOUNTS = ("计划（元）", "慰问金（元）", "慰问品（元）", "支出合计（元）", "结余（元）", "执行率", "份数")


def crumbs(*labels: str) -> list[dict[str, str]]:
    """From the ledger down."""
    if not labels:
        return [{"label": TITLE, "url": ""}]
    return [{"label": TITLE, "url": reverse("visits:funds")}, *({"label": one, "url": ""} for one in labels)]


def _years() -> list[int]:
    """Years of the ledger, the next one first."""
    this = timezone.localdate().year
    return list(range(this + 1, this + 1 - YEARS, -1))


def _year(request: HttpRequest) -> int:
    asked = request.GET.get("year", str(timezone.localdate().year))
    if set(request.GET) - {"year"} or asked not in map(str, _years()):
        raise BadRequest("unknown year")
    return int(asked)


def _yuan(amount: Decimal | None) -> str:
    return "—" if amount is None else f"{amount:,.2f}"


def amount_cells(amounts: Money) -> list[str]:
    """The cells of ``AMOUNTS``."""
    return [
        _yuan(amounts.planned),
        _yuan(amounts.money),
        _yuan(amounts.goods),
        _yuan(amounts.spent),
        _yuan(amounts.left),
        rate_words(amounts.rate),
        format_count(amounts.gifts),
    ]


def _cell(text: str, url: str = "") -> dict[str, str]:
    return {"text": text, "url": url}


def _columns(*labels: str, amounts: tuple[str, ...] = AMOUNTS) -> list[dict[str, Any]]:
    return [
        *({"label": label, "num": False} for label in labels),
        *({"label": label, "num": True} for label in amounts),
    ]


@page(perms.can_see_funds)
def funds(request: HttpRequest) -> HttpResponse:
    """Planned and spent of a year, the check of its sums, and what to look into."""
    actor, year = request.actor, _year(request)
    found = ledger(actor, year)
    address = reverse("visits:funds")
    context = {
        "heading": TITLE,
        "subheading": f"{year}年 · 支出{format_money(found.total.spent)}",
        "crumbs": crumbs(),
        "tabs": [
            {"label": f"{one}年", "url": f"{address}?year={one}", "active": one == year} for one in _years()
        ],
        "page_actions": [
            {"label": "资金来源", "url": reverse("visits:fund-sources")},
            {
                "label": "下载表格",
                "url": f"{reverse('visits:funds-sheet')}?year={year}",
                "method": "post",
                "repeatable": "yes",
            },
            {
                "label": "登记经费计划",
                "url": f"{reverse('visits:budget-create')}?year={year}",
                "kind": "primary",
            },
        ],
        "check": _check(found),
        "notices": _notices(found),
        "sections": _sections(found, actor),
        "lists": _lists(found),
        "create_url": f"{reverse('visits:budget-create')}?year={year}",
        "is_empty": not found.lines,
    }
    return render(request, "visits/funds.html", context)


def _check(found: Ledger) -> str:
    words = f"各行相加{format_money(found.total.spent)}，走访记录合计{format_money(found.check)}"
    return f"合计核对：{words}，{'一致' if found.is_sound else '不一致，请联系系统管理员'}。"


def _notices(found: Ledger) -> list[dict[str, Any]]:
    notices = []
    if not found.is_sound:
        notices.append({"title": "合计不一致", "text": _check(found), "items": [], "kind": "wrong"})
    if found.overspent:
        items = [
            f"{line.office}{line.label}{f'（{line.campaign}）' if line.campaign else ''}"
            f"超支{format_money(-(line.amounts.left or Decimal(0)))}"
            for line in found.overspent
        ]
        notices.append(
            {
                "title": "支出超过计划",
                "text": "核对登记的来源，或调整经费计划。",
                "items": items,
                "kind": "look",
            }
        )
    if found.twice:
        items = [f"{one['retiree__name']}：{one['campaign__title']}，{one['times']}次" for one in found.twice]
        notices.append({"title": "同一次活动里重复领取", "text": "", "items": items, "kind": "wrong"})
    return notices


def _sections(found: Ledger, actor: Actor) -> list[dict[str, Any]]:
    lines = [
        {
            "cells": [
                _cell(line.campaign or "日常走访"),
                _cell(f"{line.office} {line.label}"),
                *(_cell(text) for text in amount_cells(line.amounts)),
            ]
        }
        for line in found.lines
    ]
    for row, line in zip(lines, found.lines, strict=True):
        row["cells"][2]["url"] = _budget_url(line)
    total = [_cell("合计"), _cell(""), *(_cell(text) for text in amount_cells(found.total))]
    sections = [
        {
            "title": "按来源和活动",
            "columns": _columns("活动", "来源"),
            "rows": [*lines, {"cells": total}],
        }
    ]
    several = [(line, budget) for line in found.lines if len(line.budgets) > 1 for budget in line.budgets]
    if several:
        sections.append(
            {
                "title": "各地的计划",
                "columns": [
                    *({"label": label, "num": False} for label in ("来源", "活动", "哪里的")),
                    {"label": "计划（元）", "num": True},
                ],
                "rows": [
                    {
                        "cells": [
                            _cell(line.label, reverse("visits:budget-edit", args=[budget.pk])),
                            _cell(line.campaign or "日常走访"),
                            _cell(office_of(budget)),
                            _cell(_yuan(budget.amount)),
                        ]
                    }
                    for line, budget in several
                ],
            }
        )
    if len(found.places) > 1:
        sections.append(
            {
                "title": "按县市区" if actor.county_id is None else "按单位",
                "columns": _columns(
                    "县市区" if actor.county_id is None else "单位",
                    amounts=("慰问金（元）", "慰问品（元）", "支出合计（元）", "份数"),
                ),
                "rows": [_place_row(line) for line in found.places],
            }
        )
    return sections


def _budget_url(line: LedgerLine) -> str:
    return reverse("visits:budget-edit", args=[line.budgets[0].pk]) if len(line.budgets) == 1 else ""


def _place_row(line: LedgerLine) -> dict[str, Any]:
    amounts = line.amounts
    texts = (_yuan(amounts.money), _yuan(amounts.goods), _yuan(amounts.spent), format_count(amounts.gifts))
    return {"cells": [_cell(line.label), *(_cell(text) for text in texts)]}


def _lists(found: Ledger) -> list[dict[str, Any]]:
    return [
        _list("超标准的", found.over_limit, "说明", "over_limit_reason"),
        _list("没有签收的", found.unsigned, "批准人", "approved_by_name"),
    ]


def _list(title: str, concerned: Concerned, label: str, field: str) -> dict[str, Any]:
    return {
        "title": f"{title}：{format_count(concerned.count)}笔",
        "more": f"只列出最近{LISTED}笔。" if concerned.count > LISTED else "",
        "columns": [
            *({"label": one, "num": False} for one in ("姓名", "单位", "日期", "事由", "来源")),
            {"label": "慰问金（元）", "num": True},
            {"label": label, "num": False},
        ],
        "rows": [
            {
                "cells": [
                    _cell(row.retiree.name, reverse("visits:visit", args=[row.pk])),
                    _cell(f"{row.county.label} {row.unit.label}"),
                    _cell(format_date(row.visited_on)),
                    _cell(str(row.occasion)),
                    _cell(str(row.source)),
                    _cell(_yuan(row.money)),
                    _cell(getattr(row, field) or "—"),
                ]
            }
            for row in concerned.rows
        ],
    }


@page(perms.can_see_funds, "POST")
def funds_sheet(request: HttpRequest) -> HttpResponse:
    """The ledger as a workbook: numbers alone, no names."""
    actor, year, today = request.actor, _year(request), timezone.localdate()
    found = ledger(actor, year)
    columns = [Column("口径", 12), Column("名称", 24), Column("活动", 24)]
    columns += [Column(label, 14, is_number=True) for label in AMOUNTS]
    rows = [
        ["来源", line.label, line.campaign or "日常走访", *amount_cells(line.amounts)] for line in found.lines
    ]
    rows += [["地方", line.label, "", *amount_cells(line.amounts)] for line in found.places]
    rows.append(["合计", "", "", *amount_cells(found.total)])
    title = f"{year}年慰问经费台账"
    about = About(
        title=title,
        lines=(("范围", actor.place), ("截至", format_date(today)), ("核对", _check(found))),
        mark=f"{actor.name} {format_date(today)}",
        number="",
    )
    record_event(kind=EventKind.EXPORT, summary=f"导出{title}", by=actor, data={"count": len(rows)})
    content = xlsx.table_file(columns, rows, about)
    return attachment(content, filename=f"{title}.xlsx", content_type=xlsx.TYPE)


@page(perms.can_keep_plans, "GET", "POST")
def create_budget(request: HttpRequest) -> HttpResponse:
    """What may be spent of a source in a campaign or in a year."""
    return _save(request, None)


@page(perms.can_keep_plans, "GET", "POST")
def edit_budget(request: HttpRequest, pk: int) -> HttpResponse:
    """A budget of one's own office."""
    return _save(request, _kept(request.actor, pk))


@page(perms.can_keep_plans, "GET", "POST")
def delete_budget(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a budget away, after a question."""
    row = _kept(request.actor, pk)
    if request.method == "POST":
        remove_budget(budget=row, by=request.actor)
        messages.success(request, f"已删除{row.year}年“{row.source}”的经费计划。支出记录不变。")
        return redirect(_address(row.year))
    context = {
        "heading": "删除经费计划",
        "crumbs": crumbs("删除经费计划"),
        "confirm": {
            "question": f"删除{row.year}年“{row.source}”计划{format_money(row.amount)}？",
            "text": f"活动：{row.campaign or '日常走访'}",
            "effects": ["支出记录不变", "台账里这一行不再有计划和结余", "变更记录里留有这次删除"],
            "url": request.path,
            "hidden": [],
            "submit_label": "删除",
            "danger": "yes",
            "cancel_url": reverse("visits:budget-edit", args=[pk]),
        },
    }
    return render(request, "generic/confirm.html", context)


def _kept(actor: Actor, pk: int) -> Budget:
    rows = Budget.objects.kept_by(actor).select_related("source", "campaign", "county")
    return get_object_or_404(rows, pk=pk)


def _address(year: int) -> str:
    return f"{reverse('visits:funds')}?year={year}"


def _save(request: HttpRequest, one: Budget | None) -> HttpResponse:
    year = _asked_year(request) if one is None else one.year
    names = ("source", "campaign", "year", "amount", "approved_by_name", "paper")
    initial = {name: getattr(one, name) for name in names} if one else {"year": year}
    initial["token"] = uuid.uuid4()
    form = BudgetForm(request.POST or None, initial=initial, years=_years(), budget=one, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        token, _ = FormToken.objects.claim(form.cleaned_data["token"], request.actor)
        if token.result:
            return redirect(_address(int(token.result)))
        if not form.is_taken():
            row = save_budget(budget=one, values=form.values(), by=request.actor)
            token.result = str(row.year)
            token.save(update_fields=["result"])
            messages.success(request, f"已保存：{row.year}年“{row.source}”计划{format_money(row.amount)}。")
            return redirect(_address(row.year))
    heading = "修改经费计划" if one else "登记经费计划"
    remove_url = reverse("visits:budget-remove", args=[one.pk]) if one else ""
    return form_page(request, form, heading, crumbs, _address(year), remove_url)


def _asked_year(request: HttpRequest) -> int:
    text = request.GET.get("year", "")
    return int(text) if text in map(str, _years()) else timezone.localdate().year
