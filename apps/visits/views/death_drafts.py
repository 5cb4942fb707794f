"""讣告 and 生平 after a death: drafted from the register, edited, taken out as PDF or Word."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import FormToken
from apps.core.documents.errors import DocumentError
from apps.core.downloads import attachment
from apps.core.pages import page
from apps.core.scope import Actor
from apps.retirees.actions.life import NotPossible
from apps.visits import perms
from apps.visits.actions.campaign_papers import FORMATS
from apps.visits.actions.farewell import death_stands, make_draft_paper, save_draft
from apps.visits.choices import DraftKind
from apps.visits.forms.incident_tasks import DraftForm, initial_of
from apps.visits.models import Incident
from apps.visits.queries.farewell import deceased_of, drafts_of
from apps.visits.rules.farewell import DRAFT_MARK, ages_at_death, draft_of, missing_of
from apps.visits.views.incidents import TITLE, must_keep, the_incident


def _death(actor: Actor, pk: UUID, kind: str) -> Incident:
    """A death that stands, of somebody whose record the actor keeps; 404 else, 403 for whoever only reads."""
    one = the_incident(actor, pk)
    if kind not in DraftKind.values or not death_stands(one):
        raise Http404("no such draft")
    must_keep(actor, one.retiree)
    return one


@page(perms.can_report_incident, "GET", "POST")
def draft(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    """The form of a draft: what is kept, or what the register tells; ?fresh=1 writes it anew from the register."""
    one = _death(request.actor, pk, kind)
    kept = drafts_of(one, request.actor).get(kind)
    known = deceased_of(one.retiree, request.actor)
    initial: dict[str, Any] = initial_of(kept) if kept else {"version": 0}
    if kept is None or "fresh" in request.GET:
        initial["body"] = draft_of(kind, known)
    form = DraftForm(
        request.POST or None,
        initial=initial,
        ages=ages_at_death(known.birth, known.died),
        has_places=kind == DraftKind.OBITUARY,
    )
    back = reverse("visits:incident", args=[one.pk])
    if request.method == "POST" and form.is_valid():
        token, _ = FormToken.objects.claim(form.cleaned_data["token"], request.actor)
        if token.result:
            return redirect(back)
        try:
            row = save_draft(incident=one, kind=kind, by=request.actor, **form.values())
        except NotPossible as reason:
            form.add_error(None, str(reason))
        else:
            token.result = str(row.pk)
            token.save(update_fields=["result"])
            messages.success(request, f"已保存{row.get_kind_display()}草稿，可以下载。{DRAFT_MARK}。")
            return redirect(back)
    label = DraftKind(kind).label
    missing = missing_of(known)
    context = {
        "form": form,
        "heading": f"{label}草稿：{one.retiree.name}",
        "subheading": DRAFT_MARK,
        "crumbs": [
            {"label": TITLE, "url": reverse("visits:incidents")},
            {"label": one.retiree.name, "url": back},
            {"label": f"{label}草稿", "url": ""},
        ],
        "page_actions": [{"label": "按名册重新起草", "url": f"{request.path}?fresh=1"}] if kept else [],
        "submit_label": "保存草稿",
        "cancel_url": back,
        "note": "草稿按名册里公开的内容起草，不写死因和评价。送别规格、是否印发按本地规定和家属意见办理。",
        "notice": {
            "kind": "",
            "title": "名册里没有，正文里用［］标出",
            "text": "、".join(missing) + "。补到名册后可以重新起草。",
        }
        if missing
        else None,
    }
    return render(request, "visits/plan_form.html", context, status=422 if form.is_bound else 200)


@page(perms.can_report_incident, "POST")
def draft_file(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    """The kept draft as a file."""
    one = _death(request.actor, pk, kind)
    form = request.POST.get("form", "pdf")
    if form not in FORMATS:
        return HttpResponseBadRequest("form")
    kept = drafts_of(one, request.actor).get(kind)
    if kept is None:
        messages.error(request, "还没有起草，请先起草并保存。")
        return redirect("visits:incident-draft", one.pk, kind)
    try:
        content = make_draft_paper(draft=kept, form=form, today=timezone.localdate(), by=request.actor)
    except (NotPossible, DocumentError) as reason:
        messages.error(request, str(reason))
        return redirect("visits:incident", one.pk)
    name = f"{one.retiree.name}{kept.get_kind_display()}（草稿）.{form}"
    return attachment(content, filename=name, content_type=FORMATS[form])
