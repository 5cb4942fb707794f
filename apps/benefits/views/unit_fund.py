"""The fund of one unit in a year: how it was reckoned, its ledger, what may be done with it."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import FormToken
from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.benefits import perms
from apps.benefits.actions.unit_funds import (
    FundError,
    add_entries,
    cancel_entry,
    close_funds,
    set_carried,
)
from apps.benefits.choices import FundPeople, Headcount
from apps.benefits.forms.unit_funds import CancelForm, CarriedForm, FundEntryForm
from apps.benefits.models import FundEntry, UnitFund
from apps.benefits.queries.unit_funds import UnitLedger, earlier_funds, people_now, unit_ledger
from apps.benefits.views.unit_funds import cell, columns, crumbs, heads, table_file, yuan
from apps.core.chinese import format_date, format_moment, format_money
from apps.core.downloads import attachment
from apps.core.pages import page
from apps.core.scope import Actor
from apps.core.sheets import xlsx
from apps.core.sheets.table import About, Column
from apps.retirees.models import Retiree

LISTED = 300
"""People of a unit among whom one is picked; in a larger one they are looked for by name."""
LINES = ("日期", "摘要", "用途", "帮扶对象", "凭证号")


def the_fund(actor: Actor, pk: int) -> UnitFund:
    """A fund in the actor's scope; 404 else."""
    rows = UnitFund.objects.visible_to(actor).select_related("county", "unit")
    return get_object_or_404(rows, pk=pk)


def _crumbs(fund: UnitFund, *labels: str) -> list[dict[str, str]]:
    first, *_ = crumbs(fund.kind, "", year=fund.year)
    unit = f"{fund.unit.label}{fund.year}年"
    if not labels:
        return [first, {"label": unit, "url": ""}]
    here = {"label": unit, "url": reverse("benefits:unit-fund", args=[fund.pk])}
    return [first, here, *({"label": one, "url": ""} for one in labels)]


@page(perms.can_see_unit_funds)
def unit_fund(request: HttpRequest, pk: int) -> HttpResponse:
    """How the fund was reckoned, what is left of it, and its ledger."""
    actor = request.actor
    fund = the_fund(actor, pk)
    found = unit_ledger(fund)
    may = perms.can_keep_unit_funds(actor) and fund.closed_at is None
    state = f"{fund.closed_by_name}于{format_moment(fund.closed_at)}结账" if fund.closed_at else "未结账"
    context = {
        "heading": f"{fund.unit.label}{fund.year}年{fund.get_kind_display()}",
        "subheading": f"{fund.county.label} · {state} · 结余{format_money(fund.left)}",
        "crumbs": _crumbs(fund),
        "page_actions": _actions(actor, fund, may=may),
        "facts": _facts(fund, may=may),
        "counted": [_share_words(share, fund.year) for share in fund.counted],
        "notices": _notices(fund, found),
        "columns": columns(
            *LINES,
            amounts=("收入（元）", "支出（元）", "结余（元）"),
            last=("登记人", "操作") if may else ("登记人",),
        ),
        "rows": _rows(actor, found, may=may),
    }
    return render(request, "benefits/unit_fund.html", context)


def _actions(actor: Actor, fund: UnitFund, *, may: bool) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if perms.can_take_fund_ledger(actor):
        sheet = reverse("benefits:unit-fund-sheet", args=[fund.pk])
        found.append({"label": "下载流水", "url": sheet, "method": "post", "repeatable": "yes"})
    if may and fund.year < timezone.localdate().year:
        found.append({"label": "结账", "url": reverse("benefits:unit-fund-close", args=[fund.pk])})
    if may:
        add = reverse("benefits:unit-fund-add", args=[fund.pk])
        found.append({"label": "登记流水", "url": add, "kind": "primary", "key": "n"})
    return found


def _facts(fund: UnitFund, *, may: bool) -> list[dict[str, Any]]:
    carried: dict[str, Any] = {"label": "上年结转", "value": format_money(fund.carried)}
    if may and not earlier_funds(fund).exists():
        carried |= {"url": reverse("benefits:unit-fund-carried", args=[fund.pk]), "url_label": "填写"}
    return [
        {"label": "核定人数", "value": f"{heads(fund.headcount)}人（{format_date(fund.counted_on)}计算）"},
        {"label": "应拨", "value": format_money(fund.allotted)},
        carried,
        {"label": "追加拨款", "value": format_money(fund.added)},
        {"label": "支出", "value": format_money(fund.spent)},
        {"label": "结余", "value": format_money(fund.left)},
    ]


