"""The letter with the answer, from the page of a concern."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from apps.concerns import perms
from apps.concerns.actions import LETTERS, LetterRefused, addressees, make_letters, refusal
from apps.concerns.forms.letters import LetterForm
from apps.concerns.models import Concern
from apps.concerns.views.pages import crumbs, the_concern
from apps.core.documents.errors import DocumentError
from apps.core.downloads import attachment
from apps.core.pages import page
from apps.core.scope import Actor


@page(perms.can_raise_concern, "GET", "POST")
def letter(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who is written to; sent, the file. Where there is no letter to be made, the page says why."""
    actor, today = request.actor, timezone.localdate()
    one = the_concern(actor, pk)
    if not perms.can_handle_concern(actor, one):
        raise PermissionDenied("another place's matter")
    offered = addressees(one, actor)
    problem = refusal(one, offered)
    form = LetterForm(request.POST or None, concern=one, offered=offered, today=today)
    if request.method == "POST" and not problem and form.is_valid():
        answer = _file(form, one, actor)
        if answer is not None:
            return answer
    back = reverse("concerns:concern", args=[one.pk])
    context = {
        "form": form,
        "problem": problem,
        "heading": f"答复函：{one.title}",
        "subheading": one.label,
        "crumbs": [*crumbs(), {"label": one.label, "url": back}, {"label": "答复函", "url": ""}],
        "submit_label": "生成",
        "cancel_url": back,
        "note": "答复函的式样没有文件规定，这里的是演示稿，页眉写明；打印记入日志。",
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "concerns/letter.html", context, status=status)


def _file(form: LetterForm, one: Concern, actor: Actor) -> HttpResponse | None:
    data = form.cleaned_data
    try:
        content = make_letters(
            concern=one, to=data["to"], form=data["form"], office=data["office"], on=data["on"], by=actor
        )
    except (LetterRefused, DocumentError) as reason:
        form.add_error(None, str(reason))
        return None
    name = f"答复函{one.label}.{data['form']}"
    return attachment(content, filename=name, content_type=LETTERS[data["form"]])
