"""Finding the rows that hold the column names and deciding what each column means.

Headers stand under titles, take one to three rows, and are merged: 离退休 over 类别 and 时间 makes two columns,
离退休类别 and 离退休时间. The names themselves come from the importer's alias table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Literal

from apps.core.cells.text import fold, tidy

from .book import Merged, Row, Sheet, column_letters

MAX_DEPTH = 3
SEARCHED_ROWS = 60
HEADER_LENGTH = 40
FIELDS_WITHOUT_KEY = 4
FIELDS_WITH_KEY = 2
# Different headers looked at in one sheet; the same one again costs nothing.
MAX_HEADERS = 200

How = Literal["alias", "remembered", "chosen", "stand-in", "unmatched", "duplicate", "ignored"]

_PUNCTUATION = re.compile(r"[\W_]+")
_BRACKETED = re.compile(r"[(\[【〔<].*?[)\]】〕>]")
_NUMBERING = re.compile(r"^[\d*]+")


@dataclass(frozen=True)
class StandIn:
    """The column of field ``taken`` is read as ``missing`` where no column is that, unless ``unless`` has a column;
    ``note`` says so to whoever may correct it."""

    missing: str
    taken: str
    unless: str
    note: str


@dataclass(frozen=True)
class TableSpec:
    """What an importer knows of its columns.

    `aliases`: field → header names, the likeliest first. Fields claim columns in the mapping's order, so a field
    that stands first takes its second-best name only when its best is not in the sheet. `key_field` marks a data
    row. `filled_down`: fields written once for the rows below. `words`: field → words in a sheet's name, a title
    or a section row that give the field's value; `neutral_words` contain such words without meaning them.
    """

    aliases: Mapping[str, Sequence[str]]
    key_field: str = "name"
    id_field: str = "national_id"
    filled_down: frozenset[str] = frozenset({"unit"})
    words: Mapping[str, Sequence[str]] = field(default_factory=dict)
    neutral_words: tuple[str, ...] = ()
    stand_ins: tuple[StandIn, ...] = ()
    ignored: tuple[str, ...] = ("序号", "序", "编号", "排序", "no", "行号", "错误说明")

    @cached_property
    def ranks(self) -> dict[str, dict[str, int]]:
        """Normalised header name → the fields it may mean, each with its place in that field's list."""
        found: dict[str, dict[str, int]] = {}
        for name, headers in self.aliases.items():
            for rank, header in enumerate(headers):
                found.setdefault(normalise_header(header), {}).setdefault(name, rank)
        return found

    @cached_property
    def ignored_names(self) -> frozenset[str]:
        return frozenset(map(normalise_header, self.ignored))

    @cached_property
    def key_names(self) -> frozenset[str]:
        return frozenset(map(normalise_header, self.aliases[self.key_field]))


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table and what it was taken for; `note` explains it to whoever may correct it."""

    number: int
    header: str
    field: str | None
    how: How
    note: str

    @property
    def letters(self) -> str:
        return column_letters(self.number)

    @property
    def remembered_as(self) -> str:
        """The key under which a sender's choice for this header is remembered."""
        return normalise_header(self.header)


@dataclass(frozen=True, slots=True)
class Header:
    """Rows `first`..`last` of `Sheet.rows` (by place, not by number) and the columns they name."""

    first: int
    last: int
    columns: tuple[Column, ...]

    @property
    def fields(self) -> dict[str, int]:
        return {column.field: column.number for column in self.columns if column.field}

    @property
    def texts(self) -> tuple[tuple[int, str], ...]:
        return tuple((column.number, normalise_header(column.header)) for column in self.columns)


@lru_cache(maxsize=4096)
def normalise_header(text: str) -> str:
    """Two headers that differ in blanks, line breaks, punctuation, width, case or script are one."""
    return _PUNCTUATION.sub("", fold(text[:200]))


def _spellings(text: str) -> list[str]:
    """The header as it stands, without what is in brackets, without a leading number or asterisk."""
    plain = fold(text[:200])
    forms = [plain, _BRACKETED.sub("", plain), _NUMBERING.sub("", _BRACKETED.sub("", plain))]
    return list(dict.fromkeys(_PUNCTUATION.sub("", form) for form in forms))


