"""The menu, and what every page's template knows about who is at work."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import get_script_prefix, reverse
from django.utils import timezone

from apps.accounts import perms
from apps.accounts.choices import Role
from apps.agenda.perms import can_keep_feeds, can_see_agenda
from apps.benefits.perms import (
    can_approve_runs,
    can_see_aid,
    can_see_mechanisms,
    can_see_money,
    can_see_standards,
    can_see_sums,
    can_see_survivors,
    can_see_unit_funds,
)
from apps.benefits.queries.runs import waiting_runs
from apps.concerns.perms import can_list_concerns
from apps.concerns.queries import overdue_concerns, waiting_concerns
from apps.core.scope import Actor
from apps.core.tally import Tally
from apps.dictionaries.perms import can_keep_dictionaries
from apps.exports.perms import can_see_requests
from apps.jobs.queries import telling_jobs
from apps.library.perms import can_read_papers
from apps.reports.perms import can_list_documents
from apps.retirees.actions.views import DEFAULT_VIEW
from apps.retirees.perms import (
    can_ask_requests,
    can_decide_requests,
    can_keep_custom_fields,
    can_list_requests,
    can_list_transfers,
    can_remove_mistakes,
    can_see_doubles,
)
from apps.retirees.queries.requests import returned, to_decide
from apps.retirees.queries.transfers import transfers_waiting, waiting_transfers
from apps.statistics.perms import can_list_tables
from apps.visits.perms import can_list_visits, can_see_funds
from apps.visits.queries.campaigns import running_campaigns
from apps.visits.queries.due import LIMIT, overdue_dues, overdue_rows
from apps.visits.queries.incidents import late_tasks

REGISTER = "retirees:list"
JOBS = "jobs:list"
Lists = Sequence["QuerySet[Any]"]


@dataclass(frozen=True)
class Item:
    """An entry; shown to those who may open the page. ``match``: beginnings of view names that it is lit for."""

    label: str
    view: str
    perm: Callable[[Actor], bool]
    match: tuple[str, ...]
    waiting: Callable[[Actor, date], Lists] | None = None
    """What waits behind it; counted for each page, so rows on a small index."""


def _transfers(actor: Actor, today: date) -> Lists:
    return transfers_waiting(actor)


def _requests(actor: Actor, today: date) -> Lists:
    asked = [returned(actor)] if can_ask_requests(actor) else []
    return [*asked, to_decide(actor)] if can_decide_requests(actor) else asked


def _dues(actor: Actor, today: date) -> Lists:
    return [overdue_dues(actor, today)] if perms.is_staff(actor) else []


def _campaigns(actor: Actor, today: date) -> Lists:
    return [running_campaigns(actor)]


def _tasks(actor: Actor, today: date) -> Lists:
    return [late_tasks(actor, today)] if perms.is_staff(actor) else []


def _lists(actor: Actor, today: date) -> Lists:
    return [waiting_runs(actor)] if can_approve_runs(actor) else []


def _concerns(actor: Actor, today: date) -> Lists:
    return [overdue_concerns(actor, today)] if perms.is_staff(actor) else []


DUE_PAGES = ("visits:due", "visits:rule", "visits:leader", "visits:occasion", "visits:named")
LOG_PAGES = ("visits:log", "visits:new", "visits:record", "visits:visit")
CAMPAIGN_PAGES = ("visits:campaign", "visits:team", "visits:list-change")
FUNDS_OF_UNITS = ("benefits:unit-fund", "benefits:fund-")
RUN_PAGES = (
    "benefits:run",
    "benefits:opening",
    "benefits:claim",
    "benefits:late-death",
    "benefits:earlier-list",
)
FUND_PAGES = ("visits:fund", "visits:budget")
STANDARD_PAGES = ("benefits:standard", "benefits:item", "benefits:figure")
REVIEW_PAGES = ("retirees:request", "retirees:review")

MENU: tuple[tuple[str, tuple[Item, ...]], ...] = (
    (
        "",
        (
            Item("工作台", "dashboards:home", perms.is_signed_in, ("dashboards:home",)),
            Item("领导看板", "dashboards:board", perms.sees_register, ("dashboards:board",)),
        ),
    ),
    (
        "人与事",
        (
            Item("人员名册", REGISTER, perms.sees_register, ("retirees:",)),
            Item(
                "人员转移",
                "retirees:transfers",
                can_list_transfers,
                ("retirees:transfer",),
                _transfers,
            ),
            Item("变动表", "retirees:changed", perms.sees_register, ("retirees:changed",)),
            Item("数据质量", "retirees:quality", perms.sees_register, ("retirees:quality",)),
            Item("变更审核", "retirees:requests", can_list_requests, REVIEW_PAGES, _requests),
            Item("误登记的人员", "retirees:mistakes", can_remove_mistakes, ("retirees:mistake",)),
            Item("疑似重复", "retirees:doubles", can_see_doubles, ("retirees:double", "retirees:merge")),
        ),
    ),
    (
        "走访服务",
        (
            Item("走访情况", "dashboards:visits", perms.sees_register, ("dashboards:visits",)),
            Item("应访名单", "visits:due", can_list_visits, DUE_PAGES, _dues),
            Item("走访记录", "visits:log", can_list_visits, LOG_PAGES),
            Item("走访活动", "visits:campaigns", can_list_visits, CAMPAIGN_PAGES, _campaigns),
            Item("慰问经费", "visits:funds", can_see_funds, FUND_PAGES),
            Item("重要情况", "visits:incidents", can_list_visits, ("visits:incident",), _tasks),
            Item("诉求办理", "concerns:list", can_list_concerns, ("concerns:",), _concerns),
            Item("日程", "agenda:calendar", can_see_agenda, ("agenda:calendar",)),
            Item("每周提醒", "agenda:digests", can_keep_feeds, ("agenda:digest",)),
            Item("生日", "agenda:birthdays", can_see_agenda, ("agenda:birthday",)),
        ),
    ),
    (
        "待遇",
        (
            Item("待遇情况", "dashboards:benefits", can_see_sums, ("dashboards:benefits",)),
            Item("待遇标准", "benefits:standards", can_see_standards, STANDARD_PAGES),
            Item("待遇发放", "benefits:runs", can_see_money, RUN_PAGES, _lists),
            Item("待遇测算", "benefits:estimates", can_see_money, ("benefits:estimate",)),
            Item("遗属", "benefits:survivors", can_see_survivors, ("benefits:survivor",)),
            Item("特需经费", "benefits:unit-funds", can_see_unit_funds, FUNDS_OF_UNITS),
            Item("困难帮扶", "benefits:aid", can_see_aid, ("benefits:aid",)),
            Item("帮扶机制", "benefits:mechanisms", can_see_mechanisms, ("benefits:mechanism",)),
        ),
    ),
    (
        "材料",
        (
            Item("报表简报", "reports:list", can_list_documents, ("reports:",)),
            Item("年报统计", "statistics:list", can_list_tables, ("statistics:",)),
            Item("文件库", "library:list", can_read_papers, ("library:",)),
            Item("数据导入", "imports:list", perms.is_staff, ("imports:",)),
            Item("数据导出", "exports:list", can_see_requests, ("exports:",)),
        ),
    ),
    (
        "系统",
        (
            Item("单位", "units:tree", perms.sees_units, ("units:", "retirees:reorganise")),
            Item("自定义栏目", "retirees:fields", can_keep_custom_fields, ("retirees:field",)),
            Item("字典", "dictionaries:list", can_keep_dictionaries, ("dictionaries:",)),
            Item("用户与权限", "accounts:users", perms.can_list_users, ("accounts:user",)),
            Item("用户组", "accounts:groups", perms.can_keep_groups, ("accounts:group",)),
            Item("操作日志", "audit:log", perms.can_read_log, ("audit:",)),
            Item("后台任务", JOBS, perms.has_jobs, ("jobs:",)),
            Item("系统状态", "health:status", perms.can_see_system, ("health:",)),
        ),
    ),
)


def _waiting(actor: Actor, today: date) -> dict[str, Lists]:
    """What the menu and the top bar count, by the views that show it."""
    found = {
        item.view: item.waiting(actor, today)
        for _, items in MENU
        for item in items
        if item.waiting and item.perm(actor)
    }
    return found | ({JOBS: [telling_jobs(actor)]} if perms.has_jobs(actor) else {})


WAITING = Tally(_waiting)


def _counts(actor: Actor, today: date) -> dict[str, int]:
    """What waits, by view; what a page of the staff's has counted for itself is not counted again."""
    found: dict[str, int | None] = {
        "retirees:transfers": waiting_transfers.kept(actor),
        "visits:due": overdue_rows.kept(actor, today),
        "concerns:list": waiting_concerns.kept(actor, today),
    }
    is_staff = perms.is_staff(actor)
    kept = {view: min(count, LIMIT) for view, count in found.items() if count is not None and is_staff}
    return kept | WAITING.counts(actor, today, frozenset(kept))


