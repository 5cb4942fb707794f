"""Reading a roster the way the importer of retirees will: tables, then cells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apps.core.cells import (
    SEX,
    Cell,
    DateWindow,
    Parsed,
    confirm_birth,
    gravest,
    parse_choice_cell,
    parse_date_cell,
    parse_id_cell,
    parse_name_cell,
    parse_phone_cell,
    parse_text_cell,
)
from apps.imports.reading.book import Book
from apps.imports.reading.sheets import read_file
from apps.imports.reading.tables import DataRow, TablesFound, find_tables

from .roster_aliases import CATEGORY, ROSTER_SPEC

TODAY = dt.date(2026, 3, 31)
BIRTH = DateWindow(dt.date(1900, 1, 1), dt.date(1990, 12, 31))
WORK = DateWindow(dt.date(1921, 7, 1), TODAY)
RETIRED = DateWindow(dt.date(1950, 1, 1), TODAY)


@dataclass(frozen=True)
class ReadRow:
    sheet: str
    number: int
    level: str
    issues: list[str]
    values: dict[str, Any]


def read_roster(path: Path) -> tuple[TablesFound, list[ReadRow]]:
    book = read_file(path)
    found = find_tables(book, ROSTER_SPEC)
    return found, [read_row(row, book) for row in found.rows()]


def read_row(row: DataRow, book: Book) -> ReadRow:
    parsed = parse_row(row.values, book)
    issues = [issue for cell in parsed.values() for issue in cell.issues]
    kinds = [f"{name}:{i.kind}" for name, cell in parsed.items() for i in cell.issues if i.level != "notice"]
    values = {name: _plain(name, cell.value) for name, cell in parsed.items()}
    values["sex"] = values["sex"] or parsed["name"].hints.get("sex")
    return ReadRow(row.sheet, row.number, gravest(issues), kinds, values)


def parse_row(values: Mapping[str, Cell], book: Book) -> dict[str, Parsed[Any]]:
    def date(name: str, window: DateWindow) -> Parsed[Any]:
        return parse_date_cell(
            values.get(name), today=TODAY, window=window, untyped=book.is_untyped, epoch_1904=book.epoch_1904
        )

    parsed: dict[str, Parsed[Any]] = {
        "name": parse_name_cell(values.get("name")),
        "sex": parse_choice_cell(values.get("sex"), SEX),
        "birth_date": date("birth_date", BIRTH),
        "national_id": parse_id_cell(values.get("national_id"), today=TODAY),
        "category": parse_choice_cell(values.get("category"), CATEGORY, required=True),
        "joined_on": date("joined_on", WORK),
        "retired_on": date("retired_on", RETIRED),
        "unit": parse_text_cell(values.get("unit"), label="单位"),
        "phone": parse_phone_cell(values.get("phone")),
    }
    if parsed["national_id"].value is not None:
        parsed["birth_date"] = confirm_birth(parsed["birth_date"], parsed["national_id"].value)
    return parsed


def _plain(name: str, value: Any) -> Any:
    if name == "national_id":
        return value and value.number
    return value.iso() if hasattr(value, "iso") else value
