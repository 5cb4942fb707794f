"""The quick grid: the people of the list with a few fields to type into, saved cell by cell."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, ValidationError
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from apps.core.chinese import format_moment
from apps.core.pages import page
from apps.core.paging import keyset_page
from apps.retirees import perms
from apps.retirees.actions import HiddenDuplicate, NotUndoable, StaleEdit, undo_change_set
from apps.retirees.actions.grid import OffRegister, save_block, save_cell
from apps.retirees.forms.grid import BadCells, CellForm, Grid, PastedCell, read_block
from apps.retirees.forms.listing import UnknownCondition, conditions_of
from apps.retirees.forms.person import SEALED
from apps.retirees.models import ChangeSet, PrivateDetails, Retiree
from apps.retirees.queries.listing import SORTS, register_list
from apps.retirees.queries.versions import saves_since
from apps.retirees.rules.custom import is_custom
from apps.retirees.views.person import the_person
from apps.retirees.views.present import page_of


@page(perms.can_edit_many)
def people(request: HttpRequest) -> HttpResponse:
    """The people under the conditions of the address, fifty a page, with cells to type into."""
    actor, today = request.actor, timezone.localdate()
    try:
        form = conditions_of(actor, request.GET)
    except UnknownCondition as refusal:
        raise BadRequest(str(refusal)) from None
    sort = request.GET.get("sort", "name")
    if sort.removeprefix("-") not in SORTS:
        raise BadRequest("unknown order")
    listed = keyset_page(
        register_list(actor, form.cleaned_data, today).on_register().select_related("unit"),
        column=SORTS[sort.removeprefix("-")],
        descending=sort.startswith("-"),
        query=request.GET,
        total=None,
    )
    rows = list(listed.rows)
    prefetch_related_objects(rows, "private")
    query = form.query()
    back = reverse("retirees:list") + (f"?{query}" if query else "")
    chips, grid = form.told(), Grid(today)
    context = {
        "crumbs": [{"label": "人员名册", "url": back}, {"label": "表格录入", "url": ""}],
        "scope": chips or "在册的全部",
        "columns": grid.columns,
        "rows": [_row(person, grid) for person in rows],
        "listed": listed,
        "today": today,
        "address": request.get_full_path(),
        "back": back,
    }
    return render(request, "retirees/grid.html", context)


def _row(person: Retiree, grid: Grid) -> dict[str, Any]:
    return {
        "person": person,
        "url": page_of(person),
        "cells": [_cell(person, name, label, grid) for name, label in grid.columns],
    }


def _cell(person: Retiree, name: str, label: str, grid: Grid) -> dict[str, Any]:
    value = _stored(person, name)
    return {
        "name": name,
        "label": label,
        "secret": name in SEALED,
        "value": grid.shown(name, value),
        "choices": grid.choices(name, keep=value),
        "kind": "date" if name == "verified_on" else "text",
    }


def _stored(person: Retiree, name: str) -> Any:
    """What stands in a cell; of the private ones the row that was fetched with the person."""
    if is_custom(name):
        return person.custom.get(name)
    return getattr(person.private if name in SEALED else person, name)


@page(perms.can_edit_many, "POST")
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """One cell. 200 with what stands there now, 422 with what is wrong, 409 with what the other wrote."""
    person, today = the_person(request.actor, pk), timezone.localdate()
    grid = Grid(today)
    try:
        cell = CellForm.read(request.POST, today)
        grid.label(cell.name)
        value = grid.read(cell.name, cell.text, keep=_stored(person, cell.name))
    except ValidationError as error:
        return JsonResponse({"error": " ".join(error.messages)}, status=422)
    if cell.name in SEALED and value is None:
        return JsonResponse(_answer(person, cell.name, grid))  # empty: the stored one stays
    try:
        saved, made = save_cell(
            retiree=person,
            name=cell.name,
            value=value,
            version=cell.version,
            seen_on=cell.seen_on,
            today=today,
            by=request.actor,
        )
    except StaleEdit as late:
        return JsonResponse(_conflict(late.theirs, cell, value, grid), status=409)
    except (OffRegister, HiddenDuplicate) as reason:
        return JsonResponse({"error": str(reason)}, status=422)
    return JsonResponse(_answer(saved, cell.name, grid) | {"change_set": made.pk if made else None})


def _now(person: Retiree, name: str) -> Any:
    """What stands in a cell after a saving: the private row is asked again."""
    return (
        getattr(PrivateDetails.objects.get(pk=person.pk), name) if name in SEALED else _stored(person, name)
    )


def _answer(person: Retiree, name: str, grid: Grid) -> dict[str, Any]:
    return {
        "version": person.version,
        "shown": grid.shown(name, _now(person, name)),
        "secret": name in SEALED,
    }


def _conflict(theirs: Retiree, cell: CellForm, value: Any, grid: Grid) -> dict[str, Any]:
    """Who, when, what the other wrote, what I typed; the version with which one may insist."""
    save = next(iter(saves_since(theirs, cell.version)), None)
    who = f"{save.who}，{format_moment(save.at)}" if save else "别人"
    return _answer(theirs, cell.name, grid) | {
        "who": who,
        "theirs": grid.words(cell.name, _now(theirs, cell.name)),
        "mine": grid.words(cell.name, value),
    }


@page(perms.can_edit_many, "POST")
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one saved cell back."""
    person = the_person(request.actor, pk)
    key = request.POST.get("change_set", "")
    found = get_object_or_404(
        ChangeSet.objects.visible_to(request.actor).filter(kind="grid", rows__retiree=person),
        pk=int(key) if key.isascii() and key.isdigit() and len(key) < 18 else 0,
    )
    name = next(iter(found.rows.get().fields)) if found.people == 1 else ""
    try:
        undone = undo_change_set(change_set=found, by=request.actor)
    except (NotUndoable, HiddenDuplicate) as reason:
        return JsonResponse({"error": str(reason)}, status=422)
    if undone.conflicts:
        return JsonResponse({"error": f"没有撤销：{next(iter(undone.conflicts.values()))}。"}, status=422)
    return JsonResponse(_answer(the_person(request.actor, pk), name, Grid(timezone.localdate())))


