"""The page of a paper."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from apps.audit.models import Event
from apps.core.chinese import format_moment
from apps.core.pages import page
from apps.core.scope import Actor
from apps.library import perms
from apps.library.models import Paper, Supersession
from apps.library.queries import replacements_of
from apps.library.rules import paper_parts, validity_on, validity_words
from apps.library.views.present import TONES, crumbs, day_words, is_kept, paper_url, the_paper

MOST_EVENTS = 50


@page(perms.can_read_papers)
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """Its facts, what it is worth today, its clauses, what replaces what, and what rests on it."""
    actor, today = request.actor, timezone.localdate()
    one = the_paper(actor, pk)
    kept = perms.can_keep_papers(actor) and is_kept(actor, one)
    replaced_by = list(one.replaced_by.select_related("newer").order_by("newer__starts_on", "pk"))
    replaces = list(one.replaces.select_related("older").order_by("older__starts_on", "pk"))
    days: Any = {
        "starts_on": one.starts_on,
        "ended_on": one.ended_on,
        "replaced_by": replacements_of(replaced_by),
    }
    validity = validity_on(today, **days)
    context = {
        "crumbs": crumbs(one),
        "paper": one,
        "kept": kept,
        "card": _card(one, kept, str(validity.label), TONES[validity]),
        "tabs": [],
        "validity": validity_words(today, **days),
        "coming": _coming(replaced_by, one, today),
        "clauses": [
            {
                "anchor": f"clause-{row.pk}",
                "label": row.label,
                "text": row.text,
                "edit": reverse("library:clause-edit", args=[row.pk]) if kept else "",
                "remove": reverse("library:clause-remove", args=[row.pk]) if kept else "",
            }
            for row in one.clauses.order_by("sort", "pk")
        ],
        "replaces": [_link(row, row.older, kept) for row in replaces],
        "replaced_by": [_link(row, row.newer, kept) for row in replaced_by],
        "parts": paper_parts(one, actor),
        "events": _events(actor, one),
    }
    return render(request, "library/paper.html", context)


def _card(one: Paper, kept: bool, validity: str, tone: str) -> dict[str, Any]:
    tags = [{"text": validity, "tone": tone}]
    if one.is_example:
        tags.append({"text": "示例", "tone": "amber"})
    facts = (
        ("文号", one.number),
        ("发文机关", one.issuer),
        ("层级", one.get_level_display()),
        ("发文日期", day_words(one.issued_on)),
        ("施行日期", day_words(one.starts_on)),
        ("公开属性", one.get_secrecy_display()),
        ("登记单位", one.county.label if one.county else "市局"),
        ("废止依据", one.ended_note),
        ("出处", one.source),
    )
    return {
        "title": one.title,
        "subtitle": "",
        "photo_url": "",
        "photo_label": "",
        "photo_edit_url": "",
        "tags": tags,
        "facts": [{"label": label, "value": value} for label, value in facts if value],
        "actions": _actions(one) if kept else [],
    }


def _actions(one: Paper) -> list[dict[str, Any]]:
    def to(name: str) -> str:
        return reverse(f"library:{name}", args=[one.pk])

    more = [{"label": "改废止日期" if one.ended_on else "登记废止", "url": to("repeal")}]
    found: list[dict[str, Any]] = [
        {"label": "登记替代", "url": to("supersede")},
        {"label": "修改", "url": to("edit"), "kind": "primary"},
    ]
    if one.ended_on:
        found.insert(0, {"label": "撤回废止", "url": to("unrepeal"), "method": "post"})
    return [{"label": "更多", "choices": [*more, {"label": "删除", "url": to("remove")}]}, *found]


def _coming(rows: list[Supersession], one: Paper, today: date) -> list[str]:
    """What will change its validity later."""
    found = [
        f"自{day_words(row.newer.starts_on)}起被{row.newer.number}{'全部' if row.is_whole else '部分'}替代"
        for row in rows
        if row.newer.starts_on and row.newer.starts_on > today
    ]
    if one.ended_on and one.ended_on > today:
        found.append(f"自{day_words(one.ended_on)}起废止")
    return found


def _link(row: Supersession, other: Paper, kept: bool) -> dict[str, str]:
    return {
        "number": other.number,
        "title": other.title,
        "url": paper_url(other),
        "extent": "全部" if row.is_whole else "部分",
        "since": day_words(row.newer.starts_on),
        "note": row.note,
        "undo": reverse("library:supersession-undo", args=[row.pk]) if kept else "",
    }


def _events(actor: Actor, one: Paper) -> list[dict[str, str]]:
    """What was done to it, for those who may read the log of it."""
    rows = Event.objects.visible_to(actor).filter(subject="library.paper", subject_id=str(one.pk))
    return [
        {"when": format_moment(row.at), "kind": row.actor_name, "text": row.summary, "state": ""}
        for row in rows.order_by("-at")[:MOST_EVENTS]
    ]
