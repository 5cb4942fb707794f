"""Word forms with fields: what is filled, what is refused."""

import io
import zipfile

import docx
import pytest

from apps.core.documents.filling import TemplateFault, fields_of, fill_docx, unknown_fields
from apps.core.documents.office_files import MAX_FILE, RefusedForm, kind_of


def word(*paragraphs: str, header: str = "", table: tuple[tuple[str, ...], ...] = ()) -> bytes:
    """A docx with these texts."""
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if header:
        document.sections[0].header.paragraphs[0].text = header
    if table:
        grid = document.add_table(len(table), len(table[0]))
        for y, row in enumerate(table):
            for x, text in enumerate(row):
                grid.cell(y, x).text = text
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


def texts(content: bytes) -> list[str]:
    return [paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs]


def test_fields_in_body_table_and_header() -> None:
    form = word(
        "姓名：{{ 姓名 }}{% if 去世时间 %}（{{ 去世时间 }}去世）{% endif %}",
        header="{{ 单位 }}",
        table=(("{%tr for 家人 in 家庭成员 %}",), ("{{ 家人.姓名 }}",), ("{%tr endfor %}",)),
    )
    assert fields_of(form) == ("姓名", "去世时间", "家庭成员", "家庭成员.姓名", "单位")
    filled = fill_docx(form, {"姓名": "张三", "单位": "局", "家庭成员": [{"姓名": "李"}, {"姓名": "王"}]})
    assert texts(filled)[0] == "姓名：张三"
    document = docx.Document(io.BytesIO(filled))
    assert [row.cells[0].text for row in document.tables[0].rows] == ["李", "王"]
    assert document.sections[0].header.paragraphs[0].text == "局"


def test_a_field_torn_over_several_runs_is_still_one() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph()
    for part in ("{", "{ 姓", "名 }", "}"):
        paragraph.add_run(part).bold = True
    kept = io.BytesIO()
    document.save(kept)
    assert texts(fill_docx(kept.getvalue(), {"姓名": "欧阳"})) == ["欧阳"]


@pytest.mark.parametrize(
    "hostile",
    ["<w:p/>", "{{ 7*7 }}", "{% for %}", "a&b", "=1+1", "乙\x00\x0b丙", "半\ud800个", "字" * 10_000, "𠮷·"],
)
def test_values_are_text_whatever_is_in_them(hostile: str) -> None:
    [filled] = texts(fill_docx(word("{{ 备注 }}"), {"备注": hostile}))
    assert filled == "".join(char for char in hostile if char not in "\x00\x0b\ud800")


@pytest.mark.parametrize(
    "wrong",
    [
        "{{ 姓名.__class__ }}",
        "{{ ''.join(姓名) }}",
        "{{ 姓名 * 99999999 }}",
        "{{ range(9) }}",
        "{{ 姓名|upper }}",
        "{{ 姓名[0] }}",
        "{% set a = 1 %}",
        "{% include 'x' %}",
        "{% for a in 姓名 %}{% for b in 姓名 %}x{% endfor %}{% endfor %}",
        "{% if %}",
        "{{ }}",
    ],
)
def test_the_language_has_fields_and_little_else(wrong: str) -> None:
    form = word(wrong)
    with pytest.raises(TemplateFault):
        fields_of(form)
    with pytest.raises(TemplateFault):
        fill_docx(form, {"姓名": "张三"})


def test_rows_give_their_values_only() -> None:
    form = word("{% for 行 in 列表 %}[{{ 行.items }}{{ 行.__class__ }}{{ 行.甲 }}]{% endfor %}")
    assert texts(fill_docx(form, {"列表": [{"甲": "1"}]})) == ["[1]"]


def test_unknown_fields_come_with_suggestions() -> None:
    [unknown] = unknown_fields(["姓名", "身份证号码"], ["姓名", "身份证号", "电话"])
    assert (unknown.name, unknown.suggestions) == ("身份证号码", ("身份证号",))


def tampered(name: str, content: bytes) -> bytes:
    """A docx with one part more, or another one."""
    kept = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(word("x"))) as source,
        zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for entry in source.infolist():
            if entry.filename != name:
                target.writestr(entry.filename, source.read(entry))
        target.writestr(name, content)
    return kept.getvalue()


EXTERNAL = (
    b'<Relationships><Relationship Id="r" Type="http://x/attachedTemplate" Target="http://x/a.dotm"'
    b' TargetMode="External"/></Relationships>'
)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04broken",
        b"\xd0\xcf\x11\xe0" + b"\0" * 600,
        b"x" * (MAX_FILE + 1),
        tampered("word/vbaProject.bin", b"x"),
        tampered("word/embeddings/oleObject1.bin", b"x"),
        tampered("word/_rels/settings.xml.rels", EXTERNAL),
        tampered("word/extra.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'),
        tampered("word/extra.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a/>'.encode("utf-16")),
        tampered("word/zeros.xml", b"0" * 7_000_000),
        tampered("../outside.xml", b"x"),
    ],
    ids=["empty", "broken", "ole", "large", "macro", "object", "external", "dtd", "utf16", "bomb", "path"],
)
def test_files_that_are_no_form(content: bytes) -> None:
    with pytest.raises(RefusedForm):
        kind_of(content)
    with pytest.raises(RefusedForm):
        fill_docx(content, {})
