"""Career, honours and notes line by line, and marks of special groups."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from apps.core.pages import page
from apps.core.scope import Actor
from apps.core.side_by_side import Editing, Stale
from apps.retirees import perms
from apps.retirees.actions.dossier import (
    LINE_FIELDS,
    Line,
    MarkRefused,
    add_line,
    edit_line,
    end_group_mark,
    mark_group,
    remove_line,
    shift_career_entry,
)
from apps.retirees.forms.dossier import CareerForm, HonourForm, LineForm, MarkForm, NoteForm
from apps.retirees.models import CareerEntry, GroupMark, Honour, PersonNote, Retiree
from apps.retirees.views.person import the_person
from apps.retirees.views.present import crumbs, page_of
from apps.retirees.views.stale import row_conflict


@dataclass(frozen=True)
class Section:
    """One kind of line: its form and the tab it stands on."""

    model: type[Line]
    form: type[LineForm]
    tab: str
    noun: str


SECTIONS = {
    "career": Section(CareerEntry, CareerForm, "career", "履历"),
    "honours": Section(Honour, HonourForm, "honours", "荣誉"),
    "notes": Section(PersonNote, NoteForm, "notes", "记事"),
}


def _line(actor: Actor, person: Retiree, section: Section, line_pk: Any) -> Line:
    rows = section.model.objects.visible_to(actor).filter(retiree_id=person.pk).select_related("retiree")
    found: Line = get_object_or_404(rows, pk=line_pk)
    return found


def _form_page(
    request: HttpRequest, person: Retiree, form: Any, title: str, tab: str, **more: Any
) -> HttpResponse:
    status = more.pop("status", 422 if request.method == "POST" else 200)
    context = {
        "form": form,
        "person": person,
        "heading": f"{title}：{person.name}",
        "crumbs": crumbs(person, title),
        "submit_label": "保存",
        "cancel_url": page_of(person, tab),
        "note": "",
        "notice": None,
        **more,
    }
    return render(request, "retirees/change.html", context, status=status)


@page(perms.can_edit_retiree, "GET", "POST")
def add(request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """A new line of the career, an honour, or a note."""
    person, kind = the_person(request.actor, pk), SECTIONS[section]
    form = kind.form(request.POST or None, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        token = form.cleaned_data["token"]
        add_line(model=kind.model, retiree=person, values=form.values(), token=token, by=request.actor)
        messages.success(request, f"已添加一条{kind.noun}。")
        return redirect(page_of(person, kind.tab))
    return _form_page(request, person, form, f"添加{kind.noun}", kind.tab)


@page(perms.can_edit_retiree, "GET", "POST")
def edit(request: HttpRequest, pk: int, line_pk: Any, section: str) -> HttpResponse:
    person, kind = the_person(request.actor, pk), SECTIONS[section]
    line, title = _line(request.actor, person, kind, line_pk), f"修改{kind.noun}"
    editing = Editing(request, line, LINE_FIELDS[kind.model])
    form = kind.form(editing.data, today=timezone.localdate(), line=line)
    if request.method == "POST" and form.is_valid():
        try:
            edit_line(line=line, values=form.values(), opened=editing.opened, by=request.actor)
        except Stale as stale:
            return row_conflict(request, person, editing, form, stale.theirs, tab=kind.tab)
        messages.success(request, f"这条{kind.noun}已保存。")
        return redirect(page_of(person, kind.tab))
    return _form_page(request, person, form, title, kind.tab, hidden=editing.hidden)


@page(perms.can_edit_retiree, "GET", "POST")
def delete(request: HttpRequest, pk: int, line_pk: Any, section: str) -> HttpResponse:
    person, kind = the_person(request.actor, pk), SECTIONS[section]
    line = _line(request.actor, person, kind, line_pk)
    if request.method == "POST":
        remove_line(line=line, by=request.actor)
        messages.success(request, f"已删除一条{kind.noun}。")
        return redirect(page_of(person, kind.tab))
    confirm = {
        "question": f"删除{person.name}的这条{kind.noun}吗？",
        "text": str(line),
        "effects": ["变更记录里留有这次删除。"],
        "url": request.path,
        "hidden": [],
        "submit_label": "删除",
        "danger": "yes",
        "cancel_url": page_of(person, kind.tab),
    }
    title = f"删除{kind.noun}"
    context = {"heading": title, "crumbs": crumbs(person, title), "confirm": confirm}
    return render(request, "generic/confirm.html", context)


@page(perms.can_edit_retiree, "POST")
def shift(request: HttpRequest, pk: int, line_pk: Any) -> HttpResponse:
    """A line of the career one place up or down."""
    person = the_person(request.actor, pk)
    line = _line(request.actor, person, SECTIONS["career"], line_pk)
    direction = request.POST.get("direction")
    if direction not in ("up", "down") or not isinstance(line, CareerEntry):
        raise BadRequest("direction is up or down")
    shift_career_entry(line=line, up=direction == "up", by=request.actor)
    return redirect(page_of(person, "career"))


@page(perms.can_edit_retiree, "GET", "POST")
def mark(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a special group that the record does not tell."""
    person, today = the_person(request.actor, pk), timezone.localdate()
    form = MarkForm(request.POST or None, person=person, today=today, initial={"since": today})
    if request.method == "POST" and form.is_valid():
        try:
            made = mark_group(retiree=person, by=request.actor, **form.cleaned_data)
        except MarkRefused as refusal:
            form.add_error("group", str(refusal))
        else:
            messages.success(request, f"已标记为{made.get_group_display()}。")
            return redirect(page_of(person, "basic"))
    return _form_page(request, person, form, "标记特殊群体", "basic")


@page(perms.can_edit_retiree, "POST")
def unmark(request: HttpRequest, pk: int, mark_pk: Any) -> HttpResponse:
    """The mark holds no longer, from today."""
    person = the_person(request.actor, pk)
    marks = GroupMark.objects.visible_to(request.actor).filter(retiree_id=person.pk)
    found = get_object_or_404(marks.select_related("retiree"), pk=mark_pk)
    end_group_mark(mark=found, on=timezone.localdate(), by=request.actor)
    messages.success(request, f"已取消“{found.get_group_display()}”的标记。")
    return redirect(page_of(person, "basic"))
