"""Pages of the unit tree."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.audit.queries import last_act
from apps.core.chinese import format_count, format_date
from apps.core.pages import page
from apps.core.side_by_side import Editing, Stale, conflict_page
from apps.units import perms
from apps.units.actions import NotPossible, change_unit, close_unit, create_unit, rename_unit, reopen_unit
from apps.units.choices import Change, Level
from apps.units.forms import CloseForm, NewUnitForm, RenameForm, ReopenForm, TreeConditions, UnitForm
from apps.units.models import Unit
from apps.units.queries import MOST, find_units, name_story, successors, tree
from apps.units.rules import BELOW, more_actions

FOUND = 200
TREE = {"label": "单位"}
KEYS = {"units:edit": "e", "units:create": "n"}


@page(perms.can_see_units)
def tree_page(request: HttpRequest) -> HttpResponse:
    """The tree, or what a search found in it. A key that is no condition is refused."""
    form = TreeConditions(request.GET)
    if set(request.GET) - set(form.fields) or any(len(request.GET.getlist(name)) > 1 for name in request.GET):
        raise BadRequest("unknown condition")
    valid = form.is_valid()
    text = form.cleaned_data["q"].strip() if valid else ""
    today = timezone.localdate()
    shown = tree(request.actor, on=today, with_closed=bool(valid and form.cleaned_data["closed"]))
    found = list(find_units(request.actor, text)[: FOUND + 1]) if text else []
    context = {
        "form": form,
        "text": text,
        "found": found[:FOUND],
        "more": len(found) > FOUND,
        "tree": shown,
        "today": today,
        "open_all": len(shown.branches) == 1,
        "subheading": f"{len(shown.branches)} 个县级，{format_count(shown.total)} 个单位",
        "filters": {
            "action": reverse("units:tree"),
            "fields": [form[name] for name in form.fields],
        },
        "crumbs": [{"label": "单位", "url": ""}],
        "page_actions": _tree_actions(request, shown.city),
    }
    return render(request, "units/tree.html", context)


def _tree_actions(request: HttpRequest, city: Unit | None) -> list[dict[str, str]]:
    if city is None or not perms.can_edit_units(request.actor):
        return []
    return [
        {"label": "新增县市区", "url": reverse("units:create", args=[city.pk]), "kind": "primary", "key": "n"}
    ]


@page(perms.can_see_units)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One unit: codes, names and changes over time, what is below it."""
    unit = _seen(request, pk)
    children = Unit.objects.visible_to(request.actor).filter(parent=unit).order_by("closed_on", "sort", "pk")
    tags = [{"text": unit.get_kind_display(), "tone": "blue"}]
    if unit.closed_on:
        tags.append({"text": f"{format_date(unit.closed_on)}撤销", "tone": "grey"})
    context = {
        "unit": unit,
        "crumbs": _crumbs(unit),
        "card": {
            "title": unit.name,
            "subtitle": unit.short_name,
            "photo_url": "",
            "photo_label": "",
            "photo_edit_url": "",
            "tags": tags,
            "facts": _facts(unit),
            "actions": _actions(request, unit),
        },
        "children": children[:MOST],
        "count": children.count(),
        "names": [
            {"when": f"{_day(since)}至{_day(until, '今')}", "text": name}
            for name, since, until in reversed(name_story(unit))
        ],
        "changes": _changes(unit),
        "may_add": perms.can_edit_units(request.actor) and unit.closed_on is None,
    }
    return render(request, "units/detail.html", context)


def _day(day: Any, unknown: str = "不详") -> str:
    return format_date(day) if day else unknown


def _facts(unit: Unit) -> list[dict[str, str]]:
    facts = [
        {"label": "代码", "value": unit.code},
        {"label": "统一社会信用代码", "value": unit.credit_code or "—"},
        {"label": "层级", "value": unit.get_level_display()},
        {"label": "设立日期", "value": format_date(unit.opened_on)},
        {"label": "排序", "value": str(unit.sort)},
    ]
    if unit.parent is not None:
        facts.insert(2, {"label": "上级", "value": unit.parent.name})
    return facts


def _changes(unit: Unit) -> list[dict[str, str]]:
    """What happened to the unit, and which units it took over."""
    rows = [
        {
            "when": format_date(change.happened_on),
            "kind": change.get_kind_display(),
            "text": _words(change.kind, change.successor)
            + (f"（{change.document}）" if change.document else ""),
        }
        for change in unit.changes.select_related("successor")
    ]
    rows += [
        {
            "when": format_date(change.happened_on),
            "kind": "承接",
            "text": f"{change.unit.name}{change.get_kind_display()}，由本单位承接",
        }
        for change in unit.predecessors.select_related("unit").order_by("-happened_on")
    ]
    return rows


def _words(kind: str, successor: Unit | None) -> str:
    if kind == Change.RENAMED:
        return "更名"
    if successor is None:
        return "撤销"
    return f"并入{successor.name}" if kind == Change.MERGED else f"撤销，由{successor.name}承接"


def _actions(request: HttpRequest, unit: Unit) -> list[dict[str, str]]:
    if not perms.can_edit_units(request.actor):
        return []
    found = [("修改", "units:edit", "")]
    if unit.closed_on is None:
        found.append(("更名", "units:rename", ""))
        if unit.level != Level.CITY:
            found.append(("并入或撤销", "units:close", "danger"))
        found.append(("新增下级单位", "units:create", "primary"))
    else:
        found.append(("恢复", "units:reopen", ""))
    own = [
        {"label": label, "url": reverse(view, args=[unit.pk]), "kind": kind, "key": KEYS.get(view, "")}
        for label, view, kind in found
    ]
    more = [{"label": label, "url": url, "kind": ""} for label, url in more_actions(request.actor, unit)]
    return [*more, *own]


