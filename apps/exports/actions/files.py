"""Writing the file of a request in its form."""

import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from apps.core.documents import roster
from apps.core.documents.errors import DocumentError
from apps.core.documents.marks import FormValue, Mark
from apps.core.private_files import clean_filename
from apps.core.scope import Actor
from apps.core.sheets import csv_text, word, xlsx
from apps.exports.actions.making import Making, about
from apps.exports.actions.templates import fill_template
from apps.exports.choices import Format


@dataclass(frozen=True)
class Made:
    """A file on disk and what it is."""

    path: Path
    content_type: str


def write_file(folder: Path, making: Making, rows: Iterator[list[str]], actor: Actor) -> Made:
    """Write ``rows`` in the form that was asked for into ``folder``. Raises DocumentError."""
    columns = [one.column for one in making.columns]
    said = about(making.request, making.exporter)
    match making.request.format:
        case Format.XLSX:
            xlsx.write_xlsx(path := folder / "out.xlsx", columns, rows, said)
            return Made(path, xlsx.TYPE)
        case Format.CSV:
            csv_text.write_csv(path := folder / "out.csv", columns, rows)
            return Made(path, csv_text.TYPE)
        case Format.DOCX:
            word.write_docx(path := folder / "out.docx", columns, rows, said)
            return Made(path, word.TYPE)
        case _:
            (path := folder / "out.pdf").write_bytes(roster.roster_pdf(columns, rows, said))
            return Made(path, roster.TYPE)


TYPES = {"docx": word.TYPE, "xlsx": xlsx.TYPE, "zip": "application/zip", "pdf": roster.TYPE}


def write_form(folder: Path, making: Making, people: Iterator[Mapping[str, FormValue]]) -> Made:
    """The office's own form, once for each person. Raises DocumentError, FileGone."""
    given = list(people)
    if making.template is None or not given:
        raise FormGone
    mark = Mark(making.request.number, about(making.request, making.exporter).mark)
    ending, content = fill_template(making.template, given, one_each=making.request.one_each, mark=mark)
    path = folder / f"out.{ending}"
    path.write_bytes(content)
    return Made(path, TYPES[ending])


def write_papers(folder: Path, making: Making, papers: Iterator[tuple[str, bytes]]) -> Made:
    """One person's paper as it is, those of many packed. Raises DocumentError."""
    if making.request.rows == 1:
        name, content = next(papers, ("", b""))
        if not content:
            raise FormGone
        ending = name.rpartition(".")[2]
        (path := folder / f"out.{ending}").write_bytes(content)
        return Made(path, TYPES.get(ending, "application/octet-stream"))
    with zipfile.ZipFile(path := folder / "out.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, content) in enumerate(papers, start=1):
            archive.writestr(clean_filename(f"{number:03d}{name}"), content)
    if not making.written:
        raise FormGone
    return Made(path, TYPES["zip"])


class FormGone(DocumentError):
    """Nothing to fill, or nobody to fill it for."""

    def __init__(self) -> None:
        super().__init__("表样或人员已经不在了，请重新申请。")
