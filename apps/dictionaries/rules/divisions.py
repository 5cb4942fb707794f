"""Administrative divisions of GB/T 2260 with their full names, those that were given up included.

A file and not a table: nobody here edits it, and what a cadre of ninety names as his birthplace is often a place that
is no more (domain.md 6: a number keeps the code of its first issue).
"""

import csv
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "data" / "divisions.csv"
"""code, name, first and last year; an empty year is one that the table does not know. Origin and licence are beside."""
NO_LEVEL = frozenset({"市辖区", "县", "省直辖县级行政单位", "自治区直辖县级行政单位", "省直辖行政单位"})
"""Rows of the standard that only gather others; nobody comes from there."""


@dataclass(frozen=True)
class Division:
    """A code under one of the names it had."""

    code: str
    name: str
    full_name: str
    """With province and prefecture, as they were called when this one was last in use."""
    first_year: int | None
    last_year: int | None

    @property
    def is_current(self) -> bool:
        return self.last_year is None


@functools.cache
def divisions() -> tuple[Division, ...]:
    """All of them, by code and time."""
    with SOURCE.open(encoding="utf-8", newline="") as file:
        rows = [
            (row["code"], row["name"], _year(row["from"]), _year(row["to"])) for row in csv.DictReader(file)
        ]
    names: dict[str, list[tuple[str, int | None]]] = {}
    for code, name, _, last in rows:
        names.setdefault(code, []).append((name, last))
    return tuple(
        Division(code, name, "".join((*_above(code, last, names), name)), first, last)
        for code, name, first, last in rows
        if name not in NO_LEVEL
    )


def find_divisions(text: str, limit: int = 30) -> list[Division]:
    """Divisions whose full name holds all the words of ``text``, or whose code begins with it; those of today first,
    then the higher ones. [] for an empty text."""
    words = text.split()
    if not words:
        return []
    found = [
        one
        for one in divisions()
        if one.code.startswith(words[0]) or all(word in one.full_name for word in words)
    ]
    return sorted(found, key=lambda one: (not one.is_current, len(one.code.rstrip("0")), one.code))[:limit]


def _above(code: str, last: int | None, names: dict[str, list[tuple[str, int | None]]]) -> Iterator[str]:
    for above in dict.fromkeys((f"{code[:2]}0000", f"{code[:4]}00")):
        if above != code and above in names:
            name = _name_in(names[above], last)
            if name not in NO_LEVEL:
                yield name


def _name_in(known: list[tuple[str, int | None]], year: int | None) -> str:
    """The name in ``year`` (None: today); the last one where none of them reaches so far."""
    return next((name for name, last in known if last is None or (year and last >= year)), known[-1][0])


def _year(text: str) -> int | None:
    return int(text) if text else None
