"""Comma separated text that Excel and WPS open rightly and that no cell can make them compute."""

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from apps.core.sheets.table import Column, clean_cell

TYPE = "text/csv; charset=utf-8"
_RISKY = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_GUARDED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")


def guard(text: str) -> str:
    """A text that a spreadsheet would compute gets an apostrophe in front; so does one that already begins so, which
    makes ``unguard`` its exact reverse."""
    return f"'{text}" if _RISKY.match(text) else text


def unguard(text: str) -> str:
    """What ``guard`` was given."""
    return text[1:] if _GUARDED.match(text) else text


def write_csv(path: Path, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> int:
    """Write UTF-8 with a byte order mark and CRLF; return how many rows there are.

    Long digits are followed by a tab: opened by a double click, an ID number would else become 4.20106E+17.
    """
    digits = [column.is_digits for column in columns]
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([guard(clean_cell(column.label)) for column in columns])
        for count, row in enumerate(rows, start=1):  # noqa: B007  (the last number is what is returned)
            writer.writerow(
                [
                    f"{guard(clean_cell(value))}\t" if value and digits[place] else guard(clean_cell(value))
                    for place, value in enumerate(row)
                ]
            )
    return count
