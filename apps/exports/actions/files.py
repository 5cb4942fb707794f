"""Writing the file of a request in its form."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from apps.core.documents import roster
from apps.core.scope import Actor
from apps.core.sheets import csv_text, word, xlsx
from apps.exports.actions.making import Making, about
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
