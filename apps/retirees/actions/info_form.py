"""The Word form of the 干部信息表: ours, or the one that the city put in its place."""

import io
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core import private_files
from apps.core.documents.filling import TemplateFault, UnknownField, fields_of, fill_docx, unknown_fields
from apps.core.scope import Actor
from apps.retirees.models import InfoForm
from apps.retirees.queries.sheet import FIELDS, LISTS, PHOTO, own_names

BUCKET = "info-forms"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LINES = (
    ("姓名", "性别", "民族"),
    ("出生时间", "籍贯", "政治面貌"),
    ("入党时间", "学历", "婚姻状况"),
    ("参加革命工作时间", "参加工作时间", "离退休时间"),
    ("类别", "退休时职级", "健康状况"),
    ("现享受待遇", "享受待遇时间", "医疗待遇"),
)
FULL = ("退休时职务", "曾任最高职务", "管理单位", "身份证号", "联系电话", "现居住地址", "特殊群体")


def info_form() -> bytes:
    """The form that holds now. Raises FileGone or FileDamaged when the office's own cannot be read."""
    latest = InfoForm.objects.first()
    if latest is None or not latest.file_ref:
        return own_form()
    return private_files.read(BUCKET, latest.file_ref)


@transaction.atomic
def replace_info_form(*, content: bytes, file_name: str, by: Actor) -> InfoForm:
    """Put the office's own form in place of the one that holds. It is tried with empty values first.

    Raises RefusedForm (TemplateFault for a field that nobody offers, with those that look like it) or FileNotKept.
    """
    wrong = unknown_fields(fields_of(content), [*FIELDS, *own_names()])
    if wrong:
        told = "；".join(_told(one) for one in wrong[:8])
        raise TemplateFault(f"表样里有不认识的字段：{told}。可用的字段列在本页下面。")
    fill_docx(content, {name: [] for name in LISTS})
    return _put(private_files.keep(BUCKET, content).name, private_files.clean_filename(file_name), by)


def _told(one: UnknownField) -> str:
    """“姓 名”（是不是姓名、曾用名）."""
    like = "、".join(one.suggestions)
    return f"“{one.name}”（是不是{like}）" if like else f"“{one.name}”"


@transaction.atomic
def reset_info_form(*, by: Actor) -> InfoForm:
    """Back to the portal's own form."""
    return _put("", "", by)


def _put(file_ref: str, file_name: str, by: Actor) -> InfoForm:
    made = InfoForm.objects.create(
        file_ref=file_ref,
        file_name=file_name,
        uploaded_by=by.user_id,
        uploaded_by_name=by.name,
        uploaded_at=timezone.now(),
    )
    record_event(kind=EventKind.SETTING, summary=f"干部信息表表样：{made}"[:200], by=by)
    return made


@lru_cache(maxsize=1)
def own_form() -> bytes:
    """The portal's own form, set by python-docx: a layout of ours, no paper prescribes it."""
    from docx import Document
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt

    document: Any = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(21)
    section.top_margin = section.bottom_margin = Mm(20)
    _lettering(document.styles["Normal"], "仿宋_GB2312", Pt(10.5))
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _lettering(title.add_run("离退休干部信息表"), "方正小标宋简体", Pt(20))
    table = document.add_table(rows=0, cols=7)
    table.style = "Table Grid"
    table.autofit = False
    for names in LINES:
        cells = table.add_row().cells
        for place, name in enumerate(names):
            cells[2 * place].text, cells[2 * place + 1].text = name, f"{{{{ {name} }}}}"
    photo = table.cell(0, 6).merge(table.cell(len(LINES) - 1, 6))
    photo.text = f"{{{{ {PHOTO} }}}}"
    for name in (*FULL, "简历", "备注"):
        cells = table.add_row().cells
        cells[0].text = name
        cells[1].merge(cells[6]).text = f"{{{{ {name} }}}}"
    _widths(table, (22, 25, 22, 25, 22, 20, 32))
    _rows(document, "荣誉", "项", LISTS["荣誉"])
    _rows(document, "家庭成员", "人", LISTS["家庭成员"])
    document.add_paragraph("填表日期：{{ 填表日期 }}").alignment = WD_ALIGN_PARAGRAPH.RIGHT
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _rows(document: Any, name: str, row: str, columns: tuple[str, ...]) -> None:
    """A list: a heading, the labels, and one line that comes again for each of its rows."""
    document.add_paragraph(name)
    table = document.add_table(rows=4, cols=len(columns))
    table.style = "Table Grid"
    for place, label in enumerate(columns):
        table.cell(0, place).text = label
        table.cell(2, place).text = f"{{{{ {row}.{label} }}}}"
    table.cell(1, 0).text = f"{{%tr for {row} in {name} %}}"
    table.cell(3, 0).text = "{%tr endfor %}"


def _widths(table: Any, widths: tuple[int, ...]) -> None:
    """Millimetres of the columns; a cell over several gets their sum."""
    from docx.shared import Mm

    for row in table.rows:
        wide: dict[Any, int] = {}
        for cell, width in zip(row.cells, widths, strict=True):
            wide[cell._tc] = wide.get(cell._tc, 0) + width
            cell.width = Mm(wide[cell._tc])


def _lettering(target: Any, family: str, size: Any) -> None:
    """A docx names Chinese fonts apart from Latin ones."""
    from docx.oxml.ns import qn

    target.font.name, target.font.size = family, size
    target.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), family)
