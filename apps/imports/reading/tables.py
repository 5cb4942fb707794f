"""From a book to tables: rows of people as field → raw cell, each with its sheet and row, and everything left out
with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import Literal

from apps.core.cells.result import Cell
from apps.core.cells.text import fold, tidy

from .book import Book, Row, Sheet
from .headers import Column, Header, TableSpec, find_headers
from .refusals import Refused
from .rows import LIST_ENDING, Classifier, Kind, MergedColumn, section_name

Source = Literal["merged", "above", "section", "title", "sheet"]
SkippedKind = Literal["title", "header", "section", "subtotal", "note", "blank", "continuation"]
Meaning = SkippedKind | Literal["data"]

MAX_TITLES = 5


@dataclass(slots=True)
class DataRow:
    """One person's line. `values` has the fields whose cell is filled; `filled` tells which of them the row took
    from elsewhere: a merged cell, the row above, a section row, the title or the sheet's name."""

    sheet: str
    number: int
    values: dict[str, Cell]
    filled: dict[str, Source]
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class SkippedRow:
    number: int
    kind: SkippedKind
    text: str


@dataclass(slots=True)
class Table:
    sheet: str
    is_hidden: bool
    header_rows: tuple[int, int]
    columns: tuple[Column, ...]
    titles: list[str]
    rows: list[DataRow] = field(default_factory=list)
    skipped: list[SkippedRow] = field(default_factory=list)

    @property
    def fields(self) -> dict[str, Column]:
        return {column.field: column for column in self.columns if column.field}


@dataclass(slots=True)
class TablesFound:
    """`without_header`: names of the sheets that hold something but no table."""

    tables: list[Table]
    without_header: list[str]

    def rows(self) -> Iterator[DataRow]:
        for table in self.tables:
            yield from table.rows


def find_tables(
    book: Book,
    spec: TableSpec,
    *,
    remembered: Mapping[str, str | None] | None = None,
    chosen: Mapping[tuple[str, int], str | None] | None = None,
) -> TablesFound:
    """Every table of every sheet.

    `remembered`: normalised header (`Column.remembered_as`) → field, or None for a column not to be read.
    `chosen`: (sheet name, column number) → field or None, said by the user for this file; it wins over all else.
    Raises Refused: no-header when no sheet has a table, no-rows when no table has a person.
    """
    found = TablesFound([], [])
    for sheet in book.sheets:
        own = {number: name for (title, number), name in (chosen or {}).items() if title == sheet.name}
        headers = find_headers(sheet, spec, remembered or {}, own)
        if headers:
            found.tables.extend(_tables(sheet, headers, spec))
        elif sheet.rows:
            found.without_header.append(sheet.name)
    if not found.tables:
        raise Refused("no-header")
    if not any(table.rows for table in found.tables):
        raise Refused("no-rows")
    return found


def _tables(sheet: Sheet, headers: Sequence[Header], spec: TableSpec) -> Iterator[Table]:
    """One table for each header; a header printed again on every page continues its table."""
    rows = {row.number: row for row in sheet.rows} if sheet.merged else {}
    groups = [list(group) for _, group in groupby(headers, key=lambda header: header.texts)]
    starts = [0] + [_first_title(sheet, group[0].first) for group in groups[1:]] + [len(sheet.rows)]
    for group, (start, end) in zip(groups, pairwise(starts), strict=True):
        yield _Builder(sheet, group, spec, rows).build(start, end)


def _first_title(sheet: Sheet, header: int) -> int:
    """Where the titles of a further table in the same sheet begin: single texts right above its header."""
    place = header
    while place > 0 and header - place < MAX_TITLES and _is_single_text(sheet.rows[place - 1]):
        place -= 1
    return place


def _is_single_text(row: Row) -> bool:
    filled = [cell for cell in row.cells if cell is not None]
    return len(filled) == 1 and isinstance(filled[0], str)


@dataclass(slots=True)
class _State:
    """What the rows below inherit."""

    carried: dict[str, Cell] = field(default_factory=dict)
    section: dict[str, tuple[Cell, Source]] = field(default_factory=dict)


