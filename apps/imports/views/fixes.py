"""Mending a row in the preview: one cell, or what the row is. Each works as a page of its own and inside the list."""

import uuid
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from apps.core.pages import page
from apps.imports import actions, perms
from apps.imports.choices import State, Verdict
from apps.imports.forms import DecisionForm, FixForm, PreviewForm
from apps.imports.models import Batch, Row
from apps.imports.queries import Contents, contents_of, rows_saying
from apps.imports.rules import Importer, importers
from apps.imports.views.batches import batch_of
from apps.imports.views.preview import PRIVATE, shown

MISSPELT = {"unknown", "new-unit", "other-county"}
"""Issues of a word that is wrong wherever it stands; what is wrong only beside other cells is mended one by one."""


def _row(request: HttpRequest, pk: int, row: uuid.UUID) -> tuple[Batch, Row]:
    batch = batch_of(request, pk)
    found = Row.objects.visible_to(request.actor).exclude(verdict=Verdict.SKIPPED)
    return batch, get_object_or_404(found, pk=row, batch=batch)


def _back(request: HttpRequest, batch: Batch, **more: int) -> str:
    """The list as it was, from the query that the list gave along."""
    chosen = PreviewForm(request.GET)
    if set(request.GET) - {"show", "page"} or not chosen.is_valid():
        raise BadRequest("unknown parameter")
    given = {name: value for name, value in chosen.cleaned_data.items() if value}
    query = urlencode(given | more)
    return f"{reverse('imports:detail', args=[batch.pk])}{'?' if query else ''}{query}"


def _answer(request: HttpRequest, template: str, context: dict[str, Any], *, wrong: bool) -> HttpResponse:
    """The page; htmx takes the form alone out of it. With errors it replaces the form that was sent."""
    response = render(request, template, context, status=422 if wrong else 200)
    if wrong and request.headers.get("HX-Request"):
        for header in ("HX-Retarget", "HX-Reselect"):
            response.headers[header] = "#fix-form"
        response.headers["HX-Reswap"] = "outerHTML"
    return response


@page(perms.can_import, "GET", "POST")
def fix(request: HttpRequest, pk: int, row: uuid.UUID, name: str) -> HttpResponse:
    """Another text for one cell, on wish for all equal cells of the column."""
    batch, found = _row(request, pk, row)
    if name not in importers[batch.kind].labels():
        raise Http404
    back = _back(request, batch)
    if batch.state != State.CHECKED:
        return redirect(back)
    form = _fix_form(request, batch, found, name)
    if request.method == "POST" and form.is_valid():
        try:
            number = actions.fix_cells(
                batch=batch,
                row=found,
                field=name,
                text=form.wanted,
                everywhere=form.cleaned_data["everywhere"],
                by=request.actor,
                today=timezone.localdate(),
            )
        except (actions.BadFix, actions.NotNow) as reason:
            form.add_error("text", str(reason))
        else:
            return redirect(_back(request, batch, at=found.position, fixed=number))
    contents = contents_of(found)
    context = {
        "heading": f"改正第{found.number}行的{importers[batch.kind].labels()[name]}",
        "batch": batch,
        "form": form,
        "now": shown(name, contents.get("raw", {}), contents) or "（空）",
        "is_fixed": name in contents.get("fixes", {}),
        "issues": [issue for issue in found.issues if issue["field"] == name],
        "action": request.get_full_path(),
        "back": back,
        "crumbs": _crumbs(batch, back, "改正"),
    }
    return _answer(request, "imports/fix.html", context, wrong=bool(form.errors))


def _is_misspelt(row: Row, name: str) -> bool:
    return any(issue["field"] == name and issue["kind"] in MISSPELT for issue in row.issues)


def _fix_form(request: HttpRequest, batch: Batch, row: Row, name: str) -> FixForm:
    importer, contents = importers[batch.kind], contents_of(row)
    text, words = contents.get("raw", {}).get(name, ""), importer.choices(name)
    hidden = name in PRIVATE and name in contents.get("entry", {})
    return FixForm(
        request.POST if request.method == "POST" else None,
        initial={"text": "" if hidden else text, "everywhere": bool(text) and _is_misspelt(row, name)},
        label=f"{importer.labels()[name]}改成",
        words=words,
        suggestions=importer.suggestions(name, actions.place_of(batch.unit)),
        equal=len(rows_saying(batch, name, text)),
    )


@page(perms.can_import, "GET", "POST")
def decide(request: HttpRequest, pk: int, row: uuid.UUID) -> HttpResponse:
    """Leave a row out, or say whom it means."""
    batch, found = _row(request, pk, row)
    back = _back(request, batch)
    if batch.state != State.CHECKED:
        return redirect(back)
    contents, importer = contents_of(found), importers[batch.kind]
    people = importer.candidates(contents.get("candidates", []), request.actor)
    form = DecisionForm(
        request.POST if request.method == "POST" else None,
        people=people,
        decided=bool(found.decision),
        adds_people=importer.wording.adds_people,
    )
    if request.method == "POST" and form.is_valid():
        decision, person = form.said
        try:
            actions.decide_row(
                batch=batch,
                row=found,
                decision=decision,
                person_id=person,
                by=request.actor,
                today=timezone.localdate(),
            )
        except (actions.BadFix, actions.NotNow) as reason:
            form.add_error("decision", str(reason))
        else:
            return redirect(_back(request, batch, at=found.position, fixed=1))
    context = {
        "heading": f"第{found.number}行怎样处理",
        "batch": batch,
        "form": form,
        "facts": _facts(importer, contents),
        "action": request.get_full_path(),
        "back": back,
        "crumbs": _crumbs(batch, back, "处理"),
    }
    return _answer(request, "imports/decide.html", context, wrong=bool(form.errors))


def _facts(importer: Importer, contents: Contents) -> list[dict[str, str]]:
    raw = contents.get("raw", {})
    return [
        {"label": importer.field_labels[name], "value": shown(name, raw, contents) or "（空）"}
        for name in importer.shown
    ]


def _crumbs(batch: Batch, back: str, last: str) -> list[dict[str, str]]:
    return [
        {"label": "数据导入", "url": reverse("imports:list")},
        {"label": batch.file_name, "url": back},
        {"label": last, "url": ""},
    ]
