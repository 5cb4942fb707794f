"""Reading a file's sheets in a child process with limits on memory and time."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import IO, Any

from apps.core.cells.result import Cell, CellError

from .book import Book, Merged, Row, Sheet
from .lrmx import read_lrmx
from .prescan import FileFacts, prescan
from .refusals import MAX_COLUMN, MAX_ROW, REASONS, Refused

PROJECT_ROOT = Path(__file__).resolve().parents[3]
WALL_SECONDS = 45
MAX_OUTPUT_BYTES = 256 * 1024 * 1024
_OUT_OF_TIME = (signal.SIGXCPU, signal.SIGKILL)


def read_file(path: Path) -> Book:
    """Pre-scan and read. Raises Refused."""
    facts = prescan(path)
    return read_lrmx(path) if facts.kind == "lrmx" else read_sheets(path, facts)


def read_sheets(path: Path, facts: FileFacts) -> Book:
    """Every sheet of a file the pre-scan let through, hidden ones too; rows without content are left out.

    Raises Refused: unreadable, encrypted, too-slow, too-many-cells.
    """
    book = Book(facts.kind, [], facts.epoch_1904, is_untyped=facts.kind == "csv")
    with closing(_messages(path, facts)) as messages:
        for message in messages:
            if "refused" in message:
                raise Refused(message["refused"] if message["refused"] in REASONS else "unreadable")
            if "sheet" in message:
                merged = [Merged(*place) for place in message["merged"]]
                book.sheets.append(Sheet(message["sheet"], merged=merged, is_hidden=message["hidden"]))
            elif "rows" in message:
                book.sheets[-1].rows.extend(_row(*parts) for parts in message["rows"])
    for sheet in book.sheets:
        _mark_errors(sheet, facts.error_cells.get(sheet.name, ()))
    return book


def _messages(path: Path, facts: FileFacts) -> Generator[dict[str, Any], None, None]:
    """The child's lines; what it does not finish with {"end": true} is a refusal."""
    process = _start(path, facts)
    timer = threading.Timer(WALL_SECONDS, process.kill)
    timer.start()
    try:
        for line in _lines(process.stdout):
            message = json.loads(line)
            if "end" in message:
                return
            yield message
        ended_by = -process.wait()
        raise Refused("too-slow" if ended_by in _OUT_OF_TIME else "unreadable")
    finally:
        timer.cancel()
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def _start(path: Path, facts: FileFacts) -> subprocess.Popen[bytes]:
    """The child sees neither our environment (it holds keys) nor our open files."""
    command = [sys.executable, "-m", "apps.imports.reading.child", facts.kind, str(path.resolve())]
    if facts.text:
        command += [facts.text.encoding, facts.text.delimiter, str(facts.text.skip_lines)]
    return subprocess.Popen(
        command,
        cwd=PROJECT_ROOT,
        env={"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def _lines(stream: IO[bytes] | None) -> Iterator[bytes]:
    size = 0
    for line in stream or ():
        size += len(line)
        if size > MAX_OUTPUT_BYTES:
            raise Refused("too-many-cells")
        if line.endswith(b"\n"):
            yield line


def _row(number: int, cells: list[Any], special: list[int] | None = None) -> Row:
    for place in special or ():
        cells[place] = _decoded(*cells[place])
    return Row(number, cells)


def _decoded(kind: str, text: str) -> Cell:
    if kind == "date":
        return dt.date.fromisoformat(text)
    if kind == "datetime":
        return dt.datetime.fromisoformat(text)
    return dt.time.fromisoformat(text) if kind == "time" else dt.timedelta(seconds=float(text))


def _mark_errors(sheet: Sheet, places: list[tuple[int, int]] | tuple[()]) -> None:
    """The reader leaves cells that show an error empty; put the error back, so that it is not taken for a gap."""
    rows = {row.number: row for row in sheet.rows}
    for number, column in places:
        row = rows.get(number)
        if row is None or number > MAX_ROW or column > MAX_COLUMN:
            continue
        row.cells.extend([None] * (column - len(row.cells)))
        if row.cells[column - 1] is None:
            row.cells[column - 1] = CellError("公式错误")
