"""A register on paper: A4 across, as wide as the page, the header on every page, no row split, no column cut."""

from collections.abc import Iterable, Sequence

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import mark_safe

from apps.core.documents.briefing import office_fonts
from apps.core.documents.errors import DocumentError
from apps.core.documents.guarded import render_pdf_guarded
from apps.core.sheets.table import About, Column, clean_cell

WIDTH_MM, WIDTH_PT = 277.0, 785.0
SIZES = (5.5, 9.5)
"""Least and greatest size of type in pt."""
CELL_LIMIT = 400
"""Characters of a cell on paper: a row is not split, so none may be longer than a page."""
MAX_CELLS = 18_000
"""Rows times columns: half a minute of the renderer, some fifty pages. More is for a workbook."""
TYPE = "application/pdf"


class TooManyPages(DocumentError):
    """More than anybody would print."""

    def __init__(self) -> None:
        super().__init__("人数乘以列数太多，打印出来太多页。请减少列，或改用 Excel 导出。")


def fits_on_paper(rows: int, columns: int) -> bool:
    """Whether a table of this size is made as PDF at all."""
    return rows * columns <= MAX_CELLS


def roster_pdf(columns: Sequence[Column], rows: Iterable[Sequence[str]], about: About) -> bytes:
    """The table as PDF with ``about.mark`` across and at the foot of each page; hidden columns stay away.

    Raises TooManyPages, or what the renderer raises (DocumentError).
    """
    shown = [place for place, column in enumerate(columns) if not column.is_hidden]
    kept = [columns[place] for place in shown]
    body, count = [], 0
    for count, row in enumerate(rows, start=1):
        if not fits_on_paper(count, len(kept)):
            raise TooManyPages
        body.append(_row([row[place] for place in shown], kept))
    whole = sum(column.width for column in kept) or 1
    context = {
        "title": clean_cell(about.title),
        "mark": clean_cell(about.mark),
        "lines": clean_cell("　".join(f"{label}：{value}" for label, value in about.lines if value)),
        "heads": [clean_cell(column.label) for column in kept],
        "widths": [column.width / whole * WIDTH_MM for column in kept],
        "size": min(max(WIDTH_PT * 2 / (whole * 1.15), SIZES[0]), SIZES[1]),
        "rows": mark_safe("".join(body)),
    }
    return render_pdf_guarded(render_to_string("documents/roster.html", context), font_dir=office_fonts())


def _row(cells: Sequence[str], columns: Sequence[Column]) -> str:
    parts = []
    for text, column in zip(cells, columns, strict=True):
        text = clean_cell(text)
        if len(text) > CELL_LIMIT:
            text = f"{text[:CELL_LIMIT]}…（全文见电子表）"
        kind = ' class="number"' if column.is_number else ""
        parts.append(f"<td{kind}>{escape(text)}</td>")
    return f"<tr>{''.join(parts)}</tr>"
