"""The office's own forms, Word or Excel: their fields, filled for one person or for many."""

import copy
import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import docx
from docx.enum.text import WD_BREAK
from docx.oxml.ns import qn

from apps.core.documents.errors import DocumentError
from apps.core.documents.filling import fields_of, fill_docx
from apps.core.documents.marks import FormValue, Mark, Picture
from apps.core.documents.office_files import kind_of
from apps.core.documents.workbook import fill_workbook, workbook_fields
from apps.core.private_files import clean_filename

Person = tuple[str, Mapping[str, FormValue]]
"""Name for a file or a tab, and the values."""


class NoFields(DocumentError):
    """A form in which nothing would be filled."""

    def __init__(self) -> None:
        super().__init__("文件里没有找到字段。请在要填的地方写上 {{ 姓名 }} 这样的双花括号再传。")


def form_fields(content: bytes) -> tuple[str, tuple[str, ...]]:
    """("docx" or "xlsx", names of the fields). Raises NoFields, RefusedForm, TemplateFault, DocumentError."""
    kind = kind_of(content)
    fields = fields_of(content) if kind == "docx" else workbook_fields(content)
    if not fields:
        raise NoFields
    return kind, fields


def fill_form(
    content: bytes, people: Sequence[Person], *, one_each: bool, mark: Mark | None = None
) -> tuple[str, bytes]:
    """(ending, bytes) of the form filled: one file with a page or sheet a person, or a zip with a file a person.
    ``mark`` stands in the properties of each file.

    Raises DocumentError.
    """
    kind, mark = kind_of(content), mark or Mark()
    if not one_each:
        made = _workbook(content, people, mark) if kind == "xlsx" else _joined(content, people, mark)
        return kind, made
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, person in enumerate(people, start=1):
            made = (
                _workbook(content, [person], mark) if kind == "xlsx" else fill_docx(content, person[1], mark)
            )
            archive.writestr(clean_filename(f"{number:03d}{person[0]}.{kind}"), made)
    return "zip", packed.getvalue()


def _workbook(content: bytes, people: Sequence[Person], mark: Mark) -> bytes:
    return fill_workbook(content, [(tab, _flat(values)) for tab, values in people], mark)


def _flat(values: Mapping[str, FormValue]) -> dict[str, str | Picture]:
    """A workbook has no loops: a list is lines in a cell, 列表.字段 the same of one column, 列表2.字段 the second
    row."""
    found: dict[str, str | Picture] = {}
    for name, value in values.items():
        if isinstance(value, str | Picture):
            found[name] = value
            continue
        found[name] = "\n".join("　".join(filter(None, row.values())) for row in value)
        for number, row in enumerate(value, start=1):
            for part, text in row.items():
                key = f"{name}.{part}"
                found[key] = f"{found[key]}\n{text}" if key in found else text
                found[f"{name}{number}.{part}"] = text
    return found


def _joined(content: bytes, people: Sequence[Person], mark: Mark) -> bytes:
    """Every person's form behind the other's, each on a new page. All are made from one template, so styles and
    numbering are the same; heads and feet are those of the first."""
    document = docx.Document(io.BytesIO(fill_docx(content, people[0][1], mark)))
    body = document.element.body
    end = body.sectPr if body.sectPr is not None else None
    for _, values in people[1:]:
        page = document.add_paragraph()
        page.add_run().add_break(WD_BREAK.PAGE)
        other = docx.Document(io.BytesIO(fill_docx(content, values)))
        for element in other.element.body:
            if element.tag.endswith("}sectPr"):
                continue
            brought = copy.deepcopy(element)
            _bring_pictures(document, other, brought)
            if end is not None:
                end.addprevious(brought)
            else:
                body.append(brought)
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


def _bring_pictures(document: Any, other: Any, element: Any) -> None:
    """A picture is named by its place in its own file: those of the other come along and get the new place."""
    for blip in element.iter(qn("a:blip")):
        place = blip.get(qn("r:embed"))
        if place in other.part.related_parts:
            picture = io.BytesIO(other.part.related_parts[place].blob)
            blip.set(qn("r:embed"), document.part.get_or_add_image(picture)[0])
