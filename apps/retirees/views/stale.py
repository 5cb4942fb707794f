"""The page that sets two edits of one row of a person's file beside each other."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse

from apps.core.chinese import format_moment
from apps.core.side_by_side import Editing, conflict_page
from apps.retirees.models import (
    CareerEntry,
    CareerEntryHistory,
    FamilyMember,
    FamilyMemberHistory,
    Honour,
    HonourHistory,
    PersonNote,
    PersonNoteHistory,
    Retiree,
)
from apps.retirees.queries.versions import last_save
from apps.retirees.views.present import crumbs, page_of

HISTORY: Mapping[type[Model], Any] = {
    FamilyMember: FamilyMemberHistory,
    CareerEntry: CareerEntryHistory,
    Honour: HonourHistory,
    PersonNote: PersonNoteHistory,
}


def row_conflict(
    request: HttpRequest, person: Retiree, editing: Editing, form: Any, theirs: Model, *, tab: str
) -> HttpResponse:
    """409: somebody else saved this row of ``person`` after the form was opened."""
    last = last_save(HISTORY[type(theirs)], theirs.pk)
    return conflict_page(
        request,
        editing,
        form,
        theirs,
        typed=form.values(),
        saves=[f"{last.who}，{format_moment(last.at)}"] if last else [],
        name=person.name,
        crumbs=crumbs(person, "两次修改对照"),
        back=page_of(person, tab),
    )
