"""Drafts of long forms, sent by the page itself while somebody types (static/js/drafts.js)."""

import re

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from apps.accounts import perms
from apps.accounts.actions import discard_draft, keep_draft
from apps.accounts.actions.drafts import DraftTooLarge
from apps.accounts.views.sign_in import safe_next
from apps.core.pages import page

FORM = re.compile(r"[a-z]{1,20}\.[a-z]{1,18}")
ABOUT = re.compile(r"[0-9]{0,18}")
NOT_KEPT = {"csrfmiddlewaretoken", "draft_form", "draft_about", "token", "confirmed"}


def _about(request: HttpRequest) -> dict[str, str]:
    form, about = request.POST.get("draft_form", ""), request.POST.get("draft_about", "")
    if not FORM.fullmatch(form) or not ABOUT.fullmatch(about):
        raise BadRequest("unknown form")
    return {"form": form, "about": about}


def _is_odd(text: str) -> bool:
    """Surrogates cannot be stored, a NUL neither; whatever else is odd the form itself refuses."""
    return "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text)


@page(perms.is_staff, "POST")
def save(request: HttpRequest) -> HttpResponse:
    """Keep what stands in the form, empty fields too: what was cleared stays cleared. Nothing is checked: a draft may
    be wrong."""
    typed = {name: text for name, text in request.POST.items() if name not in NOT_KEPT and not _is_odd(text)}
    try:
        keep_draft(**_about(request), typed=typed, by=request.actor)
    except DraftTooLarge:
        raise BadRequest("draft too large") from None
    return HttpResponse(status=204)


@page(perms.is_staff, "POST")
def discard(request: HttpRequest) -> HttpResponse:
    discard_draft(**_about(request), by=request.actor)
    messages.info(request, "草稿已丢弃。")
    return redirect(safe_next(request))
