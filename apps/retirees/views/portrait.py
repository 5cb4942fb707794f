"""The photograph: shown to whoever may see the person, set by whoever keeps the record."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from apps.core import private_files
from apps.core.chinese import format_moment
from apps.core.downloads import picture_answer
from apps.core.pages import page
from apps.core.pictures import PictureRefused
from apps.retirees import perms
from apps.retirees.actions.portrait import BUCKET, remove_portrait, restore_portrait, set_portrait
from apps.retirees.forms.files import PhotoForm
from apps.retirees.models import Portrait, PortraitHistory
from apps.retirees.queries.dossier import earlier_portraits
from apps.retirees.views.person import the_person
from apps.retirees.views.present import crumbs, page_of, photo_address


@page(perms.can_view_retiree)
def image(request: HttpRequest, pk: int, digest: str, size: str) -> HttpResponse:
    """The photograph or its thumbnail. Its address says nothing by itself: each time the right to the person counts."""
    person = the_person(request.actor, pk)
    rows = Portrait.objects.visible_to(request.actor).filter(retiree_id=person.pk)
    found: Portrait | PortraitHistory | None = rows.filter(digest=digest).first()
    if found is None and perms.can_edit_retiree(request.actor, person):
        earlier = PortraitHistory.objects.filter(retiree_id=person.pk, digest=digest)
        found = earlier.order_by("-pgh_id").first()
    if found is None:
        raise Http404("no such photograph")
    try:
        content = private_files.read(BUCKET, found.thumb_ref if size == "small" else found.file_ref)
    except (private_files.FileGone, private_files.FileDamaged):
        raise Http404("the photograph is no longer kept") from None
    return picture_answer(content)


@page(perms.can_edit_retiree, "GET", "POST")
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose, drag or paste a picture, cut it, save it; below it the photographs that can be brought back."""
    person = the_person(request.actor, pk)
    form = PhotoForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        content = form.cleaned_data["file"].read()
        try:
            set_portrait(retiree=person, content=content, box=form.box(), by=request.actor)
        except (PictureRefused, private_files.FileNotKept) as refusal:
            form.add_error("file", str(refusal))
        else:
            messages.success(request, f"{person.name}的照片已保存。")
            return redirect(page_of(person))
    present = Portrait.objects.visible_to(request.actor).filter(retiree_id=person.pk).first()
    context = {
        "form": form,
        "person": person,
        "heading": f"照片：{person.name}",
        "crumbs": crumbs(person, "照片"),
        "cancel_url": page_of(person),
        "present": photo_address(person, present.digest) if present else "",
        "present_words": f"{format_moment(present.made_at)} {present.made_by_name}{present.source}"
        if present
        else "",
        "remove_url": reverse("retirees:photo-remove", args=[person.pk]),
        "earlier": [
            {
                "photo": photo_address(person, row.digest, "small"),
                "words": f"{format_moment(row.made_at)} {row.made_by_name}",
                "url": reverse("retirees:photo-restore", args=[person.pk, row.digest]),
            }
            for row in earlier_portraits(person, present)
        ],
    }
    return render(request, "retirees/photo.html", context, status=422 if request.method == "POST" else 200)


@page(perms.can_edit_retiree, "POST")
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the photograph off."""
    person = the_person(request.actor, pk)
    portrait = Portrait.objects.visible_to(request.actor).filter(retiree_id=person.pk).first()
    if portrait is not None:
        remove_portrait(portrait=portrait, by=request.actor)
    messages.success(request, "照片已删除，30天内可以在这里换回。")
    return redirect("retirees:photo", person.pk)


@page(perms.can_edit_retiree, "POST")
def restore(request: HttpRequest, pk: int, digest: str) -> HttpResponse:
    """Bring an earlier photograph back."""
    person = the_person(request.actor, pk)
    rows = PortraitHistory.objects.filter(retiree_id=person.pk, digest=digest).order_by("-pgh_id")
    earlier = get_object_or_404(rows[:1])
    try:
        restore_portrait(retiree=person, earlier=earlier, by=request.actor)
    except private_files.FileGone:
        raise Http404("the photograph is no longer kept") from None
    messages.success(request, "已换回原来的照片。")
    return redirect(page_of(person))