def _seen(request: HttpRequest, pk: int) -> Unit:
    return get_object_or_404(Unit.objects.visible_to(request.actor).select_related("parent", "area"), pk=pk)


def _crumbs(unit: Unit, last: str = "") -> list[dict[str, str]]:
    """From the tree down to the unit, and to what is done with it."""
    crumbs = [TREE | {"url": reverse("units:tree")}]
    if unit.level == Level.UNIT and unit.area is not None:
        crumbs.append({"label": unit.area.label, "url": reverse("units:detail", args=[unit.area_id])})
    crumbs.append({"label": unit.label, "url": reverse("units:detail", args=[unit.pk]) if last else ""})
    return [*crumbs, {"label": last, "url": ""}] if last else crumbs


def _form_page(request: HttpRequest, unit: Unit, form: Any, **words: Any) -> HttpResponse:
    context = {
        "form": form,
        "crumbs": _crumbs(unit, words["heading"]),
        "cancel_url": reverse("units:detail", args=[unit.pk]),
        "note": "",
        "subheading": unit.name,
        **words,
    }
    return render(request, "generic/form.html", context)


@page(perms.can_edit_units, "GET", "POST")
def create(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a unit below another."""
    parent = _seen(request, pk)
    form = NewUnitForm(request.POST if request.method == "POST" else None, level=BELOW[Level(parent.level)])
    if request.method == "POST" and form.is_valid():
        try:
            unit = create_unit(parent=parent, **form.cleaned_data, by=request.actor)
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"已新增“{unit.name}”。")
            return redirect("units:detail", pk=unit.pk)
    heading = "新增县市区" if parent.level == Level.CITY else "新增下级单位"
    return _form_page(
        request, parent, form, heading=heading, subheading=f"在{parent.name}下面", submit_label="新增"
    )


@page(perms.can_edit_units, "GET", "POST")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct what is kept of a unit."""
    unit = _seen(request, pk)
    names = tuple(UnitForm.base_fields)
    present = {name: getattr(unit, name) for name in names}
    editing = Editing(request, unit, names)
    form = UnitForm(editing.data, initial=present, level=Level(unit.level))
    if request.method == "POST" and form.is_valid():
        try:
            change_unit(unit=unit, **form.cleaned_data, opened=editing.opened, by=request.actor)
        except Stale as stale:
            return _conflict(request, editing, form, stale.theirs)
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已保存。")
            return redirect("units:detail", pk=unit.pk)
    note = f"代码 {unit.code} 不能改。机构改了名称的，请用“更名”，曾用名会保留；这里只改正错字。"
    return _form_page(
        request, unit, form, heading="修改单位", submit_label="保存", note=note, hidden=editing.hidden
    )


def _conflict(request: HttpRequest, editing: Editing, form: UnitForm, theirs: Unit) -> HttpResponse:
    return conflict_page(
        request,
        editing,
        form,
        theirs,
        typed=form.cleaned_data,
        saves=last_act(request.actor, theirs),
        name=theirs.name,
        crumbs=_crumbs(theirs, "两次修改对照"),
        back=reverse("units:detail", args=[theirs.pk]),
    )


@page(perms.can_edit_units, "GET", "POST")
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a unit its new name from a day on."""
    unit = _seen(request, pk)
    present = {"name": unit.name, "short_name": unit.short_name, "from_day": timezone.localdate()}
    form = RenameForm(request.POST if request.method == "POST" else None, initial=present)
    if request.method == "POST" and form.is_valid():
        try:
            rename_unit(unit=unit, **form.cleaned_data, by=request.actor)
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已更名，原来的名称保留为曾用名，按旧名称导入的花名册仍能认出。")
            return redirect("units:detail", pk=unit.pk)
    return _form_page(request, unit, form, heading="更名", submit_label="更名")


@page(perms.can_edit_units, "GET", "POST")
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a merger or an abolition."""
    unit = _seen(request, pk)
    form = CloseForm(
        request.POST if request.method == "POST" else None,
        initial={"happened_on": timezone.localdate()},
        successors=successors(request.actor, unit, timezone.localdate()),
    )
    if request.method == "POST" and form.is_valid():
        try:
            close_unit(unit=unit, **form.cleaned_data, by=request.actor)
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, "已登记。这个单位名下的人员还在原处，由市局用“撤并、划转”一并转到承接单位。"
            )
            return redirect("units:detail", pk=unit.pk)
    return _form_page(
        request,
        unit,
        form,
        heading="并入或撤销",
        submit_label="登记",
        note="登记后不能再往这个单位加人；它名下的人员不会自动转走。要连人员一起转，由市局用“撤并、划转”。登记错了可以恢复。",
    )


@page(perms.can_edit_units, "GET", "POST")
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a closing that was recorded by mistake."""
    unit = _seen(request, pk)
    form = ReopenForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            reopen_unit(unit=unit, reason=form.cleaned_data["reason"], by=request.actor)
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已恢复。")
            return redirect("units:detail", pk=unit.pk)
    note = "用于改正登记错误；撤销后又重新设立的，请新增一个单位。"
    return _form_page(request, unit, form, heading="恢复单位", submit_label="恢复", note=note)
