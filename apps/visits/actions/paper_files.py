"""Papers of a campaign as Word documents: tables that repeat their head, letters one a page, drafts."""

import io
from collections.abc import Sequence
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from apps.core.sheets.table import clean_cell

ACROSS = 273.0


def _font(style: Any, name: str, size: int) -> None:
    style.font.name, style.font.size = name, Pt(size)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def sections_docx(sections: Sequence[Any], mark: str) -> bytes:
    """Tables (core.documents.sections.Section) across A4, each beginning a page; ``mark``: who made it, in the foot."""
    document = docx.Document()
    page = document.sections[0]
    page.orientation = WD_ORIENT.LANDSCAPE
    page.page_width, page.page_height = Mm(297), Mm(210)
    page.left_margin = page.right_margin = Mm(12)
    page.top_margin = page.bottom_margin = Mm(14)
    page.footer.paragraphs[0].text = clean_cell(mark)
    _font(document.styles["Normal"], "宋体", 10)
    for number, section in enumerate(sections):
        if number:
            document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        title = document.add_paragraph()
        title.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = title.add_run(clean_cell(section.title))
        run.bold, run.font.size = True, Pt(16)
        document.add_paragraph(clean_cell(section.lines))
        _table(document, section)
    return _bytes(document, sections[0].title)


def _table(document: Any, section: Any) -> None:
    whole = sum(column.width for column in section.columns)
    widths = [Mm(column.width / whole * ACROSS) for column in section.columns]
    rows = [*section.rows, *([section.sums] if section.sums else [])]
    table = document.add_table(rows=1 + len(rows), cols=len(widths))
    table.style, table.autofit = "Table Grid", False
    cells = table._cells
    texts = [[column.label for column in section.columns], *rows]
    for place, text in enumerate(text for row in texts for text in row):
        cell, column = cells[place], place % len(widths)
        cell.width = widths[column]
        cell.paragraphs[0].add_run(clean_cell(text)).bold = place < len(widths)
        if section.columns[column].is_number:
            cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for row in table.rows:
        _mark(row, "w:cantSplit")
    _mark(table.rows[0], "w:tblHeader")


def _mark(row: Any, name: str) -> None:
    element = OxmlElement(name)
    element.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(element)


def letters_docx(letters: Sequence[Sequence[str]]) -> bytes:
    """Letters, one a page: the first line is the address, the others are indented by two characters."""
    document = docx.Document()
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin, page.right_margin = Mm(28), Mm(26)
    page.top_margin, page.bottom_margin = Mm(37), Mm(35)
    _font(document.styles["Normal"], "仿宋", 16)
    for number, letter in enumerate(letters):
        for place, line in enumerate(letter):
            paragraph = document.add_paragraph(clean_cell(line))
            paragraph.paragraph_format.line_spacing = Pt(29)
            paragraph.paragraph_format.space_after = Pt(0)
            if place:
                paragraph.paragraph_format.first_line_indent = Pt(32)
            elif number:
                paragraph.paragraph_format.page_break_before = True
    return _bytes(document, "慰问信")


def draft_docx(*, title: str, lines: Sequence[str], tail: Sequence[str], mark: str) -> bytes:
    """A paper that is still to be settled: ``mark`` in the head of each page, the title, paragraphs, who and when."""
    document = docx.Document()
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin, page.right_margin = Mm(28), Mm(26)
    page.top_margin, page.bottom_margin = Mm(37), Mm(35)
    head = page.header.paragraphs[0]
    head.text, head.alignment = mark, WD_ALIGN_PARAGRAPH.RIGHT
    _font(document.styles["Normal"], "仿宋", 16)
    top = document.add_paragraph()
    top.alignment, top.paragraph_format.space_after = WD_ALIGN_PARAGRAPH.CENTER, Pt(29)
    run = top.add_run(title)
    run.bold, run.font.size = True, Pt(22)
    for line in lines:
        paragraph = document.add_paragraph(line)
        paragraph.paragraph_format.line_spacing = Pt(29)
        paragraph.paragraph_format.space_after = Pt(0)
        paragraph.paragraph_format.first_line_indent = Pt(32)
    for number, line in enumerate(tail):
        paragraph = document.add_paragraph(line)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.right_indent = Pt(32)
        if not number:
            paragraph.paragraph_format.space_before = Pt(58)
    return _bytes(document, title)


def _bytes(document: Any, title: str) -> bytes:
    document.core_properties.title = clean_cell(title)[:200]
    document.core_properties.author = ""
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()
