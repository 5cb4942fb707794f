"""Telling people's rows from everything else a roster holds between its header and its end."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from itertools import pairwise
from typing import Literal

from apps.core.cells.result import Cell
from apps.core.cells.text import fold, tidy

from .book import Row, Sheet
from .headers import Header, TableSpec

Settled = Literal["data", "subtotal", "note", "blank", "header", "continuation"]
Kind = Settled | Literal["lone"]

NOTE_LENGTH = 30
SAMPLE_MARK = "示例"
_FULL_ID = 15

_SUBTOTAL = re.compile(
    r".{0,20}?(?:小计|合计|总计|共计|累计|总数)[:：(]?\d*[人名]?\)?|计|共\d+[人名]|.{0,12}[(]?共\d+[人名][)]?"
)
_NOTE = re.compile(
    r"(?:注|备注|说明|填表|填报|制表|审核|审批|主管|单位负责人|负责人|分管|经办|联系人|联系电话|报送|附[:：]|截至|截止|※)"
)
_COLUMN_NUMBER = re.compile(r"\(?(\d{1,2})(?:\.0)?\)?")
_SENTENCE = re.compile("[。；;！!]|^\\d+[.、．]")
_PEOPLE = re.compile(r"(?:老?干部|人员|同志|职工|类)*(?:花?名[册单]|情况)?")
LIST_ENDING = re.compile(r"(?:名册|名单|花名册|一览表|统计表|登记表|汇总表|情况表|信息表|台账)$")
UNIT_ENDING = re.compile(
    r"(?:局|委|办|办公室|镇|乡|街道|公司|院|校|学校|中学|小学|大学|站|所|中心|厅|部|处|科|会|社|行|厂|村|社区|馆|队|场|库|店"
    r"|园|署|组|支部|总支|党委|机关|政府|人大|政协|法院|检察院|银行|集团|单位)$"
)


class Classifier:
    """Sorts the rows below one header. A lone text is decided later, by what follows it."""

    def __init__(self, sheet: Sheet, header: Header, spec: TableSpec) -> None:
        fields = header.fields
        self.spec = spec
        self.key = fields.get(spec.key_field)
        self.identity = fields.get(spec.id_field)
        self.mapped = frozenset(fields.values())
        self.index = frozenset(column.number for column in header.columns if column.how == "ignored")
        self.carried = frozenset(fields[name] for name in spec.filled_down if name in fields)
        self.key_merges = _tails(sheet, self.key)
        self.wide = {
            place.top for place in sheet.merged if place.right - place.left >= 2 and place.top == place.bottom
        }

    def kind(self, row: Row) -> Kind:
        cells = row.cells
        if self._is_sample(cells):
            return "note"
        if self._has_full_id(cells):
            return "data"
        filled = {number: cell for number, cell in enumerate(cells, start=1) if _is_filled(cell)}
        if not filled.keys() - self.index:
            return self._only_index(filled)
        if self._is_subtotal(filled):
            return "subtotal"
        if self._is_note(filled):
            return "note"
        if _is_column_numbers(filled):
            return "header"
        if self.key is not None and self.key not in filled and row.number in self.key_merges:
            return "continuation"
        if self._is_lone(row.number, filled):
            return "lone"
        if (filled.keys() & self.mapped) - self.carried:
            return "data"
        return "note" if filled.keys() - self.carried - self.index else "blank"

    def _is_sample(self, cells: list[Cell]) -> bool:
        """The filled-in line that an empty sheet of the portal shows."""
        cell = cells[self.key - 1] if self.key is not None and len(cells) >= self.key else None
        return isinstance(cell, str) and cell.startswith(SAMPLE_MARK)

    def _has_full_id(self, cells: list[Cell]) -> bool:
        if self.identity is None or len(cells) < self.identity:
            return False
        cell = cells[self.identity - 1]
        return isinstance(cell, str) and len(cell) >= _FULL_ID

    def _only_index(self, filled: Mapping[int, Cell]) -> Kind:
        """A prepared line with nothing but its number; or 合计 or a note written under 序号."""
        texts = [cell for cell in filled.values() if isinstance(cell, str) and not fold(cell).isdecimal()]
        if not texts:
            return "blank"
        return "subtotal" if self._is_subtotal(filled) else "note" if self._is_note(filled) else "lone"

    def _is_subtotal(self, filled: Mapping[int, Cell]) -> bool:
        first = list(filled.values())[:4]
        return any(
            isinstance(cell, str) and len(cell) <= 40 and _SUBTOTAL.fullmatch(fold(cell)) for cell in first
        )

    def _is_note(self, filled: Mapping[int, Cell]) -> bool:
        first = next(iter(filled.values()))
        if not isinstance(first, str):
            return False
        text = fold(first)
        if _NOTE.match(text):
            return self.key not in filled or len(filled) <= 2
        return len(filled) == 1 and (len(text) > NOTE_LENGTH or bool(_SENTENCE.search(text)))

    def _is_lone(self, number: int, filled: Mapping[int, Cell]) -> bool:
        """One text and nothing else. In the key column it is a person, unless merged wide or named like a unit."""
        if len(filled) != 1:
            return False
        ((column, cell),) = filled.items()
        if not isinstance(cell, str):
            return False
        if column != self.key or number in self.wide:
            return True
        text = section_name(cell)
        is_unit = len(text) >= 4 and "·" not in text and bool(UNIT_ENDING.search(text))
        return is_unit or bool(LIST_ENDING.search(text)) or self.section_word(text) is not None

    def section_word(self, text: str) -> tuple[str, str] | None:
        """The field and value a section row names (离休干部 → category, 离休), or None."""
        plain = fold(text)
        for name, words in self.spec.words.items():
            for word in sorted(words, key=len, reverse=True):
                if plain.startswith(fold(word)) and _PEOPLE.fullmatch(plain.removeprefix(fold(word))):
                    return name, word
        return None


def _tails(sheet: Sheet, column: int | None) -> frozenset[int]:
    """The rows that a merged cell of this column covers below its first."""
    tails: set[int] = set()
    for place in sheet.merged:
        if place.left == column and place.bottom - place.top < 20:
            tails.update(range(place.top + 1, place.bottom + 1))
    return frozenset(tails)


class MergedColumn:
    """The values that vertical merging gives to the rows of one column."""

    def __init__(self, sheet: Sheet, column: int, rows: Mapping[int, Row]) -> None:
        # Where several columns are merged into one cell, its value belongs to the first of them.
        places = (place for place in sheet.merged if place.left == column and place.top in rows)
        self._places = sorted((place.top, place.bottom) for place in places if place.bottom > place.top)
        self._tops = [top for top, _ in self._places]
        self._rows = rows
        self._column = column

    def __bool__(self) -> bool:
        return bool(self._places)

    def value(self, number: int) -> Cell:
        place = bisect_right(self._tops, number) - 1
        if place < 0 or number > self._places[place][1]:
            return None
        cells = self._rows[self._tops[place]].cells
        return cells[self._column - 1] if len(cells) >= self._column else None


_LEADING = re.compile(
    r"^(?:[(（]?[一二三四五六七八九十\d]+[)）]?[、.．:：)）]\s*|(?:单位|单位名称|填报单位|主管单位)[:：]\s*|[◆●■★▲※*]\s*)+"
)
_TRAILING = re.compile(r"\s*(?:[(（][^)）]*[)）]|[共计]*\d+[人名])?\s*[:：]?\s*$")


def section_name(text: str) -> str:
    """一、县财政局（11人）： → 县财政局."""
    return _TRAILING.sub("", _LEADING.sub("", tidy(text)))


def _is_filled(cell: Cell) -> bool:
    return cell is not None and not (isinstance(cell, str) and not cell.strip())


def _is_column_numbers(filled: Mapping[int, Cell]) -> bool:
    """The line 1, 2, 3 … that some forms print below their header."""
    if len(filled) < 3:
        return False
    matches = [_COLUMN_NUMBER.fullmatch(fold(str(cell))) for cell in filled.values()]
    numbers = [int(match[1]) for match in matches if match]
    return len(numbers) >= len(filled) - 1 and all(b - a == 1 for a, b in pairwise(numbers))
