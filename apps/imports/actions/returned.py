"""The file given back with what is wrong in it, and the corrected file going on with its batch."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
from django.db import transaction
from django.db.models import QuerySet

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core import private_files
from apps.core.scope import Actor
from apps.core.sheets.table import clean_cell
from apps.imports.actions.batches import BUCKET
from apps.imports.choices import Level, State, Verdict
from apps.imports.models import Batch, Row
from apps.imports.queries import contents_of
from apps.imports.reading.marking import BATCH_SHEET, NOTE_HEADER
from apps.imports.reading.prescan import prescan
from apps.imports.reading.refusals import Refused
from apps.imports.reading.sheets import PROJECT_ROOT
from apps.imports.rules import importers

WALL_SECONDS = 180
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Marks = Mapping[str, Any]


def marks_of(batch: Batch) -> Marks:
    """What is to be written into the user's file: per sheet and row the cells and the text (reading/marking.py)."""
    labels = importers[batch.kind].labels()
    sheets: dict[str, dict[str, Any]] = {}
    for column in batch.columns:
        empty = {"header_row": column.get("row", 1), "column": 1, "places": {}, "rows": {}}
        sheet = sheets.setdefault(column["sheet"], empty)
        sheet["column"] = max(sheet["column"], column["number"] + 1)
        if column["field"]:
            sheet["places"].setdefault(column["field"], column["number"])
    for row in _wrong(batch).iterator(chunk_size=2000):
        if row.sheet in sheets:
            sheet = sheets[row.sheet]
            told = [one for one in row.issues if one["level"] != "notice"]
            text = "；".join(f"{labels.get(one['field'], '')}：{one['message']}" for one in told)
            sheet["rows"][str(row.number)] = {"text": text, "cells": _cells(told, sheet["places"])}
    wanted = ("header_row", "column", "rows")
    found = {name: {key: one[key] for key in wanted} for name, one in sheets.items() if one["rows"]}
    return {"batch": str(batch.pk), "sheets": found}


def _wrong(batch: Batch) -> QuerySet[Row]:
    rows = Row.objects.filter(batch=batch, level__in=(Level.ERROR, Level.WARNING))
    return rows.exclude(verdict__in=(Verdict.SKIPPED, Verdict.LEFT_OUT)).order_by("position")


def _cells(told: Sequence[Mapping[str, str]], places: Mapping[str, int]) -> dict[str, tuple[str, str]]:
    """Column → (the gravest level, all that is said about the cell)."""
    cells: dict[str, tuple[str, str]] = {}
    for one in told:
        if place := places.get(one["field"]):
            level, text = cells.get(str(place), ("warning", ""))
            grave = "error" if "error" in (level, one["level"]) else "warning"
            cells[str(place)] = (grave, f"{text}{one['message']}")
    return cells


def marked_file(content: bytes, marks: Marks) -> bytes:
    """The user's own workbook with the marks in it; empty where it cannot be written in (csv, xls, too large). Asks no
    database."""
    with tempfile.TemporaryDirectory(prefix="portal-import-") as folder:
        path = Path(folder) / "upload.xlsx"
        path.write_bytes(content)
        try:
            own = prescan(path).kind == "xlsx"
        except Refused:
            own = False
        return _marked(path, marks) if own else b""


def _marked(path: Path, marks: Marks) -> bytes:
    """The child sees neither our environment nor our open files; killed by a limit, it gives nothing."""
    command = [sys.executable, "-m", "apps.imports.reading.marking", str(path.resolve())]
    environment = {"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    environment["TMPDIR"] = str(path.parent)
    try:
        done = subprocess.run(
            command,
            cwd=PROJECT_ROOT,
            env=environment,
            input=json.dumps(marks).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return b""
    return done.stdout if done.returncode == 0 else b""


def wrong_rows(batch: Batch, marks: Marks) -> bytes:
    """A new workbook with the wrong rows, under the headers by which they are read again."""
    labels = importers[batch.kind].labels()
    read = [name for name in labels if any(column["field"] == name for column in batch.columns)]
    with tempfile.TemporaryDirectory(prefix="portal-import-") as folder:
        path = Path(folder) / "rows.xlsx"
        book = xlsxwriter.Workbook(
            str(path), {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        )
        text = book.add_format({"num_format": "@"})
        red = book.add_format({"num_format": "@", "bg_color": "#FFC7CE"})
        sheet = book.add_worksheet("需要改正的行")
        book.add_worksheet(f"{BATCH_SHEET}{batch.pk}").very_hidden()
        sheet.set_column(0, len(read), 14, text)
        sheet.set_column(len(read), len(read), 60)
        for place, label in enumerate([*(labels[name] for name in read), NOTE_HEADER]):
            sheet.write_string(0, place, label)
        sheet.freeze_panes(1, 0)
        for line, (row, told) in enumerate(_told(batch, marks), start=1):
            raw = contents_of(row).get("raw", {})
            wrong = {one["field"] for one in row.issues if one["level"] == Level.ERROR}
            for place, name in enumerate(read):
                sheet.write_string(line, place, clean_cell(raw.get(name, "")), red if name in wrong else text)
            sheet.write_string(line, len(read), told)
        book.close()
        return path.read_bytes()


def _told(batch: Batch, marks: Marks) -> Sequence[tuple[Row, str]]:
    return [
        (row, marks["sheets"][row.sheet]["rows"][str(row.number)]["text"])
        for row in _wrong(batch)
        if row.sheet in marks["sheets"]
    ]


def returned_name(batch: Batch) -> str:
    """File name of the marked workbook."""
    stem = batch.file_name.rsplit(".", 1)[0]
    return f"{stem}-错误说明.xlsx"


def batch_of_sheets(names: Sequence[str]) -> int | None:
    """The batch that a workbook with these sheets was given back for, if it says so."""
    for name in names:
        number = name.removeprefix(BATCH_SHEET)
        if number != name and number.isascii() and number.isdecimal() and len(number) < 18:
            return int(number)
    return None


def continued(batch: Batch, number: int | None, by: Actor) -> Batch | None:
    """The earlier batch that the file of ``batch`` goes on with: it still waits, is of the same place and kind, and is
    in the scope of ``by``."""
    if number is None or number == batch.pk:
        return None
    waiting = Batch.objects.visible_to(by).select_for_update(of=("self",), no_key=True)
    same = waiting.filter(
        state=State.CHECKED, kind=batch.kind, county_id=batch.county_id, unit_id=batch.unit_id
    )
    return same.select_related("unit").filter(pk=number).first()


def take_over(earlier: Batch, batch: Batch, by: Actor) -> None:
    """The earlier batch takes the new file; the new batch points to it. In the caller's transaction."""
    old_file = earlier.file_ref
    earlier.file_ref, earlier.file_name, earlier.digest, earlier.size = (
        batch.file_ref,
        batch.file_name,
        batch.digest,
        batch.size,
    )
    earlier.round += 1
    earlier.save(update_fields=["file_ref", "file_name", "digest", "size", "round"])
    batch.state, batch.file_ref, batch.continued_in = State.DROPPED, "", earlier.pk
    batch.save(update_fields=["state", "file_ref", "continued_in"])
    record_event(
        kind=EventKind.IMPORT, summary=f"改好的 {earlier.file_name} 接着核对", by=by, subject=earlier
    )
    transaction.on_commit(lambda: private_files.remove(BUCKET, old_file), robust=True)