def find_headers(
    sheet: Sheet,
    spec: TableSpec,
    remembered: Mapping[str, str | None],
    chosen: Mapping[int, str | None],
) -> list[Header]:
    """Every header of a sheet from top to bottom; none when the sheet is no table."""
    mapper = _Mapper(sheet, spec, remembered, chosen)
    headers: list[Header] = []
    tried = 0
    for place, row in enumerate(sheet.rows):
        before = headers[-1] if headers else None
        if (before and place <= before.last) or not mapper.names_the_key(row):
            continue
        header = mapper.same_again(before, place) if before else None
        if header is None and tried < MAX_HEADERS:
            tried += 1
            header = mapper.best_around(place, after=before.last if before else -1)
        if header:
            headers.append(header)
    if not headers and (header := mapper.best_without_key()):
        headers.append(header)
    return headers


class _Mapper:
    def __init__(
        self,
        sheet: Sheet,
        spec: TableSpec,
        remembered: Mapping[str, str | None],
        chosen: Mapping[int, str | None],
    ) -> None:
        self.rows = sheet.rows
        self.spec = spec
        self.remembered = remembered
        self.chosen = chosen
        last = self.rows[-1].number if self.rows else 0
        self.merged = [
            place for place in sheet.merged if place.bottom - place.top < MAX_DEPTH and place.top <= last
        ]
        self.key_letters = frozenset(name[-1] for name in spec.key_names if name)

    def names_the_key(self, row: Row) -> bool:
        """Whether one of the cells is a name of the key column; most rows are told apart by one letter."""
        return any(
            not self.spec.key_names.isdisjoint(_spellings(cell))
            for cell in row.cells
            if isinstance(cell, str) and len(cell) <= HEADER_LENGTH and not self.key_letters.isdisjoint(cell)
        )

    def best_around(self, place: int, after: int) -> Header | None:
        """The block of rows around this one that names the most fields; of equals the smallest."""
        blocks = [
            self._header(first, last)
            for first in range(max(after + 1, place - MAX_DEPTH + 1), place + 1)
            for last in range(place, min(first + MAX_DEPTH, len(self.rows)))
            if self._is_block(first, last)
        ]
        good = [
            block
            for block in blocks
            if self.spec.key_field in block.fields and len(block.fields) >= FIELDS_WITH_KEY
        ]
        return max(good, key=_goodness, default=None)

    def same_again(self, before: Header, place: int) -> Header | None:
        """The header before, if its very cells stand here again, as on each page of a printed list."""
        block = [row.cells for row in self.rows[before.first : before.last + 1]]
        for first in range(max(before.last + 1, place - len(block) + 1), place + 1):
            rows = self.rows[first : first + len(block)]
            if [row.cells for row in rows] == block and rows[-1].number - rows[0].number == len(block) - 1:
                return Header(first, first + len(block) - 1, before.columns)
        return None

    def best_without_key(self) -> Header | None:
        """For a sheet whose key column has an unknown name; people may then say which it is."""
        blocks = [
            self._header(first, last)
            for first in range(min(SEARCHED_ROWS, len(self.rows)))
            for last in range(first, min(first + MAX_DEPTH, len(self.rows)))
            if self._is_block(first, last)
        ]
        good = [block for block in blocks if len(block.fields) >= FIELDS_WITHOUT_KEY]
        return max(good, key=_goodness, default=None)

    def _is_block(self, first: int, last: int) -> bool:
        """Rows without a gap that look like names, and no merged cell reaching out of them."""
        rows = self.rows[first : last + 1]
        top, bottom = rows[0].number, rows[-1].number
        if bottom - top != last - first or not all(_is_like_header(row) for row in rows):
            return False
        return not any(top <= place.top <= bottom < place.bottom for place in self.merged)

    def _header(self, first: int, last: int) -> Header:
        paths = self._paths(first, last)
        return Header(first, last, tuple(self._assign(paths)))

    def _paths(self, first: int, last: int) -> dict[int, tuple[str, ...]]:
        """For every column the texts above its data from top to bottom, merged ones spread over their range."""
        grid = [_texts(row) for row in self.rows[first : last + 1]]
        top, bottom = self.rows[first].number, self.rows[last].number
        inside = [place for place in self.merged if top <= place.top and place.bottom <= bottom]
        for place in inside:
            _spread(grid, place, top)
        if not any(place.right > place.left for place in inside):
            _spread_by_position(grid)
        columns = sorted({number for line in grid for number in line})
        return {number: _path([line[number] for line in grid if number in line]) for number in columns}

    def _assign(self, paths: Mapping[int, tuple[str, ...]]) -> list[Column]:
        """Choices first, then what was remembered, then aliases: each field, in order, takes its best column."""
        columns: dict[int, Column] = {}
        taken: set[str] = set()
        for number, path in paths.items():
            if column := self._settled(number, "／".join(path)):
                columns[number] = column
                taken |= {column.field} if column.field else set()
        ranked = {number: self._ranks(path) for number, path in paths.items() if number not in columns}
        for name in self.spec.aliases:
            bids = [
                (ranks[name], number)
                for number, ranks in ranked.items()
                if name in ranks and number not in columns
            ]
            if name in taken or not bids:
                continue
            number = min(bids)[1]
            columns[number] = Column(number, "／".join(paths[number]), name, "alias", "按列名识别")
            taken.add(name)
        for number, path in paths.items():
            if number not in columns:
                columns[number] = self._left_over(number, path, ranked[number])
        self._stand_in(columns)
        return [columns[number] for number in sorted(columns)]

    def _stand_in(self, columns: dict[int, Column]) -> None:
        fields = {column.field for column in columns.values()}
        for rule in self.spec.stand_ins:
            if not fields.isdisjoint({rule.missing, rule.unless}):
                continue
            for number, column in columns.items():
                if column.field == rule.taken and column.how == "alias":
                    columns[number] = Column(number, column.header, rule.missing, "stand-in", rule.note)

    def _settled(self, number: int, header: str) -> Column | None:
        if number in self.chosen:
            note = "由您指定" if self.chosen[number] else "由您指定不导入"
            return Column(number, header, self.chosen[number], "chosen", note)
        key = normalise_header(header)
        if key in self.remembered:
            note = "上次这样对应" if self.remembered[key] else "上次指定不导入"
            return Column(number, header, self.remembered[key], "remembered", note)
        if key in self.spec.ignored_names:
            return Column(number, header, None, "ignored", "序号，不导入")
        return None

    def _left_over(self, number: int, path: tuple[str, ...], ranks: Mapping[str, int]) -> Column:
        header = "／".join(path)
        if ranks:
            return Column(number, header, None, "duplicate", "与另一列含义相同，没有导入")
        return Column(number, header, None, "unmatched", "不认识的列名，没有导入；需要时请指定")

    def _ranks(self, path: tuple[str, ...]) -> Mapping[str, int]:
        """The fields a column may mean: by all its texts together, else by the lowest alone, else by the last two."""
        for text in ("".join(path), path[-1], "".join(path[-2:])):
            for spelling in _spellings(text):
                if found := self.spec.ranks.get(spelling):
                    return found
        return {}


