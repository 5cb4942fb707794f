"""The process that marks a workbook: `python -m apps.imports.reading.marking PATH`, the marks as JSON on its input.

openpyxl builds the whole workbook in memory and reads what somebody else made, so it runs under limits, without our
environment, and only on a file that the pre-scan let through. The marked workbook goes to its output.

{"batch": "…", "sheets": {name: {"header_row": 3, "column": 12, "rows": {"5": {"text": "…",
"cells": {"3": ["error", "…"]}}}}}}
"""

from __future__ import annotations

import io
import json
import resource
import sys
from typing import Any

MEMORY_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 90
SHEET_BYTES = 512 * 1024 * 1024
AUTHOR = "核对说明"
NOTE_HEADER = "错误说明"
BATCH_SHEET = "portal-import-"
"""Name of the hidden sheet by which the workbook is known when it comes back."""
RED, AMBER = "FFFFC7CE", "FFFFEB9C"
FREE_COLUMNS = 5


def limit_resources() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    # openpyxl writes each sheet into a temporary file first; TMPDIR is a folder that the caller removes.
    resource.setrlimit(resource.RLIMIT_FSIZE, (SHEET_BYTES, SHEET_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def mark(path: str, wanted: dict[str, Any]) -> bytes:
    """The workbook with its wrong cells coloured and commented, and a column that says what is wrong."""
    from openpyxl import load_workbook

    book = load_workbook(path)
    for sheet in book.worksheets:
        _clear(sheet)
        if sheet.title in wanted["sheets"]:
            _mark_sheet(sheet, wanted["sheets"][sheet.title])
    for name in [name for name in book.sheetnames if name.startswith(BATCH_SHEET)]:
        del book[name]
    book.create_sheet(f"{BATCH_SHEET}{wanted['batch']}").sheet_state = "veryHidden"
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _clear(sheet: Any) -> None:
    """Marks of an earlier round go; a comment of the user's own stays."""
    from openpyxl.styles import PatternFill

    for row in sheet.iter_rows():
        for cell in row:
            if cell.comment is not None and cell.comment.author == AUTHOR:
                cell.comment, cell.fill = None, PatternFill()


def _mark_sheet(sheet: Any, wanted: dict[str, Any]) -> None:
    column = _note_column(sheet, wanted)
    head = sheet.cell(wanted["header_row"], column)
    _write(head, NOTE_HEADER)
    sheet.column_dimensions[head.column_letter].width = 48
    for number, marks in wanted["rows"].items():
        _write(sheet.cell(int(number), column), marks["text"])
        for place, (level, text) in marks["cells"].items():
            _colour(sheet.cell(int(number), int(place)), level, text)


def _note_column(sheet: Any, wanted: dict[str, Any]) -> int:
    """The column of an earlier round, emptied, or the first free one behind the table."""
    row, first = wanted["header_row"], wanted["column"]
    for column in range(1, first + FREE_COLUMNS):
        if sheet.cell(row, column).value == NOTE_HEADER:
            for number in range(row + 1, sheet.max_row + 1):
                _write(sheet.cell(number, column), None)
            return column
    free = (column for column in range(first, first + FREE_COLUMNS) if sheet.cell(row, column).value is None)
    return next(free, first + FREE_COLUMNS)


def _write(cell: Any, text: str | None) -> None:
    """As text: a note may begin with an equals sign. The rest of a merged cell cannot be written."""
    if type(cell).__name__ == "MergedCell":
        return
    cell.value = text
    if text is not None:
        cell.data_type = "s"


def _colour(cell: Any, level: str, text: str) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    if type(cell).__name__ == "MergedCell":
        return
    cell.fill = PatternFill("solid", start_color=RED if level == "error" else AMBER)
    if cell.comment is None:
        cell.comment = Comment(text, AUTHOR, width=260, height=90)


def main(arguments: list[str]) -> None:
    limit_resources()
    wanted = json.loads(sys.stdin.buffer.read())
    sys.stdout.buffer.write(mark(arguments[0], wanted))
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
