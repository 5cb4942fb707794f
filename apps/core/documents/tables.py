"""Fitting a table into the width of the page: type size, column widths, and how many grid lines a row takes.

WeasyPrint's automatic layout took a minute for 3,000 rows, so widths are decided here and the layout is fixed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from apps.core.documents.blocks import Row, Table
from apps.core.documents.lines import LINE, MEASURE, set_ragged, text_width
from apps.core.fonts import Face

SIZES = (12.0, 10.5, 9.0, 7.5, 6.5)  # 小四 to 小六: the first in which the columns find room
PADDING = 0.65  # em, both sides together
LINES_PER_ROW = 2  # of a cell, in one line of the page's grid
SMALL = 8  # rows: a table up to this long is not spread over two pages
PARTS = {"number": 1.0, "name": 2.0, "text": 6.0}  # into how many lines a column's longest text may be broken


@dataclass(frozen=True)
class Cell:
    """The lines of a cell, its kind of alignment, and what it keeps free on its right (numbers only)."""

    lines: list[str]
    kind: str
    keep_right: float = 0


@dataclass(frozen=True)
class SetRow:
    """One row ready to print: its height in pt, and whether the page may break after it."""

    cells: list[Cell]
    height: float
    is_total: bool = False
    keeps_next: bool = False


@dataclass(frozen=True)
class SetTable:
    """A table ready to print; widths and type size in pt."""

    size: float
    widths: list[float]
    header: SetRow
    rows: list[SetRow]


def set_table(table: Table, faces: Mapping[str, Face]) -> SetTable:
    """Choose type size and widths, and break every cell into lines.

    Raises ValueError when a row has not as many cells as there are columns.
    """
    for row in table.rows:
        if len(row.cells) != len(table.columns):
            raise ValueError(
                f"表格有{len(table.columns)}列，这一行却有{len(row.cells)}格：{'、'.join(row.cells)}"
            )
    return _Fitting(table, faces).result()


class _Fitting:
    def __init__(self, table: Table, faces: Mapping[str, Face]) -> None:
        self.table, self.faces = table, faces
        # Widths grow with the type size: measured once, in em.
        self.widest = [
            max((text_width(row.cells[index], faces[_lettering(row)], 1) for row in table.rows), default=0.0)
            for index in range(len(table.columns))
        ]
        self.labels = [text_width(column.label, faces["hei"], 1) for column in table.columns]

    def result(self) -> SetTable:
        size, widths = self.fit()
        labels = [column.label for column in self.table.columns]
        header = self.row(labels, ["head"] * len(labels), widths, size, "hei")
        kinds = [column.kind for column in self.table.columns]
        last = len(self.table.rows) - 1
        rows = [
            self.row(
                row.cells,
                kinds,
                widths,
                size,
                _lettering(row),
                is_total=row.is_total,
                keeps_next=place < last and (last < SMALL or place < 2 or place >= last - 2),
            )
            for place, row in enumerate(self.table.rows)
        ]
        return SetTable(size, widths, header, rows)

    def fit(self) -> tuple[float, list[float]]:
        """The largest type in which the columns find room; in the smallest one all give way alike.

        First everything whole, then with long texts broken, then with names and labels broken as well.
        """
        texts = [column.kind == "text" for column in self.table.columns]
        for size in SIZES:
            wanted, needed = self.wanted(size), self.needed(size)
            if sum(wanted) <= MEASURE:
                spare = (MEASURE - sum(wanted)) / len(wanted)
                return size, [width + spare for width in wanted]
            gentle = [low if text else high for low, high, text in zip(needed, wanted, texts, strict=True)]
            for least in (gentle, needed):
                if sum(least) <= MEASURE:
                    share = (MEASURE - sum(least)) / (sum(wanted) - sum(least))
                    return size, [low + (high - low) * share for low, high in zip(least, wanted, strict=True)]
        return SIZES[-1], [width * MEASURE / sum(needed) for width in needed]

    def wanted(self, size: float) -> list[float]:
        """Widths when nothing is broken, save that a label of over four characters may take two lines."""
        labels = [width if width <= 4 else max(width / 2 + 0.5, 4) for width in self.labels]
        return [max(pair) * size + PADDING * size for pair in zip(labels, self.widest, strict=True)]

    def needed(self, size: float) -> list[float]:
        """The least widths: a number whole, a name in two lines, a text in several, a label two characters wide."""
        parts = [PARTS[column.kind] for column in self.table.columns]
        least = [max(2.0, width / part) for width, part in zip(self.widest, parts, strict=True)]
        return [
            min(pair[0] * size + PADDING * size, pair[1])
            for pair in zip(least, self.wanted(size), strict=True)
        ]

    def row(
        self,
        texts: Sequence[str],
        kinds: Sequence[str],
        widths: list[float],
        size: float,
        lettering: str,
        *,
        is_total: bool = False,
        keeps_next: bool = False,
    ) -> SetRow:
        cells = []
        for index, (text, kind, width) in enumerate(zip(texts, kinds, widths, strict=True)):
            lines = set_ragged(
                text, self.faces[lettering], size=size, room=max(width - PADDING * size, size) + 0.01
            )
            keep = max((width - self.widest[index] * size) / 2, PADDING * size / 2) if kind == "number" else 0
            cells.append(Cell(lines, kind, keep))
        high = ceil(max(len(cell.lines) for cell in cells) / LINES_PER_ROW)
        return SetRow(cells, high * LINE, is_total, keeps_next)


def _lettering(row: Row) -> str:
    return "hei" if row.is_total else "body"
