"""The bureau's own fields: which there are, a new one, changing and retiring one."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from apps.audit.queries import last_act
from apps.core.chinese import format_count
from apps.core.pages import page
from apps.core.side_by_side import Editing, Stale, conflict_page
from apps.retirees import perms
from apps.retirees.actions.custom import retire_custom_field, save_custom_field
from apps.retirees.forms.custom import CustomFieldForm
from apps.retirees.models import CustomField
from apps.retirees.queries.custom import people_with

DEFINED = ("label", "help_text", "max_length", "minimum", "maximum", "sort", "is_required")
"""What the form of an existing field can change."""
NOTE = "名单、导出和领导都能看到这些栏目：不要用来记身份证号、电话、住址、病情细节等敏感内容。"


@page(perms.can_keep_custom_fields)
def fields(request: HttpRequest) -> HttpResponse:
    rows = [
        {"field": field, "people": format_count(people_with(request.actor, field.key))}
        for field in CustomField.objects.visible_to(request.actor)
    ]
    context = {
        "crumbs": [
            {"label": "人员名册", "url": reverse("retirees:list")},
            {"label": "自定义栏目", "url": ""},
        ],
        "rows": rows,
        "page_actions": [
            {"label": "新建栏目", "url": reverse("retirees:field-create"), "kind": "primary", "key": "n"}
        ],
    }
    return render(request, "retirees/custom_fields.html", context)


@page(perms.can_keep_custom_fields, "GET", "POST")
def create(request: HttpRequest) -> HttpResponse:
    return _form(request, None)


@page(perms.can_keep_custom_fields, "GET", "POST")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _form(request, get_object_or_404(CustomField.objects.visible_to(request.actor), pk=pk))


def _form(request: HttpRequest, field: CustomField | None) -> HttpResponse:
    editing = Editing(request, field, DEFINED) if field else None
    form = CustomFieldForm(editing.data if editing else request.POST or None, field=field)
    if request.method == "POST" and form.is_valid():
        opened = editing.opened if editing else None
        try:
            saved = save_custom_field(field=field, values=form.cleaned_data, opened=opened, by=request.actor)
        except Stale as stale:
            return _conflict(request, editing, form, stale.theirs)
        messages.success(request, f"栏目“{saved.label}”已保存，新增和修改人员时就能填。")
        return redirect("retirees:fields")
    heading = f"修改栏目：{field.label}" if field else "新建栏目"
    context = {
        "form": form,
        "heading": heading,
        "crumbs": [
            {"label": "人员名册", "url": reverse("retirees:list")},
            {"label": "自定义栏目", "url": reverse("retirees:fields")},
            {"label": heading, "url": ""},
        ],
        "submit_label": "保存",
        "cancel_url": reverse("retirees:fields"),
        "note": NOTE,
        "hidden": editing.hidden if editing else [],
    }
    return render(request, "generic/form.html", context, status=422 if request.method == "POST" else 200)


def _conflict(request: HttpRequest, editing: Any, form: Any, theirs: CustomField) -> HttpResponse:
    back = reverse("retirees:fields")
    return conflict_page(
        request,
        editing,
        form,
        theirs,
        typed=form.cleaned_data,
        saves=last_act(request.actor, theirs),
        name=theirs.label,
        crumbs=[{"label": "自定义栏目", "url": back}, {"label": "两次修改对照", "url": ""}],
        back=back,
    )


@page(perms.can_keep_custom_fields, "POST")
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    field = get_object_or_404(CustomField.objects.visible_to(request.actor), pk=pk)
    retire_custom_field(field=field, retired=not field.is_retired, by=request.actor)
    said = "已重新启用" if field.is_retired else "已停用，已有的内容保留"
    messages.success(request, f"栏目“{field.label}”{said}。")
    return redirect("retirees:fields")
