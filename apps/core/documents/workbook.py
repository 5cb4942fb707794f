"""Filling the office's own workbooks: ``{{ 姓名 }}`` in a cell becomes the value.

openpyxl trusts what it reads, so it works in a child process with little memory and time, after
``office_files.kind_of`` has looked at the file. ``python -m apps.core.documents.workbook BYTES SECONDS`` is the child.
"""

import base64
import io
import json
import os
import re
import resource
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from apps.core.documents.errors import RenderFailed, TooLarge, TooSlow
from apps.core.documents.marks import Mark, Picture
from apps.core.documents.office_files import RefusedForm, kind_of
from apps.core.sheets.table import clean_cell

BASE_DIR = Path(__file__).resolve().parents[3]
MEMORY, SECONDS = 768 * 1024 * 1024, 60
MAX_CELLS = 200_000
FIELD = re.compile(r"\{\{\s*([^{}\s]{1,40})\s*\}\}")
PASSED_ON = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH")
BROKEN, LARGE = 3, 4
_SHEET_NAME = re.compile(r"[\\/*?:\[\]]")


def workbook_fields(template: bytes) -> tuple[str, ...]:
    """Names of the fields a workbook uses, sheet by sheet, in order of first use. Raises RefusedForm, DocumentError."""
    answer = _in_child({"template": _text(template), "people": None})
    return tuple(json.loads(answer))


def fill_workbook(
    template: bytes, people: Sequence[tuple[str, Mapping[str, str | Picture]]], mark: Mark | None = None
) -> bytes:
    """The workbook with its sheets once for each of ``people`` (name for the tab, values); a field without a value is
    left empty. Values are texts, whatever they look like, or pictures, which stand over their cell. ``mark`` stands in
    the properties. Raises RefusedForm, DocumentError."""
    wanted = [
        {"tab": tab, "values": {name: _told(value) for name, value in values.items()}}
        for tab, values in people
    ]
    told = {"number": clean_cell(mark.number), "text": clean_cell(mark.text)} if mark else None
    return base64.b64decode(_in_child({"template": _text(template), "people": wanted, "mark": told}))


def _told(value: str | Picture) -> str | dict[str, Any]:
    """A value on its way to the child."""
    if isinstance(value, Picture):
        return {"picture": base64.b64encode(value.content).decode(), "width": value.width_mm}
    return clean_cell(value)


def _text(content: bytes) -> str:
    if kind_of(content) != "xlsx":
        raise RefusedForm("这里要用 Excel（.xlsx）文件。")
    return base64.b64encode(content).decode()


def _in_child(request: Mapping[str, Any]) -> bytes:
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    command = [sys.executable, "-m", "apps.core.documents.workbook", str(MEMORY), str(SECONDS)]
    try:
        done = subprocess.run(
            command,
            input=json.dumps(request).encode(),
            capture_output=True,
            cwd=BASE_DIR,
            env=environment | {"PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},
            timeout=SECONDS * 5,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TooSlow(SECONDS) from None
    if done.returncode == BROKEN:
        raise RefusedForm("Excel 文件打不开，请在 WPS 或 Office 里另存一份再传。")
    if done.returncode == LARGE or done.returncode < 0:
        raise TooLarge
    if done.returncode:
        raise RenderFailed(done.stderr.decode(errors="replace")[-400:])
    return done.stdout


def main() -> int:
    """The child: one request from standard input, its answer to standard output."""
    memory, seconds = int(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    request = json.loads(sys.stdin.buffer.read())
    try:
        book = _open(base64.b64decode(request["template"]))
        if book is None:
            return LARGE
        if request["people"] is None:
            answer = json.dumps(_fields(book), ensure_ascii=False).encode()
        else:
            answer = base64.b64encode(_fill(book, request["people"], request["mark"]))
    except MemoryError:
        return LARGE
    except (KeyError, ValueError, TypeError, AttributeError, IndexError, SyntaxError, OSError):
        return BROKEN
    sys.stdout.buffer.write(answer)
    return 0


def _open(content: bytes) -> Any:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(content), keep_vba=False, keep_links=False)
    cells = sum(sheet.max_row * sheet.max_column for sheet in book.worksheets)
    return book if cells <= MAX_CELLS else None


def _fields(book: Any) -> list[str]:
    found: dict[str, None] = {}
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str):
                    found.update(dict.fromkeys(FIELD.findall(cell.value)))
    return list(found)


def _fill(book: Any, people: Sequence[Mapping[str, Any]], mark: Mapping[str, str] | None) -> bytes:
    if mark is not None:
        book.properties.identifier, book.properties.description = mark["number"], mark["text"]
    patterns = list(book.worksheets)
    for number, person in enumerate(people, start=1):
        for place, pattern in enumerate(patterns):
            sheet = pattern if len(people) == 1 else book.copy_worksheet(pattern)
            if len(people) > 1:
                part = f"-{place + 1}" if len(patterns) > 1 else ""
                sheet.title = f"{number}{_SHEET_NAME.sub('', person['tab'])[:20]}{part}"
                sheet.page_setup.orientation = pattern.page_setup.orientation
                sheet.page_setup.paperSize = pattern.page_setup.paperSize
            _fill_sheet(sheet, person["values"])
    if len(people) > 1:
        for pattern in patterns:
            book.remove(pattern)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _fill_sheet(sheet: Any, values: Mapping[str, Any]) -> None:
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and FIELD.search(cell.value):
                for name in FIELD.findall(cell.value):
                    if isinstance(values.get(name), dict):
                        _place_picture(sheet, cell.coordinate, values[name])
                cell.value = FIELD.sub(lambda match: _words(values.get(match[1], "")), cell.value)
                if cell.value is not None:
                    cell.data_type = "s"  # "=…" typed into somebody's note stays a text


def _words(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _place_picture(sheet: Any, place: str, told: Mapping[str, Any]) -> None:
    from openpyxl.drawing.image import Image

    picture = Image(io.BytesIO(base64.b64decode(told["picture"])))
    wide = told["width"] / 25.4 * 96
    picture.height, picture.width = round(picture.height * wide / picture.width), round(wide)
    sheet.add_image(picture, place)


if __name__ == "__main__":
    sys.exit(main())
