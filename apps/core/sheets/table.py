"""What every form of a table that goes out has in common."""

import re
from dataclasses import dataclass

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
CELL_LIMIT = 32_767
"""Characters that a cell of a workbook holds."""


@dataclass(frozen=True)
class Column:
    """A column: what stands over it, how wide it is in characters of a workbook, whether it holds numbers."""

    label: str
    width: float = 12
    is_number: bool = False
    is_hidden: bool = False
    is_digits: bool = False
    """Long digits (ID number, phone): spreadsheets must be told that they are text."""


@dataclass(frozen=True)
class About:
    """What is said about a table on paper and beside it. ``mark`` is the watermark: who took it, when, its number."""

    title: str
    lines: tuple[tuple[str, str], ...]
    """(label, value): conditions, as-of, rows, masks …"""
    mark: str
    number: str


def clean_cell(text: str) -> str:
    """Text that every format can hold: no control characters but line feeds and tabs, no halves of characters."""
    if text.isalnum():
        return text[:CELL_LIMIT]
    return _FORBIDDEN.sub("", text)[:CELL_LIMIT]
