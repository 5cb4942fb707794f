"""The sample roster and its relatives: the same people in other layouts, formats and orders give the same answers."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from apps.imports.reading.sheets import read_file
from apps.imports.reading.tables import find_tables

from . import rosters
from .roster_aliases import ROSTER_SPEC
from .roster_reading import ReadRow, read_roster

DATA = Path(__file__).parent / "data"
SAMPLE = DATA / "roster-nanling.xlsx"
EXPECTED: dict[str, Any] = json.loads((DATA / "roster-nanling.expected.json").read_text("utf-8"))
FIELDS = ("name", "sex", "birth_date", "national_id", "category", "unit", "retired_on", "joined_on")
# What one cell alone shows; the other kinds of the answers compare cells, rows or periods and belong to the importer.
CELL_KINDS = {
    "length", "damaged-number", "checksum", "15-digit", "missing", "ambiguous-number", "invalid", "future", "unknown",
    "required",
}  # fmt: skip


@pytest.fixture(scope="module")
def sample() -> list[ReadRow]:
    return read_roster(SAMPLE)[1]


def expected_cell_issues(row: dict[str, Any]) -> set[str]:
    return {issue for issue in row["issues"] if issue.partition(":")[2] in CELL_KINDS}


def test_every_person_is_found_at_the_right_row(sample: list[ReadRow]) -> None:
    assert [(row.sheet, row.number) for row in sample] == [
        (row["sheet"], row["row"]) for row in EXPECTED["rows"]
    ]
    assert len(sample) == EXPECTED["people"] == 42


@pytest.mark.parametrize("place", range(42), ids=lambda place: f"row{EXPECTED['rows'][place]['row']}")
def test_values_and_issues_of_each_row(sample: list[ReadRow], place: int) -> None:
    row, answer = sample[place], EXPECTED["rows"][place]
    assert {name: row.values[name] for name in FIELDS} == answer["values"]
    assert expected_cell_issues(answer) <= set(row.issues)
    if answer["level"] == "ok":
        assert (row.level, row.issues) == ("ok", [])
    if not any(issue.partition(":")[2] not in CELL_KINDS for issue in answer["issues"]):
        assert row.level == answer["level"]


def test_what_is_left_out_is_named_with_its_reason() -> None:
    (table,) = read_roster(SAMPLE)[0].tables
    kinds = [(row.number, row.kind) for row in table.skipped]
    assert kinds == [
        (1, "title"), (2, "title"), (16, "subtotal"), (28, "subtotal"), (40, "subtotal"), (50, "subtotal"),
        (51, "subtotal"), (52, "note"),
    ]  # fmt: skip
    assert table.header_rows == (3, 4)
    assert {column.header: column.field for column in table.columns}["离退休／时间"] == "retired_on"


def test_units_come_from_merged_cells() -> None:
    rows = list(read_roster(SAMPLE)[0].rows())
    assert Counter(row.filled.get("unit", "own") for row in rows) == {"merged": 38, "own": 4}


def test_a_phone_typed_as_a_number_is_no_doubt(sample: list[ReadRow]) -> None:
    row = next(row for row in sample if row.number == 20)
    assert row.values["phone"][0].number == "13993750272"
    assert row.level == "ok"


VARIANTS: dict[str, Callable[[Path], Path]] = {
    "other titles": rosters.other_titles,
    "other order": rosters.other_order,
    "old xls": rosters.as_xls,
    "csv in GB18030": rosters.as_csv_gb18030,
    "csv with BOM": rosters.as_csv_utf8_bom,
    "csv without BOM, tabs": rosters.as_tab_separated,
    "one-row header": rosters.one_row_header,
    "two sheets by category": rosters.sheets_by_category,
    "sections by category": rosters.sections_by_category,
    "two tables in a sheet": rosters.two_tables_in_a_sheet,
    "leading blank columns": rosters.leading_blank_columns,
    "unit as section rows": rosters.units_as_sections,
    "unit merge undone": rosters.merge_undone,
    "header names spread and broken": rosters.spread_header_names,
    "header on every page": rosters.header_on_every_page,
    "hundreds of formatted rows": rosters.formatted_tail,
    "traditional characters in the header": rosters.traditional_header,
    "numbered columns below the header": rosters.column_numbers,
    "second sheet without a table": rosters.extra_sheet,
}

# Two people whose category decides where their row would stand have none that can be read.
UNPLACEABLE = {"白和", "江栋"}
BY_CATEGORY = {"two sheets by category", "sections by category", "two tables in a sheet"}


def key(values: dict[str, Any]) -> tuple[str, str, str]:
    return str(values["national_id"]), str(values["name"]), str(values["unit"])


@pytest.mark.parametrize("name", VARIANTS)
def test_relatives_of_the_sample_give_the_same_people(name: str, tmp_path: Path) -> None:
    """Acceptance 3 among them: hundreds of rows that are only formatted count for nothing."""
    path = VARIANTS[name](tmp_path)
    _, rows = read_roster(path)
    skipped = UNPLACEABLE if name in BY_CATEGORY else set()
    answers = [row for row in EXPECTED["rows"] if row["values"]["name"] not in skipped]
    got = sorted(rows, key=lambda row: key(row.values))
    want = sorted(answers, key=lambda row: key(row["values"]))
    assert [{field: row.values[field] for field in FIELDS} for row in got] == [row["values"] for row in want]
    for row, answer in zip(got, want, strict=True):
        assert expected_cell_issues(answer) <= set(row.issues)
        if answer["level"] == "ok":
            assert row.level == "ok", (name, row.number, row.issues)


def test_a_workbook_counting_from_1904_gives_the_same_dates(tmp_path: Path) -> None:
    people = [["姓名", "性别", "出生日期"], ["张三", "男", 16_539], ["李四", "男", dt.date(1949, 9, 30)]]
    path = rosters.write_xlsx(tmp_path / "mac.xlsx", [("名册", people)], epoch_1904=True)
    _, rows = read_roster(path)
    assert [row.values["birth_date"] for row in rows] == ["1949-04-13", "1949-09-30"]


def test_hidden_sheets_are_read_and_marked(tmp_path: Path) -> None:
    header = ["姓名", "性别", "类别"]
    sheets = [("在册", [header, ["张三", "男", "退休"]]), ("旧表", [header, ["李四", "男", "退休"]])]
    path = rosters.write_xlsx(tmp_path / "hidden.xlsx", sheets, hidden={"旧表"})
    found = find_tables(read_file(path), ROSTER_SPEC)
    assert [(table.sheet, table.is_hidden) for table in found.tables] == [("在册", False), ("旧表", True)]
