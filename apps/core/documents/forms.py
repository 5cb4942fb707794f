"""The office's own forms, Word or Excel: their fields, filled for one person or for many."""

import copy
import io
import zipfile
from collections.abc import Mapping, Sequence

import docx
from docx.enum.text import WD_BREAK

from apps.core.documents.errors import DocumentError
from apps.core.documents.filling import fields_of, fill_docx
from apps.core.documents.office_files import kind_of
from apps.core.documents.workbook import fill_workbook, workbook_fields
from apps.core.private_files import clean_filename

Person = tuple[str, Mapping[str, str]]
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


def fill_form(content: bytes, people: Sequence[Person], *, one_each: bool) -> tuple[str, bytes]:
    """(ending, bytes) of the form filled: one file with a page or sheet a person, or a zip with a file a person.

    Raises DocumentError.
    """
    kind = kind_of(content)
    if not one_each:
        made = fill_workbook(content, people) if kind == "xlsx" else _joined(content, people)
        return kind, made
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, person in enumerate(people, start=1):
            made = fill_workbook(content, [person]) if kind == "xlsx" else fill_docx(content, person[1])
            archive.writestr(clean_filename(f"{number:03d}{person[0]}.{kind}"), made)
    return "zip", packed.getvalue()


def _joined(content: bytes, people: Sequence[Person]) -> bytes:
    """Every person's form behind the other's, each on a new page. All are made from one template, so styles and
    numbering are the same; heads and feet are those of the first."""
    document = docx.Document(io.BytesIO(fill_docx(content, people[0][1])))
    body = document.element.body
    end = body.sectPr if body.sectPr is not None else None
    for _, values in people[1:]:
        page = document.add_paragraph()
        page.add_run().add_break(WD_BREAK.PAGE)
        other = docx.Document(io.BytesIO(fill_docx(content, values)))
        for element in other.element.body:
            if element.tag.endswith("}sectPr"):
                continue
            if end is not None:
                end.addprevious(copy.deepcopy(element))
            else:
                body.append(copy.deepcopy(element))
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()
