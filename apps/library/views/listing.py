"""The list of papers: newest first, each with what it is worth on a day."""

from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from apps.core.chinese import format_count, format_date
from apps.core.pages import page
from apps.core.paging import keyset_page
from apps.core.scope import Actor
from apps.library import perms
from apps.library.choices import Validity
from apps.library.forms.listing import PaperConditions
from apps.library.models import Paper
from apps.library.queries import DATED, papers_under
from apps.library.views.present import TITLE, TONES, day_words, paper_url


def list_address(query: str = "") -> str:
    """The list under a query string."""
    address = reverse("library:list")
    return f"{address}?{query}" if query else address


@page(perms.can_read_papers)
def papers(request: HttpRequest) -> HttpResponse:
    """All papers that concern one, under the conditions of the address."""
    actor = request.actor
    form = PaperConditions(request.GET, actor=actor)
    if not form.is_known or not form.is_valid():
        raise BadRequest("unknown condition")
    day = form.cleaned_data["on"] or timezone.localdate()
    rows = papers_under(actor, form.cleaned_data, day)
    total = rows.order_by().count()
    listed = keyset_page(
        rows.select_related("county"),
        column="place",
        expression=DATED,
        descending=True,
        query=request.GET,
        total=total,
    )
    chips = form.chips()
    words = f"{format_count(total)}份"
    context = {
        "crumbs": [{"label": TITLE, "url": ""}],
        "heading": TITLE,
        "subheading": f"{words} · 效力按{format_date(day)}",
        "views": [],
        "filters": {
            "action": list_address(),
            "fields": [form[name] for name in form.fields],
            "more": [],
            "keep": [],
            "columns_url": "",
            "density_url": "",
        },
        "chips": [{"label": told, "url": list_address(form.query_without(name))} for name, told in chips],
        "clear_url": list_address(),
        "conditions": "；".join(told for _, told in chips),
        "columns": None,
        "page_actions": _actions(actor),
        "listed": listed,
        "rows": [_row(one) for one in listed.rows],
        "total": words,
        "empty": _empty(actor, bool(chips)),
    }
    return render(request, "library/list.html", context)


def _row(one: Any) -> dict[str, Any]:
    validity = Validity(one.validity)
    return {
        "number": one.number,
        "url": paper_url(one),
        "title": one.title,
        "issuer": one.issuer,
        "issued": day_words(one.issued_on),
        "starts": day_words(one.starts_on),
        "validity": validity.label,
        "tone": TONES[validity],
        "whose": one.county.label if one.county else "",
        "is_example": one.is_example,
    }


def _actions(actor: Actor) -> list[dict[str, str]]:
    if not perms.can_keep_papers(actor):
        return []
    return [{"label": "登记文件", "url": reverse("library:create"), "kind": "primary", "key": "n"}]


def _empty(actor: Actor, narrowed: bool) -> dict[str, str]:
    if narrowed and Paper.objects.visible_to(actor).exists():
        return {
            "title": "没有这样的文件",
            "text": "少写几个字，或去掉几个条件。",
            "action_label": "看全部",
            "action_url": list_address(),
        }
    may = perms.can_keep_papers(actor)
    return {
        "title": "还没有登记文件",
        "text": "把待遇、走访等工作依据的文件登记在这里，条款可以逐条引用。",
        "action_label": "登记文件" if may else "",
        "action_url": reverse("library:create"),
    }
