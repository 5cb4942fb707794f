"""The file of a paper."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from apps.accounts.models import FormToken
from apps.core.downloads import attachment
from apps.core.pages import page
from apps.core.private_files import FileNotKept
from apps.core.sniffing import RefusedFile
from apps.library import perms
from apps.library.actions.files import download_file, drop_file, keep_file
from apps.library.forms.papers import FileForm
from apps.library.rules import PaperRefused
from apps.library.views.present import form_page, kept_paper, paper_url, the_paper


@page(perms.can_keep_papers, "GET", "POST")
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the file in, in the place of the one before."""
    one = kept_paper(request.actor, pk)
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        token, _ = FormToken.objects.claim(form.cleaned_data["token"], request.actor)
        if token.result:
            return redirect(paper_url(one))
        file = form.cleaned_data["file"]
        try:
            keep_file(paper=one, file_name=file.name, content=file.read(), by=request.actor)
        except (RefusedFile, FileNotKept) as problem:
            form.add_error("file", str(problem))
        else:
            token.result = str(one.pk)
            token.save(update_fields=["result"])
            messages.success(request, "原文已上传。")
            return redirect(paper_url(one))
    notice = {"title": f"现有原文：{one.file_name}", "text": "上传后换成新的。", "kind": "look"}
    return form_page(
        request, form, "上传原文", one, submit_label="上传", notice=notice if one.file_ref else None
    )


@page(perms.can_read_papers, "POST")
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand the file out; the log says to whom."""
    one = the_paper(request.actor, pk)
    if not one.file_ref:
        raise Http404("no file")
    try:
        content = download_file(paper=one, by=request.actor)
    except PaperRefused as problem:
        messages.error(request, str(problem))
        return redirect(paper_url(one))
    return attachment(content, filename=one.file_name, content_type=one.file_type)


@page(perms.can_keep_papers, "POST")
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the file away."""
    one = kept_paper(request.actor, pk)
    if drop_file(paper=one, by=request.actor):
        messages.success(request, "原文已删除。")
    return redirect(paper_url(one))
