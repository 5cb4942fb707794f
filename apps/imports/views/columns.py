"""What each column of a file was taken for, and saying otherwise."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from apps.core.pages import page
from apps.imports import actions, perms
from apps.imports.choices import State
from apps.imports.forms import ColumnsForm
from apps.imports.queries import mappings_for
from apps.imports.rules import importers
from apps.imports.views.batches import batch_of, stages_of


@page(perms.can_import, "GET", "POST")
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Each column, what it was taken for and why; saving reads the file anew."""
    batch = batch_of(request, pk)
    address = reverse("imports:detail", args=[pk])
    if batch.state != State.CHECKED:
        return redirect(address)
    labels = importers[batch.kind].labels()
    form = ColumnsForm(
        request.POST if request.method == "POST" else None, columns=batch.columns, labels=labels
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.choose_columns(batch=batch, fields=form.chosen, by=request.actor)
        except (actions.BadColumns, actions.NotNow) as reason:
            form.add_error(None, str(reason))
        else:
            return redirect(address)
    context = {
        "batch": batch,
        "form": form,
        "stages": stages_of(batch),
        "mappings": [
            {"mapping": one, "label": labels.get(one.field, "不导入")}
            for one in mappings_for(batch, request.actor)
        ],
        "crumbs": [
            {"label": "数据导入", "url": reverse("imports:list")},
            {"label": batch.file_name, "url": address},
            {"label": "对应列", "url": ""},
        ],
    }
    return render(request, "imports/columns.html", context, status=422 if form.errors else 200)


@page(perms.can_import, "POST")
def forget(request: HttpRequest, pk: int, mapping: int) -> HttpResponse:
    """Forget what a header means; what was read already stays as it is."""
    batch = batch_of(request, pk)
    found = get_object_or_404(mappings_for(batch, request.actor), pk=mapping)
    actions.forget_mapping(mapping=found, by=request.actor)
    messages.success(request, f"已忘记“{found.header}”的对应关系，以后按列名识别。")
    return redirect("imports:columns" if batch.state == State.CHECKED else "imports:detail", pk)
