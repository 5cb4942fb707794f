"""Pages of the dictionaries: what there is, the terms of one, and what may be done with them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from apps.audit.queries import last_act
from apps.core.chinese import format_count
from apps.core.pages import page
from apps.core.side_by_side import Editing, Stale, conflict_page
from apps.dictionaries import perms
from apps.dictionaries.actions import (
    NotPossible,
    add_term,
    create_dictionary,
    merge_terms,
    move_term,
    rename_term,
    switch_term,
)
from apps.dictionaries.forms import DictionaryForm, DivisionSearch, MergeForm, TermForm
from apps.dictionaries.models import Dictionary, Term
from apps.dictionaries.queries import dictionaries, entries_of, offered, own_dictionary, used_by
from apps.dictionaries.rules import Entry, find_divisions, standards


def _crumbs(*more: tuple[str, str]) -> list[dict[str, str]]:
    return [
        {"label": "字典", "url": reverse("dictionaries:list")},
        *({"label": label, "url": url} for label, url in more),
    ]


@page(perms.can_keep_dictionaries)
def listing(request: HttpRequest) -> HttpResponse:
    found = dictionaries()
    terms = entries_of([code for code, _, _ in found])
    rows = [
        {
            "cells": [
                {"text": label, "url": reverse("dictionaries:detail", args=[code])},
                {"text": source, "url": ""},
                {"text": format_count(len(terms[code])), "url": ""},
                {"text": format_count(sum(1 for entry in terms[code] if not entry.enabled)), "url": ""},
            ]
        }
        for code, label, source in found
    ]
    context = {
        "crumbs": [*_crumbs()[:0], {"label": "字典", "url": ""}],
        "columns": [
            {"label": label, "num": label in ("项数", "停用")} for label in ("字典", "依据", "项数", "停用")
        ],
        "rows": rows,
        "page_actions": [
            {"label": "行政区划", "url": reverse("dictionaries:divisions")},
            {"label": "新建字典", "url": reverse("dictionaries:create"), "kind": "primary", "key": "n"},
        ],
    }
    return render(request, "dictionaries/list.html", context)


@page(perms.can_look_up_divisions)
def divisions(request: HttpRequest) -> HttpResponse:
    """Look up a place of GB/T 2260; forms take their suggestions from this page."""
    search = DivisionSearch(request.GET)
    asked = search.cleaned_data.get("q", "") if search.is_valid() else ""
    found = find_divisions(asked)
    names = ("名称", "代码", "启用", "停用")
    rows = [
        {
            "cells": [
                {"text": text, "url": ""}
                for text in (
                    one.full_name,
                    one.code,
                    f"{one.first_year}年" if one.first_year else "—",
                    f"{one.last_year}年" if one.last_year else "—",
                )
            ]
        }
        for one in found
    ]
    context = {
        "crumbs": _crumbs(("行政区划", "")) if perms.can_keep_dictionaries(request.actor) else [],
        "action": reverse("dictionaries:divisions"),
        "fields": [search["q"]],
        "asked": asked,
        "columns": [{"label": label, "num": False} for label in names],
        "rows": rows,
        "places": dict.fromkeys(one.full_name for one in found),
    }
    return render(request, "dictionaries/divisions.html", context)


@page(perms.can_keep_dictionaries, "GET", "POST")
def create(request: HttpRequest) -> HttpResponse:
    form = DictionaryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = create_dictionary(**form.cleaned_data, by=request.actor)
        except NotPossible as reason:
            form.add_error("label", str(reason))
        else:
            messages.success(request, f"字典“{made.label}”已建立，请添加它的项。")
            return redirect("dictionaries:detail", code=made.code)
    return _form(request, form, "新建字典", _crumbs(("新建", "")), reverse("dictionaries:list"))


def _form(
    request: HttpRequest,
    form: Any,
    heading: str,
    crumbs: list[dict[str, str]],
    back: str,
    note: str = "",
    **more: Any,
) -> HttpResponse:
    context = {
        "form": form,
        "heading": heading,
        "crumbs": crumbs,
        "submit_label": "保存",
        "cancel_url": back,
        "note": note,
        **more,
    }
    return render(request, "generic/form.html", context, status=422 if request.method == "POST" else 200)


def _label(code: str) -> tuple[str, str, Dictionary | None]:
    """(label, source, the bureau's own dictionary or None). Raises Http404."""
    if code in standards:
        return standards[code].label, standards[code].standard or "本系统的代码", None
    own = own_dictionary(code)
    if own is None:
        raise Http404("dictionary")
    return own.label, "本局的字典", own


def _own(code: str, term: str = "") -> tuple[Dictionary, Entry]:
    """A bureau dictionary and one of its terms; those of the standards are not edited. Raises Http404."""
    own = own_dictionary(code)
    if own is None:
        raise Http404("dictionary")
    return own, _entry(code, term) if term else Entry("", "")


def _entry(code: str, term: str) -> Entry:
    _label(code)
    found = next((entry for entry in entries_of([code])[code] if entry.code == term), None)
    if found is None:
        raise Http404("term")
    return found


@page(perms.can_keep_dictionaries)
def detail(request: HttpRequest, code: str) -> HttpResponse:
    label, source, own = _label(code)
    used = used_by(code, request.actor)
    entries = entries_of([code])[code]
    words = {entry.code: entry.label for entry in entries}
    context = {
        "label": label,
        "source": source,
        "note": own.note if own else "",
        "is_own": own is not None,
        "code": code,
        "rows": [
            {
                "entry": entry,
                "used": format_count(used.get(entry.code, 0)),
                "merged": words.get(entry.merged_into, ""),
            }
            for entry in entries
        ],
        "crumbs": _crumbs((label, "")),
        "page_actions": [
            {"label": "增加一项", "url": reverse("dictionaries:term-add", args=[code]), "kind": "primary"}
        ]
        if own
        else [],
    }
    return render(request, "dictionaries/detail.html", context)


@page(perms.can_keep_dictionaries, "GET", "POST")
def term_add(request: HttpRequest, code: str) -> HttpResponse:
    own, _ = _own(code)
    form, back = TermForm(request.POST or None), reverse("dictionaries:detail", args=[code])
    if request.method == "POST" and form.is_valid():
        try:
            add_term(dictionary=own, label=form.cleaned_data["label"], by=request.actor)
        except NotPossible as reason:
            form.add_error("label", str(reason))
        else:
            messages.success(request, f"已增加“{form.cleaned_data['label']}”。")
            return redirect(back)
    return _form(request, form, "增加一项", _crumbs((own.label, back), ("增加", "")), back)


@page(perms.can_keep_dictionaries, "GET", "POST")
def term_edit(request: HttpRequest, code: str, term: str) -> HttpResponse:
    own, entry = _own(code, term)
    back = reverse("dictionaries:detail", args=[code])
    row = get_object_or_404(Term.objects.visible_to(request.actor), dictionary=code, code=term)
    editing = Editing(request, row, ("label",))
    form = TermForm(editing.data, initial={"label": entry.label})
    if request.method == "POST" and form.is_valid():
        label = form.cleaned_data["label"]
        try:
            rename_term(dictionary=own, code=term, label=label, opened=editing.opened, by=request.actor)
        except Stale as stale:
            saves = last_act(request.actor, row)
            words = {"name": entry.label, "crumbs": _crumbs((own.label, back), ("改名", "")), "back": back}
            typed = form.cleaned_data
            return conflict_page(request, editing, form, stale.theirs, typed=typed, saves=saves, **words)
        except NotPossible as reason:
            form.add_error("label", str(reason))
        else:
            messages.success(request, "已改名。")
            return redirect(back)
    crumbs = _crumbs((own.label, back), ("改名", ""))
    return _form(request, form, f"改名：{entry.label}", crumbs, back, hidden=editing.hidden)


@page(perms.can_keep_dictionaries, "GET", "POST")
def term_merge(request: HttpRequest, code: str, term: str) -> HttpResponse:
    own, entry = _own(code, term)
    back = reverse("dictionaries:detail", args=[code])
    others = [other for other in entries_of([code])[code] if other.code != term]
    form = MergeForm(request.POST or None, choices=offered(others))
    if request.method == "POST" and form.is_valid():
        try:
            said = merge_terms(dictionary=own, code=term, into=form.cleaned_data["into"], by=request.actor)
        except NotPossible as reason:
            form.add_error("into", str(reason))
        else:
            messages.success(request, f"“{entry.label}”已合并。{''.join(said)}")
            return redirect(back)
    number = format_count(used_by(code, request.actor).get(term, 0))
    note = f"现有{number}人是“{entry.label}”，合并后改为所选的项；“{entry.label}”不再供选择。"
    return _form(request, form, f"合并：{entry.label}", _crumbs((own.label, back), ("合并", "")), back, note)


@page(perms.can_keep_dictionaries, "POST")
def term_switch(request: HttpRequest, code: str, term: str) -> HttpResponse:
    entry = _entry(code, term)
    try:
        switch_term(dictionary=code, code=term, enabled=not entry.enabled, by=request.actor)
    except NotPossible as reason:
        messages.warning(request, str(reason))
    else:
        said = "停用，已有的人保留，表单里不再供选" if entry.enabled else "启用"
        messages.success(request, f"“{entry.label}”已{said}。")
    return redirect("dictionaries:detail", code=code)


@page(perms.can_keep_dictionaries, "POST")
def term_move(request: HttpRequest, code: str, term: str) -> HttpResponse:
    _entry(code, term)
    if request.POST.get("to") not in ("up", "down"):
        raise BadRequest("direction")
    move_term(dictionary=code, code=term, up=request.POST["to"] == "up", by=request.actor)
    return redirect("dictionaries:detail", code=code)
