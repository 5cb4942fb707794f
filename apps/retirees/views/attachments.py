"""Papers of a person: uploaded, downloaded, thrown away, brought back. Leaders have none of this."""

from pathlib import PurePath
from typing import Any
from uuid import uuid5

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from apps.core import private_files
from apps.core.downloads import attachment, picture_answer
from apps.core.pages import page
from apps.core.private_files import FileNotKept, clean_filename
from apps.core.scope import Actor
from apps.core.sniffing import RefusedFile
from apps.retirees import perms
from apps.retirees.actions.attachments import (
    BUCKET,
    DoubleAttachment,
    NoPaper,
    add_attachment,
    discard_attachment,
    download_attachment,
    restore_attachment,
)
from apps.retirees.forms.files import PaperForm
from apps.retirees.models import Attachment, Retiree
from apps.retirees.queries.dossier import same_paper_elsewhere
from apps.retirees.views.person import the_person
from apps.retirees.views.present import crumbs, page_of

TAB = "files"


def _paper(actor: Actor, person: Retiree, paper_pk: Any, *, trash: bool = False) -> Attachment:
    papers = Attachment.objects.visible_to(actor).filter(retiree_id=person.pk, deleted_at__isnull=not trash)
    return get_object_or_404(papers.select_related("retiree"), pk=paper_pk)


@page(perms.can_edit_retiree, "GET", "POST")
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Take papers in."""
    person = the_person(request.actor, pk)
    form = PaperForm(request.POST or None, request.FILES or None, person=person, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        papers = _kept(request, person, form)
        if papers:
            messages.success(request, f"{'、'.join(f'《{paper.title}》' for paper in papers)}已上传。")
            for paper in papers:
                _warn_of_same(request, paper)
            return redirect(page_of(person, TAB))
    context = {
        "form": form,
        "heading": f"上传文件：{person.name}",
        "crumbs": crumbs(person, "上传文件"),
        "submit_label": "上传",
        "cancel_url": page_of(person, TAB),
        "note": "",
        "notice": None,
    }
    return render(request, "retirees/change.html", context, status=422 if form.errors else 200)


def _warn_of_same(request: HttpRequest, paper: Attachment) -> None:
    same = same_paper_elsewhere(paper, request.actor)
    if same is not None:
        words = f"{same.retiree.name}名下的《{same.title}》是同一个文件，请核对有没有传错人。"
        messages.warning(request, words)


def _kept(request: HttpRequest, person: Retiree, form: PaperForm) -> list[Attachment]:
    """The papers that were kept. Of several, one that is refused does not hold up the others: the message says which
    and why; where none was kept the reasons stand in the form."""
    kept, refused = [], []
    files = form.cleaned_data["file"]
    for number, file in enumerate(files, start=1):
        try:
            kept.append(_keep(request, person, form, file, number if len(files) > 1 else 0))
        except (RefusedFile, DoubleAttachment, FileNotKept) as refusal:
            refused.append(f"{file.name}：{refusal}" if len(files) > 1 else str(refusal))
    for words in refused:
        if kept:
            messages.error(request, f"没有上传：{words}")
        else:
            form.add_error("file", words)
    return kept


def _keep(request: HttpRequest, person: Retiree, form: PaperForm, file: Any, number: int) -> Attachment:
    """One file of the form; ``number``: its place among several, 0 for the only one."""
    data = form.cleaned_data
    typed = f"{data['title'][:114]}（{number}）" if data["title"] and number else data["title"]
    token = uuid5(data["token"], str(number)) if number else data["token"]
    return add_attachment(
        retiree=person,
        kind=data["kind"],
        title=typed or PurePath(clean_filename(file.name)).stem[:120] or "文件",
        note=data["note"] or "",
        file_name=file.name,
        content=file.read(),
        token=token,
        by=request.actor,
    )


@page(perms.can_edit_retiree)
def small(request: HttpRequest, pk: int, paper_pk: Any) -> HttpResponse:
    """A picture among the papers at a glance, to whoever may take the paper; nothing on it can be read."""
    paper = _paper(request.actor, the_person(request.actor, pk), paper_pk)
    if not paper.thumb_ref:
        raise Http404("no picture")
    try:
        content = private_files.read(BUCKET, paper.thumb_ref)
    except (private_files.FileGone, private_files.FileDamaged):
        raise Http404("the picture is no longer kept") from None
    return picture_answer(content)


@page(perms.can_edit_retiree, "POST")
def download(request: HttpRequest, pk: int, paper_pk: Any) -> HttpResponse:
    """Hand a paper out; the log says to whom."""
    person = the_person(request.actor, pk)
    paper = _paper(request.actor, person, paper_pk)
    try:
        content = download_attachment(paper=paper, by=request.actor)
    except NoPaper as reason:
        messages.error(request, str(reason))
        return redirect(page_of(person, TAB))
    return attachment(content, filename=paper.file_name, content_type=paper.content_type)


@page(perms.can_edit_retiree, "POST")
def discard(request: HttpRequest, pk: int, paper_pk: Any) -> HttpResponse:
    """Into the trash."""
    person = the_person(request.actor, pk)
    paper = _paper(request.actor, person, paper_pk)
    discard_attachment(paper=paper, by=request.actor)
    messages.success(request, f"《{paper.title}》已放入回收站，30天内可以恢复。")
    return redirect(page_of(person, TAB))


@page(perms.can_edit_retiree, "POST")
def restore(request: HttpRequest, pk: int, paper_pk: Any) -> HttpResponse:
    """Out of the trash."""
    person = the_person(request.actor, pk)
    paper = _paper(request.actor, person, paper_pk, trash=True)
    restore_attachment(paper=paper, by=request.actor)
    messages.success(request, f"《{paper.title}》已恢复。")
    return redirect(page_of(person, TAB))
