"""体检 and 疗养: those whom an item is for and who have not signed up, to be put down in one go."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import FormToken
from apps.benefits import perms
from apps.benefits.actions.aid import AidError, sign_up
from apps.benefits.forms.aid import SignUpForm
from apps.benefits.queries.aid import unused
from apps.benefits.views.aid_schemes import crumbs, list_address, scheme_address, the_scheme
from apps.core.chinese import format_count
from apps.core.pages import page

PAGE = 100


@page(perms.can_keep_aid, "GET", "POST")
def not_signed_up(request: HttpRequest, pk: int) -> HttpResponse:
    """A page of them, with boxes; those ticked are signed up, all or none."""
    actor = request.actor
    scheme = the_scheme(actor, pk)
    if not scheme.is_yearly:
        raise Http404("not a yearly item")
    if set(request.GET) - {"page"}:
        raise BadRequest("unknown condition")
    left = unused(scheme, actor)
    pages = Paginator(left, PAGE).get_page(request.GET.get("page"))
    people = list(pages)
    form = SignUpForm(
        request.POST or None,
        people=[(one.pk, f"{one.name}（{one.county.label} {one.unit.label}）") for one in people],
    )
    if request.method == "POST" and form.is_valid():
        token, _ = FormToken.objects.claim(form.cleaned_data["token"], actor)
        if token.result:
            return redirect(scheme_address(scheme))
        picked = set(form.keys())
        try:
            made = sign_up(
                scheme=scheme,
                people=[one for one in people if one.pk in picked],
                today=timezone.localdate(),
                by=actor,
            )
        except AidError as error:
            form.add_error("people", error.message)
        else:
            token.result = str(scheme.pk)
            token.save(update_fields=["result"])
            messages.success(request, f"已报名{len(made)}人。")
            return redirect("benefits:aid-unused", scheme.pk)
    context: dict[str, Any] = {
        "heading": "未报名的人",
        "subheading": f"{scheme} · {format_count(pages.paginator.count)}人",
        "crumbs": crumbs(
            (f"{scheme.year}年", list_address(scheme.year)),
            (scheme.name, scheme_address(scheme)),
            here="未报名的人",
        ),
        "form": form if people and not scheme.closed_on else None,
        "names": [f"{one.name}（{one.county.label} {one.unit.label}）" for one in people]
        if scheme.closed_on
        else [],
        "page": pages,
        "cancel_url": scheme_address(scheme),
        "empty_url": reverse("benefits:aid-scheme", args=[scheme.pk]),
    }
    return render(
        request, "benefits/aid_unused.html", context, status=422 if request.method == "POST" else 200
    )
