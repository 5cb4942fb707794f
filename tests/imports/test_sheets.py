"""What the child process hands over: types, numbering, merged ranges, hidden sheets, errors, text files."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
import xlwt

from apps.core.cells import CellError
from apps.imports.reading import sheets
from apps.imports.reading.book import Merged, Row, column_letters
from apps.imports.reading.refusals import Refused
from apps.imports.reading.sheets import read_file
from apps.imports.reading.xml_scan import column_number

from . import bad_files as make


def build(path: Path, **options: Any) -> Path:
    book = xlsxwriter.Workbook(str(path), options)
    sheet = book.add_worksheet("花名册")
    day, moment = (
        book.add_format({"num_format": "yyyy-mm-dd"}),
        book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
    )
    sheet.write_string(1, 2, "  姓\n名\u200b ")
    sheet.write_number(1, 3, 1949.1)
    sheet.write_boolean(1, 4, True)
    sheet.write_datetime(1, 5, dt.date(1949, 9, 1), day)
    sheet.write_datetime(1, 6, dt.datetime.fromisoformat("1949-09-01T12:05:00"), moment)
    sheet.write_number(1, 7, 0.5, book.add_format({"num_format": "hh:mm"}))
    sheet.write_number(1, 8, 1.5, book.add_format({"num_format": "[h]:mm"}))
    sheet.write_formula(1, 9, "=1/0", None, "#DIV/0!")
    sheet.write_number(1, 10, 420106194009116671)
    sheet.write_formula(1, 11, '="a"&"b"', None, "ab")
    sheet.merge_range(4, 2, 6, 2, "县财政局")
    hidden = book.add_worksheet("旧")
    hidden.hide()
    hidden.write_string(0, 0, "x")
    book.add_chartsheet()
    book.add_worksheet("空")
    book.close()
    return path


def test_types_numbers_and_places(tmp_path: Path) -> None:
    book = read_file(build(tmp_path / "a.xlsx"))
    assert [(sheet.name, sheet.is_hidden) for sheet in book.sheets] == [
        ("花名册", False),
        ("旧", True),
        ("空", False),
    ]
    first = book.sheets[0]
    assert [row.number for row in first.rows] == [2, 5]
    assert first.merged == [Merged(5, 3, 7, 3)]
    assert first.rows[0] == Row(
        2,
        [
            None, None, "  姓\n名\u200b ", 1949.1, True, dt.date(1949, 9, 1),
            dt.datetime.fromisoformat("1949-09-01T12:05:00"),
            dt.time(12), dt.timedelta(hours=36), CellError("公式错误"), 4.201061940091167e17, "ab",
        ],
    )  # fmt: skip
    assert isinstance(first.rows[0].cells[9], CellError)
    assert isinstance(first.rows[0].cells[4], bool)
    assert not book.epoch_1904
    assert not book.is_untyped


def test_the_date_base_of_a_workbook(tmp_path: Path) -> None:
    book = read_file(build(tmp_path / "a.xlsx", date_1904=True))
    assert book.epoch_1904
    assert book.sheets[0].rows[0].cells[5] == dt.date(1949, 9, 1)


def test_old_workbooks(tmp_path: Path) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    book.dates_1904 = True
    sheet = book.add_sheet("花名册")
    sheet.write(2, 1, "张三")
    sheet.write(2, 2, 1949.1)
    sheet.write(2, 3, dt.date(1949, 9, 1), xlwt.easyxf(num_format_str="yyyy-mm-dd"))
    sheet.write(2, 4, xlwt.Formula("1/0"))
    sheet.row(2).set_cell_error(5, "#DIV/0!")
    sheet.write_merge(4, 6, 0, 0, "单位")
    path = tmp_path / "a.xls"
    book.save(str(path))
    read = read_file(path)
    assert (read.kind, read.epoch_1904) == ("xls", True)
    assert read.sheets[0].merged == [Merged(5, 1, 7, 1)]
    row = read.sheets[0].rows[0]
    assert (row.number, row.cells[1], row.cells[2]) == (3, "张三", 1949.1)
    assert isinstance(row.cells[5], CellError)


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", "姓名,性别\n\n张三,男\n"),
        ("utf-8-sig", "姓名,性别\r\n\r\n张三,男\r\n"),
        ("gb18030", "姓名,性别\n\n张三,男\n"),
        ("utf-16", "姓名\t性别\n\n张三\t男\n"),
        ("utf-8", "sep=;\n姓名;性别\n\n张三;男\n"),
        ("utf-8", "姓名|性别\n|\n张三|男\n"),
        ("utf-8", "姓名，性别\n\n张三，男\n"),
    ],
)
def test_text_files(encoding: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode(encoding))
    book = read_file(path)
    assert book.is_untyped
    assert book.sheets[0].rows == [Row(1, ["姓名", "性别"]), Row(3, ["张三", "男"])]


def test_a_quoted_line_break_stays_in_its_row(tmp_path: Path) -> None:
    path = make.write(tmp_path, "a.csv", '姓名,备注\n张三,"一\n二,三"\n李四,\n'.encode())
    assert read_file(path).sheets[0].rows == [
        Row(1, ["姓名", "备注"]),
        Row(2, ["张三", "一\n二,三"]),
        Row(3, ["李四"]),
    ]


def test_merged_ranges_are_cut_at_the_limits(tmp_path: Path) -> None:
    merged = '<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    path = make.write(tmp_path, "a.xlsx", make.with_sheet(make.sheet_xml(make.cell("A1"), after=merged)))
    assert read_file(path).sheets[0].merged == [Merged(1, 1, 20_999, 64)]


def test_no_secret_reaches_the_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_KEYRING", "/secret/keyring.json")
    seen: dict[str, Any] = {}
    real = sheets.subprocess.Popen

    def spy(*arguments: Any, **options: Any) -> Any:
        seen.update(options["env"])
        return real(*arguments, **options)

    monkeypatch.setattr(sheets.subprocess, "Popen", spy)
    read_file(make.write(tmp_path, "a.xlsx", make.workbook()))
    assert seen
    assert not [name for name in seen if name.startswith("PORTAL_")]
    assert "PORTAL_KEYRING" in os.environ


def test_a_child_that_takes_too_long_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "WALL_SECONDS", 0.001)
    with pytest.raises(Refused) as caught:
        read_file(make.write(tmp_path, "a.xlsx", make.workbook()))
    assert caught.value.code == "too-slow"


def test_column_names_and_numbers() -> None:
    assert [column_letters(number) for number in (1, 26, 27, 64, 703, 16_384)] == [
        "A",
        "Z",
        "AA",
        "BL",
        "AAA",
        "XFD",
    ]
    assert all(column_number(column_letters(number)) == number for number in range(1, 17_000, 13))