@page(perms.can_edit_many, "POST")
def paste(request: HttpRequest) -> HttpResponse:
    """What a pasted block would change. Nothing is written."""
    grid = Grid(timezone.localdate())
    try:
        cells = read_block(request.POST.get("cells", ""), grid)
    except BadCells as reason:
        messages.warning(request, str(reason))
        return redirect(_back(request))
    rows, wrong = _paste_rows(request, cells, grid)
    context = {
        "crumbs": [
            {"label": "人员名册", "url": reverse("retirees:list")},
            {"label": "表格录入", "url": _back(request)},
            {"label": "粘贴", "url": ""},
        ],
        "rows": rows,
        "out": _number(request.POST.get("out", "")),
        "wrong": wrong,
        "ready": sum(1 for row in rows if not row["error"] and row["old"] != row["new"]),
        "cells": request.POST["cells"],
        "seen_on": request.POST.get("seen_on", ""),
        "back": _back(request),
    }
    return render(request, "retirees/grid_paste.html", context)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def _paste_rows(
    request: HttpRequest, cells: Sequence[PastedCell], grid: Grid
) -> tuple[list[dict[str, Any]], int]:
    found = Retiree.objects.visible_to(request.actor).select_related("unit", "private")
    people = found.in_bulk({cell.pk for cell in cells})
    rows = []
    for cell in cells:
        person = people.get(cell.pk)
        if person is None:
            continue
        row: dict[str, Any] = {
            "person": person,
            "label": grid.label(cell.name),
            "error": "",
            "new": cell.text[:60],
        }
        old = _stored(person, cell.name)
        row["old"] = grid.words(cell.name, old)
        try:
            row["new"] = grid.words(cell.name, grid.read(cell.name, cell.text, keep=old))
        except ValidationError as error:
            row["error"] = " ".join(error.messages)
        if person.version != cell.version:
            row["error"] = "打开表格以后有人改过这个人，请刷新表格再粘贴。"
        rows.append(row)
    return rows, sum(1 for row in rows if row["error"])


@page(perms.can_edit_many, "POST")
def paste_apply(request: HttpRequest) -> HttpResponse:
    """Write what can be written of the block; what is wrong stays out, as the preview said."""
    today = timezone.localdate()
    grid = Grid(today)
    try:
        cells = read_block(request.POST.get("cells", ""), grid)
        seen_on = CellForm.read({"version": "1", "seen_on": request.POST.get("seen_on", "")}, today).seen_on
    except (BadCells, ValidationError) as reason:
        messages.warning(request, str(reason))
        return redirect(_back(request))
    values: dict[int, tuple[int, dict[str, Any]]] = {}
    for cell in cells:
        try:
            value = grid.read(cell.name, cell.text)
        except ValidationError:
            continue
        if value is not None:
            values.setdefault(cell.pk, (cell.version, {}))[1][cell.name] = value
    made, left = save_block(
        cells=[(pk, version, given) for pk, (version, given) in values.items()],
        seen_on=seen_on,
        today=today,
        by=request.actor,
    )
    for reason, names in left.items():
        messages.warning(request, f"没有写入{'、'.join(names)}：{reason}。")
    if made is None:
        messages.info(request, "没有需要写入的内容。")
        return redirect(_back(request))
    messages.success(request, f"已写入{made.people}人。不对可以在“成批改动”里整批撤销。")
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    own = target.startswith(reverse("retirees:grid")) and url_has_allowed_host_and_scheme(
        target, allowed_hosts=None
    )
    return target if own else reverse("retirees:grid")
