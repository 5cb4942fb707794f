"""The search over everything (Ctrl+K): people, units, files, views, pages and actions, each only for whom it is open.

It posts, so that neither names nor numbers stand in an address or an access log. A whole ID or telephone number is
found exactly and written to the log. Without script the same is a page of its own.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone

from apps.accounts import perms
from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core import pinyin
from apps.core.pages import page
from apps.core.scope import Actor
from apps.imports.models import Batch
from apps.imports.perms import can_import
from apps.reports.models import Document
from apps.reports.perms import can_list_documents, can_make
from apps.retirees.choices import ON_REGISTER
from apps.retirees.models import Retiree, SavedView
from apps.retirees.perms import can_create_retiree, can_list_retirees
from apps.retirees.queries.finding import (
    looks_like_phone,
    people_named,
    people_nearly_named,
    people_with_phone,
)
from apps.retirees.queries.search import by_national_id, looks_like_id
from apps.units.choices import Level
from apps.units.models import Unit
from cadre_portal.menu import MENU

PEOPLE, REST = 8, 5
FEW = 3
"""With fewer people than this under the name as typed, near misses are shown as well."""


@dataclass(frozen=True)
class Entry:
    """One thing that can be opened."""

    label: str
    url: str
    note: str = ""
    tag: str = ""


@dataclass(frozen=True)
class Group:
    title: str
    entries: list[Entry]


@dataclass(frozen=True)
class Deed:
    """Something one may want to do, with the words it is also found by."""

    label: str
    view: str
    perm: Callable[[Actor], bool]
    words: str = ""


DEEDS = (
    Deed("新增人员", "retirees:create", can_create_retiree, "登记 录入"),
    Deed("导入花名册", "imports:upload", can_import, "上传 Excel"),
    Deed("生成简报", "reports:make", can_make, "报表 月报 季报"),
    Deed("名册视图", "retirees:views", can_list_retirees, "保存的视图"),
    Deed("新建账号", "accounts:user-create", perms.can_edit_users, "用户"),
    Deed("新建用户组", "accounts:group-create", perms.can_keep_groups, ""),
    Deed("我的账号", "accounts:profile", perms.is_signed_in, "个人 登录记录"),
    Deed("修改密码", "accounts:password", perms.is_signed_in, ""),
)


@page(perms.is_signed_in, "GET", "POST")
def search(request: HttpRequest) -> HttpResponse:
    """The page without a question offers pages and actions; htmx gets the results alone."""
    typed = "".join(char for char in request.POST.get("q", "")[:200] if char.isprintable())
    text = " ".join(typed.split())[:60]
    groups = [group for group in _groups(request, text) if group.entries]
    # A number that was typed is not shown again: the page may stay open, or be kept.
    shown = "" if looks_like_id(text) or looks_like_phone(text) else text
    context = {"q": shown, "groups": groups}
    if request.headers.get("HX-Request"):
        return render(request, "palette/results.html", context)
    return render(request, "palette/page.html", context)


def _groups(request: Any, text: str) -> Iterable[Group]:
    actor = request.actor
    if text and perms.sees_register(actor):
        yield from _people(actor, text)
        yield Group("单位", _units(actor, text))
        yield Group("文件", _files(actor, text))
    if perms.sees_register(actor):
        yield Group("名册视图", _views(actor, text))
    yield Group("办理", _deeds(actor, text))
    yield Group("页面", _pages(actor, text))


def _people(actor: Actor, text: str) -> Iterable[Group]:
    if looks_like_id(text) or looks_like_phone(text):
        yield Group("人员", [_person(each) for each in _by_number(actor, text)])
        return
    found = people_named(actor, text, PEOPLE)
    yield Group("人员", [_person(each) for each in found])
    if len(found) < FEW:
        keys = {each.pk for each in found}
        near = [each for each in people_nearly_named(actor, text, PEOPLE) if each.pk not in keys]
        yield Group("读音相近的人员", [_person(each) for each in near])


def _by_number(actor: Actor, text: str) -> list[Retiree]:
    """People by a private number. Asking is written down, whoever is found."""
    if not perms.sees_private(actor):
        return []
    if looks_like_id(text):
        person = by_national_id(actor, text)
        found, what = ([person] if person else []), "证件号"
    else:
        found, what = people_with_phone(actor, text, PEOPLE), "联系电话"
    record_event(
        kind=EventKind.SEARCH_ID,
        summary=f"按{what}查找" + ("" if found else "（没有找到）"),
        by=actor,
        subject=found[0] if len(found) == 1 else None,
        data={"found": len(found)},
    )
    return found


def _person(person: Retiree) -> Entry:
    age = person.age_on(timezone.localdate())
    note = (person.get_sex_display(), "" if age is None else f"{age}岁", person.unit.label)
    return Entry(
        label=person.name,
        url=reverse("retirees:detail", args=[person.pk]),
        note=" · ".join(part for part in note if part),
        tag="" if person.state in ON_REGISTER else str(person.get_state_display()),
    )


def _units(actor: Actor, text: str) -> list[Entry]:
    """Units open their part of the register."""
    found = []
    for unit in Unit.objects.visible_to(actor).order_by("level", "sort", "pk"):
        if unit.level != Level.CITY and matches(text, f"{unit.name} {unit.short_name}"):
            name = "county" if unit.level == Level.COUNTY else "unit"
            found.append(Entry(unit.label, f"{reverse('retirees:list')}?{name}={unit.pk}", "名册"))
    return found[:REST]


def _views(actor: Actor, text: str) -> list[Entry]:
    views = SavedView.objects.visible_to(actor).order_by("name", "pk")
    return [
        Entry(view.name, reverse("retirees:view", args=[view.pk]))
        for view in views
        if matches(text, view.name)
    ][:REST]


def _files(actor: Actor, text: str) -> list[Entry]:
    """Briefings and the rosters that came in, by title and file name, the newest first."""
    found = []
    if can_list_documents(actor):
        documents = Document.objects.visible_to(actor).filter(title__icontains=text).order_by("-made_at")
        found += [
            Entry(document.title, reverse("reports:detail", args=[document.pk]), "报表简报")
            for document in documents[:REST]
        ]
    if can_import(actor):
        batches = Batch.objects.visible_to(actor).filter(file_name__icontains=text).order_by("-created_at")
        found += [
            Entry(batch.file_name, reverse("imports:detail", args=[batch.pk]), "数据导入")
            for batch in batches[:REST]
        ]
    return found[:REST]


def _deeds(actor: Actor, text: str) -> list[Entry]:
    return [
        Entry(deed.label, reverse(deed.view))
        for deed in DEEDS
        if deed.perm(actor) and matches(text, f"{deed.label} {deed.words}")
    ][:REST]


def _pages(actor: Actor, text: str) -> list[Entry]:
    items = (item for _, group in MENU for item in group if item.perm(actor))
    return [Entry(item.label, reverse(item.view)) for item in items if matches(text, item.label)][:REST]


def matches(text: str, words: str) -> bool:
    """Whether a typed text is in some words, in their readings or in their initials; everything matches nothing."""
    if not text:
        return True
    plain = "".join(text.lower().split())
    return any(plain in form for form in _forms(words))


@lru_cache(maxsize=4096)
def _forms(words: str) -> tuple[str, ...]:
    parts = words.lower().split()
    return (
        "".join(parts),
        *(pinyin.full(part) for part in parts),
        *(pinyin.initials(part) for part in parts),
    )


app_name = "palette"
urlpatterns = [path("search/", search, name="search")]
