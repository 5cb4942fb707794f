"""Papers: registered, corrected, repealed, taken away."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from apps.accounts.models import FormToken
from apps.core.pages import page
from apps.library import perms
from apps.library.actions.papers import remove_paper, repeal_paper, save_paper, withdraw_repeal
from apps.library.forms.papers import PaperForm, RepealForm
from apps.library.models import Paper
from apps.library.rules import PaperRefused
from apps.library.views.present import ask, form_page, kept_paper, paper_url


@page(perms.can_keep_papers, "GET", "POST")
def create(request: HttpRequest) -> HttpResponse:
    """A paper of one's own office."""
    return _save(request, None)


@page(perms.can_keep_papers, "GET", "POST")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a paper of one's own office."""
    return _save(request, kept_paper(request.actor, pk))


def _save(request: HttpRequest, one: Paper | None) -> HttpResponse:
    form = PaperForm(request.POST or None, today=timezone.localdate(), paper=one)
    if request.method == "POST" and form.is_valid():
        token, _ = FormToken.objects.claim(form.cleaned_data["token"], request.actor)
        if token.result:
            return redirect("library:paper", int(token.result))
        try:
            row = save_paper(
                paper=one, values=form.values(), version=form.cleaned_data["version"], by=request.actor
            )
        except PaperRefused as problem:
            form.add_error(None, str(problem))
        else:
            token.result = str(row.pk)
            token.save(update_fields=["result"])
            messages.success(request, f"已保存：{row.number}。")
            return redirect(paper_url(row))
    return form_page(request, form, "修改文件" if one else "登记文件", one)


@page(perms.can_keep_papers, "GET", "POST")
def repeal(request: HttpRequest, pk: int) -> HttpResponse:
    """From which day on it no longer holds."""
    one = kept_paper(request.actor, pk)
    form = RepealForm(request.POST or None, paper=one)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            repeal_paper(paper=one, ended_on=data["ended_on"], note=data["ended_note"], by=request.actor)
        except PaperRefused as problem:
            form.add_error("ended_on", str(problem))
        else:
            messages.success(request, f"已登记废止：{one.number}。")
            return redirect(paper_url(one))
    return form_page(request, form, "登记废止", one)


@page(perms.can_keep_papers, "POST")
def unrepeal(request: HttpRequest, pk: int) -> HttpResponse:
    """It was not repealed after all."""
    one = kept_paper(request.actor, pk)
    if withdraw_repeal(paper=one, by=request.actor):
        messages.success(request, f"已撤回废止：{one.number}。")
    return redirect(paper_url(one))


@page(perms.can_keep_papers, "GET", "POST")
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a paper away that was registered by mistake."""
    one = kept_paper(request.actor, pk)
    if request.method == "POST":
        try:
            remove_paper(paper=one, by=request.actor)
        except PaperRefused as problem:
            messages.error(request, str(problem))
            return redirect(paper_url(one))
        messages.success(request, f"已删除：{one.number}。")
        return redirect("library:list")
    return ask(
        request,
        one,
        "删除文件",
        question=f"删除《{one.title}》（{one.number}）？",
        text="只删登记错了的。不再有效的文件请登记废止，或到新文件上登记替代。",
        effects=[f"条款{one.clauses.count()}条和原文一起删除"],
        label="删除",
    )
