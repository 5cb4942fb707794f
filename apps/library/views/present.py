"""What the pages of the library share: crumbs, whose a paper is, the page of a form."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from apps.core.chinese import format_date
from apps.core.partial_date import PartialDate
from apps.core.scope import Actor
from apps.library.choices import Validity
from apps.library.models import Paper

TITLE = "文件库"
TONES = {
    Validity.IN_FORCE: "green",
    Validity.NOT_YET: "blue",
    Validity.PARTLY: "amber",
    Validity.REPLACED: "grey",
    Validity.REPEALED: "grey",
}


def paper_url(paper: Paper, part: str = "") -> str:
    """The page of a paper, at a part of it."""
    address = reverse("library:paper", args=[paper.pk])
    return f"{address}#{part}" if part else address


def crumbs(paper: Paper | None = None, *rest: str) -> list[dict[str, str]]:
    """文件库 / the paper / …"""
    found = [{"label": TITLE, "url": reverse("library:list")}]
    if paper is not None:
        found.append({"label": paper.number, "url": paper_url(paper) if rest else ""})
    return [*found, *({"label": one, "url": ""} for one in rest)]


def the_paper(actor: Actor, pk: int) -> Paper:
    """A paper that concerns the actor; 404 else."""
    return get_object_or_404(Paper.objects.visible_to(actor).select_related("county"), pk=pk)


def is_kept(actor: Actor, paper: Paper) -> bool:
    """Whether the actor's office keeps it."""
    return bool(Paper.objects.kept_by(actor).filter(pk=paper.pk).exists())


def kept_paper(actor: Actor, pk: int) -> Paper:
    """A paper that the actor's office keeps; 403 for one that he only reads."""
    paper = the_paper(actor, pk)
    if not is_kept(actor, paper):
        raise PermissionDenied("another office's paper")
    return paper


def day_words(day: date | PartialDate | None) -> str:
    """A day, as much of it as is known."""
    if day is None:
        return "—"
    return format_date(day) if isinstance(day, date) else str(day)


def form_page(
    request: HttpRequest,
    form: Any,
    heading: str,
    paper: Paper | None,
    *,
    submit_label: str = "保存",
    note: str = "",
    notice: dict[str, Any] | None = None,
) -> HttpResponse:
    """A form about a paper, or about a new one."""
    context = {
        "form": form,
        "heading": heading,
        "subheading": str(paper) if paper else "",
        "crumbs": crumbs(paper, heading),
        "submit_label": submit_label,
        "cancel_url": paper_url(paper) if paper else reverse("library:list"),
        "note": note,
        "notice": notice,
    }
    return render(request, "library/form.html", context, status=422 if request.method == "POST" else 200)


def ask(
    request: HttpRequest,
    paper: Paper,
    heading: str,
    *,
    question: str,
    text: str,
    effects: list[str],
    label: str,
) -> HttpResponse:
    """The question before something is taken away."""
    confirm = {
        "question": question,
        "text": text,
        "effects": effects,
        "url": request.path,
        "hidden": [],
        "submit_label": label,
        "danger": "yes",
        "cancel_url": paper_url(paper),
    }
    return render(
        request,
        "generic/confirm.html",
        {"heading": heading, "crumbs": crumbs(paper, heading), "confirm": confirm},
    )
