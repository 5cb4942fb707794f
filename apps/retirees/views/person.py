"""The page of a person, and showing one private value of his."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from apps.core.pages import page
from apps.core.scope import Actor
from apps.retirees import perms
from apps.retirees.models import FamilyMember, PrivateDetails, Retiree
from apps.retirees.queries.history import changes_of
from apps.retirees.queries.person import TYPED_SEALED, PersonFile, person_file
from apps.retirees.queries.story import story_of
from apps.retirees.views.panels import basic_panes, family_cards, health_panes, level_panes, unit_panes
from apps.retirees.views.present import REASONS, crumbs, head_card, next_steps, page_of, secret_parts

SHOWN_SECONDS = 60
CHANGES_PER_PAGE = 20


def the_person(actor: Actor, pk: int) -> Retiree:
    """The person with the names of his place; Http404 for everybody outside the actor's scope."""
    return get_object_or_404(Retiree.objects.visible_to(actor).select_related("county", "unit"), pk=pk)


@page(perms.can_view_retiree)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    person = the_person(request.actor, pk)
    today = timezone.localdate()
    file = person_file(person, request.actor)
    tab = request.GET.get("tab", "story")
    tabs = _tabs(file, tab)
    if not any(item["active"] for item in tabs):
        raise Http404(f"no tab {tab[:20]}")
    context = {
        "crumbs": crumbs(person),
        "card": head_card(file, request.actor, today, request),
        "tabs": tabs,
        "tab_template": f"retirees/_{tab}.html",
        "person": person,
        "next_steps": next_steps(file, request.actor, today),
        "may_edit": perms.can_edit_retiree(request.actor, person),
        **_panel(tab, file, request),
    }
    return render(request, "retirees/person.html", context)


def _tabs(file: PersonFile, active: str) -> list[dict[str, Any]]:
    tabs = [
        ("story", "经历一览", 0),
        ("basic", "基本", 0),
        ("levels", "级别待遇", len(file.levels) + len(file.rulings)),
        ("health", "健康与生活", len(file.conditions) + len(file.life)),
        *([("family", "家庭与联系人", len(file.family))] if file.private is not None else []),
        ("units", "单位关系", len(file.memberships) + len(file.affiliations)),
        ("history", "变更记录", 0),
    ]
    return [
        {"label": label, "count": count, "active": name == active, "url": page_of(file.person, name)}
        for name, label, count in tabs
    ]


def _panel(tab: str, file: PersonFile, request: HttpRequest) -> dict[str, Any]:
    if tab == "story":
        return {"events": story_of(file)}
    if tab == "family":
        return {"members": family_cards(file, request.actor)}
    if tab == "history":
        changes = changes_of(file.person, request.actor)
        return {"page": Paginator(changes, CHANGES_PER_PAGE).get_page(request.GET.get("page"))}
    panes = {"basic": basic_panes, "levels": level_panes, "health": health_panes, "units": unit_panes}[tab]
    return {"panes": panes(file, request.actor)}


@page(perms.can_reveal, "POST")
def reveal(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One private value of a person, in plain, for a reason that goes to the read log."""
    person = the_person(request.actor, pk)
    if name not in TYPED_SEALED:
        raise Http404(f"no private field {name[:20]}")
    row = get_object_or_404(PrivateDetails.objects.visible_to(request.actor), pk=person.pk)
    label = str(PrivateDetails._meta.get_field(name).verbose_name)
    return _shown(request, person, name, label, getattr(row, name), page_of(person, "basic"))


@page(perms.can_reveal, "POST")
def reveal_family(request: HttpRequest, pk: int, member_pk: Any) -> HttpResponse:
    """The telephone of a family member."""
    person = the_person(request.actor, pk)
    members = FamilyMember.objects.visible_to(request.actor).filter(retiree_id=person.pk)
    member = get_object_or_404(members, pk=member_pk)
    return _shown(
        request, person, f"phone-{member.pk}", f"{member.name}的电话", member.phone, page_of(person, "family")
    )


def _shown(
    request: HttpRequest, person: Retiree, name: str, label: str, secret: Any, back: str
) -> HttpResponse:
    if not secret:
        raise Http404("nothing to show")
    reason = request.POST.get("reason", "")
    known = reason in REASONS
    context = {
        "secret": secret_parts(name, secret, request.path),
        "label": label,
        "value": secret.reveal(reason) if known else "",
        "seconds": SHOWN_SECONDS,
        "person": person,
        "crumbs": crumbs(person, f"查看{label}"),
        "back": back,
    }
    template = "retirees/_secret.html" if request.htmx else "retirees/reveal.html"
    return render(request, template, context, status=200 if known else 422)
