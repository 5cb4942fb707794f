"""The process that opens the file: `python -m apps.imports.reading.child KIND PATH [ENCODING DELIMITER SKIP]`.

The sheet reader may ask for any amount of memory and then ends its process, so it never runs inside a worker.
Writes one JSON object a line: a sheet's head, its rows by the five hundred, and at last {"end": true} or
{"refused": code}. Imports nothing of Django.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import resource
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from .refusals import MAX_COLUMN, MAX_ROW

MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 30
ROWS_PER_LINE = 500
MAX_CELLS = 4 * MAX_ROW * MAX_COLUMN
MAX_MERGED = 50_000


def limit_resources() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    # A core file would leave people's data on the disk.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def write(message: dict[str, Any]) -> None:
    line = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
    sys.stdout.buffer.write(line.encode("utf-8", "replace") + b"\n")


def write_rows(rows: Iterable[tuple[int, list[Any]]]) -> None:
    """Rows as [number, cells] or, where cells are no plain values, [number, cells, their places]."""
    lines: list[list[Any]] = []
    for number, cells in rows:
        special = [place for place, cell in enumerate(cells) if type(cell) not in _PLAIN]
        for place in special:
            cells[place] = _encoded(cells[place])
        lines.append([number, cells, special] if special else [number, cells])
        if len(lines) == ROWS_PER_LINE:
            write({"rows": lines})
            lines = []
    if lines:
        write({"rows": lines})


_PLAIN = frozenset({str, float, int, bool, type(None)})


def _encoded(cell: Any) -> list[str]:
    if isinstance(cell, dt.timedelta):
        return ["span", str(cell.total_seconds())]
    if isinstance(cell, dt.datetime):
        return ["datetime", cell.isoformat()]
    return ["time" if isinstance(cell, dt.time) else "date", cell.isoformat()]


def trimmed(rows: Iterable[list[Any]], offset: int = 0) -> Iterator[tuple[int, list[Any]]]:
    """Rows with something in them, numbered from 1, cut after their last filled cell; empty cells are None."""
    margin = [None] * offset
    for number, row in enumerate(rows, start=1):
        cells = [None if cell == "" else cell for cell in row]
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            yield number, margin + cells


def read_workbook(path: Path) -> None:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    area = 0
    book = CalamineWorkbook.from_path(path)
    for index, about in enumerate(book.sheets_metadata):
        if about.typ != SheetTypeEnum.WorkSheet:
            continue
        sheet = book.get_sheet_by_index(index)
        hidden = about.visible != SheetVisibleEnum.Visible
        write({"sheet": about.name, "hidden": hidden, "merged": _merged(sheet.merged_cell_ranges or [])})
        if sheet.start is None or sheet.end is None:
            continue
        area += (sheet.end[0] + 1) * (sheet.end[1] + 1)
        if area > MAX_CELLS:
            write({"refused": "too-many-cells"})
            return
        write_rows(trimmed(sheet.iter_rows(), offset=sheet.start[1]))
    write({"end": True})


def _merged(ranges: list[tuple[tuple[int, int], tuple[int, int]]]) -> list[list[int]]:
    """From 1, within the limits; a range reaching to the sheet's end is cut there."""
    inside = [r for r in ranges if r[0][0] < MAX_ROW and r[0][1] < MAX_COLUMN][:MAX_MERGED]
    return [[a + 1, b + 1, min(c + 1, MAX_ROW), min(d + 1, MAX_COLUMN)] for (a, b), (c, d) in inside]


def read_text(path: Path, encoding: str, delimiter: str, skip_lines: int) -> None:
    from apps.core.sheets.csv_text import unguard

    from .text_scan import TextFacts, open_rows

    write({"sheet": "CSV", "hidden": False, "merged": []})
    rows = open_rows(path, TextFacts(encoding, delimiter, skip_lines))
    write_rows(trimmed([unguard(cell) for cell in row] for row in rows))
    write({"end": True})


def main(arguments: list[str]) -> None:
    limit_resources()
    kind, path, *rest = arguments
    try:
        if kind == "csv":
            read_text(Path(path), rest[0], rest[1], int(rest[2]))
        else:
            _read_guarded(Path(path))
    except MemoryError:
        write({"refused": "too-many-cells"})
    except (csv.Error, UnicodeError, OSError):
        write({"refused": "unreadable"})
    sys.stdout.flush()


def _read_guarded(path: Path) -> None:
    from python_calamine import CalamineError, PasswordError

    try:
        read_workbook(path)
    except PasswordError:
        write({"refused": "encrypted"})
    except CalamineError:
        write({"refused": "unreadable"})


if __name__ == "__main__":
    main(sys.argv[1:])
