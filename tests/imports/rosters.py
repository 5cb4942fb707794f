"""Makes relatives of the sample roster: the same people, arranged as other counties arrange them."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import xlsxwriter
import xlwt

from apps.core.cells.variants import TO_SIMPLIFIED
from apps.imports.reading.sheets import read_file
from apps.imports.reading.tables import find_tables

from .roster_aliases import ROSTER_SPEC

SAMPLE = Path(__file__).parent / "data" / "roster-nanling.xlsx"
Line = Sequence[Any]
Sheets = Sequence[tuple[str, Sequence[Line]]]

HEADINGS = {
    "unit": "单位", "name": "姓名", "sex": "性别", "nation": "民族", "birth_date": "出生年月",
    "political": "政治面貌", "joined_on": "参加工作时间", "category": "类别", "retired_on": "离退休时间",
    "post": "原任职务", "treatment": "现享受待遇", "national_id": "身份证号码", "health": "健康状况",
    "phone": "联系电话", "address": "家庭住址", "note": "备注",
}  # fmt: skip
OTHER_HEADINGS = {
    "unit": "原工作单位", "name": "干部姓名", "sex": "男女", "nation": "族别", "birth_date": "出生日期（年月）",
    "political": "党派", "joined_on": "参工时间", "category": "人员类别", "retired_on": "批准离退休时间",
    "post": "单位及职务", "treatment": "享受何种待遇", "national_id": "公民身份号码", "health": "身体状况",
    "phone": "手机", "address": "现居住地", "note": "备考",
}  # fmt: skip


@cache
def people() -> list[dict[str, Any]]:
    """The rows of the sample as field → raw cell, with the unit written in each."""
    return [dict(row.values) for row in find_tables(read_file(SAMPLE), ROSTER_SPEC).rows()]


def units() -> list[str]:
    return list(dict.fromkeys(person["unit"] for person in people()))


def lines(fields: Iterable[str], rows: Iterable[dict[str, Any]]) -> list[list[Any]]:
    fields = list(fields)
    return [[number, *(row.get(name) for name in fields)] for number, row in enumerate(rows, start=1)]


def write_xlsx(
    path: Path,
    sheets: Sheets,
    *,
    merges: Iterable[tuple[int, int, int, int]] = (),
    formatted: int = 0,
    hidden: Iterable[str] = (),
    epoch_1904: bool = False,
) -> Path:
    """`merges` are (top, left, bottom, right) from 0 on the first sheet; `formatted` empty rows follow the last."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_numbers": False, "date_1904": epoch_1904})
    frame, day = book.add_format({"border": 1}), book.add_format({"num_format": "yyyy-mm-dd"})
    for name, content in sheets:
        sheet = book.add_worksheet(name)
        if name in hidden:
            sheet.hide()
        for top, line in enumerate(content):
            for left, cell in enumerate(line):
                if isinstance(cell, dt.date):
                    sheet.write_datetime(top, left, cell, day)
                elif isinstance(cell, str):
                    sheet.write_string(top, left, cell)
                elif cell is not None:
                    sheet.write_number(top, left, cell)
        for top in range(len(content), len(content) + formatted):
            for left in range(17):
                sheet.write_blank(top, left, None, frame)
    for top, left, bottom, right in merges:
        book.worksheets()[0].merge_range(top, left, bottom, right, sheets[0][1][top][left] or "")
    book.close()
    return path


def table(headings: dict[str, str]) -> list[list[Any]]:
    return [["序号", *headings.values()], *lines(headings, people())]


def other_titles(folder: Path) -> Path:
    content = [
        ["云山县离退休人员基本情况统计表"],
        [],
        ["（截至2026年2月底）", None, None, "单位：人"],
        *table(OTHER_HEADINGS),
    ]
    return write_xlsx(folder / "titles.xlsx", [("Sheet1", content)])


def other_order(folder: Path) -> Path:
    return write_xlsx(folder / "order.xlsx", [("花名册", table(dict(reversed(HEADINGS.items()))))])


def one_row_header(folder: Path) -> Path:
    return write_xlsx(folder / "one.xlsx", [("花名册", [["离退休干部花名册"], *table(HEADINGS)])])


