"""Clauses of a paper."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from apps.accounts.models import FormToken
from apps.core.pages import page
from apps.core.scope import Actor
from apps.library import perms
from apps.library.actions.clauses import add_clauses, remove_clause, save_clause
from apps.library.forms.papers import ClauseForm, PasteForm
from apps.library.models import Clause, Paper
from apps.library.rules import PaperRefused
from apps.library.views.present import ask, form_page, kept_paper, paper_url


def _kept_clause(actor: Actor, pk: int) -> Clause:
    """A clause of a paper that the actor's office keeps; 404 for one unseen, 403 for one that is only read."""
    clause = get_object_or_404(Clause.objects.visible_to(actor).select_related("paper"), pk=pk)
    if not Clause.objects.kept_by(actor).filter(pk=pk).exists():
        raise PermissionDenied("another office's paper")
    return clause


@page(perms.can_keep_papers, "GET", "POST")
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """One more clause."""
    return _save(request, kept_paper(request.actor, pk), None)


@page(perms.can_keep_papers, "GET", "POST")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a clause."""
    clause = _kept_clause(request.actor, pk)
    return _save(request, clause.paper, clause)


def _save(request: HttpRequest, paper: Paper, clause: Clause | None) -> HttpResponse:
    form = ClauseForm(request.POST or None, clause=clause)
    if request.method == "POST" and form.is_valid():
        token, _ = FormToken.objects.claim(form.cleaned_data["token"], request.actor)
        if token.result:
            return redirect(paper_url(paper, f"clause-{token.result}"))
        try:
            row = save_clause(
                paper=paper,
                clause=clause,
                values=form.values(),
                version=form.cleaned_data["version"],
                by=request.actor,
            )
        except PaperRefused as problem:
            form.add_error(None, str(problem))
        else:
            token.result = str(row.pk)
            token.save(update_fields=["result"])
            messages.success(request, f"已保存：{row.label}。")
            return redirect(paper_url(paper, f"clause-{row.pk}"))
    return form_page(request, form, f"修改条款：{clause.label}" if clause else "新增条款", paper)


@page(perms.can_keep_papers, "GET", "POST")
def paste(request: HttpRequest, pk: int) -> HttpResponse:
    """Many clauses at once."""
    paper = kept_paper(request.actor, pk)
    form = PasteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        token, _ = FormToken.objects.claim(form.cleaned_data["token"], request.actor)
        if token.result:
            return redirect(paper_url(paper, "clauses"))
        try:
            number = add_clauses(paper=paper, clauses=form.clauses, by=request.actor)
        except PaperRefused as problem:
            form.add_error("text", str(problem))
        else:
            token.result = str(number)
            token.save(update_fields=["result"])
            messages.success(request, f"已保存{number}条，请对照原文看一遍，分得不对的逐条修改。")
            return redirect(paper_url(paper, "clauses"))
    return form_page(request, form, "粘贴条款", paper)


@page(perms.can_keep_papers, "GET", "POST")
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a clause away."""
    clause = _kept_clause(request.actor, pk)
    paper, label = clause.paper, clause.label
    if request.method == "POST":
        try:
            remove_clause(clause=clause, by=request.actor)
        except PaperRefused as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, f"已删除：{label}。")
        return redirect(paper_url(paper, "clauses"))
    return ask(
        request,
        paper,
        "删除条款",
        question=f"删除{paper.number}的“{label}”？",
        text=clause.text[:200],
        effects=[],
        label="删除",
    )
