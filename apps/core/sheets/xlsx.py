"""Workbooks written row by row: xlsxwriter keeps one row in memory, however many there are."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from apps.core.sheets.rows import TextRows
from apps.core.sheets.table import About, Column, clean_cell

HEADER_LIMIT = 255
"""Characters of a printed header or footer, by the format."""
ABOUT_SHEET = "说明"
LOOK_AT = 500
"""So many rows decide on the widths; more would cost time and rarely change them."""
WIDEST = 48
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def write_xlsx(path: Path, columns: Sequence[Column], rows: Iterable[Sequence[str]], about: About) -> int:
    """Write one sheet of ``rows`` and one that says what it is; return how many rows it has.

    Every cell is text but for columns of numbers: "=1+1" stays three characters. The header is frozen and filters; on
    paper it is A4 across, as wide as the page, with the header row on each page and the mark in the foot.
    """
    book = xlsxwriter.Workbook(
        str(path),
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    try:
        sheet = book.add_worksheet("名单", TextRows)
        plain = book.add_format(
            {"font_name": "宋体", "font_size": 11, "border": 4, "num_format": "@", "valign": "top"}
        )
        number = book.add_format({"font_name": "宋体", "font_size": 11, "border": 4, "valign": "top"})
        _set_up(book, sheet, columns, about)
        looked_at: list[Sequence[str]] = []
        count = _write_rows(sheet, columns, _looking(rows, looked_at), plain, number)
        _fit(book, sheet, columns, looked_at)
        sheet.print_area(0, 0, count, max(_shown(columns) - 1, 0))
        sheet.autofilter(0, 0, max(count, 1), max(_shown(columns) - 1, 0))
        _write_about(book, about)
        _sign(book, about)
    finally:
        book.close()
    return count


def _shown(columns: Sequence[Column]) -> int:
    return sum(not column.is_hidden for column in columns)


def _set_up(book: Any, sheet: Any, columns: Sequence[Column], about: About) -> None:
    head = book.add_format(
        {"font_name": "黑体", "font_size": 11, "bold": True, "border": 1, "bg_color": "#EFF1F4", "align": "center",
         "valign": "vcenter", "text_wrap": True, "num_format": "@"}
    )  # fmt: skip
    sheet.set_row(0, 30)
    for place, column in enumerate(columns):
        sheet.write_string(0, place, clean_cell(column.label), head)
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    sheet.set_header(f"&C&14{_printed(about.title)}")
    sheet.set_footer(f"&L&8{_printed(about.mark)}&R&8第 &P 页，共 &N 页")


def _looking(rows: Iterable[Sequence[str]], looked_at: list[Sequence[str]]) -> Iterator[Sequence[str]]:
    """The rows as they come, the first of them kept: they tell how wide columns must be."""
    for number, row in enumerate(rows):
        if number < LOOK_AT:
            looked_at.append(row)
        yield row


def _fit(book: Any, sheet: Any, columns: Sequence[Column], looked_at: Sequence[Sequence[str]]) -> None:
    """Columns as wide as what stands in them, between the heading's width and WIDEST."""
    text = book.add_format({"num_format": "@"})
    for place, column in enumerate(columns):
        hidden = {"hidden": True} if column.is_hidden else {}
        widest = max((_cells(row[place]) for row in looked_at), default=0)
        heading = min(_cells(column.label), 12)
        width = column.width if not looked_at else min(max(widest, heading, 4) + 2, WIDEST)
        sheet.set_column(place, place, width, None if column.is_number else text, hidden)


def _cells(text: str) -> int:
    """Width of the longest line in characters of a workbook: Chinese counts double."""
    return max((sum(1 + (char > "\u1100") for char in line) for line in text[:400].split("\n")), default=0)


def _printed(text: str) -> str:
    """Ampersands are commands in headers and footers."""
    return clean_cell(text).replace("&", "&&")[: HEADER_LIMIT - 60]


def _write_rows(
    sheet: TextRows, columns: Sequence[Column], rows: Iterable[Sequence[str]], plain: Any, number: Any
) -> int:
    count = 0
    sheet.begin_rows(1, [column.is_number for column in columns], plain, number)
    for count, row in enumerate(rows, start=1):
        sheet.write_texts(count, row)
    return count


def _write_about(book: Any, about: About) -> None:
    sheet = book.add_worksheet(ABOUT_SHEET)
    label = book.add_format({"font_name": "黑体", "valign": "top"})
    value = book.add_format({"font_name": "宋体", "text_wrap": True, "valign": "top", "num_format": "@"})
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 80)
    for row, (name, text) in enumerate((("内容", about.title), *about.lines, ("水印", about.mark))):
        sheet.write_string(row, 0, name, label)
        sheet.write_string(row, 1, clean_cell(text), value)
    sheet.set_footer(f"&L&8{_printed(about.mark)}")


def _sign(book: Any, about: About) -> None:
    """The number of the request where a copied table keeps it: a hidden sheet and the file's own properties."""
    sheet = book.add_worksheet("portal")
    sheet.write_string(0, 0, about.number)
    sheet.write_string(1, 0, clean_cell(about.mark))
    sheet.very_hidden()
    book.set_properties({"title": clean_cell(about.title), "comments": clean_cell(about.mark)})
    book.set_custom_property("导出编号", about.number)


def table_file(columns: Sequence[Column], rows: Iterable[Sequence[str]], about: About) -> bytes:
    """The same as bytes, for tables that are small enough to be answered at once."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.xlsx"
        write_xlsx(path, columns, rows, about)
        return path.read_bytes()
