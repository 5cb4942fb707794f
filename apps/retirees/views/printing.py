"""Asking for paper about a person, and the form it is printed on."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.core import private_files
from apps.core.chinese import format_moment
from apps.core.documents.office_files import RefusedForm
from apps.core.downloads import attachment
from apps.core.pages import page
from apps.exports.choices import Format
from apps.jobs.actions import request_job
from apps.retirees import perms
from apps.retirees.actions.info_form import WORD, info_form, replace_info_form, reset_info_form
from apps.retirees.forms.printing import InfoFormForm, PrintForm
from apps.retirees.models import InfoForm
from apps.retirees.queries.sheet import LISTS, PHOTO, SINGLE, own_names
from apps.retirees.views.asking_paper import ask_for_paper
from apps.retirees.views.person import the_person
from apps.retirees.views.present import REASONS, crumbs, page_of

FORMATS = {"file": Format.FILE, "form": Format.INFO}
LABELS = {"file": "打印一人一档", "form": "打印干部信息表"}


@page(perms.can_print_retiree, "GET", "POST", proof=lambda request: bool(request.POST.get("private")))
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose a paper; a job makes it, and it waits there as a file."""
    person = the_person(request.actor, pk)
    may_reveal = perms.can_export_retiree(request.actor, person)
    form = PrintForm(request.POST or None, may_reveal=may_reveal, reasons=REASONS)
    if request.method == "POST" and form.is_valid() and form.plain:
        answer = ask_for_paper(request, person, form, FORMATS[form.cleaned_data["paper"]], plain=True)
        if answer is not None:
            return answer
    elif request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        job = request_job(
            kind="retirees.paper",
            label=LABELS[data["paper"]],
            dedupe_key=f"retirees.paper:{request.actor.user_id}:{data['token']}",
            payload={
                "person": person.pk,
                "paper": data["paper"],
                "today": timezone.localdate().isoformat(),
            },
            by=request.actor,
        )
        return redirect("jobs:detail", pk=job.pk)
    may_replace = perms.can_replace_info_form(request.actor)
    context = {
        "form": form,
        "heading": f"打印：{person.name}",
        "crumbs": crumbs(person, "打印"),
        "submit_label": "生成",
        "cancel_url": page_of(person),
        "note": "在后台生成，几秒钟就好，文件保留7天，打印记入日志。",
        "notice": None,
        "form_url": reverse("retirees:info-form") if may_replace else "",
    }
    return render(request, "retirees/print.html", context, status=422 if request.method == "POST" else 200)


@page(perms.can_replace_info_form, "GET", "POST")
def form_page(request: HttpRequest) -> HttpResponse:
    """The form of the 干部信息表: which one holds, its fields, another in its place."""
    form = InfoFormForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            replace_info_form(content=file.read(), file_name=file.name, by=request.actor)
        except (RefusedForm, private_files.FileNotKept) as refusal:
            form.add_error("file", str(refusal))
        else:
            messages.success(request, "表样已更换，以后打印都用它。")
            return redirect("retirees:info-form")
    latest = InfoForm.objects.first()
    own = latest is None or not latest.file_ref
    context = {
        "form": form,
        "heading": "干部信息表的表样",
        "crumbs": [
            {"label": "人员名册", "url": reverse("retirees:list")},
            {"label": "干部信息表的表样", "url": ""},
        ],
        "submit_label": "更换表样",
        "cancel_url": reverse("retirees:list"),
        "note": "",
        "is_own": own,
        "words": "现在用系统自带的表样。"
        if own
        else f"现在用《{latest}》，{latest.uploaded_by_name}{format_moment(latest.uploaded_at)}上传。",
        "single": "、".join((*SINGLE, PHOTO, *own_names())),
        "lists": [{"name": name, "parts": "、".join(parts)} for name, parts in LISTS.items()],
    }
    return render(
        request, "retirees/info_form.html", context, status=422 if request.method == "POST" else 200
    )


@page(perms.can_replace_info_form, "POST")
def form_download(request: HttpRequest) -> HttpResponse:
    """The form that holds, to change it in Word and bring it back."""
    try:
        content = info_form()
    except (private_files.FileGone, private_files.FileDamaged):
        messages.error(request, "表样文件读不出来，请重新上传或换回系统自带的表样。")
        return redirect("retirees:info-form")
    return attachment(content, filename="干部信息表表样.docx", content_type=WORD)


@page(perms.can_replace_info_form, "POST")
def form_reset(request: HttpRequest) -> HttpResponse:
    """Back to the portal's own form."""
    reset_info_form(by=request.actor)
    messages.success(request, "已换回系统自带的表样。")
    return redirect("retirees:info-form")