def _share_words(share: dict[str, Any], year: int) -> str:
    """离休干部：2026年1月1日在册12人，每人每年500.00元。"""
    who, amount = FundPeople(share["people"]).label, format_money(Decimal(share["amount"]))
    counts = share["heads"]
    if share["headcount"] == Headcount.YEAR_START:
        return f"{who}：{year}年1月1日在册{counts[0]}人，每人每年{amount}"
    mean = heads((Decimal(sum(counts)) / len(counts)).quantize(Decimal("0.01")))
    months = "、".join(str(one) for one in counts)
    return f"{who}：1至12月每月1日在册{months}人，平均{mean}人，每人每年{amount}；还没有到的月份按现有人数"


def _notices(fund: UnitFund, found: UnitLedger) -> list[dict[str, Any]]:
    notices = []
    if not found.is_sound:
        text = "流水逐笔相加和账面结余不一致，请联系系统管理员。"
        notices.append({"title": "结余不一致", "text": text, "kind": "wrong"})
    before = earlier_funds(fund).first()
    if before is not None and before.closed_at is None and fund.closed_at is None:
        text = f"{before.year}年结账以后，结余自动转入。"
        notices.append({"title": f"{before.year}年还没有结账", "text": text, "kind": "look"})
    return notices


def _opening(fund: UnitFund, words: str, came: Decimal, left: Decimal, last: int) -> dict[str, Any]:
    """A line before the ledger's own: what the year began with."""
    day, blank = cell(format_date(date(fund.year, 1, 1))), cell("—")
    return {
        "cells": [day, cell(words), blank, blank, blank, cell(yuan(came)), blank, cell(yuan(left)), blank]
    }


def _rows(actor: Actor, found: UnitLedger, *, may: bool) -> list[dict[str, Any]]:
    fund = found.fund
    keys = {line.entry.retiree_id for line in found.lines if line.entry.retiree_id}
    seen = set(Retiree.objects.visible_to(actor).filter(pk__in=keys).values_list("pk", flat=True))
    rows = [
        _opening(fund, "上年结转", fund.carried, fund.carried, last=1 + may),
        _opening(fund, "本年应拨", fund.allotted, found.opening, last=1 + may),
    ]
    for line in found.lines:
        entry = line.entry
        person = reverse("retirees:detail", args=[entry.retiree_id]) if entry.retiree_id in seen else ""
        last = [cell(entry.made_by_name)]
        if may:
            can = entry.cancels_id is None and not line.is_cancelled
            last.append(
                cell("冲销", reverse("benefits:fund-entry-cancel", args=[entry.pk])) if can else cell("—")
            )
        rows.append(
            {
                "cells": [
                    cell(format_date(entry.day)),
                    cell(words_of(entry, cancelled=line.is_cancelled)),
                    cell(entry.get_purpose_display()),
                    cell(entry.name or "—", person),
                    cell(entry.voucher or "—"),
                    cell(yuan(line.money.came) if line.money.came else "—"),
                    cell(yuan(line.money.went) if line.money.went else "—"),
                    cell(yuan(line.money.left)),
                    *last,
                ]
            }
        )
    return rows


def words_of(entry: FundEntry, *, cancelled: bool) -> str:
    """What a line says: of which it takes back, or that it was taken back."""
    if entry.cancels_id:
        return f"冲销{format_date(entry.cancels.day)}“{entry.cancels.words}”：{entry.words}"
    return f"{entry.words}（已冲销）" if cancelled else entry.words


@page(perms.can_keep_unit_funds, "GET", "POST")
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """A line of the ledger, or one for each of those helped."""
    fund = the_fund(request.actor, pk)
    today = timezone.localdate()
    people = people_now(request.actor, fund)
    who = request.GET.get("who", "").strip()[:60]
    chosen = people.filter(name__contains=who) if who else people
    shown = [(one.pk, one.name) for one in chosen.only("pk", "name")[:LISTED]]
    form = FundEntryForm(request.POST or None, people=shown, today=today)
    if request.method == "POST" and form.is_valid():
        token, _ = FormToken.objects.claim(form.cleaned_data["token"], request.actor)
        if token.result:
            return redirect("benefits:unit-fund", pk)
        helped = list(people.filter(pk__in=form.keys()))
        try:
            made = add_entries(fund=fund, values=form.values(), people=helped, today=today, by=request.actor)
        except FundError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            token.result = str(pk)
            token.save(update_fields=["result"])
            messages.success(request, f"已登记{len(made)}笔。")
            return redirect("benefits:unit-fund", pk)
    search = {"who": who, "listed": LISTED} if who or len(shown) == LISTED else None
    return _form_page(request, form, fund, "登记流水", f"结余{format_money(fund.left)}。", search)


