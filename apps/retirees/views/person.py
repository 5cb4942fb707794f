"""The page of a person, and showing one private value of his."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import urlencode

from apps.core.pages import always, page
from apps.core.scope import Actor
from apps.retirees import perms
from apps.retirees.choices import LifeState
from apps.retirees.models import FamilyMember, PrivateDetails, Retiree
from apps.retirees.queries.dossier import Dossier, dossier_of, trash_of
from apps.retirees.queries.history import Change, changes_of
from apps.retirees.queries.person import TYPED_SEALED, PersonFile, person_file
from apps.retirees.queries.requests import open_requests, shown
from apps.retirees.queries.story import Happening, kinds_of, story_of
from apps.retirees.rules.page import more_next_steps, person_tabs
from apps.retirees.views.groups import group_rows
from apps.retirees.views.merge import merges_into, moved_on
from apps.retirees.views.panels import (
    basic_panes,
    career_rows,
    family_cards,
    health_panes,
    level_panes,
    paper_row,
    unit_panes,
)
from apps.retirees.views.present import REASONS, crumbs, head_card, next_steps, page_of, secret_parts
from apps.retirees.views.requests import request_row

SHOWN_SECONDS = 60
CHANGES_PER_PAGE = 20


def the_person(actor: Actor, pk: int) -> Retiree:
    """The person with the names of his place; Http404 for everybody outside the actor's scope, and for a record that
    was merged into another: nothing is done with it any more."""
    people = Retiree.objects.visible_to(actor).exclude(state=LifeState.MERGED)
    return get_object_or_404(people.select_related("county", "unit"), pk=pk)


@page(perms.can_view_retiree)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    actor, today = request.actor, timezone.localdate()
    merged = moved_on(request, pk)
    if merged is not None:
        return merged
    person = the_person(actor, pk)
    file, dossier = person_file(person, actor), dossier_of(person, actor)
    story, changes = story_of(file, dossier, actor), changes_of(person, actor)
    record = Record(file, dossier, story, changes, actor, today)
    tab = request.GET.get("tab", "story")
    tabs = _tabs(record, tab)
    if not any(item["active"] for item in tabs):
        raise Http404(f"no tab {tab[:20]}")
    waiting = shown(open_requests(person, actor)) if file.private is not None else []
    added = {item.name: item for item in person_tabs(actor)}
    panel = added[tab].panel(request, person, actor) if tab in added else PANELS[tab](request, record)
    context = {
        "crumbs": crumbs(person),
        "waiting": [request_row(item) for item in waiting],
        "card": head_card(file, dossier, actor, today, request, waiting),
        "tabs": tabs,
        "tab_template": added[tab].template if tab in added else f"retirees/_{tab}.html",
        "person": person,
        "next_steps": [*next_steps(file, actor, today), *more_next_steps(person, actor, today)],
        "may_edit": perms.can_edit_retiree(actor, person),
        "merges": merges_into(actor, person),
        **panel,
    }
    return render(request, "retirees/person.html", context)


@dataclass(frozen=True)
class Record:
    """All that the page of a person reads."""

    file: PersonFile
    dossier: Dossier
    story: Sequence[Happening]
    changes: Sequence[Change]
    actor: Actor
    today: date


def _tabs(record: Record, active: str) -> list[dict[str, Any]]:
    file, dossier = record.file, record.dossier
    private = file.private is not None
    tabs = [
        ("story", "经历", len(record.story)),
        ("basic", "基本", f"{file.person.filled}/22"),
        ("career", "履历", len(dossier.career)),
        ("honours", "荣誉", len(dossier.honours)),
        *([("family", "家庭", len(file.family))] if private else []),
        ("levels", "待遇", len(file.levels) + len(file.rulings)),
        ("health", "健康", len(file.conditions) + len(file.life)),
        ("units", "单位", len(file.memberships) + len(file.affiliations)),
        *([("files", "文件", len(dossier.papers))] if private else []),
        *([("notes", "记事", len(dossier.notes))] if private else []),
        ("history", "日志", len(record.changes)),
    ]
    for more in person_tabs(record.actor):
        place = next((number for number, (name, *_) in enumerate(tabs) if name == more.before), len(tabs))
        tabs.insert(place, (more.name, more.label, more.count(file.person, record.actor)))
    return [
        {
            "label": label,
            "count": "" if count is None else str(count),
            "active": name == active,
            "url": page_of(file.person, name),
        }
        for name, label, count in tabs
    ]


def _story_panel(request: HttpRequest, record: Record) -> dict[str, Any]:
    """The time line, all of it or one kind, each point with the tab it comes from."""
    person, kinds, chosen = record.file.person, kinds_of(record.story), request.GET.get("kind", "")
    if chosen and chosen not in kinds:
        raise Http404("no such kind")
    address = page_of(person, "story")
    shown = [
        replace(item, url=page_of(person, item.tab), url_label=TAB_LABELS[item.tab]) if item.tab else item
        for item in record.story
        if chosen in ("", item.kind)
    ]
    links = [("", "全部", len(record.story)), *((kind, kind, count) for kind, count in kinds.items())]
    counts = [
        {
            "label": label,
            "count": count,
            "url": f"{address}&{urlencode({'kind': kind})}" if kind else address,
            "active": kind == chosen,
            "tone": "",
        }
        for kind, label, count in links
    ]
    return {"events": shown, "counts": counts}


TAB_LABELS = {
    "basic": "基本",
    "career": "履历",
    "honours": "荣誉",
    "family": "家庭",
    "levels": "待遇",
    "health": "健康",
    "units": "单位",
    "files": "文件",
    "notes": "记事",
    "history": "日志",
}


def _basic_panel(request: HttpRequest, record: Record) -> dict[str, Any]:
    groups = group_rows(record.file, record.dossier, record.actor, record.today)
    return {"panes": basic_panes(record.file, record.actor), "groups": groups}


def _files_panel(request: HttpRequest, record: Record) -> dict[str, Any]:
    trash = trash_of(record.file.person, record.actor)
    return {
        "papers": [paper_row(paper) for paper in record.dossier.papers],
        "trash": [paper_row(paper) for paper in trash],
    }


def _history_panel(request: HttpRequest, record: Record) -> dict[str, Any]:
    return {"page": Paginator(record.changes, CHANGES_PER_PAGE).get_page(request.GET.get("page"))}


PANELS: dict[str, Callable[[HttpRequest, Record], dict[str, Any]]] = {
    "story": _story_panel,
    "basic": _basic_panel,
    "career": lambda request, record: {"lines": career_rows(record.dossier)},
    "honours": lambda request, record: {"lines": record.dossier.honours},
    "family": lambda request, record: {"members": family_cards(record.file, record.actor)},
    "levels": lambda request, record: {"panes": level_panes(record.file, record.actor)},
    "health": lambda request, record: {"panes": health_panes(record.file, record.actor)},
    "units": lambda request, record: {"panes": unit_panes(record.file, record.actor)},
    "files": _files_panel,
    "notes": lambda request, record: {"lines": record.dossier.notes},
    "history": _history_panel,
}
"""What each tab reads beside the head card; its template is retirees/_NAME.html."""


@page(perms.can_reveal, "POST", proof=always)
def reveal(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One private value of a person, in plain, for a reason that goes to the read log."""
    person = the_person(request.actor, pk)
    if name not in TYPED_SEALED:
        raise Http404(f"no private field {name[:20]}")
    row = get_object_or_404(PrivateDetails.objects.visible_to(request.actor), pk=person.pk)
    label = str(PrivateDetails._meta.get_field(name).verbose_name)
    return _shown(request, person, name, label, getattr(row, name), page_of(person, "basic"))


@page(perms.can_reveal, "POST", proof=always)
def reveal_family(request: HttpRequest, pk: int, member_pk: Any) -> HttpResponse:
    """The telephone of a family member."""
    person = the_person(request.actor, pk)
    members = FamilyMember.objects.visible_to(request.actor).filter(retiree_id=person.pk)
    member = get_object_or_404(members, pk=member_pk)
    return _shown(
        request, person, f"phone-{member.pk}", f"{member.name}的电话", member.phone, page_of(person, "family")
    )


def _shown(
    request: HttpRequest, person: Retiree, name: str, label: str, secret: Any, back: str
) -> HttpResponse:
    if not secret:
        raise Http404("nothing to show")
    reason = request.POST.get("reason", "")
    known = reason in REASONS
    context = {
        "secret": secret_parts(name, secret, request.path),
        "label": label,
        "value": secret.reveal(reason) if known else "",
        "seconds": SHOWN_SECONDS,
        "person": person,
        "crumbs": crumbs(person, f"查看{label}"),
        "back": back,
    }
    template = "retirees/_secret.html" if request.htmx else "retirees/reveal.html"
    return render(request, template, context, status=200 if known else 422)
