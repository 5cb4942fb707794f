"""Drafts after a death: kept, and made into papers. Only while the death stands; taking it back deletes them."""

from datetime import date

from django.db import transaction
from django.template.loader import render_to_string

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.chinese import format_date
from apps.core.documents.briefing import office_fonts
from apps.core.documents.guarded import render_pdf_guarded
from apps.core.scope import Actor
from apps.core.sheets.table import clean_cell
from apps.retirees.actions.life import NotPossible
from apps.retirees.choices import LifeState
from apps.retirees.models import Retiree
from apps.visits.actions.paper_files import draft_docx
from apps.visits.choices import AgeCount, DraftKind, IncidentKind
from apps.visits.models import DeathDraft, Incident
from apps.visits.rules.farewell import DRAFT_MARK, ages_at_death, paper_lines


class ChangedMeanwhile(NotPossible):
    """Somebody else saved the draft after it was opened."""


def death_stands(incident: Incident) -> bool:
    """Whether this is a death that was not taken back, of somebody who is registered as dead now."""
    return (
        incident.kind == IncidentKind.DEATH
        and incident.retracted_on is None
        and incident.retiree.state == LifeState.DEAD
    )


@transaction.atomic
def save_draft(
    *,
    incident: Incident,
    kind: str,
    age_count: str,
    farewell: str,
    departs: str,
    body: str,
    version: int,
    by: Actor,
) -> DeathDraft:
    """Keep a draft of the notice or the life; ``version``: the one that was opened, 0 for a new one.

    Raises NotPossible where the death was taken back, ChangedMeanwhile where somebody saved in between.
    """
    Retiree.objects.select_for_update(of=("self",), no_key=True).get(pk=incident.retiree_id)
    held = Incident.objects.select_related("retiree").get(pk=incident.pk)
    if not death_stands(held):
        raise NotPossible("去世登记已经撤回，不能再起草。")
    row = DeathDraft.objects.filter(incident=held, kind=kind).first()
    if (row.version if row else 0) != version:
        who = row.saved_by_name if row else ""
        raise ChangedMeanwhile(f"{who or '别人'}刚保存过这份草稿，请重新打开，核对后再改。")
    row = row or DeathDraft(**held.retiree.row_keys(), incident=held, kind=kind, version=0)
    row.age_count, row.farewell, row.departs, row.body = age_count, farewell, departs, body
    row.saved_by_name = by.name[:60]
    row.version += 1
    row.save()
    record_event(
        kind=EventKind.CHANGE,
        summary=f"保存{row.get_kind_display()}草稿：{held.retiree.name}",
        by=by,
        subject=held,
    )
    return row


def draft_title(draft: DeathDraft) -> str:
    """What stands over the paper: 讣告, or whose life it is."""
    return "讣告" if draft.kind == DraftKind.OBITUARY else f"{draft.retiree.name}同志生平"


def make_draft_paper(*, draft: DeathDraft, form: str, today: date, by: Actor) -> bytes:
    """The draft as pdf or docx, marked as a draft; written to the log like an export.

    Raises NotPossible where the death was taken back, and DocumentError.
    """
    held = Incident.objects.select_related("retiree__unit").get(pk=draft.incident_id)
    if not death_stands(held):
        raise NotPossible("去世登记已经撤回，不能再打印。")
    person = held.retiree
    record_event(
        kind=EventKind.EXPORT,
        summary=f"打印{draft.get_kind_display()}草稿：{person.name}",
        by=by,
        subject=held,
        data={"people": 1, "paper": draft.kind, "format": form},
    )
    age = ages_at_death(person.birth_date, person.died_on)[AgeCount(draft.age_count)]
    lines = [
        clean_cell(line)
        for line in paper_lines(draft.body, age=age, farewell=draft.farewell, departs=draft.departs)
    ]
    tail = [clean_cell(person.unit.label), format_date(today)] if draft.kind == DraftKind.OBITUARY else []
    title = clean_cell(draft_title(draft))
    if form == "docx":
        return draft_docx(title=title, lines=lines, tail=tail, mark=DRAFT_MARK)
    page = {"title": title, "lines": lines, "tail": tail, "mark": DRAFT_MARK}
    return render_pdf_guarded(render_to_string("documents/death_draft.html", page), font_dir=office_fonts())
