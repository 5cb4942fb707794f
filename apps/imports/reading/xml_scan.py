"""Looking through the XML parts of a workbook without building anything from them.

`is_plain` is a quick look at the bytes, sure of itself only with what the usual writers make; whatever it cannot
judge is walked by expat in `walk_part`, five times slower.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

from .refusals import MAX_COLUMN, MAX_EMPTY_COLUMN, MAX_EMPTY_ROWS, MAX_ROW, Refused

CHUNK = 256 * 1024
# Expat looks at an unfinished tag again with every piece it is fed, so it gets large ones.
EXPAT_CHUNK = 4 * 1024 * 1024
MAX_DEPTH = 64
MAX_ERROR_CELLS = 1000
# What expat can walk in about two seconds.
MAX_CELLS = 1_500_000

_FOREIGN_ENCODING = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"'](?!utf-?8|us-ascii)", re.IGNORECASE)
# Column 65 is BM, column 257 is IW; a far cell that closes at once is only formatted.
_FAR = (
    rb"(?:B[M-Z]|[C-Z][A-Z]|[A-Z]{3})|[A-Z]{1,2}"
    rb"(?:\d{6}|2[1-9]\d{3}|[3-9]\d{4})"
)
_FAR_VALUE = re.compile(rb'<c r="(?=([A-Z]+))(?:' + _FAR + rb")(?![^>]*(?:/>|>\s*</c>))")
_VERY_FAR = re.compile(rb'<c r="(?:I[W-Z]|[J-Z][A-Z]|[A-Z]{3})')
_ODD_CELL = re.compile(rb'<c(?:[\t\r\n]| r="[^A-Z])')
_PREFIXED = re.compile(rb":(?:c|row)[\s/>]")
_REFERENCE = re.compile(r"([A-Za-z]{1,4})([0-9]{1,9})")


@dataclass(slots=True)
class PartFacts:
    """What a walk found: cells showing a formula's error, and relationships as (id, type, target, is external)."""

    root: str = ""
    error_cells: list[tuple[int, int]] = field(default_factory=list)
    relationships: list[tuple[str, str, str, bool]] = field(default_factory=list)
    sheets: list[tuple[str, str]] = field(default_factory=list)
    epoch_1904: bool = False


