"""Lists of payments: all of them, one of them, opening one."""

from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRefresh

from apps.benefits import perms
from apps.benefits.actions.run_files import FILES, title_of
from apps.benefits.choices import RUN_FROZEN, Difference, RunKind, RunState
from apps.benefits.models import Run, RunLine
from apps.benefits.queries.entitled import doubt_words
from apps.benefits.queries.runs import (
    DIFFERING,
    benefit_sums,
    line_counts,
    month_state,
    open_claims,
    run_lines,
    runs_seen,
    unit_sums,
)
from apps.benefits.queries.terms import benefit_terms, standard_terms
from apps.benefits.rules.engine import worth_words
from apps.benefits.rules.months import month_words, span_words
from apps.core.chinese import format_count, format_moment, format_money
from apps.core.pages import page
from apps.core.scope import Actor

SIZE = 50
TITLE = "待遇发放"
TONES = {
    RunState.DRAFT: "amber",
    RunState.WAITING: "amber",
    RunState.APPROVED: "green",
    RunState.RECONCILED: "green",
    RunState.DROPPED: "grey",
}
DIFFERENCE_TONES = {
    Difference.SAME: "grey",
    Difference.NEW: "green",
    Difference.STOPPED: "red",
    Difference.RAISED: "green",
    Difference.LOWERED: "amber",
}


def crumbs(*trail: tuple[str, str]) -> list[dict[str, str]]:
    """From the lists down."""
    if not trail:
        return [{"label": TITLE, "url": ""}]
    return [
        {"label": TITLE, "url": reverse("benefits:runs")},
        *({"label": label, "url": url} for label, url in trail),
    ]


def the_run(actor: Actor, pk: int) -> Run:
    """A list of the actor's place; 404 else."""
    return get_object_or_404(runs_seen(actor).select_related("paper"), pk=pk)


@page(perms.can_see_money)
def runs(request: HttpRequest) -> HttpResponse:
    """All lists of the place, by state."""
    actor = request.actor
    state = request.GET.get("state", "")
    if state and state not in RunState.values:
        raise Http404("state")
    found = runs_seen(actor)
    shown = Paginator(found.filter(state=state) if state else found, SIZE).get_page(request.GET.get("page"))
    number, money = open_claims(actor)
    may = perms.can_see_money(actor)
    context = {
        "heading": TITLE,
        "subheading": _this_month(actor),
        "crumbs": crumbs(),
        "page_actions": [
            {"label": "制本月名单", "url": reverse("benefits:run-open"), "kind": "primary"},
            {"label": "补发", "url": reverse("benefits:run-arrears"), "kind": ""},
            {"label": "去世后仍有发放", "url": reverse("benefits:late-deaths"), "kind": ""},
            {"label": "启用月份", "url": reverse("benefits:openings"), "kind": ""},
        ]
        if may
        else [],
        "views": _views(actor, state),
        "columns": [
            {"label": label, "num": num}
            for label, num in (
                ("名单", False),
                ("状态", False),
                ("人数", True),
                ("应发（元）", True),
                ("应追回（元）", True),
                ("制表人", False),
                ("审批人", False),
            )
        ],
        "rows": [_row(run) for run in shown],
        "page": shown,
        "query": f"state={state}&" if state else "",
        "claims": {
            "number": number,
            "text": f"还有{format_count(number)}笔多发的待遇没有追回，共{format_money(money)}。",
            "url": reverse("benefits:claims"),
        },
        "empty_url": reverse("benefits:run-open"),
    }
    return render(request, "benefits/runs.html", context)


def _this_month(actor: Actor) -> str:
    today = timezone.localdate()
    states = month_state(actor, today)
    parts = [
        f"{states[name]}个{word}"
        for name, word in (
            ("approved", "已审批"),
            ("waiting", "待审批"),
            ("draft", "核对中"),
            ("none", "没有制表"),
        )
        if states[name]
    ]
    return f"{month_words(today)}：{'，'.join(parts)}" if parts else "按标准逐人逐月计算，核对、审批后发放"


def _views(actor: Actor, state: str) -> list[dict[str, Any]]:
    found = runs_seen(actor)
    tabs = [("", "全部"), *((value, label) for value, label in RunState.choices)]
    return [
        {
            "label": label,
            "url": f"?state={value}" if value else "?",
            "active": value == state,
            "count": format_count((found.filter(state=value) if value else found).count()),
        }
        for value, label in tabs
    ]


