"""The files themselves: what stands in them, how they print, and that no cell of them computes."""

import csv
import io
import re
import zipfile

import docx
import openpyxl
import pytest
from pypdf import PdfReader

from apps.core.documents.roster import MAX_CELLS, TooManyPages, fits_on_paper, roster_pdf
from apps.core.scope import scope
from apps.core.sheets import About, Column
from apps.core.sheets.csv_text import guard, unguard, write_csv
from apps.core.sheets.word import write_docx
from apps.core.sheets.xlsx import write_xlsx
from tests.exports.conftest import made
from tests.factories.city import actor_of

HOSTILE = (
    "=1+1",
    '=HYPERLINK("http://x","y")',
    "+86",
    "-1",
    "@SUM(A1)",
    "\tx",
    "'=1",
    "''-1",
    "＝1",
    "<script>alert(1)</script>&amp;",
    "坏\x00字\x0b符",
    "半\ud800个",
    "第一行\n第二行",
    "字" * 10_000,
    "𠮷野家",
    "买买提·艾合买提",
    "00123",
    "{{ 7*7 }}",
    '"引号,逗号"',
    "_x0041_",
    "<r><t>富文本</t></r>",
)
ABOUT = About("名单 & 说明", (("范围", "全部"),), "张三 2026年11月22日 10:00 DC000001", "DC000001")


def cleaned(text: str) -> str:
    return "".join(char for char in text if char not in "\x00\x0b\ud800")


def test_a_workbook_holds_texts_whatever_they_look_like(tmp_path):
    columns = [Column("姓名"), Column("周岁", is_number=True), Column("键", is_hidden=True)]
    rows = [[text, "81", "R1-95"] for text in HOSTILE]
    path = tmp_path / "a.xlsx"
    assert write_xlsx(path, columns, iter(rows), ABOUT) == len(HOSTILE)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    found = [(row[0].value, row[0].data_type) for row in sheet.iter_rows(min_row=2)]
    # What looks like an escape of the format is escaped itself; Excel takes that off again, openpyxl does not.
    assert found == [(cleaned(text).replace("_x0041_", "_x005F_x0041_"), "s") for text in HOSTILE]
    assert sheet.cell(2, 2).value == 81
    assert sheet.freeze_panes == "B2"
    assert sheet.column_dimensions["C"].hidden
    assert sheet.page_setup.orientation == "landscape"
    assert str(sheet.page_setup.paperSize) == "9"
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == "$1:$1"
    assert ABOUT.mark in sheet.oddFooter.left.text
    assert sheet.cell(2, 1).number_format == "@"
    assert book["说明"]["B2"].value == "全部"
    assert book["portal"].sheet_state == "veryHidden"
    assert book["portal"]["A1"].value == "DC000001"
    assert book.custom_doc_props["导出编号"].value == "DC000001"
    with zipfile.ZipFile(path) as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist())


@pytest.mark.parametrize("text", HOSTILE)
def test_the_guard_of_csv_goes_off_as_it_came_on(text):
    guarded = guard(text)
    assert unguard(guarded) == text
    assert not re.match(r"[=+\-@\t\r＝＋－＠]", guarded)


def test_csv_opens_as_chinese_and_computes_nothing(tmp_path):
    """Acceptance 9, the csv: with the mark by which WPS and Excel know UTF-8."""
    columns = [Column("姓名"), Column("身份证号", is_digits=True)]
    rows = [[text, "420106192407026490"] for text in HOSTILE]
    write_csv(path := tmp_path / "a.csv", columns, iter(rows))
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    found = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert [unguard(row[0]) for row in found[1:]] == [cleaned(text) for text in HOSTILE]
    assert found[1][1] == "420106192407026490\t"


def test_a_word_table_repeats_its_header_and_leaves_hidden_columns_out(tmp_path):
    columns = [Column("姓名"), Column("键", is_hidden=True), Column("单位", 20)]
    rows = [[text, "R1-95", "局"] for text in HOSTILE]
    path = tmp_path / "a.docx"
    assert write_docx(path, columns, iter(rows), ABOUT) == len(HOSTILE)
    document = docx.Document(str(path))
    [table] = document.tables
    assert [cell.text for cell in table.rows[0].cells] == ["姓名", "单位"]
    assert len(table.rows) == len(HOSTILE) + 1
    assert table.rows[1].cells[0].text == "=1+1"
    assert "w:tblHeader" in table.rows[0]._tr.xml
    assert "w:tblHeader" not in table.rows[1]._tr.xml
    assert "w:cantSplit" in table.rows[1]._tr.xml
    section = document.sections[0]
    assert section.page_width > section.page_height
    assert ABOUT.mark in section.footer.paragraphs[0].text


def test_fourteen_columns_by_many_rows_on_paper():
    """jimureport#2564 and #2275 : no column cut, no row split, the header on each page."""
    columns = [Column(f"列{chr(0x7532 + number)}{number:02d}", 6 + number) for number in range(14)]
    rows = [[f"{row:03d}排{place:02d}·{'长' * (place % 5)}" for place in range(14)] for row in range(240)]
    pdf = PdfReader(io.BytesIO(roster_pdf(columns, iter(rows), ABOUT)))
    assert len(pdf.pages) > 5
    seen = {}
    for number, page in enumerate(pdf.pages):
        assert page.mediabox.width > page.mediabox.height
        text = re.sub(r"\s", "", page.extract_text())
        assert all(column.label in text for column in columns), number
        assert "DC000001" in text
        for row in range(240):
            if any(f"{row:03d}排{place:02d}·" in text for place in range(14)):
                assert row not in seen, f"row {row} on two pages"
                seen[row] = all(f"{row:03d}排{place:02d}·" in text for place in range(14))
    assert sorted(seen) == list(range(240))
    assert all(seen.values())


def test_words_on_paper_are_words():
    """Acceptance 9, the PDF; its charts are test_documents_geometry.py."""
    pdf = PdfReader(io.BytesIO(roster_pdf([Column("备注", 30)], iter([[text] for text in HOSTILE]), ABOUT)))
    text = "".join(page.extract_text() for page in pdf.pages)
    assert "<script>alert(1)</script>&amp;" in text
    assert "全文见电子表" in text.replace("\n", "")


def test_a_list_that_nobody_would_print_is_refused():
    assert fits_on_paper(800, 14)
    with pytest.raises(TooManyPages, match="Excel"):
        roster_pdf([Column("甲")] * 20, iter([["x"] * 20] * (MAX_CELLS // 20 + 1)), ABOUT)


@pytest.mark.parametrize("format", ["xlsx", "csv", "docx", "pdf"])
def test_each_form_is_made_from_the_register(city, people, ask, format):
    request = ask(city.clerk_a, "name", "birth", "national_id", format=format, order="birth")
    content = made(request, city.clerk_a)
    if format == "pdf":
        text = PdfReader(io.BytesIO(content)).pages[0].extract_text()
    elif format == "docx":
        text = " ".join(
            cell.text for row in docx.Document(io.BytesIO(content)).tables[0].rows for cell in row.cells
        )
    elif format == "csv":
        text = content.decode("utf-8-sig")
    else:
        sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
        text = " ".join(str(value) for row in sheet.iter_rows(values_only=True) for value in row)
    assert text.index("赵一") < text.index("钱二") < text.index("孙三")
    assert "1934-07-15" in text
    assert "李外县" not in text
    with scope(actor_of(city.clerk_a)):
        numbers = [one.private.national_id for one in people[:3]]
    assert not any(number.for_processing() in text for number in numbers)
    assert all(number.masked in text for number in numbers)
