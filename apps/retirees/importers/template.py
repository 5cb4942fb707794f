"""The empty sheet that a county fills in: columns as they are read, words to pick from, numbers kept as text."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from apps.core.sheets.table import clean_cell
from apps.imports.reading.rows import SAMPLE_MARK
from apps.retirees.importers.columns import FIELD_LABELS, WORDS
from apps.retirees.importers.own import OwnColumn

LEFT_OUT = ("state", "career", "family", "honours", "portrait", "person_key")
ROWS = 2000
"""Rows for which words to pick from are set."""
SAMPLE = {
    "name": f"{SAMPLE_MARK}（这一行不会导入）",
    "sex": "男",
    "nation": "汉族",
    "birth_date": "1938-05",
    "national_id": "11010519380512001X",
    "category": "退休",
    "work_started_on": "1956-09",
    "retired_on": "1998-06",
    "post": "县财政局局长",
    "phone": "13900000000",
}
_DATE = "写到知道的程度：1938、1938-05 或 1938-05-12。这一列是文本，1949.10 不会变成 1949.1。"
HINTS = {
    "name": "必填。",
    "category": "必填：离休或退休。",
    "national_id": "18位，这一列是文本格式，直接填。用来查重，尽量填。",
    "birth_date": f"按档案。{_DATE}",
    "joined_on": f"离休干部填。{_DATE}",
    "work_started_on": _DATE,
    "retired_on": _DATE,
    "joined_party_on": _DATE,
    "treatment_on": _DATE,
    "medical_treatment_on": _DATE,
    "original_unit": "离退休前的工作单位，照写；由哪个单位管理填在“单位”一列。",
    "settled_place": "安置在外地的填，如：江苏省苏州市。",
    "unit": "从列表里选；列表里没有的直接写，导入时新建。空着就归入上传时选的单位。",
    "phone": "几个号码用顿号分开，取第一个。",
    "monthly_income": "元，如 8650.50。",
    "basic_fee": "元，如 8650.50。",
    "allowance": "元，如 8650.50。",
}
WIDTHS = {
    "name": 24,
    "national_id": 22,
    "unit": 24,
    "original_unit": 24,
    "post": 24,
    "highest_post": 24,
    "approval_number": 18,
    "party_branch": 18,
    "address": 30,
    "phone": 16,
    "note": 24,
}


def roster_template(units: Sequence[str], own: Sequence[OwnColumn] = ()) -> bytes:
    """An .xlsx with the roster's columns and behind them ``own``, those of the bureau; ``units`` are offered in the
    column of units."""
    fields = [*(name for name in FIELD_LABELS if name not in LEFT_OUT), *(one.key for one in own)]
    labels = {**FIELD_LABELS, **{one.key: one.label for one in own}}
    hints = {**HINTS, **{one.key: one.hint for one in own if one.hint}}
    words = {**WORDS, "unit": tuple(units), **{one.key: one.words for one in own}}
    with tempfile.TemporaryDirectory(prefix="portal-template-") as folder:
        path = Path(folder) / "template.xlsx"
        options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        book = xlsxwriter.Workbook(str(path), options)
        sheet, lists = book.add_worksheet("花名册"), book.add_worksheet("选项")
        _write_head(book, sheet, fields, labels, hints)
        _offer(sheet, lists, fields, words)
        lists.hide()
        book.close()
        return path.read_bytes()


def _write_head(
    book: Any, sheet: Any, fields: Sequence[str], labels: Mapping[str, str], hints: Mapping[str, str]
) -> None:
    text = book.add_format({"num_format": "@"})
    head = book.add_format(
        {
            "num_format": "@",
            "bold": True,
            "bg_color": "#EFF1F4",
            "border": 1,
            "valign": "vcenter",
            "text_wrap": True,
        }
    )
    grey = book.add_format({"num_format": "@", "italic": True, "font_color": "#808080"})
    for place, name in enumerate(fields):
        sheet.set_column(place, place, WIDTHS.get(name, 13), text)
        sheet.write_string(0, place, labels[name], head)
        sheet.write_string(1, place, SAMPLE.get(name, ""), grey)
        if name in hints:
            sheet.write_comment(0, place, hints[name], {"x_scale": 1.6, "author": "说明"})
    sheet.set_row(0, 30)
    sheet.freeze_panes(1, 1)


def _offer(sheet: Any, lists: Any, fields: Sequence[str], words: Mapping[str, Sequence[str]]) -> None:
    """Words to pick from stand on a sheet of their own: a rule holds 255 characters at most. Other words may be typed:
    the importer understands more than the list has, and says what it does not."""
    for column, name in enumerate(name for name in fields if words.get(name)):
        for line, word in enumerate(words[name]):
            lists.write_string(line, column, clean_cell(word))
        letters = xl_col_to_name(column)
        rule = {
            "validate": "list",
            "source": f"=选项!${letters}$1:${letters}${len(words[name])}",
            "error_type": "information",
            "error_title": "不在列表里",
            "error_message": "可以填，导入时会核对。",
        }
        place = fields.index(name)
        sheet.data_validation(1, place, ROWS, place, rule)
