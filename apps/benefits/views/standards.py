"""Standards: the list by benefit, one of them with what speaks for and against it."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from apps.audit.models import Event
from apps.benefits import perms
from apps.benefits.choices import StandardState
from apps.benefits.forms.standards import StandardConditions
from apps.benefits.models import Benefit, Standard
from apps.benefits.queries.standards import (
    JOINED,
    MOST,
    StandardFilters,
    faults,
    gaps_beside,
    gaps_of,
    is_used,
    kept_by,
    seen_by,
    standards_listed,
)
from apps.benefits.queries.terms import benefit_terms, place_names, standard_terms
from apps.benefits.rules.conditions import BadConditions, from_json, sentence
from apps.benefits.rules.engine import worth_words
from apps.benefits.rules.publishing import back_dated, force_words
from apps.core.chinese import format_count, format_date, format_moment
from apps.core.pages import page
from apps.core.scope import Actor
from apps.library.models import Paper

TITLE = "待遇标准"
TONES = {
    StandardState.DRAFT: "grey",
    StandardState.WAITING: "amber",
    StandardState.PUBLISHED: "green",
    StandardState.WITHDRAWN: "red",
}
SHOWN_EVENTS = 50


def list_address(query: str = "") -> str:
    """The list under a query string."""
    address = reverse("benefits:standards")
    return f"{address}?{query}" if query else address


def crumbs(*labels: str) -> list[dict[str, str]]:
    """From the list down."""
    if not labels:
        return [{"label": TITLE, "url": ""}]
    return [{"label": TITLE, "url": list_address()}, *({"label": one, "url": ""} for one in labels)]


def paper_url(paper: Paper) -> str:
    """The page of a paper; nothing where the library has none."""
    try:
        return reverse("library:paper", args=[paper.pk])
    except NoReverseMatch:
        return ""


def the_standard(actor: Actor, pk: int) -> Standard:
    """A standard that concerns the actor; 404 else."""
    return get_object_or_404(seen_by(actor).select_related(*JOINED, "replaces__paper"), pk=pk)


def kept_standard(actor: Actor, pk: int) -> Standard:
    """A standard that the actor's office keeps; 403 for one that he only reads."""
    standard = the_standard(actor, pk)
    if not kept_by(actor).filter(pk=pk).exists():
        raise PermissionDenied("another office's standard")
    return standard


def office_words(standard: Standard) -> str:
    """Whose it is."""
    return standard.county.label if standard.county else "市局（全市适用）"


def people_words(standard: Standard, places: dict[int, str]) -> str:
    """Its conditions as a sentence; of what cannot be read, why."""
    try:
        return sentence(from_json(standard.conditions), places)
    except BadConditions as problem:
        return f"条件有误：{problem}"


def gives_words(standard: Standard) -> str:
    """每月200.00元."""
    try:
        return worth_words(standard_terms(standard), benefit_terms(standard.benefit))
    except BadConditions:
        return "—"


def force_of(standard: Standard) -> str:
    """Its days in words."""
    return force_words(standard.during.lower, standard.during.upper)


def _row(standard: Standard, places: dict[int, str], actor: Actor) -> dict[str, Any]:
    level = standard.get_level_display()
    waits = standard.state == StandardState.WAITING and standard.county_id == actor.county_id
    return {
        "standard": standard,
        "url": reverse("benefits:standard", args=[standard.pk]),
        "people": people_words(standard, places),
        "gives": gives_words(standard),
        "force": force_of(standard),
        "paper": standard.paper.number + (f" {standard.clause.label}" if standard.clause else ""),
        "paper_url": paper_url(standard.paper),
        "level": f"{level}·{standard.place}" if standard.place else level,
        "office": standard.county.label if standard.county else "市局",
        "tone": TONES[StandardState(standard.state)],
        "ticks": waits and perms.can_keep_standards(actor) and standard.made_by != actor.user_id,
    }


