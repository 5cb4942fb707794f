"""A Word table across A4, with its header row on every page."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from apps.core.sheets.table import About, Column, clean_cell

TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ACROSS = 297 - 2 * 12
MAX_ROWS = 3000
"""python-docx keeps the whole document in memory; more rows belong into a workbook."""


def write_docx(path: Path, columns: Sequence[Column], rows: Iterable[Sequence[str]], about: About) -> int:
    """Write title, conditions and the table; return how many rows it has. Hidden columns stay away."""
    shown = [place for place, column in enumerate(columns) if not column.is_hidden]
    document = docx.Document()
    _page(document, about)
    _title(document, about)
    table = document.add_table(rows=1, cols=len(shown))
    table.style = "Table Grid"
    table.autofit = False
    widths = _widths([columns[place] for place in shown])
    for cell, place, width in zip(table.rows[0].cells, shown, widths, strict=True):
        _set(cell, columns[place].label, width, bold=True)
    _mark_row(table.rows[0], "w:tblHeader")
    count = _fill(table, rows, shown, widths)
    document.core_properties.title = clean_cell(about.title)
    document.core_properties.comments = clean_cell(about.mark)[:255]
    document.core_properties.author = ""
    document.save(str(path))
    return count


def _fill(table: Any, rows: Iterable[Sequence[str]], shown: Sequence[int], widths: Sequence[float]) -> int:
    """Rows are copied as XML: python-docx's own ``add_row`` looks at the whole table for each cell."""
    from copy import deepcopy

    pattern = deepcopy(table.rows[0]._tr)
    for mark in pattern.iter(qn("w:tblHeader")):
        mark.getparent().remove(mark)
        break
    for bold in list(pattern.iter(qn("w:b"))):
        bold.getparent().remove(bold)
    count = 0
    for count, row in enumerate(rows, start=1):  # noqa: B007  (the last number is what is returned)
        line = deepcopy(pattern)
        for text, place in zip(line.iter(qn("w:t")), shown, strict=True):
            text.text = clean_cell(row[place]).replace("\n", " ").replace("\t", " ")
        table._tbl.append(line)
    return count


def _page(document: Any, about: About) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(12)
    section.top_margin = section.bottom_margin = Mm(14)
    style = document.styles["Normal"]
    style.font.name, style.font.size = "宋体", Pt(9)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "宋体")
    for part in (section.header, section.footer):
        part.paragraphs[0].text = clean_cell(about.mark)
        part.paragraphs[0].runs[0].font.size = Pt(8)


def _title(document: Any, about: About) -> None:
    title = document.add_paragraph()
    title.alignment = 1
    run = title.add_run(clean_cell(about.title))
    run.font.size, run.bold = Pt(16), True
    words = "　".join(f"{label}：{value}" for label, value in about.lines if value)
    document.add_paragraph(clean_cell(words))


def _widths(columns: Sequence[Column]) -> list[float]:
    whole = sum(column.width for column in columns) or 1
    return [column.width / whole * ACROSS for column in columns]


def _set(cell: Any, text: str, width: float, *, bold: bool = False) -> None:
    cell.width = Mm(width)
    run = cell.paragraphs[0].add_run(clean_cell(text) or " ")
    run.bold = bold


def _mark_row(row: Any, name: str) -> None:
    properties = row._tr.get_or_add_trPr()
    for mark in (name, "w:cantSplit"):
        element = OxmlElement(mark)
        element.set(qn("w:val"), "true")
        properties.append(element)