def portal(request: Any) -> dict[str, Any]:
    """``portal`` for templates, made once a request: a page renders several templates with their own context."""
    if not hasattr(request, "portal_context"):
        request.portal_context = _portal(request)
    return {"portal": request.portal_context}


def _portal(request: Any) -> dict[str, Any]:
    """Names, display, and, behind sign-in, the actor, the menu and what waits."""
    user: Any = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    values: dict[str, Any] = {
        "city_name": settings.PORTAL_CITY_NAME,
        "site_name": settings.PORTAL_SITE_NAME,
        "display": _display(user) if signed_in else {"size": "standard", "contrast": "normal"},
        "actor": None,
    }
    actor = getattr(request, "actor", None)
    if actor is not None:
        refused = getattr(request, "is_refused", False)
        counts = {} if refused else _counts(actor, timezone.localdate())
        values |= {
            "actor": actor,
            "grant_label": f"{actor.place} · {Role(actor.role).label}",
            "grants": [
                {"id": grant.pk, "label": str(grant), "active": grant.pk == actor.grant_id}
                for grant in request.grants
            ],
            "menu": _menu(
                actor, user, request.resolver_match.view_name if request.resolver_match else "", counts
            ),
            "todo": {"count": counts.get(JOBS, 0), "url": reverse(JOBS)} if perms.has_jobs(actor) else None,
            "search_hint": "姓名、拼音首字母、身份证号" if perms.sees_private(actor) else "姓名、拼音首字母",
            "palette_url": reverse("palette:search"),
            "search_url": reverse("retirees:find") if perms.sees_register(actor) else "",
            # Last work is written once a minute: the page counts a minute less, and never promises more than is left.
            "idle_seconds": settings.PORTAL_IDLE_MINUTES * 60 - 60,
        }
    return values