def is_xml(name: str, head: bytes) -> bool:
    """By name or by first character, because a workbook may point at a part of any name."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:2]
    wide = head[:2] in (b"\xff\xfe", b"\xfe\xff") or start[:2] == b"\x00<"
    return name.lower().endswith((".xml", ".rels", ".vml")) or start[:1] == b"<" or wide


def is_plain(chunks: Iterable[bytes]) -> bool:
    """Whether nothing more needs a look: no declarations, no zero bytes, no error cells, all cells written the usual
    way and within the limits. Reads to the end in any case, because that checks the checksum.

    Raises Refused where the usual writing shows it: too-many-rows, too-many-empty-rows, too-many-columns.
    """
    plain, before, has_cells, rows = True, b"", False, 0
    for place, chunk in enumerate(chunks):
        if not plain:
            continue
        window = before + chunk
        if place == 0 and (
            _FOREIGN_ENCODING.search(window[:256]) or window.startswith((b"\xff\xfe", b"\xfe\xff"))
        ):
            plain = False
        window, before = _cut(window)
        has_cells = has_cells or b"worksheet" in window
        plain = plain and len(before) < CHUNK and _is_usual(window, has_cells)
        rows += window.count(b"<row") if has_cells else 0
        if plain and rows > MAX_EMPTY_ROWS:
            raise Refused("too-many-empty-rows")
    return plain and _is_usual(before, has_cells)


def _cut(window: bytes) -> tuple[bytes, bytes]:
    """Split before the last cell, or else the last tag, so that none is seen in halves."""
    cut = window.rfind(b"<c ", max(0, len(window) - 8192))
    if cut < 0:
        cut = max(window.rfind(b"<"), 0)
    return window[:cut], window[cut:]


def _is_usual(window: bytes, has_cells: bool) -> bool:
    if b"<!" in window or b"\x00" in window or (has_cells and not _cells_are_usual(window)):
        return False
    if has_cells and _VERY_FAR.search(window):
        raise Refused("too-many-columns")
    if has_cells and (far := _FAR_VALUE.search(window)):
        raise Refused("too-many-columns" if column_number(far[1].decode()) > MAX_COLUMN else "too-many-rows")
    return True


def _cells_are_usual(window: bytes) -> bool:
    cells = window.count(b'<c r="')
    openings = window.count(b"<c ") + window.count(b"<c>") + window.count(b"<c/")
    rows = window.count(b'<row r="') + window.count(b"<rowBreaks")
    return (
        cells == openings
        and rows == window.count(b"<row")
        and b't="e"' not in window
        and not _ODD_CELL.search(window)
        and not _PREFIXED.search(window)
    )


def walk_part(stream: IO[bytes]) -> PartFacts:
    """Walk one XML part with expat. Raises Refused: dtd, damaged, too-many-rows, too-many-empty-rows,
    too-many-columns."""
    walker = _Walker()
    try:
        for chunk in _chunks(stream):
            walker.parser.Parse(chunk, False)
        walker.parser.Parse(b"", True)
    except expat.ExpatError:
        # Old drawings (.vml) are often no proper XML and nobody reads them; their beginning was looked at.
        if walker.facts.root == "xml":
            return walker.facts
        raise Refused("damaged") from None
    return walker.facts


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    while chunk := stream.read(EXPAT_CHUNK):
        yield chunk


class _Walker:
    """Handlers for one part. A cell counts from the moment its <v> or <is> opens; empty ones only by number."""

    def __init__(self) -> None:
        self.facts = PartFacts()
        self.depth = 0
        self.row = self.column = 0
        self.cells = self.empty_rows = 0
        self.row_has_value = True
        self.is_error = False
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._first
        self.parser.EndElementHandler = self._end

    def _doctype(self, *_: object) -> None:
        raise Refused("dtd")

    def _first(self, name: str, attributes: dict[str, str]) -> None:
        self.depth = 1
        self.facts.root = name.rpartition(":")[2]
        handlers = {
            "worksheet": self._in_worksheet,
            "Relationships": self._in_relationships,
            "workbook": self._in_workbook,
        }
        self.parser.StartElementHandler = handlers.get(self.facts.root, self._elsewhere)

    def _elsewhere(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Refused("damaged")

    def _end(self, name: str) -> None:
        self.depth -= 1

    def _in_worksheet(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Refused("damaged")
        if ":" in name:
            name = name.rpartition(":")[2]
        if name == "c":
            self._cell(attributes)
        elif name == "v" or name == "is":
            self._value()
        elif name == "row":
            self._row(attributes)

    def _row(self, attributes: dict[str, str]) -> None:
        if not self.row_has_value:
            self.empty_rows += 1
            if self.empty_rows > MAX_EMPTY_ROWS:
                raise Refused("too-many-empty-rows")
        self.row = _whole(attributes.get("r")) or self.row + 1
        self.column, self.row_has_value = 0, False

    def _cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        if reference is None:
            self.column += 1
        elif match := _REFERENCE.fullmatch(reference):
            self.column, self.row = column_number(match[1].upper()), int(match[2])
        else:
            raise Refused("damaged")
        self.is_error = attributes.get("t") == "e"
        self.cells += 1
        if self.cells > MAX_CELLS:
            raise Refused("too-many-cells")
        if self.column > MAX_EMPTY_COLUMN:
            raise Refused("too-many-columns")

    def _value(self) -> None:
        self.row_has_value = True
        if self.column > MAX_COLUMN:
            raise Refused("too-many-columns")
        if self.row > MAX_ROW:
            raise Refused("too-many-rows")
        if self.is_error and len(self.facts.error_cells) < MAX_ERROR_CELLS:
            self.facts.error_cells.append((self.row, self.column))

    def _in_relationships(self, name: str, attributes: dict[str, str]) -> None:
        self._elsewhere(name, attributes)
        kind = attributes.get("Type", "").rpartition("/")[2]
        external = attributes.get("TargetMode", "").lower() == "external"
        self.facts.relationships.append(
            (attributes.get("Id", ""), kind, attributes.get("Target", ""), external)
        )

    def _in_workbook(self, name: str, attributes: dict[str, str]) -> None:
        self._elsewhere(name, attributes)
        name = name.rpartition(":")[2]
        if name == "workbookPr":
            self.facts.epoch_1904 = attributes.get("date1904", "0").lower() in ("1", "true", "on")
        elif name == "sheet":
            link = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            self.facts.sheets.append((attributes.get("name", ""), link))


def column_number(letters: str) -> int:
    """A → 1, Z → 26, AA → 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _whole(text: str | None) -> int:
    return int(text) if text is not None and text.isdecimal() and len(text) < 10 else 0
