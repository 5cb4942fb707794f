"""Schemes of hardship aid and yearly items: what a year has, one scheme with its cases, its ledger as a file."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.benefits import perms
from apps.benefits.choices import AID_MONEY, AID_OVER, AidState
from apps.benefits.models import AidCase, AidScheme
from apps.benefits.queries.aid import NOTHING, AidSums, cases_seen, eligible_counts, schemes_seen, sums_of
from apps.benefits.rules.aid import days_words
from apps.benefits.views.unit_funds import cell, table_file, yuan
from apps.core.chinese import format_count, format_date, format_money
from apps.core.downloads import attachment
from apps.core.pages import page
from apps.core.scope import Actor
from apps.core.sheets import xlsx
from apps.core.sheets.table import About, Column

TITLE = "困难帮扶"
PAGE = 100
MONEY_HEAD = (
    "名称",
    "谁的",
    "申请",
    "已批",
    "已发",
    "核定（元）",
    "已发（元）",
    "预算剩余（元）",
    "发放期限",
)
YEARLY_HEAD = ("名称", "谁的", "应享", "已报名", "已完成", "未报名")
WORDS = frozenset(("名称", "谁的", "发放期限"))


def list_address(year: int | None = None) -> str:
    """The list of a year."""
    return reverse("benefits:aid") + (f"?year={year}" if year else "")


def scheme_address(scheme: AidScheme) -> str:
    """The page of a scheme."""
    return reverse("benefits:aid-scheme", args=[scheme.pk])


def crumbs(*steps: tuple[str, str], here: str = "") -> list[dict[str, str]]:
    """From the list down to ``here``."""
    found = [{"label": TITLE, "url": list_address() if steps or here else ""}]
    found += [{"label": label, "url": url} for label, url in steps]
    return found + ([{"label": here, "url": ""}] if here else [])


def the_scheme(actor: Actor, pk: int) -> AidScheme:
    """A scheme that concerns the actor; 404 else."""
    return get_object_or_404(schemes_seen(actor), pk=pk)


def head(*labels: str) -> list[dict[str, Any]]:
    """Columns of components/rows.html: numbers but for those that are words."""
    return [{"label": label, "num": label not in WORDS} for label in labels]


def _year(request: HttpRequest) -> int:
    text = request.GET.get("year", "")
    if set(request.GET) - {"year"} or (text and not (text.isdecimal() and 2000 <= int(text[:5]) <= 2100)):
        raise BadRequest("unknown year")
    return int(text) if text else timezone.localdate().year


@page(perms.can_see_aid)
def schemes(request: HttpRequest) -> HttpResponse:
    """What a year has: money by application, and yearly items."""
    year, actor = _year(request), request.actor
    this = timezone.localdate().year
    rows = list(schemes_seen(actor, year))
    sums, heads = sums_of(rows, actor), eligible_counts(rows, actor)
    money = [_money_row(actor, one, sums.get(one.pk, NOTHING)) for one in rows if not one.is_yearly]
    items = [_yearly_row(one, sums.get(one.pk, NOTHING), heads[one.pk]) for one in rows if one.is_yearly]
    create = {
        "label": "新建项目",
        "url": reverse("benefits:aid-scheme-create"),
        "kind": "primary",
        "key": "n",
    }
    context = {
        "heading": TITLE,
        "subheading": f"{year}年 · {format_count(len(rows))}个项目",
        "crumbs": crumbs(),
        "page_actions": [create] if perms.can_keep_aid(actor) else [],
        "tabs": [
            {"label": f"{one}年", "url": list_address(one), "active": one == year}
            for one in (this + 1, this, this - 1, this - 2)
        ],
        "money_columns": head(*MONEY_HEAD),
        "money": money,
        "yearly_columns": head(*YEARLY_HEAD),
        "yearly": items,
        "empty": {
            "title": f"{year}年还没有项目",
            "text": "先建项目，写明类型、对象和限额，再登记申请或报名。",
            "action_label": create["label"],
            "action_url": create["url"],
        },
    }
    return render(request, "benefits/aid.html", context)


def left_of(actor: Actor, scheme: AidScheme, granted: Decimal) -> Decimal | None:
    """What is left of the budget; None where there is none, or a county does not see what others took from it."""
    if scheme.budget is None or (scheme.county_id is None and actor.county_id is not None):
        return None
    return scheme.budget - granted


def _money_row(actor: Actor, one: AidScheme, sums: AidSums) -> dict[str, Any]:
    left = left_of(actor, one, sums.granted)
    return {
        "cells": [
            cell(f"{one.name}（{one.get_kind_display()}）", scheme_address(one)),
            cell(one.office),
            *(cell(format_count(count)) for count in (sums.applied, sums.approved, sums.paid_cases)),
            cell(yuan(sums.granted)),
            cell(yuan(sums.paid)),
            cell("—" if left is None else yuan(left)),
            cell(term_words(one)),
        ]
    }


def term_words(scheme: AidScheme) -> str:
    """春节（2027年2月6日）前，还有5天; 已停止申请."""
    found = []
    if scheme.pay_before:
        day = format_date(scheme.pay_before)
        name = f"{scheme.get_feast_display()}（{day}）" if scheme.feast else day
        found.append(f"{name}前，{days_words(scheme.pay_before, timezone.localdate())}")
    if scheme.closed_on:
        found.append("已停止申请")
    return "；".join(found) or "—"


def _yearly_row(one: AidScheme, sums: AidSums, heads: int) -> dict[str, Any]:
    left = max(heads - sums.used, 0)
    return {
        "cells": [
            cell(f"{one.name}（{one.get_kind_display()}）", scheme_address(one)),
            cell(one.office),
            cell(format_count(heads)),
            cell(format_count(sums.signed)),
            cell(format_count(sums.done)),
            cell(format_count(left), reverse("benefits:aid-unused", args=[one.pk]) if left else ""),
        ]
    }


@page(perms.can_see_aid)
def scheme(request: HttpRequest, pk: int) -> HttpResponse:
    """One scheme: what it says, how far it is, its cases by state."""
    actor = request.actor
    row = the_scheme(actor, pk)
    state = request.GET.get("state", "")
    if set(request.GET) - {"state", "page"} or state not in ("", *AidState.values):
        raise BadRequest("unknown state")
    sums = sums_of([row], actor).get(row.pk, NOTHING)
    cases = cases_seen(actor).filter(scheme=row)
    pages = Paginator(cases.filter(state=state) if state else cases, PAGE).get_page(request.GET.get("page"))
    context = {
        "heading": str(row),
        "subheading": f"{row.get_kind_display()} · {row.office}" + (" · 已停止申请" if row.closed_on else ""),
        "crumbs": crumbs((f"{row.year}年", list_address(row.year)), here=row.name),
        "page_actions": _actions(actor, row),
        "facts": _facts(actor, row, sums),
        "tabs": _tabs(row, state),
        "columns": [
            {"label": label, "num": label.endswith("（元）"), "short": label.endswith("日期")}
            for label in case_heads(is_yearly=row.is_yearly)
        ],
        "rows": [case_row(one) for one in pages],
        "page": pages,
        "query": f"state={state}&" if state else "",
        "empty": {
            "title": "没有这样的申请" if state else "还没有人申请",
            "text": "从名册里找到人，登记申请。" if not row.is_yearly else "从名册里找到人，登记报名。",
            "action_label": "" if row.closed_on else _enter_word(row),
            "action_url": "" if row.closed_on else reverse("benefits:aid-find", args=[row.pk]),
        },
    }
    return render(request, "benefits/aid_scheme.html", context)


def case_heads(*, is_yearly: bool) -> tuple[str, ...]:
    """Columns of cases."""
    if is_yearly:
        return ("姓名", "县市区", "单位", "状态", "报名日期", "完成日期")
    return (
        "姓名",
        "县市区",
        "单位",
        "状态",
        "申请日期",
        "申请（元）",
        "核定（元）",
        "审批人",
        "发放日期",
        "凭证号",
    )


def case_row(one: AidCase) -> dict[str, Any]:
    """One line of cases, without what was said of want and illness."""
    first = [
        cell(one.name, reverse("benefits:aid-case", args=[one.pk])),
        cell(one.county.label),
        cell(one.unit.label),
        cell(one.get_state_display()),
        cell(format_date(one.applied_on)),
    ]
    if one.scheme.is_yearly:
        return {"cells": [*first, cell(format_date(one.done_on) if one.done_on else "—")]}
    return {
        "cells": [
            *first,
            cell(yuan(one.asked) if one.asked else "—"),
            cell(yuan(one.granted) if one.granted else "—"),
            cell(one.approved_by_name or "—"),
            cell(format_date(one.paid_on) if one.paid_on else "—"),
            cell(one.voucher or "—"),
        ]
    }


def _tabs(row: AidScheme, state: str) -> list[dict[str, Any]]:
    states = (
        (AidState.SIGNED, AidState.DONE, AidState.WITHDRAWN) if row.is_yearly else (*AID_MONEY, *AID_OVER)
    )
    base = scheme_address(row)
    found = [{"label": "全部", "url": base, "active": not state}]
    return found + [
        {"label": one.label, "url": f"{base}?state={one.value}", "active": state == one.value}
        for one in states
    ]


def _enter_word(row: AidScheme) -> str:
    return "登记报名" if row.is_yearly else "登记申请"


def _actions(actor: Actor, row: AidScheme) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if perms.can_take_aid_ledger(actor):
        sheet = reverse("benefits:aid-sheet", args=[row.pk])
        found.append({"label": "下载台账", "url": sheet, "method": "post", "repeatable": "yes"})
    if row.is_yearly:
        found.append({"label": "未报名的人", "url": reverse("benefits:aid-unused", args=[row.pk])})
    if actor.county_id is None or row.county_id == actor.county_id:
        found.append({"label": "修改", "url": reverse("benefits:aid-scheme-edit", args=[row.pk])})
        word = "恢复申请" if row.closed_on else "停止申请"
        found.append({"label": word, "url": reverse("benefits:aid-scheme-close", args=[row.pk])})
    if not row.closed_on:
        find = reverse("benefits:aid-find", args=[row.pk])
        found.append({"label": _enter_word(row), "url": find, "kind": "primary", "key": "n"})
    return found


def _facts(actor: Actor, row: AidScheme, sums: AidSums) -> list[dict[str, Any]]:
    basis = f"{row.paper.number} {row.clause.label if row.clause else ''}".strip() if row.paper else "—"
    facts = [
        {"label": "对象", "value": row.get_people_display()},
        {"label": "每人每年限额", "value": format_money(row.limit) if row.limit else "没有填"},
    ]
    if row.is_yearly:
        heads = eligible_counts([row], actor)[row.pk]
        facts += [
            {"label": "应享", "value": f"{format_count(heads)}人"},
            {"label": "已报名", "value": f"{format_count(sums.signed)}人"},
            {"label": "已完成", "value": f"{format_count(sums.done)}人"},
            {"label": "未报名", "value": f"{format_count(max(heads - sums.used, 0))}人"},
        ]
    else:
        left = left_of(actor, row, sums.granted)
        facts += [
            {"label": "每人每年次数", "value": f"{row.times_a_year}次"},
            {"label": "预算", "value": format_money(row.budget) if row.budget else "不控制总额"},
            {
                "label": "已核定",
                "value": f"{format_money(sums.granted)}（{format_count(sums.approved)}人次）",
            },
            {"label": "已发放", "value": f"{format_money(sums.paid)}（{format_count(sums.paid_cases)}人次）"},
            {"label": "预算剩余", "value": "—" if left is None else format_money(left)},
        ]
    facts.append({"label": "发放期限", "value": term_words(row)})
    return [*facts, {"label": "依据", "value": basis}, {"label": "说明", "value": row.note or "—"}]


@page(perms.can_take_aid_ledger, "POST")
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The ledger of a scheme as a workbook: names and amounts, no reasons."""
    actor, today = request.actor, timezone.localdate()
    row = the_scheme(actor, pk)
    labels = case_heads(is_yearly=row.is_yearly)
    columns = [Column(label, 14, is_number=label.endswith("（元）")) for label in labels]
    cases = cases_seen(actor).filter(scheme=row).order_by("county__sort", "county_id", "applied_on", "pk")
    lines = [_plain(one) for one in cases]
    title = f"{row}台账"
    about = About(
        title=title,
        lines=(("范围", actor.place), ("截至", format_date(today)), ("人次", format_count(len(lines)))),
        mark=f"{actor.name} {format_date(today)}",
        number="",
    )
    record_event(
        kind=EventKind.EXPORT, summary=f"导出{title}", by=actor, subject=row, data={"count": len(lines)}
    )
    content = table_file(columns, lines, about)
    return attachment(content, filename=f"{title}.xlsx", content_type=xlsx.TYPE)


def _plain(one: AidCase) -> list[str]:
    texts = [part["text"] for part in case_row(one)["cells"]]
    heads = case_heads(is_yearly=one.scheme.is_yearly)
    return [
        ("" if text == "—" else text.replace(",", "") if label.endswith("（元）") else text)
        for label, text in zip(heads, texts, strict=True)
    ]
