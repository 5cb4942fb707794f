"""The letter with the answer (答复函) as PDF and docx. Who is written to is read from the register when it is made:
never somebody dead. What a dead cadre asked for is answered to his family."""

import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import docx
from django.db import transaction
from django.template.loader import render_to_string
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.concerns.models import Concern
from apps.concerns.rules import Letter, Matter, reply_letter
from apps.core.documents.briefing import office_fonts
from apps.core.documents.guarded import render_pdf_guarded
from apps.core.scope import Actor
from apps.core.sheets.table import clean_cell
from apps.retirees.choices import ON_REGISTER, LifeState
from apps.retirees.models import FamilyMember, Retiree

LETTERS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
"""Format → what it is."""
MOST = 20
"""Letters of one file; more people get theirs in several."""
DRAFT = "演示稿：答复函的式样以本单位印发的为准"


class LetterRefused(ValueError):
    """No letter can be made so. The text says why."""


@dataclass(frozen=True)
class Addressee:
    """Who may be written to. ``key``: as the form has it; ``cadre``: of whose family he is, "" for the cadre."""

    key: str
    name: str
    cadre: str = ""

    @property
    def label(self) -> str:
        return f"{self.name}（{self.cadre}同志家属）" if self.cadre else self.name


def addressees(concern: Concern, actor: Actor) -> list[Addressee]:
    """Who may be written to about a matter now: those who raised it and are on the register; of the dead among them the
    family, survivors first. Whoever has left the register otherwise is not there to be written to."""
    keys = [concern.retiree_id, *concern.others.order_by("pk").values_list("retiree_id", flat=True)]
    people = Retiree.objects.visible_to(actor).in_bulk(keys)
    dead = [key for key in keys if key in people and people[key].state == LifeState.DEAD]
    family: dict[int, list[FamilyMember]] = {}
    for member in (
        FamilyMember.objects.visible_to(actor)
        .filter(retiree_id__in=dead)
        .order_by("-is_survivor", "sort", "pk")
    ):
        family.setdefault(member.retiree_id, []).append(member)
    found = []
    for key in keys:
        person = people.get(key)
        if person is None:
            continue
        if person.state in ON_REGISTER:
            found.append(Addressee(f"person-{key}", person.name))
        found += [
            Addressee(f"family-{member.pk}", member.name, person.name) for member in family.get(key, ())
        ]
    return found


def refusal(concern: Concern, offered: Sequence[Addressee]) -> str:
    """Why there is no letter to be made; "" where there is."""
    if not concern.answer.strip():
        return "还没有答复。先“登记答复”，再打印答复函。"
    if offered:
        return ""
    if concern.retiree.state == LifeState.DEAD:
        return (
            f"{concern.retiree.name}同志已经去世，答复函不写给本人。"
            "请先在人员页“家庭”里登记家属，再给家属写答复函。"
        )
    return f"{concern.retiree.name}同志已不在册，答复函没有收信人。"


@transaction.atomic
def make_letters(
    *, concern: Concern, to: Sequence[str], form: str, office: str, on: date, by: Actor
) -> bytes:
    """Make the letters to some of ``addressees`` (their keys) in one of ``LETTERS`` and write it to the log.

    office: who signs. Raises LetterRefused (no answer, nobody, somebody who may not be written to) and DocumentError.
    """
    offered = {one.key: one for one in addressees(concern, by)}
    problem = refusal(concern, list(offered.values()))
    if problem:
        raise LetterRefused(problem)
    if not to or any(key not in offered for key in to):
        raise LetterRefused("收信人有变化，请重新选择。")
    if len(to) > MOST:
        raise LetterRefused(f"一次最多{MOST}封，请分几次打印。")
    matter = Matter(concern.label, concern.title, concern.source, concern.raised_on, concern.answer)
    letters = [
        _clean(reply_letter(matter, name=offered[key].name, cadre=offered[key].cadre, office=office, on=on))
        for key in dict.fromkeys(to)
    ]
    record_event(
        kind=EventKind.EXPORT,
        summary=f"打印答复函：{concern.label}，{len(letters)}封",
        by=by,
        subject=concern,
        data={"letters": len(letters), "format": form},
    )
    if form == "docx":
        return _docx(letters)
    html = render_to_string("documents/reply_letter.html", {"letters": letters, "draft": DRAFT})
    return render_pdf_guarded(html, font_dir=office_fonts())


def _clean(letter: Letter) -> Letter:
    values = asdict(letter)
    paragraphs = tuple(clean_cell(line) for line in values.pop("paragraphs"))
    return Letter(paragraphs=paragraphs, **{name: clean_cell(text) for name, text in values.items()})


def _docx(letters: Sequence[Letter]) -> bytes:
    """One letter a page, in the measures of an official paper."""
    document = docx.Document()
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin, page.right_margin = Mm(28), Mm(26)
    page.top_margin, page.bottom_margin = Mm(37), Mm(35)
    page.header.paragraphs[0].text = DRAFT
    page.header.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    style = document.styles["Normal"]
    style.font.name, style.font.size = "仿宋", Pt(16)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "仿宋")
    for number, letter in enumerate(letters):
        title = _line(document, letter.title, WD_ALIGN_PARAGRAPH.CENTER)
        title.runs[0].bold, title.runs[0].font.size = True, Pt(22)
        title.paragraph_format.page_break_before = number > 0
        title.paragraph_format.space_after = Pt(29)
        _line(document, letter.address)
        for text in letter.paragraphs:
            _line(document, text).paragraph_format.first_line_indent = Pt(32)
        for place, text in enumerate((letter.office, letter.day)):
            signed = _line(document, text, WD_ALIGN_PARAGRAPH.RIGHT)
            signed.paragraph_format.right_indent = Pt(32)
            signed.paragraph_format.space_before = Pt(0 if place else 29)
    document.core_properties.title, document.core_properties.author = "答复函", ""
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


def _line(document: Any, text: str, place: WD_ALIGN_PARAGRAPH | None = None) -> Any:
    paragraph = document.add_paragraph(text)
    paragraph.alignment = place
    paragraph.paragraph_format.line_spacing = Pt(29)
    paragraph.paragraph_format.space_after = Pt(0)
    return paragraph
