"""Bulk edit: what to change, what that would do, done at once or by a job."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import FormToken
from apps.core.chinese import format_count
from apps.core.pages import page
from apps.jobs.actions import request_job
from apps.retirees import perms
from apps.retirees.actions.bulk import ListMoved, bulk_edit
from apps.retirees.forms.bulk import BulkForm
from apps.retirees.forms.selection import BadSelection, listed_query, read_selection
from apps.retirees.queries.bulk import TooMany, bulk_people, bulk_preview
from apps.retirees.queries.requests import held_names
from apps.retirees.queries.selection import Selection
from apps.retirees.views.present import page_of

AT_ONCE = 300
"""People changed within the request; more become a job."""


@page(perms.can_edit_many, "POST")
def start(request: HttpRequest) -> HttpResponse:
    """What to change about the people picked in the list."""
    chosen = _chosen(request)
    if isinstance(chosen, HttpResponse):
        return chosen
    return _form_page(request, chosen, BulkForm(today=timezone.localdate()), 200)


@page(perms.can_edit_many, "POST")
def preview(request: HttpRequest) -> HttpResponse:
    """How many people, which values become which, the first of them. Nothing is written."""
    chosen = _chosen(request)
    if isinstance(chosen, HttpResponse):
        return chosen
    form = BulkForm(request.POST, today=timezone.localdate())
    if not form.is_valid() or "back" in request.POST:
        return _form_page(request, chosen, form, 200 if "back" in request.POST else 422)
    return _preview_page(request, chosen, form, 200)


@page(perms.can_edit_many, "POST")
def apply(request: HttpRequest) -> HttpResponse:
    """Do what the preview said, if it still says the same."""
    today = timezone.localdate()
    chosen = _chosen(request)
    if isinstance(chosen, HttpResponse):
        return chosen
    form = BulkForm(request.POST, today=today)
    if not form.is_valid():
        return _form_page(request, chosen, form, 422)
    try:
        keys = bulk_people(request.actor, chosen, today)
    except TooMany as reason:
        return _back(request, str(reason))
    if len(keys) > AT_ONCE:
        return _as_job(request, chosen, form, len(keys))
    token, _ = FormToken.objects.claim(form.cleaned_data["token"], request.actor)
    if token.result:
        messages.info(request, "这次修改刚才已经完成，没有重复办理。")
        return redirect("retirees:changeset", pk=int(token.result))
    try:
        made = bulk_edit(
            keys=keys,
            values=form.values(),
            labels=form.labels,
            expected=form.cleaned_data["state"],
            seen_on=form.cleaned_data["seen_on"],
            today=today,
            reason=form.cleaned_data["reason"],
            by=request.actor,
        )
    except ListMoved as reason:
        messages.warning(request, str(reason))
        return _preview_page(request, chosen, form, 409)
    if made is None:
        return _back(request, "选中的人员本来就是这样，没有需要改的。")
    token.result = str(made.pk)
    token.save(update_fields=["result"])
    if made.people:
        messages.success(request, f"已修改{made.people}人。")
    if made.asked:
        messages.info(request, f"{made.asked}人的改动要审核，已报审；通过前名册里还是原来的内容。")
    return redirect("retirees:changeset", pk=made.pk)


def _as_job(request: HttpRequest, chosen: Selection, form: BulkForm, people: int) -> HttpResponse:
    job = request_job(
        kind="retirees.bulk",
        label=f"批量修改{people}人：{'、'.join(form.labels[name] for name in form.values())}",
        dedupe_key=f"retirees.bulk:{form.cleaned_data['token']}",
        payload={
            "selection": chosen.kept(),
            "typed": form.typed(),
            "state": form.cleaned_data["state"],
            "today": timezone.localdate().isoformat(),
        },
        by=request.actor,
    )
    messages.info(request, "人数较多，在后台修改；完成后这里有结果，可以先去做别的。")
    return redirect("jobs:detail", pk=job.pk)


def _chosen(request: HttpRequest) -> Selection | HttpResponse:
    try:
        return read_selection(request.actor, request.POST)
    except BadSelection as reason:
        return _back(request, str(reason))


def _list(query: str) -> str:
    """The list as one left it."""
    address = reverse("retirees:list")
    return f"{address}?{query}" if query else address


def _back(request: HttpRequest, text: str) -> HttpResponse:
    messages.warning(request, text)
    return redirect(_list(listed_query(request.actor, request.POST)))


def _crumbs(label: str) -> list[dict[str, str]]:
    return [{"label": "人员名册", "url": reverse("retirees:list")}, {"label": label, "url": ""}]


def _form_page(request: HttpRequest, chosen: Selection, form: BulkForm, status: int) -> HttpResponse:
    context = {
        "heading": "批量修改",
        "subheading": chosen.words,
        "crumbs": _crumbs("批量修改"),
        "form": form,
        "selection": chosen,
        "submit_label": "预览",
        "listed": listed_query(request.actor, request.POST),
        "cancel_url": _list(listed_query(request.actor, request.POST)),
    }
    return render(request, "retirees/bulk_form.html", context, status=status)


def _preview_page(request: HttpRequest, chosen: Selection, form: BulkForm, status: int) -> HttpResponse:
    try:
        found = bulk_preview(request.actor, chosen, form.values(), form.labels, timezone.localdate())
    except TooMany as reason:
        return _back(request, str(reason))
    typed = form.typed() | {"state": found.state, "token": uuid.uuid4()}
    context: dict[str, Any] = {
        "heading": "批量修改：预览",
        "subheading": "还没有写入；确认后才写入",
        "crumbs": _crumbs("批量修改"),
        "preview": found,
        "people": format_count(found.people),
        "changing": format_count(found.changing),
        "rows": [{"person": who, "url": page_of(who), "changes": changes} for who, changes in found.rows],
        "selection": chosen,
        "typed": typed.items(),
        "reason": form.cleaned_data["reason"],
        "by_job": found.people > AT_ONCE,
        "reviewed": "、".join(
            form.labels[name] for name in form.values() if name in held_names(request.actor)
        ),
        "listed": listed_query(request.actor, request.POST),
        "cancel_url": _list(listed_query(request.actor, request.POST)),
    }
    return render(request, "retirees/bulk_preview.html", context, status=status)
