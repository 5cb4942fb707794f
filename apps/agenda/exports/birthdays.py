"""Papers for birthdays: a card for each, and the list on which gifts are signed for."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import docx
from django.template.loader import render_to_string
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

from apps.agenda.tables import age_words, day_words, place_of
from apps.core.chinese import format_date
from apps.core.documents.briefing import office_fonts
from apps.core.documents.guarded import render_pdf_guarded
from apps.core.documents.roster import TYPE as PDF
from apps.core.documents.roster import roster_pdf
from apps.core.sheets.table import About, Column, clean_cell
from apps.core.sheets.word import TYPE as DOCX
from apps.core.sheets.word import write_docx
from apps.retirees.queries.birthdays import BirthdayOf

PAPERS = {
    "cards-docx": "寿星卡（Word）",
    "cards-pdf": "寿星卡（PDF）",
    "gifts-docx": "贺礼签收表（Word）",
    "gifts-pdf": "贺礼签收表（PDF）",
}
TYPES = {"docx": DOCX, "pdf": PDF}
COLUMNS = (
    Column("序号", 5, is_number=True),
    Column("姓名", 10),
    Column("单位", 24),
    Column("生日", 16),
    Column("年龄", 18),
    Column("贺礼", 16),
    Column("签收", 14),
    Column("送达日期", 14),
)


def make_paper(kind: str, birthdays: Sequence[BirthdayOf], about: About, sender: str) -> bytes:
    """The paper of this kind (PAPERS). ``sender`` stands under a card. Raises DocumentError for what cannot be set."""
    if kind == "gifts-pdf":
        return roster_pdf(COLUMNS, _rows(birthdays), about)
    if kind == "gifts-docx":
        with tempfile.TemporaryDirectory(prefix="portal-gifts-") as folder:
            path = Path(folder) / "gifts.docx"
            write_docx(path, COLUMNS, _rows(birthdays), about)
            return path.read_bytes()
    cards = [card_words(one, sender) for one in birthdays]
    return _cards_pdf(cards) if kind == "cards-pdf" else _cards_docx(cards)


def _rows(birthdays: Sequence[BirthdayOf]) -> list[list[str]]:
    return [
        [
            str(number),
            one.person.name,
            place_of(one.person, show_county=True),
            f"{day_words(one.on)}{f'（{one.said}）' if one.is_lunar else ''}",
            age_words(one),
            "",
            "",
            "",
        ]
        for number, one in enumerate(birthdays, start=1)
    ]


def card_words(one: BirthdayOf, sender: str) -> dict[str, str]:
    """What stands on a card: greeting, the wish, who sends it, the day."""
    day = f"{format_date(one.on)}{f'（{one.said}）' if one.is_lunar else ''}"
    occasion = f"{one.age}大寿" if one.is_round else "生日"
    return {
        "name": clean_cell(one.person.name),
        "title": "生日贺卡",
        "greeting": f"尊敬的{clean_cell(one.person.name)}同志：",
        "text": f"{day}是您的{occasion}。祝您生日快乐，身体健康，阖家幸福！",
        "sender": clean_cell(sender),
        "on": format_date(one.on),
    }


def _cards_pdf(cards: Sequence[dict[str, str]]) -> bytes:
    html = render_to_string("documents/birthday_cards.html", {"cards": cards})
    return render_pdf_guarded(html, font_dir=office_fonts())


def _cards_docx(cards: Sequence[dict[str, str]]) -> bytes:
    document = docx.Document()
    for number, card in enumerate(cards):
        if number:
            document.add_page_break()
        title = document.add_paragraph()
        title.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = title.add_run(card["title"])
        run.font.size, run.bold = Pt(28), True
        for words in (card["greeting"], f"　　{card['text']}"):
            document.add_paragraph().add_run(words).font.size = Pt(18)
        for words in (card["sender"], card["on"]):
            line = document.add_paragraph()
            line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            line.add_run(words).font.size = Pt(16)
    document.core_properties.author = ""
    with tempfile.TemporaryDirectory(prefix="portal-cards-") as folder:
        path = Path(folder) / "cards.docx"
        document.save(str(path))
        return path.read_bytes()
