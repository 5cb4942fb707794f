"""The empty sheet of a visit log: columns as they are read, words to pick from, everything kept as text."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from apps.core.sheets.table import clean_cell
from apps.imports.reading.rows import SAMPLE_MARK
from apps.visits.importers.columns import FIELD_LABELS

ROWS = 2000
SAMPLE = {
    "name": f"{SAMPLE_MARK}（这一行不会导入）",
    "unit": "县财政局",
    "visited_on": "2026-01-15",
    "occasion": "春节",
    "way": "上门",
    "visitors": "李某（县委组织部部长）、王某",
    "money": "500",
    "goods": "米油礼包",
    "goods_value": "150",
    "source": "财政老干部专项经费",
    "health": "健康",
}
HINTS = {
    "name": "必填，名册里的姓名。",
    "national_id": "有同名的人时填，这一列是文本格式。",
    "visited_on": "必填，写到日：2026-01-15。",
    "visitors": "必填。几个人用顿号分开，职务写在括号里；在“走访领导”里登记过的，职务和层级自动带出。",
    "way": "空着按上门登记。",
    "money": "只填数字，元。",
    "source": "有慰问金、慰问品的必填。",
}


def log_template(words: Mapping[str, Sequence[str]]) -> bytes:
    """An .xlsx with the columns of a log; ``words``: field → those to pick from."""
    fields = list(FIELD_LABELS)
    with tempfile.TemporaryDirectory(prefix="portal-template-") as folder:
        path = Path(folder) / "template.xlsx"
        options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        book = xlsxwriter.Workbook(str(path), options)
        sheet, lists = book.add_worksheet("走访台账"), book.add_worksheet("选项")
        text = book.add_format({"num_format": "@"})
        head = book.add_format({"num_format": "@", "bold": True, "bg_color": "#EFF1F4", "border": 1})
        grey = book.add_format({"num_format": "@", "italic": True, "font_color": "#808080"})
        for place, name in enumerate(fields):
            sheet.set_column(place, place, 24 if name in ("name", "visitors", "note", "wants") else 14, text)
            sheet.write_string(0, place, FIELD_LABELS[name], head)
            sheet.write_string(1, place, SAMPLE.get(name, ""), grey)
            if name in HINTS:
                sheet.write_comment(0, place, HINTS[name], {"x_scale": 1.6, "author": "说明"})
        sheet.freeze_panes(1, 1)
        for column, name in enumerate(name for name in fields if words.get(name)):
            for line, word in enumerate(words[name]):
                lists.write_string(line, column, clean_cell(word))
            letters = xl_col_to_name(column)
            place = fields.index(name)
            source = f"=选项!${letters}$1:${letters}${len(words[name])}"
            rule = {"validate": "list", "source": source, "error_type": "information"}
            sheet.data_validation(1, place, ROWS, place, rule)
        lists.hide()
        book.close()
        return path.read_bytes()