def _form_page(
    request: HttpRequest, form: Any, fund: UnitFund, heading: str, note: str = "", search: Any = None
) -> HttpResponse:
    context = {
        "form": form,
        "heading": heading,
        "subheading": f"{fund.unit.label}{fund.year}年{fund.get_kind_display()}",
        "crumbs": _crumbs(fund, heading),
        "submit_label": "保存" if heading != "冲销" else "冲销",
        "cancel_url": reverse("benefits:unit-fund", args=[fund.pk]),
        "note": note,
        "hidden": [],
        "search": search,
    }
    return render(
        request, "benefits/unit_fund_form.html", context, status=422 if request.method == "POST" else 200
    )


@page(perms.can_keep_unit_funds, "GET", "POST")
def carried(request: HttpRequest, pk: int) -> HttpResponse:
    """What years before the portal left."""
    fund = the_fund(request.actor, pk)
    form = CarriedForm(request.POST or None, initial={"amount": fund.carried})
    if request.method == "POST" and form.is_valid():
        try:
            set_carried(fund=fund, **form.cleaned_data, by=request.actor)
        except FundError as error:
            form.add_error(error.field or None, error.message)
        else:
            messages.success(request, "已保存以前年度结余。")
            return redirect("benefits:unit-fund", pk)
    return _form_page(request, form, fund, "以前年度结余")


@page(perms.can_keep_unit_funds, "GET", "POST")
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Balance a wrong line by another."""
    rows = FundEntry.objects.visible_to(request.actor)
    entry = get_object_or_404(rows.select_related("fund__unit", "fund__county"), pk=pk)
    fund = entry.fund
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        token, _ = FormToken.objects.claim(form.cleaned_data["token"], request.actor)
        if token.result:
            return redirect("benefits:unit-fund", fund.pk)
        try:
            words = form.cleaned_data["words"]
            cancel_entry(entry=entry, words=words, today=timezone.localdate(), by=request.actor)
        except FundError as error:
            form.add_error(None, error.message)
        else:
            token.result = str(fund.pk)
            token.save(update_fields=["result"])
            messages.success(request, "已冲销，原来的一笔仍列在流水里。")
            return redirect("benefits:unit-fund", fund.pk)
    what = f"{format_date(entry.day)} {entry.words} {format_money(entry.amount)}"
    return _form_page(request, form, fund, "冲销", f"冲销的是：{what}。流水不删除，另记一笔相反的金额。")


@page(perms.can_keep_unit_funds, "GET", "POST")
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the year of one unit, after a question."""
    fund = the_fund(request.actor, pk)
    if request.method == "POST":
        try:
            close_funds(funds=[fund], today=timezone.localdate(), by=request.actor)
        except FundError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, f"已结账，结余{format_money(fund.left)}转入下一年。")
        return redirect("benefits:unit-fund", pk)
    context = {
        "heading": "结账",
        "crumbs": _crumbs(fund, "结账"),
        "confirm": {
            "question": f"{fund.unit.label}{fund.year}年{fund.get_kind_display()}结账？",
            "text": f"结余{format_money(fund.left)}",
            "effects": ["结余转入下一年", "结账以后不能再登记、冲销，也不能撤销结账"],
            "url": request.path,
            "hidden": [],
            "submit_label": "结账",
            "danger": "",
            "cancel_url": reverse("benefits:unit-fund", args=[pk]),
        },
    }
    return render(request, "generic/confirm.html", context)


@page(perms.can_take_fund_ledger, "POST")
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The ledger as a workbook, with the names of those helped."""
    actor, today = request.actor, timezone.localdate()
    fund = the_fund(actor, pk)
    found = unit_ledger(fund)
    widths = (14, 32, 12, 12, 14)
    head = [Column(label, width) for label, width in zip(LINES, widths, strict=True)]
    head += [Column(label, 14, is_number=True) for label in ("收入（元）", "支出（元）", "结余（元）")]
    head.append(Column("登记人", 12))
    rows = [["", "上年结转", "", "", "", str(fund.carried), "", str(fund.carried), ""]]
    rows.append(["", "本年应拨", "", "", "", str(fund.allotted), "", str(found.opening), ""])
    for line in found.lines:
        entry, money = line.entry, line.money
        told = words_of(entry, cancelled=line.is_cancelled)
        amounts = (
            str(money.came) if money.came else "",
            str(money.went) if money.went else "",
            str(money.left),
        )
        first = (format_date(entry.day), told, entry.get_purpose_display(), entry.name, entry.voucher)
        rows.append([*first, *amounts, entry.made_by_name])
    title = f"{fund.unit.label}{fund.year}年{fund.get_kind_display()}流水"
    lines = (("单位", f"{fund.county.label} {fund.unit.label}"), ("截至", format_date(today)))
    about = About(title=title, lines=lines, mark=f"{actor.name} {format_date(today)}", number="")
    count = {"count": len(found.lines)}
    record_event(kind=EventKind.EXPORT, summary=f"导出{title}", by=actor, subject=fund, data=count)
    return attachment(table_file(head, rows, about), filename=f"{title}.xlsx", content_type=xlsx.TYPE)
