"""The office's own forms: what there is, a new one, one tried with a person."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from apps.core import private_files
from apps.core.chinese import format_moment
from apps.core.documents.errors import DocumentError
from apps.core.downloads import attachment
from apps.core.pages import page
from apps.core.private_files import FileNotKept
from apps.core.scope import Actor
from apps.core.sheets import word, xlsx
from apps.exports import actions, perms
from apps.exports.actions.templates import BUCKET
from apps.exports.forms import TemplateForm
from apps.exports.models import FormTemplate
from apps.exports.rules import Exporter, NothingPicked, exporters

MOST_BYTES = 5 * 1024 * 1024
TYPES = {"docx": word.TYPE, "xlsx": xlsx.TYPE}


def _crumbs(*items: tuple[str, str]) -> list[dict[str, str]]:
    first = [
        {"label": "数据导出", "url": reverse("exports:list")},
        {"label": "自制表样", "url": reverse("exports:templates")},
    ]
    return [*first, *({"label": label, "url": url} for label, url in items)]


@page(perms.can_see_templates)
def templates(request: HttpRequest) -> HttpResponse:
    """Forms that one may use."""
    found = FormTemplate.objects.visible_to(request.actor).current().select_related("owner")
    context = {
        "columns": [{"label": label, "num": False} for label in ("名称", "类型", "归属", "字段", "上传")],
        "rows": [_row(one) for one in found],
        "may_keep": perms.can_keep_templates(request.actor),
        "page_actions": [{"label": "上传表样", "url": reverse("exports:template-new"), "kind": "primary"}]
        if perms.can_keep_templates(request.actor)
        else [],
        "crumbs": [*_crumbs()[:1], {"label": "自制表样", "url": ""}],
    }
    return render(request, "exports/templates.html", context)


def _row(one: FormTemplate) -> dict[str, Any]:
    owner = one.owner.label if one.owner else "市局"
    cells = (
        (f"{one.name}（第{one.version}版）", reverse("exports:template", args=[one.pk])),
        (one.kind, ""),
        (owner, ""),
        (f"{len(one.fields)}个", ""),
        (f"{format_moment(one.created_at)} {one.created_by_name}", ""),
    )
    return {"cells": [{"text": text, "url": url} for text, url in cells]}


@page(perms.can_keep_templates, "GET", "POST")
def upload(request: HttpRequest) -> HttpResponse:
    """A new form, or a new version of one; fields that are not offered are told at once, with what looks like them."""
    exporter = next(iter(exporters.values()))
    form = TemplateForm(
        request.POST or None, request.FILES or None, check_url=reverse("exports:template-check")
    )
    unknown: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.save_template(
                exporter=exporter,
                name=form.cleaned_data["name"],
                content=form.cleaned_data["file"].read(),
                by=request.actor,
            )
        except actions.Unknown as strange:
            unknown = _strange(strange)
            form.add_error("file", f"有{len(unknown)}个字段认不出来，见下面的对照。")
        except (DocumentError, FileNotKept) as refusal:
            form.add_error("file", str(refusal))
        else:
            messages.success(request, f"已保存“{made.name}”第{made.version}版，共{len(made.fields)}个字段。")
            return redirect("exports:template", made.pk)
    context = {
        "form": form,
        "heading": "上传表样",
        "submit_label": "上传",
        "unknown": unknown,
        "groups": _groups(exporter, request.actor),
        "cancel_url": reverse("exports:templates"),
        "crumbs": _crumbs(("上传表样", "")),
    }
    return render(request, "exports/template_new.html", context, status=422 if form.errors else 200)


def _strange(unknown: actions.Unknown) -> list[dict[str, str]]:
    return [{"name": one.name, "like": "、".join(one.suggestions)} for one in unknown.fields]


@page(perms.can_keep_templates, "POST")
def check(request: HttpRequest) -> HttpResponse:
    """What the portal makes of a file that was just chosen, before it is sent for good; nothing is kept."""
    file, context = request.FILES.get("file"), {"fields": (), "unknown": [], "refusal": ""}
    if file is None or file.size > MOST_BYTES:
        context["refusal"] = "请选一个不超过 5 MB 的文件。"
        return render(request, "exports/_check.html", context)
    exporter = next(iter(exporters.values()))
    try:
        _, context["fields"] = actions.checked_fields(file.read(), exporter, request.actor)
    except actions.Unknown as strange:
        context["unknown"] = _strange(strange)
    except DocumentError as refusal:
        context["refusal"] = str(refusal)
    return render(request, "exports/_check.html", context)


def _groups(exporter: Exporter, actor: Actor) -> list[dict[str, Any]]:
    """Fields on offer, by group, as they are written into a form."""
    groups: dict[str, list[Any]] = {}
    for column in exporter.fields(actor):
        groups.setdefault(column.group, []).append(column)
    return [{"label": label, "fields": fields} for label, fields in groups.items()]


def _template(request: HttpRequest, pk: int) -> FormTemplate:
    return get_object_or_404(FormTemplate.objects.visible_to(request.actor), pk=pk)


def _is_own(request: HttpRequest, one: FormTemplate) -> bool:
    return perms.can_keep_templates(request.actor) and one.owner_id == request.actor.county_id


@page(perms.can_see_templates)
def template(request: HttpRequest, pk: int) -> HttpResponse:
    """One form: its fields, its versions, a try."""
    one = _template(request, pk)
    same = FormTemplate.objects.visible_to(request.actor).filter(name=one.name, owner_id=one.owner_id)
    context = {
        "one": one,
        "facts": [
            {"label": "类型", "value": one.kind},
            {"label": "字段", "value": "、".join(one.fields)},
            {"label": "上传", "value": f"{format_moment(one.created_at)} {one.created_by_name}"},
            {"label": "各版", "value": "、".join(f"第{version.version}版" for version in same)},
            {"label": "状态", "value": "在用" if one.is_current else "停用或已有新版"},
        ],
        "is_own": _is_own(request, one) and one.is_current,
        "may_try": perms.can_export(request.actor),
        "crumbs": _crumbs((one.name, "")),
    }
    return render(request, "exports/template.html", context)


@page(perms.can_export, "POST")
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The form filled for the first person of one's register, private values masked."""
    one = _template(request, pk)
    exporter = exporters[one.register]
    try:
        keys = exporter.pick(request.actor, QueryDict("all=1")).keys
        if not keys:
            raise NothingPicked("名册里还没有人，没法试填。")
        ending, content = actions.preview(template=one, exporter=exporter, key=keys[0], by=request.actor)
    except (NothingPicked, DocumentError, LookupError, private_files.FileGone) as refusal:
        messages.warning(request, str(refusal))
        return redirect("exports:template", pk)
    return attachment(content, filename=f"试填-{one.name}.{ending}", content_type=TYPES[ending])


@page(perms.can_see_templates, "POST")
def original(request: HttpRequest, pk: int) -> HttpResponse:
    """The form itself, to change it and upload it again."""
    one = _template(request, pk)
    try:
        content = private_files.read(BUCKET, one.file_ref)
    except (private_files.FileGone, private_files.FileDamaged):
        raise Http404 from None
    return attachment(content, filename=f"{one.name}.{one.kind}", content_type=TYPES[one.kind])


@page(perms.can_keep_templates, "POST")
def away(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer it no more."""
    one = _template(request, pk)
    if not _is_own(request, one):
        raise PermissionDenied
    actions.put_away(template=one, by=request.actor)
    messages.success(request, f"“{one.name}”已停用。")
    return redirect("exports:templates")
