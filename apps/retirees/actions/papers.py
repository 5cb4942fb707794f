"""Paper about one person: 一人一档 as PDF and 干部信息表 as Word, made in a job, logged with who took them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.template.loader import render_to_string

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core import private_files
from apps.core.chinese import format_date
from apps.core.documents.briefing import office_fonts
from apps.core.documents.filling import fill_docx
from apps.core.documents.guarded import render_pdf_guarded
from apps.core.documents.marks import Mark, Picture
from apps.core.scope import Actor
from apps.retirees.actions.info_form import info_form
from apps.retirees.actions.portrait import BUCKET as PORTRAITS
from apps.retirees.models import Retiree
from apps.retirees.queries.dossier import Dossier, dossier_of, groups_on
from apps.retirees.queries.person import PersonFile, person_file
from apps.retirees.queries.sheet import PHOTO, Sheet, Show, sheet_of
from apps.retirees.queries.story import story_of

PHOTO_WIDTH_MM = 30
MOST = {
    "履历": 22,
    "荣誉": 10,
    "家庭成员": 10,
    "级别待遇": 8,
    "健康与生活": 6,
    "自定义栏目": 10,
    "大事记": 16,
}
"""Lines of each part: more would not go on two sheets, and the portal has them all."""
IDENTITY = (
    ("姓名", "性别", "民族"),
    ("出生时间", "年龄", "籍贯"),
    ("政治面貌", "入党时间", "学历"),
    ("类别", "参加革命工作时间", "参加工作时间"),
    ("离退休时间", "退休时职级", "婚姻状况"),
    ("现享受待遇", "享受待遇时间", "医疗待遇"),
    ("健康状况", "生活自理", "居住方式"),
)
LABELS = {"参加革命工作时间": "参加革命时间", "享受待遇时间": "享受时间"}
WIDE = (
    ("退休时职务", "曾任最高职务"),
    ("身份证号", "联系电话"),
    ("现居住地址", "医保号"),
    ("所在党支部", "特殊群体"),
    ("备注", ""),
)
COLUMNS = {
    "履历": (("起止", 46), ("单位", 62), ("职务", 40), ("说明", 30)),
    "荣誉": (("时间", 28), ("名称", 80), ("级别", 18), ("授予单位", 52)),
    "家庭成员": (
        ("称谓", 18),
        ("姓名", 20),
        ("出生时间", 24),
        ("政治面貌", 20),
        ("工作单位及职务", 48),
        ("电话", 28),
        ("备注", 20),
    ),
    "级别待遇": (("项目", 30), ("内容", 148)),
    "健康与生活": (("项目", 30), ("内容", 148)),
    "自定义栏目": (("项目", 40), ("内容", 138)),
}


def person_sheet_pdf(
    *, person: Retiree, today: date, plain: bool, reason: str, by: Actor, number: str = ""
) -> bytes:
    """一人一档 of a person whom ``by`` sees: one or two sheets. ``plain``: private values in full, for a reason that
    goes to the read log; else masks. ``number``: of the export it is made for. Raises DocumentError, and ValueError
    when plain is asked without a reason."""
    file, dossier = person_file(person, by), dossier_of(person, by)
    sheet = _sheet(file, dossier, today, plain=plain, reason=reason)
    photo = photo_of(dossier)
    marks = f"{'' if plain else '　敏感信息已遮盖'}{number and f'　编号{number}'}"
    context = {
        "name": person.name,
        "by": by.name,
        "place": f"{person.county.label}　{person.unit.label}",
        "today": format_date(today),
        "foot": f"{by.place}{by.name} {format_date(today)}打印　内部资料，注意保管{marks}",
        "identity": _identity(sheet),
        "portrait_rows": len(IDENTITY),
        "has_photo": photo is not None,
        "sections": _sections(sheet, file, dossier, by),
    }
    html = render_to_string("documents/person_file.html", context)
    pdf = render_pdf_guarded(html, pictures={"photo.jpg": photo} if photo else {}, font_dir=office_fonts())
    _log("一人一档", person, plain, reason, by)
    return pdf


def info_form_docx(
    *, person: Retiree, today: date, plain: bool, reason: str, by: Actor, number: str = ""
) -> bytes:
    """干部信息表 of a person, on the office's form or else on ours; as above. Raises RefusedForm as ``fill_docx``."""
    file, dossier = person_file(person, by), dossier_of(person, by)
    sheet = _sheet(file, dossier, today, plain=plain, reason=reason)
    photo = photo_of(dossier)
    values: dict[str, Any] = {**sheet.own, **sheet.single, **sheet.lists}
    values[PHOTO] = Picture(photo, PHOTO_WIDTH_MM) if photo else ""
    mark = f"{by.name} {format_date(today)} {number}".strip()
    filled = fill_docx(info_form(), values, Mark(number, mark))
    _log("干部信息表", person, plain, reason, by)
    return filled


