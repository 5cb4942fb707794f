"""Tables across A4, each beginning a page: papers of campaigns, lists of payments, signature sheets."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string

from apps.core.documents.briefing import office_fonts
from apps.core.documents.guarded import render_pdf_guarded
from apps.core.sheets.table import Column

PAGE_WIDTH = 277
"""Millimetres of A4 across, without its margins."""


@dataclass(frozen=True)
class Section:
    """One table of a paper, beginning a page: title, what stands under it, columns, rows, sums (or none)."""

    title: str
    lines: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    sums: Sequence[str] = ()


def sections_pdf(sections: Sequence[Section], mark: str) -> bytes:
    """The tables as a PDF; ``mark``: who made it, in the foot. Raises DocumentError."""
    shown = [
        {
            "section": one,
            "widths": _widths(one.columns),
            "rows": [_cells(row, one.columns) for row in one.rows],
            "sums": _cells(one.sums, one.columns) if one.sums else (),
        }
        for one in sections
    ]
    html = render_to_string(
        "documents/sections.html", {"sections": shown, "mark": mark, "title": sections[0].title}
    )
    return render_pdf_guarded(html, font_dir=office_fonts())


def _cells(row: Sequence[str], columns: Sequence[Column]) -> list[tuple[str, bool]]:
    return [(text, column.is_number) for text, column in zip(row, columns, strict=True)]


def _widths(columns: Sequence[Column]) -> list[float]:
    whole = sum(column.width for column in columns)
    return [column.width / whole * PAGE_WIDTH for column in columns]