def _groups(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows under their benefits, in the order of the list."""
    groups: dict[int, dict[str, Any]] = {}
    for row in rows:
        benefit = row["standard"].benefit
        groups.setdefault(benefit.pk, {"benefit": benefit, "rows": []})["rows"].append(row)
    return list(groups.values())


@page(perms.can_see_standards)
def standards(request: HttpRequest) -> HttpResponse:
    """All standards by benefit, under conditions."""
    actor = request.actor
    form = StandardConditions(request.GET, actor=actor, is_office=perms.can_keep_standards(actor))
    if not form.is_known or not form.is_valid():
        raise BadRequest("unknown condition")
    filters = form.filters()
    found = list(standards_listed(actor, filters)[: MOST + 1])
    places = place_names()
    rows = [_row(one, places, actor) for one in found[:MOST]]
    words = _told(filters, perms.can_keep_standards(actor))
    context = {
        "heading": TITLE,
        "subheading": f"{words} {format_count(len(rows))}条",
        "crumbs": crumbs(),
        "page_actions": _list_actions(actor),
        "groups": _groups(rows),
        "more": len(found) > MOST,
        "most": MOST,
        "ticks": any(row["ticks"] for row in rows),
        "show_office": len({row["office"] for row in rows}) > 1,
        "conditions": "；".join([words, *(text for _, text in form.chips())]),
        "filters": {
            "action": list_address(),
            "fields": [form[name] for name in form.fields],
            "more": [],
            "keep": [],
        },
        "chips": [
            {"label": text, "url": list_address(form.query(without=name))} for name, text in form.chips()
        ],
        "clear_url": list_address(),
        "empty": _empty(actor, bool(form.chips())),
    }
    return render(request, "benefits/standards.html", context)


def _told(filters: StandardFilters, is_office: bool) -> str:
    if filters.on is not None:
        return f"{format_date(filters.on)}有效"
    if filters.state:
        return str(StandardState(filters.state).label)
    return "已发布和待复核" if is_office else "已发布"


def _list_actions(actor: Actor) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"label": "待遇项目", "url": reverse("benefits:items")},
        {"label": "公布数据", "url": reverse("benefits:figures")},
    ]
    if perms.can_keep_standards(actor):
        found.append({"label": "新建标准", "url": reverse("benefits:standard-create"), "kind": "primary"})
    return found


def _empty(actor: Actor, filtered: bool) -> dict[str, str]:
    if filtered:
        return {
            "title": "没有符合条件的标准",
            "text": "可以去掉一两个条件再看。",
            "action_label": "清除条件",
            "action_url": list_address(),
        }
    may = perms.can_keep_standards(actor)
    return {
        "title": "还没有待遇标准",
        "text": "标准按文件登记：谁、多少、从什么时候起。登记后由本单位另一个人复核发布。",
        "action_label": "新建标准" if may else "",
        "action_url": reverse("benefits:standard-create") if may else "",
    }


@page(perms.can_see_standards)
def standard(request: HttpRequest, pk: int) -> HttpResponse:
    """One standard, read back as a sentence, with what speaks against publishing it and what was done."""
    actor = request.actor
    one = the_standard(actor, pk)
    places = place_names()
    is_own = perms.can_keep_standards(actor) and one.county_id == actor.county_id
    context = {
        "heading": one.label,
        "subheading": f"{one.benefit.name} · {office_words(one)}",
        "crumbs": crumbs(one.label),
        "standard": one,
        "sentence": f"{people_words(one, places)}，{gives_words(one)}，{force_of(one)}",
        "tone": TONES[StandardState(one.state)],
        "facts": _facts(one),
        "notices": _notices(one) if is_own else [],
        "events": _events(actor, one),
        "page_actions": _actions(actor, one) if is_own else [],
    }
    return render(request, "benefits/standard.html", context)


def _facts(one: Standard) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"label": "待遇项目", "value": one.benefit.name},
        {"label": "依据文件", "value": str(one.paper)},
        {"label": "条款", "value": one.clause.label if one.clause else "—"},
        {"label": "标准层级", "value": one.get_level_display()},
        {"label": "执行期间", "value": force_of(one)},
        {"label": "谁定的", "value": office_words(one)},
        {"label": "拟定", "value": one.made_by_name},
    ]
    link = paper_url(one.paper)
    if link:
        found[1] |= {"url": link, "url_label": "看文件"}
    if one.place:
        found.append({"label": "地方", "value": one.place})
    if one.confirmed_by_name:
        told = f"{one.confirmed_by_name}，{format_moment(one.confirmed_at)}"
        found.append({"label": "复核发布", "value": told})
    if one.replaces:
        value = f"{one.replaces.paper.number} {one.replaces.label}"
        url = reverse("benefits:standard", args=[one.replaces.pk])
        found.append({"label": "替代的标准", "value": value, "url": url, "url_label": "看"})
    if one.words:
        found.append({"label": "意见", "value": one.words})
    if one.note:
        found.append({"label": "说明", "value": one.note})
    return found


def _notices(one: Standard) -> list[dict[str, Any]]:
    """What the office should know before the next step."""
    found = []
    if one.state in (StandardState.DRAFT, StandardState.WAITING):
        reasons = faults(one)
        if reasons:
            found.append({"title": "还不能发布", "text": "", "items": reasons, "kind": "wrong"})
        try:
            late = back_dated(standard_terms(one), benefit_terms(one.benefit), timezone.localdate())
            left = gaps_beside(one)
        except BadConditions:
            late, left = "", []
        if late:
            found.append({"title": late, "text": "", "items": [], "kind": "look"})
        if left:
            text = "文件本来就不给他们的，不用处理。"
            title = f"{one.benefit.name}还有人没有标准"
            found.append({"title": title, "text": text, "items": left, "kind": ""})
    return found


def _actions(actor: Actor, one: Standard) -> list[dict[str, Any]]:
    def step(label: str, name: str, kind: str = "") -> dict[str, Any]:
        return {"label": label, "url": reverse(f"benefits:standard-{name}", args=[one.pk]), "kind": kind}

    reckon = {
        "label": "测算影响",
        "url": f"{reverse('benefits:estimate-effect')}?standard={one.pk}",
        "kind": "",
    }
    if one.state == StandardState.DRAFT:
        return [
            reckon,
            step("删除", "delete", "danger"),
            step("修改", "edit"),
            step("提交复核", "submit", "primary"),
        ]
    if one.state == StandardState.WAITING:
        found = [reckon, step("退回修改", "return")]
        return [*found, step("复核发布", "publish", "primary")] if one.made_by != actor.user_id else found
    if one.state == StandardState.PUBLISHED:
        query = f"benefit={one.benefit_id}&replaces={one.pk}"
        newer = {"label": "新建替代它的标准", "url": f"{reverse('benefits:standard-create')}?{query}"}
        stop = [] if is_used(one) else [step("停用", "withdraw", "danger")]
        return [reckon, *stop, step("填写截止日期", "end"), newer]
    return []


def _events(actor: Actor, one: Standard) -> list[dict[str, str]]:
    """What was done, as far as the log is the actor's."""
    rows = Event.objects.visible_to(actor).filter(subject=one._meta.label_lower, subject_id=str(one.pk))
    return [
        {
            "when": format_moment(event.at),
            "kind": event.actor_name,
            "text": f"{event.summary}。{event.reason}" if event.reason else event.summary,
        }
        for event in rows.order_by("-at")[:SHOWN_EVENTS]
    ]


def gaps_words(benefit: Benefit, actor: Actor) -> list[str]:
    """Who is left without a standard of a benefit today."""
    return gaps_of(benefit, timezone.localdate(), actor.county_id)