def _first_view(user: Any) -> str:
    """Where the register opens for somebody who chose a view of his own for it."""
    view = user.preferences.get(DEFAULT_VIEW)
    return reverse("retirees:view", args=[view]) if view else ""


def _display(user: Any) -> dict[str, str]:
    return {
        "size": user.text_size,
        "contrast": user.contrast,
        "density": user.preferences.get("density", "standard"),
        "shortcuts": user.preferences.get("shortcuts", "on"),
    }


@cache
def _address(view: str, urlconf: str, prefix: str) -> str:
    """Of an entry: every page shows them all, and they stay the same as long as what they hang on does."""
    return reverse(view, urlconf)


def _menu(actor: Actor, user: Any, view_name: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    shown = [(label, [item for item in items if item.perm(actor)]) for label, items in MENU]
    # The longest beginning wins: a page below another's address is lit for its own entry alone.
    lit = max(
        (
            match
            for _, items in shown
            for item in items
            for match in item.match
            if view_name.startswith(match)
        ),
        key=len,
        default=None,
    )
    first, root = _first_view(user), (settings.ROOT_URLCONF, get_script_prefix())
    return [
        {
            "label": label,
            "items": [
                {
                    "label": item.label,
                    "url": (item.view == REGISTER and first) or _address(item.view, *root),
                    "active": lit in item.match,
                    "count": counts.get(item.view, 0) if item.waiting else 0,
                }
                for item in items
            ],
        }
        for label, items in shown
        if items
    ]