class _Builder:
    def __init__(
        self, sheet: Sheet, headers: Sequence[Header], spec: TableSpec, rows: Mapping[int, Row]
    ) -> None:
        self.sheet = sheet
        self.headers = headers
        self.spec = spec
        self.classifier = Classifier(sheet, headers[0], spec)
        fields = headers[0].fields
        self.places = [(name, number - 1) for name, number in fields.items()]
        not_shared = {spec.key_field, spec.id_field}
        merged = {
            name: MergedColumn(sheet, number, rows)
            for name, number in fields.items()
            if name not in not_shared
        }
        self.merged = {name: column for name, column in merged.items() if column}
        self.state = _State()

    def build(self, start: int, end: int) -> Table:
        first = self.headers[0]
        numbers = (self.sheet.rows[first.first].number, self.sheet.rows[first.last].number)
        above = [
            SkippedRow(row.number, "title", _row_text(row)) for row in self.sheet.rows[start : first.first]
        ]
        titles = [row.text for row in above if row.text][-MAX_TITLES:]
        table = Table(self.sheet.name, self.sheet.is_hidden, numbers, first.columns, titles, skipped=above)
        self._inherit(self.sheet.name, "sheet")
        for title in titles:
            self._inherit(title, "title")
        repeated = {place for header in self.headers[1:] for place in range(header.first, header.last + 1)}
        below = self.sheet.rows[first.last + 1 : end]
        kinds: list[Kind] = [
            "header" if place in repeated else self.classifier.kind(row)
            for place, row in enumerate(below, start=first.last + 1)
        ]
        for row, kind in zip(below, self._meanings(below, kinds), strict=True):
            if kind == "data":
                table.rows.append(self._data_row(row))
            else:
                self._heed(row, kind)
                table.skipped.append(SkippedRow(row.number, kind, _row_text(row)))
        return table

    def _meanings(self, rows: Sequence[Row], kinds: Sequence[Kind]) -> list[Meaning]:
        """What each row is, from the last to the first, because a lone text means what follows it."""
        meanings: list[Meaning] = []
        following: Kind = "blank"
        for row, kind in zip(reversed(rows), reversed(kinds), strict=True):
            meanings.append(self._lone_meaning(row, following) if kind == "lone" else kind)
            following = following if kind == "lone" else kind
        return meanings[::-1]

    def _lone_meaning(self, row: Row, following: Kind) -> Meaning:
        """A text alone on a row heads what follows: people (a section) or the header again (a title)."""
        text = section_name(_row_text(row))
        if following == "header" or LIST_ENDING.search(text):
            return "title"
        return "section" if following == "data" else "note"

    def _heed(self, row: Row, kind: Meaning) -> None:
        """What a row without a person means for the rows below it."""
        if kind == "section":
            self._enter_section(section_name(_row_text(row)))
        elif kind == "title":
            self._inherit(_row_text(row), "title")
        elif kind == "subtotal":
            self.state.carried.clear()

    def _data_row(self, row: Row) -> DataRow:
        cells = row.cells
        width = len(cells)
        values = {
            name: cells[place] for name, place in self.places if place < width and cells[place] is not None
        }
        filled: dict[str, Source] = {}
        for name, column in self.merged.items():
            if name not in values and (value := column.value(row.number)) is not None:
                values[name], filled[name] = value, "merged"
        for name in self.spec.filled_down:
            self._fill_down(name, values, filled)
        for name, (value, source) in self.state.section.items():
            if name not in values:
                values[name], filled[name] = value, source
        return DataRow(self.sheet.name, row.number, values, filled, cells)

    def _fill_down(self, name: str, values: dict[str, Cell], filled: dict[str, Source]) -> None:
        """Where merging was lost (csv, or undone by hand) only the first row of a group names the unit."""
        own = values.get(name)
        if own is not None and not (isinstance(own, str) and not own.strip()):
            self.state.carried[name] = own
        elif name not in self.merged and name in self.state.carried:
            values[name], filled[name] = self.state.carried[name], "above"

    def _enter_section(self, text: str) -> None:
        """A section names a choice (离休干部) or, failing that, the unit of the rows below."""
        if found := self.classifier.section_word(text):
            name, word = found
            if name not in self.headers[0].fields:
                self.state.section[name] = (word, "section")
            return
        for name in self.spec.filled_down:
            self.state.carried.pop(name, None)
            self.state.section[name] = (text, "section")

    def _inherit(self, text: str, source: Source) -> None:
        """A sheet called 离休干部 or a title 离休干部花名册 gives the field no column gives."""
        for name, words in self.spec.words.items():
            if name not in self.headers[0].fields and (
                word := _word_within(text, words, self.spec.neutral_words)
            ):
                self.state.section[name] = (word, source)


def _word_within(text: str, words: Sequence[str], neutral: Sequence[str]) -> str | None:
    """The one word a name contains; none when it contains two, or only as part of a neutral word (离退休)."""
    plain = fold(text)
    for word in neutral:
        plain = plain.replace(fold(word), "")
    found = [word for word in words if fold(word) in plain]
    longest = [word for word in found if not any(word != other and word in other for other in found)]
    return longest[0] if len(longest) == 1 else None


def _row_text(row: Row) -> str:
    return " ".join(text for cell in row.cells if isinstance(cell, str) and (text := tidy(cell)))[:200]
