"""Who stands behind a matter, changed later."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.concerns import perms
from apps.concerns.actions import NotPossible, change_signers
from apps.concerns.forms.others import SignersForm
from apps.concerns.models import Concern
from apps.concerns.queries import neighbours_named, signers_of
from apps.concerns.views.pages import crumbs, the_concern
from apps.concerns.views.raising import FOUND, looked_words, name_typed
from apps.core.pages import page

TITLE = "共同提出人"


@page(perms.can_raise_concern, "GET", "POST")
def signers(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ticks are who stands behind it from now on. With a name in ``who`` or by the button 查找 it looks for others
    and keeps what was typed."""
    actor = request.actor
    one = the_concern(actor, pk)
    if not perms.can_handle_concern(actor, one):
        raise PermissionDenied("another place's matter")
    back = reverse("concerns:concern", args=[one.pk])
    if not one.is_open:
        messages.error(request, f"现在是“{one.get_state_display()}”，不能改共同提出人；要改，先重新办理。")
        return redirect(back)
    who = name_typed(request.POST.get("who", ""))
    if who or "find" in request.POST:
        return _looked_for(request, one, who)
    today = timezone.localdate()
    form = SignersForm(
        request.POST or None, concern=one, actor=actor, today=today, there=signers_of(one, actor)
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            change_signers(
                concern=one,
                version=data["version"],
                on=data["on"],
                reason=data["text"],
                by=actor,
                **form.changes(),
            )
        except NotPossible as reason:
            form.add_error(None, str(reason))
        else:
            messages.success(request, f"{one.label}：共同提出人已修改。")
            return redirect(back)
    return _page(request, form, one, status=422 if request.method == "POST" else 200)


def _looked_for(request: HttpRequest, one: Concern, who: str) -> HttpResponse:
    """The form as it was typed, not judged yet, with those whose name begins so on offer."""
    actor = request.actor
    found = neighbours_named(actor, one.retiree, who, FOUND) if who else []
    names = ("version", "on", "people_count", "text")
    typed: dict[str, Any] = {name: request.POST.get(name, "") for name in names}
    typed["others"] = request.POST.getlist("others")
    there = signers_of(one, actor)
    today = timezone.localdate()
    form = SignersForm(None, concern=one, actor=actor, today=today, there=there, found=found, **typed)
    return _page(request, form, one, looks=looked_words(who, len(found)))


def _page(
    request: HttpRequest, form: SignersForm, one: Concern, *, looks: str = "", status: int = 200
) -> HttpResponse:
    back = reverse("concerns:concern", args=[one.pk])
    context = {
        "form": form,
        "heading": f"{TITLE}：{one.title}",
        "subheading": f"{one.label}，由{one.retiree.name}提出",
        "crumbs": [*crumbs(), {"label": one.label, "url": back}, {"label": TITLE, "url": ""}],
        "submit_label": "保存",
        "cancel_url": back,
        "note": "去掉勾选就是不再共同提出；改过的留在变更记录里。",
        "others": form.other_rows(),
        "looks": looks,
    }
    return render(request, "concerns/signers.html", context, status=status)
