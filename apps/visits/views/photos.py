"""Pictures of a visit: taken in, shown, taken away."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from apps.core import private_files
from apps.core.downloads import picture_answer
from apps.core.pages import page
from apps.core.pictures import PictureRefused
from apps.core.scope import Actor
from apps.visits import perms
from apps.visits.actions.photos import BUCKET, TooManyPhotos, add_photos, remove_photo
from apps.visits.forms.photos import PhotosForm
from apps.visits.models import VisitPhoto
from apps.visits.views.record import log_crumbs, the_visit


@page(perms.can_log_visit, "GET", "POST")
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose or take pictures of a visit; all of them are kept or none."""
    visit = the_visit(request.actor, pk)
    back = reverse("visits:visit", args=[visit.pk])
    form = PhotosForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        files = [file.read() for file in form.cleaned_data["file"]]
        try:
            added = add_photos(
                visit=visit, contents=files, caption=form.cleaned_data["caption"], by=request.actor
            )
        except (PictureRefused, private_files.FileNotKept, TooManyPhotos) as refusal:
            form.add_error("file", str(refusal))
        else:
            messages.success(
                request, f"已保存{added}张照片。" if added else "这些照片已经有了，没有重复保存。"
            )
            return redirect(back)
    heading = f"走访照片：{visit.retiree.name}"
    context = {
        "form": form,
        "heading": heading,
        "subheading": "",
        "crumbs": log_crumbs(heading),
        "submit_label": "保存",
        "cancel_url": back,
        "note": "",
        "notice": None,
        "hidden": [],
    }
    return render(request, "visits/plan_form.html", context, status=422 if request.method == "POST" else 200)


def _photo(actor: Actor, pk: uuid.UUID) -> VisitPhoto:
    rows = VisitPhoto.objects.visible_to(actor).select_related("retiree", "visit")
    return get_object_or_404(rows, pk=pk)


@page(perms.can_log_visit)
def image(request: HttpRequest, pk: uuid.UUID, size: str) -> HttpResponse:
    """A picture, whole or small. Its address says nothing by itself: each time the right to the person counts."""
    photo = _photo(request.actor, pk)
    try:
        content = private_files.read(BUCKET, photo.thumb_ref if size == "small" else photo.file_ref)
    except (private_files.FileGone, private_files.FileDamaged):
        raise Http404("the picture is no longer kept") from None
    return picture_answer(content)


@page(perms.can_log_visit, "GET", "POST")
def remove(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take a picture away, after a question."""
    photo = _photo(request.actor, pk)
    back = reverse("visits:visit", args=[photo.visit_id])
    if request.method == "POST":
        remove_photo(photo=photo, by=request.actor)
        messages.success(request, "照片已删除。")
        return redirect(back)
    context = {
        "heading": "删除走访照片",
        "crumbs": log_crumbs("删除走访照片"),
        "confirm": {
            "question": f"删除{photo.retiree.name}的这张走访照片？",
            "text": photo.caption,
            "effects": ["照片删除后不能恢复", "走访记录不变"],
            "url": request.path,
            "hidden": [],
            "submit_label": "删除",
            "danger": "yes",
            "cancel_url": back,
        },
    }
    return render(request, "generic/confirm.html", context)
