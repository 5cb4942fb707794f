"""The 干部任免审批表 of a person as a file for the editors of that form."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from apps.core.downloads import attachment
from apps.core.pages import page
from apps.retirees import perms
from apps.retirees.actions.lrmx import export_lrmx
from apps.retirees.forms.lrmx import LrmxForm
from apps.retirees.views.person import the_person
from apps.retirees.views.present import REASONS, crumbs, page_of


@page(perms.can_reveal, "GET", "POST")
def lrmx(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask what for, then give the file; it holds the ID number in plain."""
    person = the_person(request.actor, pk)
    form = LrmxForm(request.POST if request.method == "POST" else None, reasons=REASONS)
    if request.method == "POST" and form.is_valid():
        content = export_lrmx(retiree=person, reason=form.cleaned_data["reason"], by=request.actor)
        return attachment(content, filename=f"{person.name}.lrmx", content_type="application/octet-stream")
    context = {
        "form": form,
        "heading": f"导出任免审批表：{person.name}",
        "crumbs": crumbs(person, "任免审批表"),
        "submit_label": "导出 .lrmx",
        "cancel_url": page_of(person),
        "note": "文件里有完整的身份证号、履历、家庭成员和照片，导出记入日志。",
    }
    return render(request, "generic/form.html", context, status=422 if request.method == "POST" else 200)