def _goodness(header: Header) -> tuple[int, int, int]:
    return len(header.fields), header.first - header.last, -header.first


def _is_like_header(row: Row) -> bool:
    """Column names are short texts; numbers, dates and long sentences belong to data and titles."""
    filled = [cell for cell in row.cells if cell is not None]
    return bool(filled) and all(isinstance(cell, str) and len(cell) <= HEADER_LENGTH * 2 for cell in filled)


def _texts(row: Row) -> dict[int, str]:
    texts = ((number, tidy(cell)) for number, cell in enumerate(row.cells, start=1) if isinstance(cell, str))
    return {number: text for number, text in texts if text}


def _spread(grid: list[dict[int, str]], place: Merged, top: int) -> None:
    """Write a merged cell's text into its whole range."""
    text = grid[place.top - top].get(place.left)
    if text is None:
        return
    for line in grid[place.top - top : place.bottom - top + 1]:
        for number in range(place.left, place.right + 1):
            line.setdefault(number, text)


def _spread_by_position(grid: list[dict[int, str]]) -> None:
    """In files that know no merging: a name over the first of several sub-names is over all of them."""
    for upper, lower in pairwise(grid):
        for number in sorted(lower):
            left = upper.get(number - 1)
            if number not in upper and left is not None and number - 1 in lower:
                upper[number] = left


def _path(texts: list[str]) -> tuple[str, ...]:
    return tuple(text for place, text in enumerate(texts) if place == 0 or text != texts[place - 1])
