"""Home of each role, the leaders' board, the boards of visits and of benefits."""

from datetime import date
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from apps.accounts.choices import Role
from apps.agenda.queries.today import today_groups
from apps.core.chinese import format_date
from apps.core.figures import Span
from apps.core.home import home_cards
from apps.core.pages import page
from apps.core.patience import TooSlow, answered_within
from apps.core.scope import Actor
from apps.dashboards import perms
from apps.dashboards.queries import benefits_board, board_figures, due, quality_chart, tiles, visits_board
from apps.visits.queries.tallies import YEARS, span_of_year

HOME_TILES = ("headcount", "aged_80", "deaths", "completeness")


@page(perms.is_signed_in)
def home(request: HttpRequest) -> HttpResponse:
    """Staff: what waits, and four figures. Leaders: the board itself. Administrators: their tools."""
    actor = request.actor
    if actor.role == Role.LEADER:
        return board(request)
    today = timezone.localdate()
    context = {"crumbs": [{"label": "工作台", "url": ""}], "today": format_date(today)}
    if perms.is_staff(actor):
        context |= {
            "groups": today_groups(actor, today),
            "due": due(actor, today),
            "calendar_url": reverse("agenda:calendar"),
            "register_url": reverse("retirees:list"),
            "quality": quality_chart(actor),
            "quality_url": reverse("retirees:quality"),
            "tiles": tiles(actor, Span.year_to(today), HOME_TILES),
            "cards": home_cards(actor, request.user.preferences),
            "page_actions": [
                {"label": "导入Excel", "url": reverse("imports:upload")},
                {"label": "新增人员", "url": reverse("retirees:create"), "kind": "primary", "key": "n"},
            ],
        }
        return render(request, "dashboards/home.html", context)
    return render(request, "dashboards/home_admin.html", context | {"tools": TOOLS[Role(actor.role)]})


@page(perms.sees_register)
def board(request: HttpRequest) -> HttpResponse:
    """Figures of the year to date with the same days last year, two charts, each number opening its list."""
    actor, today = request.actor, timezone.localdate()
    span = Span.year_to(today)
    cards, charts = board_figures(actor, span)
    context = {
        "crumbs": [
            {"label": "领导看板", "url": ""},
            {"label": "全市" if actor.county_id is None else actor.place, "url": ""},
        ],
        "heading": f"{format_date(span.start)}至{today.month}月{today.day}日",
        "tiles": cards,
        "charts": charts,
        "quality": quality_chart(actor),
        "quality_url": reverse("retirees:quality"),
        "cards": home_cards(actor, request.user.preferences) if actor.role == Role.LEADER else [],
        "due": due(actor, today) if perms.is_staff(actor) else [],
        "page_actions": _board_actions(actor),
    }
    return render(request, "dashboards/board.html", context)


def _board_actions(actor: Actor) -> list[dict[str, str]]:
    found = [{"label": "走访情况", "url": reverse("dashboards:visits"), "kind": ""}]
    if perms.can_see_sums(actor):
        found.append({"label": "待遇情况", "url": reverse("dashboards:benefits"), "kind": ""})
    if perms.can_list_documents(actor):
        found.append({"label": "工作简报", "url": reverse("reports:list"), "kind": "primary"})
    return found


PATIENCE = 5000
"""Milliseconds that one count of the board of visits may take; a page that says so is better than none."""


@page(perms.sees_register)
def visits(request: HttpRequest) -> HttpResponse:
    """Visits and concerns of a year by place: this one to date, or one of those before."""
    actor, today = request.actor, timezone.localdate()
    year = _year_asked(request, today)
    span = span_of_year(year, today)
    context = {
        "heading": "走访情况",
        "subheading": _span_words(actor, span),
        "tabs": _year_tabs(reverse("dashboards:visits"), year, today),
        "is_past": year != today.year,
        "due_url": reverse("visits:due"),
        "too_slow": False,
    }
    try:
        with answered_within(PATIENCE):
            context |= visits_board(actor, span)
    except TooSlow:
        context["too_slow"] = True
    return render(request, "dashboards/visits.html", context)


@page(perms.can_see_sums)
def benefits(request: HttpRequest) -> HttpResponse:
    """Money of benefits of a year by place: this one to date, or one of those before."""
    actor, today = request.actor, timezone.localdate()
    year = _year_asked(request, today)
    span = span_of_year(year, today)
    context = {
        "heading": "待遇情况",
        "subheading": _span_words(actor, span),
        "tabs": _year_tabs(reverse("dashboards:benefits"), year, today),
        **benefits_board(actor, span),
    }
    return render(request, "dashboards/benefits.html", context)


def _year_asked(request: HttpRequest, today: date) -> int:
    years = [today.year - ago for ago in range(YEARS)]
    asked = request.GET.get("year", str(today.year))
    if set(request.GET) - {"year"} or asked not in map(str, years):
        raise BadRequest("unknown year")
    return int(asked)


def _year_tabs(address: str, year: int, today: date) -> list[dict[str, Any]]:
    years = [today.year - ago for ago in range(YEARS)]
    return [{"label": f"{one}年", "url": f"{address}?year={one}", "active": one == year} for one in years]


def _span_words(actor: Actor, span: Span) -> str:
    place = actor.place if actor.county_id is not None else "全市"
    return f"{place} · {format_date(span.start)}至{span.end.month}月{span.end.day}日"


TOOLS = {
    Role.SYSTEM_ADMIN: (
        ("用户与权限", "accounts:users", "建立账号、停用账号、发一次性设置密码链接"),
        ("单位", "units:tree", "县市区、乡镇和单位的名称、代码、撤并"),
        ("后台任务", "jobs:list", "失败的任务在这里重新排队"),
        ("系统状态", "health:status", "数据库、后台、磁盘、字体是否正常"),
    ),
    Role.SECURITY_ADMIN: (("用户与权限", "accounts:users", "授予和收回身份，结束会话，重置动态口令"),),
    Role.AUDIT_ADMIN: (("操作日志", "audit:log", "登录、查看敏感信息、修改、导出的记录"),),
}
