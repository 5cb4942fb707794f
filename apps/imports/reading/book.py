"""A file's sheets as plain values: what the reader hands on, whatever the file's format was."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from apps.core.cells.result import Cell


class Row(NamedTuple):
    """A row with something in it: its number in the sheet (from 1) and its cells from column A, None where empty."""

    number: int
    cells: list[Cell]


class Merged(NamedTuple):
    """A merged range, from 1, both ends in it."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(slots=True)
class Sheet:
    name: str
    rows: list[Row] = field(default_factory=list)
    merged: list[Merged] = field(default_factory=list)
    is_hidden: bool = False


@dataclass(slots=True)
class Book:
    """`epoch_1904`: day numbers count from 1904. `is_untyped`: every cell came as text (csv)."""

    kind: Literal["xlsx", "xls", "csv", "lrmx"]
    sheets: list[Sheet]
    epoch_1904: bool = False
    is_untyped: bool = False


def column_letters(number: int) -> str:
    """1 → A, 27 → AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
