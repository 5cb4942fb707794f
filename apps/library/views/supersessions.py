"""What replaces what."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from apps.accounts.models import FormToken
from apps.core.pages import page
from apps.library import perms
from apps.library.actions.supersessions import supersede as register_supersession
from apps.library.actions.supersessions import undo_supersession
from apps.library.forms.papers import SupersedeForm
from apps.library.models import Supersession
from apps.library.rules import PaperRefused
from apps.library.views.present import ask, form_page, kept_paper, paper_url


@page(perms.can_keep_papers, "GET", "POST")
def supersede(request: HttpRequest, pk: int) -> HttpResponse:
    """Which paper this one replaces."""
    newer = kept_paper(request.actor, pk)
    form = SupersedeForm(request.POST or None, newer=newer)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        token, _ = FormToken.objects.claim(data["token"], request.actor)
        if token.result:
            return redirect(paper_url(newer))
        try:
            row = register_supersession(
                newer=newer,
                older=data["older"],
                is_whole=data["extent"] == "whole",
                note=data["note"],
                by=request.actor,
            )
        except PaperRefused as problem:
            form.add_error("older", str(problem))
        else:
            token.result = str(row.pk)
            token.save(update_fields=["result"])
            messages.success(request, f"已登记：{newer.number}替代{row.older.number}。")
            return redirect(paper_url(newer))
    notice = {
        "title": f"{newer.number}替代了哪份文件",
        "text": "从这份文件的施行日期起替代；要先登记原来的文件。",
        "kind": "",
    }
    return form_page(request, form, "登记替代", newer, notice=notice)


@page(perms.can_keep_papers, "GET", "POST")
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """It does not replace the other after all."""
    rows = Supersession.objects.visible_to(request.actor).select_related("newer", "older")
    row = get_object_or_404(rows, pk=pk)
    if not Supersession.objects.kept_by(request.actor).filter(pk=pk).exists():
        raise PermissionDenied("another office's paper")
    newer, older = row.newer, row.older
    if request.method == "POST":
        undo_supersession(row=row, by=request.actor)
        messages.success(request, f"已撤销：{newer.number}不再替代{older.number}。")
        return redirect(paper_url(newer))
    return ask(
        request,
        newer,
        "撤销替代",
        question=f"撤销“{newer.number}{'全部' if row.is_whole else '部分'}替代{older.number}”？",
        text="",
        effects=[f"{older.number}的效力按没有被它替代重新认定", "两份文件都保留"],
        label="撤销替代",
    )