def as_xls(folder: Path) -> Path:
    """The sample's own layout, merged header and merged units included, as Excel 97 wrote it."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("花名册")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    names = list(HEADINGS)
    sheet.write_merge(0, 0, 0, len(names), "南岭县离退休干部花名册")
    for left, heading in enumerate(["序号", *HEADINGS.values()]):
        if left not in (8, 9):
            sheet.write_merge(1, 2, left, left, heading)
    sheet.write_merge(1, 1, 8, 9, "离退休")
    sheet.write(2, 8, "类别")
    sheet.write(2, 9, "时间")
    top = 3
    for unit in units():
        group = [person for person in people() if person["unit"] == unit]
        sheet.write_merge(top, top + len(group) - 1, 1, 1, unit)
        for person in group:
            for left, name in enumerate(names, start=1):
                cell = person.get(name)
                if name != "unit" and cell is not None:
                    sheet.write(top, left, cell, *([day] if isinstance(cell, dt.date) else []))
            top += 1
        sheet.write(top, 1, "小计")
        sheet.write(top, 2, f"{len(group)}人")
        top += 1
    path = folder / "old.xls"
    book.save(str(path))
    return path


def sample_as_text() -> list[list[str]]:
    """The sample as Excel saves it to csv: merged cells leave gaps, the number 1949.10 becomes 1949.1."""
    (sheet,) = read_file(SAMPLE).sheets
    rows: list[list[str]] = []
    for row in sheet.rows:
        rows.extend([] for _ in range(row.number - 1 - len(rows)))
        rows.append([_as_text(cell) for cell in row.cells])
    return rows


def _as_text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, dt.date):
        return f"{cell.year}/{cell.month}/{cell.day}"
    if isinstance(cell, float):
        return (
            f"{cell:.5E}".replace("E+0", "E+")
            if cell > 1e11
            else f"{cell:.10g}"
            if cell % 1
            else str(int(cell))
        )
    return str(cell)


def _write_csv(path: Path, encoding: str, delimiter: str = ",") -> Path:
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream, delimiter=delimiter).writerows(sample_as_text())
    return path


def as_csv_gb18030(folder: Path) -> Path:
    return _write_csv(folder / "gb.csv", "gb18030")


def as_csv_utf8_bom(folder: Path) -> Path:
    return _write_csv(folder / "bom.csv", "utf-8-sig")


def as_tab_separated(folder: Path) -> Path:
    return _write_csv(folder / "tabs.txt", "utf-8", "\t")


def _of_category(*words: str) -> list[dict[str, Any]]:
    return [person for person in people() if person.get("category") in words]


def _without_category() -> dict[str, str]:
    return {name: heading for name, heading in HEADINGS.items() if name != "category"}


def sheets_by_category(folder: Path) -> Path:
    headings = _without_category()
    sheets = [
        (
            title,
            [[f"南岭县{word}干部花名册"], ["序号", *headings.values()], *lines(headings, _of_category(word))],
        )
        for title, word in (("离休干部", "离休"), ("退休", "退休"))
    ]
    return write_xlsx(folder / "sheets.xlsx", sheets)


def sections_by_category(folder: Path) -> Path:
    headings = _without_category()
    content: list[Line] = [["南岭县离退休干部花名册"], ["序号", *headings.values()]]
    for section, word in (("一、离休干部（13人）", "离休"), ("二、退休干部", "退休")):
        content += [[section], *lines(headings, _of_category(word)), ["合计", None, "共计"]]
    return write_xlsx(folder / "sections.xlsx", [("花名册", content)])


def two_tables_in_a_sheet(folder: Path) -> Path:
    """Below each other, each with its title and header, the second with its columns in another order."""
    headings = _without_category()
    turned = dict(reversed(headings.items()))
    content: list[Line] = [
        ["南岭县离休干部花名册"],
        ["序号", *headings.values()],
        *lines(headings, _of_category("离休")),
    ]
    content += [
        [],
        ["南岭县退休干部花名册"],
        ["序号", *turned.values()],
        *lines(turned, _of_category("退休")),
    ]
    return write_xlsx(folder / "two.xlsx", [("名册", content)])


def leading_blank_columns(folder: Path) -> Path:
    content = [[], [], *([None, None, None, *line] for line in table(HEADINGS))]
    return write_xlsx(folder / "blank.xlsx", [("花名册", content)])


def units_as_sections(folder: Path) -> Path:
    headings = {name: heading for name, heading in HEADINGS.items() if name != "unit"}
    content: list[Line] = [["离退休干部花名册"], ["序号", *headings.values()]]
    for place, unit in enumerate(units()):
        group = [person for person in people() if person["unit"] == unit]
        content += [[f"{'一二三四'[place]}、{unit}（{len(group)}人）"], *lines(headings, group)]
    return write_xlsx(folder / "units.xlsx", [("花名册", content)])


def merge_undone(folder: Path) -> Path:
    """The unit only in the first row of each group, and nothing merged."""
    content = table(HEADINGS)
    before = None
    for line in content[1:]:
        line[1], before = (None if line[1] == before else line[1]), line[1]
    return write_xlsx(folder / "undone.xlsx", [("花名册", content)])


def _with_header(folder: Path, change: Callable[[str], str]) -> Path:
    header, *rows = table(HEADINGS)
    return write_xlsx(folder / "header.xlsx", [("花名册", [[change(text) for text in header], *rows])])


def spread_header_names(folder: Path) -> Path:
    return _with_header(folder, lambda text: f" {text[0]}　{text[1:-1]}\n{text[-1]}：")


def traditional_header(folder: Path) -> Path:
    back = {simplified: chr(code) for code, simplified in TO_SIMPLIFIED.items()}
    return _with_header(folder, lambda text: "".join(back.get(character, character) for character in text))


def header_on_every_page(folder: Path) -> Path:
    header, *rows = table(HEADINGS)
    content: list[Line] = [["离退休干部花名册"], header]
    for start in range(0, len(rows), 10):
        content += [*rows[start : start + 10], ["离退休干部花名册（续）"], header]
    return write_xlsx(
        folder / "pages.xlsx", [("花名册", [*content[:-2], ["填表人：某某", None, "审核人：某某"]])]
    )


def formatted_tail(folder: Path) -> Path:
    return write_xlsx(folder / "tail.xlsx", [("花名册", table(HEADINGS))], formatted=900)


def column_numbers(folder: Path) -> Path:
    header, *rows = table(HEADINGS)
    return write_xlsx(folder / "numbers.xlsx", [("花名册", [header, list(range(1, len(header) + 1)), *rows])])


def extra_sheet(folder: Path) -> Path:
    notes = [["填表说明"], ["1.本表一式两份。"], ["2.姓名按身份证填写。"]]
    return write_xlsx(folder / "extra.xlsx", [("说明", notes), ("花名册", table(HEADINGS)), ("空表", [])])