def _sheet(file: PersonFile, dossier: Dossier, today: date, *, plain: bool, reason: str) -> Sheet:
    def show(secret: Any) -> str:
        return str(secret.reveal(reason) if plain else secret)

    if plain and not reason.strip():
        raise ValueError("不遮盖敏感信息要有事由。")
    shown: Show = show
    survivors = any(member.is_survivor for member in file.family)
    groups = [group.label for group in groups_on(file.person, dossier, today, survivors=survivors)]
    return sheet_of(file, dossier, groups=groups, today=today, show=shown)


def photo_of(dossier: Dossier) -> bytes | None:
    """The photograph, or None where there is none or it cannot be read."""
    if dossier.portrait is None:
        return None
    try:
        return private_files.read(PORTRAITS, dossier.portrait.file_ref)
    except (private_files.FileGone, private_files.FileDamaged):
        return (
            None  # the paper is worth having without it, and the page of the person shows that it is missing
        )


def _log(what: str, person: Retiree, plain: bool, reason: str, by: Actor) -> None:
    record_event(
        kind=EventKind.EXPORT,
        summary=f"打印{what}：{person.name}{'（未遮盖敏感信息）' if plain else ''}",
        by=by,
        subject=person,
        reason=reason,
    )


def _identity(sheet: Sheet) -> list[list[dict[str, Any]]]:
    """Rows of labels and values: three pairs beside the photograph, then two pairs over the full width."""

    def cell(name: str, wide: int = 0) -> dict[str, Any]:
        return {"label": LABELS.get(name, name), "value": sheet.single[name] or "—", "wide": wide}

    rows = [[cell(name) for name in names] for names in IDENTITY]
    for first, second in WIDE:
        rows.append([cell(first, 2), cell(second, 3)] if second else [cell(first, 6)])
    return rows


def _sections(sheet: Sheet, file: PersonFile, dossier: Dossier, by: Actor) -> list[dict[str, Any]]:
    found = []
    for title, columns in COLUMNS.items():
        rows = [[row[label] for label, _ in columns] for row in sheet.lists[title]]
        found.append(_section(title, columns, rows))
    told = [
        [item.when, item.kind, item.text] for item in story_of(file, dossier, by) if item.kind not in APART
    ]
    found.append(_section("大事记", (("时间", 40), ("类别", 22), ("内容", 116)), told))
    return [section for section in found if section["rows"]]


APART = {"履历", "荣誉", "待遇", "文件", "记事", "照片", "核实", "变更申请", "合并"}
"""Kinds of the time line that a part of its own tells, or that are the staff's work on the record and not his life."""


def _section(title: str, columns: Sequence[tuple[str, int]], rows: Sequence[Sequence[str]]) -> dict[str, Any]:
    most = MOST[title]
    return {
        "title": title,
        "columns": [{"label": label, "width": width} for label, width in columns],
        "rows": rows[:most],
        "left_out": max(len(rows) - most, 0),
    }
