"""Looking through an OLE file: an old .xls, an encrypted .xlsx, or something that is no workbook at all.

Record numbers are those of [MS-XLS]; only what may need a refusal is looked at.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .cfb import CompoundFile
from .refusals import MAX_COLUMN, MAX_ROW, Refused

_BOF, _EOF, _FILEPASS, _DATEMODE, _BOUNDSHEET, _SUPBOOK = 0x0809, 0x000A, 0x002F, 0x0022, 0x0085, 0x01AE
_FORMULA, _BOOLERR, _MULRK = 0x0006, 0x0205, 0x00BD
_ONE_CELL = frozenset({0x0203, 0x027E, 0x00FD, 0x0204, 0x00D6, _FORMULA, _BOOLERR})
_MACRO_SHEETS = frozenset({1, 6})
_OWN_BOOKS = frozenset({b"\x01\x04", b"\x01\x3a"})
MAX_RECORDS = 2_000_000
MAX_ERROR_CELLS = 1000


@dataclass(slots=True)
class OleFacts:
    epoch_1904: bool = False
    error_cells: dict[str, list[tuple[int, int]]] = field(default_factory=dict)


def scan_ole(path: Path) -> OleFacts:
    """Raises Refused with the first thing found wrong; otherwise tells the date base and the error cells by sheet."""
    file = CompoundFile(path.read_bytes())
    _check_kind({name.lower() for name in file.names()})
    book = file.stream("Workbook", "Book")
    if book is None:
        raise Refused("not-a-sheet")
    return _Scan(book).run()


def _check_kind(names: set[str]) -> None:
    if names & {"encryptedpackage", "encryptioninfo"}:
        raise Refused("encrypted")
    if "worddocument" in names or "powerpoint document" in names:
        raise Refused("not-a-sheet", "这是Word或PowerPoint文件，")
    if names & {"_vba_project_cur", "_vba_project", "vba", "macros"}:
        raise Refused("macro")
    if any(name.startswith("mbd") or name in ("\x01ole10native", "ctls") for name in names):
        raise Refused("embedded-object")


class _Scan:
    def __init__(self, book: bytes) -> None:
        self.book = book
        self.facts = OleFacts()
        self.sheet_at: dict[int, str] = {}
        self.errors: list[tuple[int, int]] = []

    def run(self) -> OleFacts:
        for place, record, length in self._records():
            if record in _ONE_CELL or record == _MULRK:
                self._cell(record, place, length)
            elif record == _BOF:
                self.errors = self._errors_of(place - 4)
            elif record == _FILEPASS:
                raise Refused("encrypted")
            elif record == _DATEMODE and length >= 2:
                self.facts.epoch_1904 = self.book[place] == 1
            elif record == _BOUNDSHEET and length >= 8:
                self._sheet(place, length)
            elif record == _SUPBOOK and length >= 4 and self.book[place + 2 : place + 4] not in _OWN_BOOKS:
                raise Refused("external-link")
        self.facts.error_cells = {name: cells for name, cells in self.facts.error_cells.items() if cells}
        return self.facts

    def _records(self) -> Iterator[tuple[int, int, int]]:
        """Every record as (place of its data, number, length). Zeroes after the last one are padding."""
        header, place, end = struct.Struct("<HH"), 0, len(self.book)
        for _ in range(MAX_RECORDS):
            if place + 4 > end:
                return
            record, length = header.unpack_from(self.book, place)
            place += 4
            if record == 0 and length == 0:
                return
            if place + length > end:
                raise Refused("damaged")
            yield place, record, length
            place += length
        raise Refused("too-many-cells")

    def _sheet(self, place: int, length: int) -> None:
        start, _, kind, characters, flags = struct.unpack_from("<IBBBB", self.book, place)
        if kind in _MACRO_SHEETS:
            raise Refused("macro")
        text = self.book[place + 8 : place + length]
        name = (
            text[: characters * 2].decode("utf-16-le", "replace")
            if flags & 1
            else text[:characters].decode("latin-1")
        )
        self.sheet_at[start] = name

    def _errors_of(self, place: int) -> list[tuple[int, int]]:
        name = self.sheet_at.get(place)
        return self.facts.error_cells.setdefault(name, []) if name is not None else []

    def _cell(self, record: int, place: int, length: int) -> None:
        if length < 6:
            raise Refused("damaged")
        row, column = struct.unpack_from("<HH", self.book, place)
        last = struct.unpack_from("<H", self.book, place + length - 2)[0] if record == _MULRK else column
        if row >= MAX_ROW:
            raise Refused("too-many-rows")
        if last >= MAX_COLUMN:
            raise Refused("too-many-columns")
        if self._is_error(record, place, length) and len(self.errors) < MAX_ERROR_CELLS:
            self.errors.append((row + 1, column + 1))

    def _is_error(self, record: int, place: int, length: int) -> bool:
        if record == _BOOLERR:
            return length >= 8 and self.book[place + 7] == 1
        return (
            record == _FORMULA
            and length >= 14
            and self.book[place + 12 : place + 14] == b"\xff\xff"
            and self.book[place + 6] == 2
        )
