"""变动表: who changed between two days, and what; on the page, as a workbook, on paper."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from apps.accounts.models import FormToken
from apps.core.chinese import format_count, format_date
from apps.core.pages import page
from apps.exports import actions
from apps.exports.choices import Mask, State
from apps.exports.perms import can_export
from apps.exports.rules import Picked, exporters
from apps.retirees import perms
from apps.retirees.exports.changed import changed_column
from apps.retirees.forms.changed import ChangedFileForm, ChangedForm, usual_days
from apps.retirees.queries.changed import MOST_PEOPLE, Days, changed_keys, changes_in

PAGE = 50
COLUMNS = ("name", "birth", "county", "unit")
TITLE = "变动表"


@page(perms.can_list_retirees)
def changed(request: HttpRequest) -> HttpResponse:
    """The people of a stretch of days, who was changed last first."""
    form = ChangedForm(usual_days(request.GET, timezone.localdate()), today=timezone.localdate())
    return _page(request, form, None)


def _page(request: HttpRequest, form: ChangedForm, file_form: ChangedFileForm | None) -> HttpResponse:
    today = timezone.localdate()
    days: Days | None = form.cleaned_data.get("days") if form.is_valid() else None
    keys = changed_keys(request.actor, days) if days else []
    too_many = len(keys) > MOST_PEOPLE
    pages = Paginator([] if too_many else keys, PAGE).get_page(request.GET.get("page"))
    found = changes_in(request.actor, list(pages), days) if days else []
    if days and file_form is None and keys and not too_many and can_export(request.actor):
        file_form = ChangedFileForm(today=today, days=days)
    query = urlencode({"since": days.since, "until": days.until}) + "&" if days else ""
    words = f"{format_date(days.since)}至{format_date(days.until)}" if days else ""
    context = {
        "form": form,
        "heading": TITLE,
        "subheading": f"{words}，名册资料有改动的{format_count(len(pages.paginator.object_list))}人"
        if words
        else "",
        "filters": {"action": reverse("retirees:changed"), "fields": [form["since"], form["until"]]},
        "found": found,
        "pages": pages,
        "query": query,
        "too_many": too_many,
        "file_form": file_form,
        "crumbs": [{"label": "人员名册", "url": reverse("retirees:list")}, {"label": TITLE, "url": ""}],
    }
    wrong = bool(form.errors) or bool(file_form is not None and file_form.errors)
    return render(request, "retirees/changed.html", context, status=422 if wrong else 200)


@page(can_export, "POST")
def export(request: HttpRequest) -> HttpResponse:
    """The whole table as a file, by a request like every other export."""
    today = timezone.localdate()
    form = ChangedFileForm(request.POST, today=today)
    days: Days | None = form.cleaned_data.get("days") if form.is_valid() else None
    if days is not None:
        token, _ = FormToken.objects.claim(form.cleaned_data["token"], request.actor)
        if token.result:
            messages.info(request, "这份申请刚才已经提交，没有重复提交。")
            return redirect("exports:detail", int(token.result))
        try:
            made = _request(request, form.cleaned_data, days)
        except actions.NotNow as refusal:
            form.add_error(None, str(refusal))
        else:
            FormToken.objects.filter(pk=token.pk).update(result=str(made.pk))
            if made.state == State.WAITING:
                messages.info(request, f"{made.needs}，已提交审批，批准后自动生成。")
            return redirect("exports:detail", made.pk)
    asked: Any = {name: request.POST.get(name, "") for name in ("since", "until")}
    return _page(request, ChangedForm(asked, today=today), form)


def _request(request: HttpRequest, data: dict[str, Any], days: Days) -> Any:
    keys = changed_keys(request.actor, days)
    if len(keys) > MOST_PEOPLE:
        raise actions.NotNow(f"改动的人超过{format_count(MOST_PEOPLE)}人，请缩短日期。")
    exporter = exporters["roster"]
    columns = [one for one in exporter.columns(request.actor) if one.name in COLUMNS]
    words = f"{TITLE}：{format_date(days.since)}至{format_date(days.until)}"
    wanted = actions.Wanted(
        columns=[*columns, changed_column(days)],
        format=data["format"],
        mask=Mask.MASKED,
        reason=data["reason"],
    )
    picked = Picked(keys=keys, words=words, hidden=(), shown=(), order="")
    return actions.request_export(exporter=exporter, picked=picked, wanted=wanted, by=request.actor)
