"""Rows of texts into a worksheet, a row at a time.

xlsxwriter takes cell by cell: it keeps an object of each, asks its kind again when the row is written and looks at
each text six times. A table that goes out is nothing but texts, numbers and gaps in two formats, so that a row is one
string here. The rest of the file, headings, widths and what is printed, stays with the library.
"""

import re
from collections.abc import Sequence
from typing import Any

from xlsxwriter.worksheet import Worksheet

from apps.core.sheets.table import clean_cell

_NOT_AS_IT_IS = re.compile("[&<>_\\s\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What may have to be said otherwise in the file: markup, white space at the ends, _x000A_ and what is no text."""
_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_LIMIT = 32_767
"""Units of UTF-16 in a cell."""


class TextRows(Worksheet):
    """A worksheet in constant memory whose rows, after a heading written as usual, are given as texts."""

    _before: Sequence[tuple[str, str, str]] = ()
    _numeric: Sequence[bool] = ()

    def begin_rows(self, first: int, numeric: Sequence[bool], plain: Any, number: Any) -> None:
        """The rows from ``first`` on come as texts. ``numeric``: which columns hold numbers; ``plain`` and
        ``number``: the formats of texts and of numbers. What was written before is closed."""
        self._write_single_row(first)
        texts, numbers = plain._get_xf_index(), number._get_xf_index()
        self._numeric = numeric
        self._before = [
            (f'<c r="{_letters(place)}', f'" s="{texts}', f'" s="{numbers}"><v>')
            for place in range(len(numeric))
        ]

    def write_texts(self, row: int, values: Sequence[str]) -> None:
        """Write a row; rows come in order. Numbers stay numbers where their column holds them."""
        line = str(row + 1)
        parts = [f'<row r="{line}">']
        for (cell, text, number), numeric, value in zip(self._before, self._numeric, values, strict=True):
            if not value:
                parts.append(f'{cell}{line}{text}"/>')
            elif numeric and is_number(value):
                parts.append(f"{cell}{line}{number}{float(value):.16G}</v></c>")
            else:
                said = (
                    _said(value) if _NOT_AS_IT_IS.search(value) or len(value) > _LIMIT // 2 else f">{value}"
                )
                parts.append(f'{cell}{line}{text}" t="inlineStr"><is><t{said}</t></is></c>')
        parts.append("</row>")
        self.fh.write("".join(parts))
        self._check_dimensions(row, len(values) - 1)


def is_number(text: str) -> bool:
    """Whether a text of a column of numbers can be one in the file, without losing a digit."""
    return len(text) <= 15 and text.replace(".", "", 1).isascii() and text.replace(".", "", 1).isdigit()


def _said(text: str) -> str:
    """The rest of <t, with the text as the file's XML has it."""
    clean = clean_cell(text)
    if len(clean) > _LIMIT // 2:
        clean = clean.encode("utf-16-le")[: 2 * _LIMIT].decode("utf-16-le", "ignore")
    said = Worksheet._escape_control_characters(clean).translate(_MARKUP)
    kept = ' xml:space="preserve"' if clean != clean.strip() else ""
    return f"{kept}>{said}"


def _letters(column: int) -> str:
    """A, B … Z, AA of a column."""
    rest, letters = column + 1, ""
    while rest:
        rest, last = divmod(rest - 1, 26)
        letters = chr(65 + last) + letters
    return letters