def _row(run: Run) -> dict[str, Any]:
    texts = (
        run.get_state_display(),
        format_count(run.people),
        f"{run.total:,.2f}",
        f"{run.claimed:,.2f}" if run.claimed else "—",
        run.made_by_name,
        run.approved_by_name or "—",
    )
    first = {"text": title_of(run), "url": reverse("benefits:run", args=[run.pk])}
    return {"cells": [first, *({"text": text, "url": ""} for text in texts)]}


@page(perms.can_see_money)
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """One list: how far it is, what differs from the month before and why, everybody, units."""
    actor = request.actor
    row = the_run(actor, pk)
    is_computing = row.state == RunState.DRAFT and row.computed_at is None
    if "X-Portal-Poll" in request.headers:
        return HttpResponse(status=204) if is_computing else HttpResponseClientRefresh()
    counts = line_counts(row)
    show = _shown(request.GET, row, counts)
    context = {
        "heading": title_of(row),
        "run": row,
        "tone": TONES[RunState(row.state)],
        "crumbs": crumbs((title_of(row), "")),
        "stages": _stages(row),
        "is_computing": is_computing,
        "tiles": _tiles(row, counts),
        "doubts": doubt_words((one["why"], one["people"]) for one in row.doubts),
        "views": _line_views(row, counts, show),
        "may_check": row.state == RunState.DRAFT and row.computed_at is not None,
        "check_all": _check_all(show, counts) if row.state == RunState.DRAFT else None,
        "page_actions": _actions(actor, row),
        "facts": _facts(row),
        "is_arrears": row.kind == RunKind.ARREARS,
        **_table(request.GET, row, show),
    }
    return render(request, "benefits/run.html", context)


def _shown(query: QueryDict, row: Run, counts: dict[str, int]) -> str:
    """The tab: what differs, while there is something to look at; else everybody."""
    shows = {"all", "units", "differing", "unchecked", *Difference.values}
    default = "differing" if any(counts.get(one) for one in DIFFERING) else "all"
    asked = query.get("show", "")
    return asked if asked in shows else default


def _table(query: QueryDict, row: Run, show: str) -> dict[str, Any]:
    if show == "units":
        return {"units": _unit_rows(row), "rows": [], "page": None, "query": ""}
    lines = run_lines(row, show="" if show == "all" else show)
    shown = Paginator(lines, SIZE).get_page(query.get("page"))
    return {"units": None, "rows": [_line(line) for line in shown], "page": shown, "query": f"show={show}&"}


def _line(line: RunLine) -> dict[str, Any]:
    standard = line.standard
    return {
        "pk": line.pk,
        "name": line.name,
        "url": reverse("retirees:detail", args=[line.retiree_id]),
        "unit": line.unit.label,
        "benefit": line.benefit.name,
        "month": month_words(line.month),
        "standard": worth_words(standard_terms(standard), benefit_terms(line.benefit)) if standard else "—",
        "paper": standard_terms(standard).paper if standard else "",
        "before": f"{line.before:,.2f}",
        "entitled": f"{line.entitled:,.2f}",
        "settled": f"{line.settled:,.2f}",
        "amount": f"{line.amount:,.2f}",
        "difference": line.get_difference_display(),
        "tone": DIFFERENCE_TONES[Difference(line.difference)],
        "why": line.why,
        "marks": [
            word
            for word, held in (
                ("家属领取", line.is_estate and line.amount > 0),
                ("暂按上年数据", line.is_provisional),
            )
            if held
        ],
        "is_checked": line.is_checked,
        "paid": "" if line.paid is None else f"{line.paid:,.2f}",
    }


def _unit_rows(row: Run) -> dict[str, Any]:
    sums = unit_sums(row)
    total = (sum(one.people for one in sums), sum((one.total for one in sums), Decimal(0)))
    columns = (("单位", False), ("人数", True), ("应发（元）", True), ("应追回（元）", True))
    rows = [[one.unit, format_count(one.people), f"{one.total:,.2f}", f"{one.claimed:,.2f}"] for one in sums]
    rows.append(["合计", format_count(total[0]), f"{total[1]:,.2f}", f"{row.claimed:,.2f}"])
    return {
        "columns": [{"label": label, "num": num} for label, num in columns],
        "rows": [{"cells": [{"text": text, "url": ""} for text in cells]} for cells in rows],
    }


def _stages(row: Run) -> list[dict[str, str]]:
    order = (RunState.DRAFT, RunState.WAITING, RunState.APPROVED, RunState.RECONCILED)
    labels = ("核对", "审批", "发放", "对账")
    if row.state == RunState.DROPPED:
        return []
    now = order.index(RunState(row.state))
    return [
        {
            "label": label,
            "note": "",
            "state": "done" if place < now or row.state == RunState.RECONCILED else "",
        }
        | ({"state": "now"} if place == now and row.state != RunState.RECONCILED else {})
        for place, label in enumerate(labels)
    ]


