"""The 干部任免审批表 of a person as a file for the editors of that form."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from apps.core.pages import page
from apps.exports.choices import Format
from apps.retirees import perms
from apps.retirees.forms.lrmx import LrmxForm
from apps.retirees.views.asking_paper import ask_for_paper
from apps.retirees.views.person import the_person
from apps.retirees.views.present import REASONS, crumbs, page_of


@page(perms.can_export_retiree, "GET", "POST", proof=lambda request: bool(request.POST.get("private")))
def lrmx(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask what for and whether with the ID number; a request makes it, with the number after a second person agreed."""
    person = the_person(request.actor, pk)
    form = LrmxForm(request.POST if request.method == "POST" else None, reasons=REASONS)
    if request.method == "POST" and form.is_valid():
        answer = ask_for_paper(request, person, form, Format.LRMX, plain=form.plain)
        if answer is not None:
            return answer
    context = {
        "form": form,
        "heading": f"导出任免审批表：{person.name}",
        "crumbs": crumbs(person, "任免审批表"),
        "submit_label": "导出 .lrmx",
        "cancel_url": page_of(person),
        "note": "文件里有履历、家庭成员和照片，在“数据导出”里下载，导出记入日志。",
    }
    return render(request, "generic/form.html", context, status=422 if request.method == "POST" else 200)