def _tiles(row: Run, counts: dict[str, int]) -> list[dict[str, str]]:
    found = [
        {"label": "发放人数", "value": format_count(row.people), "unit": "人", "href": "", "note": ""},
        {"label": "应发", "value": f"{row.total:,.2f}", "unit": "元", "href": "", "note": _by_benefit(row)},
    ]
    if row.claimed:
        found.append(
            {"label": "应追回", "value": f"{row.claimed:,.2f}", "unit": "元", "href": "", "note": ""}
        )
    if row.state == RunState.DRAFT:
        left = counts["unchecked"]
        href = "?show=unchecked" if left else ""
        found.append({"label": "待核对", "value": format_count(left), "unit": "条", "href": href, "note": ""})
    return found


def _by_benefit(row: Run) -> str:
    return "；".join(
        f"{name}{format_count(people)}人{total:,.2f}元" for name, people, total in benefit_sums(row)
    )


def _line_views(row: Run, counts: dict[str, int], show: str) -> list[dict[str, Any]]:
    tabs = [("differing", "变化", sum(counts.get(one, 0) for one in DIFFERING))]
    tabs += [(one, str(one.label), counts[one]) for one in DIFFERING if counts.get(one)]
    if row.state == RunState.DRAFT and counts["unchecked"]:
        tabs.append(("unchecked", "待核对", counts["unchecked"]))
    tabs.append(("all", "全部", sum(number for name, number in counts.items() if name != "unchecked")))
    found = [
        {
            "label": label,
            "url": f"?show={name}",
            "active": name == show,
            "count": format_count(number),
            "tone": "look" if name == "unchecked" else "",
        }
        for name, label, number in tabs
    ]
    return [
        *found,
        {"label": "按单位", "url": "?show=units", "active": show == "units", "count": "", "tone": ""},
    ]


def _check_all(show: str, counts: dict[str, int]) -> dict[str, str] | None:
    """All of one kind at once, as after a paper that raises everybody."""
    if show not in DIFFERING or not counts["unchecked"]:
        return None
    label = Difference(show).label
    return {"difference": show, "label": f"全部核对：{label}{format_count(counts.get(show, 0))}条"}


def _facts(row: Run) -> list[dict[str, str]]:
    pairs = (
        ("县市区", row.county.label),
        ("月份", span_words(row.first_month, row.last_month)),
        ("起因文件", str(row.paper) if row.paper else ""),
        ("事由", row.reason),
        ("制表", f"{row.made_by_name} {format_moment(row.made_at)}"),
        ("计算时间", format_moment(row.computed_at) if row.computed_at else ""),
        ("审批", f"{row.approved_by_name} {format_moment(row.approved_at)}" if row.approved_at else ""),
        ("审批意见", row.words),
        ("对账时间", format_moment(row.reconciled_at) if row.reconciled_at else ""),
    )
    return [{"label": label, "value": value} for label, value in pairs if value]


def _actions(actor: Actor, row: Run) -> list[dict[str, Any]]:
    def post(label: str, name: str, kind: str = "", **more: Any) -> dict[str, Any]:
        return {"label": label, "url": reverse(name, args=[row.pk]), "kind": kind, "method": "post", **more}

    def link(label: str, name: str, kind: str = "") -> dict[str, Any]:
        return {"label": label, "url": reverse(name, args=[row.pk]), "kind": kind}

    if row.state == RunState.DRAFT and row.computed_at:
        return [
            post("送审", "benefits:run-submit", "primary"),
            post("重新计算", "benefits:run-recompute"),
            link("作废", "benefits:run-drop"),
        ]
    if row.state == RunState.WAITING:
        found = []
        if perms.can_approve_runs(actor) and row.made_by != actor.user_id:
            found = [
                post("审批通过", "benefits:run-approve", "primary"),
                link("退回", "benefits:run-return"),
            ]
        return [*found, link("作废", "benefits:run-drop")]
    if row.state in RUN_FROZEN:
        files = [
            {
                "label": label,
                "url": reverse("benefits:run-file", args=[row.pk, what]),
                "kind": "",
                "method": "post",
                "repeatable": True,
            }
            for what, label in FILES.items()
        ]
        reconcile = [link("对账", "benefits:run-reconcile", "primary")]
        return [*(reconcile if row.state == RunState.APPROVED else []), *files]
    return []
