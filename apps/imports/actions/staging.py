"""Rows on their way into the database and back out of it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from apps.core.bulk import insert_many
from apps.core.cells import show
from apps.imports.actions.reading import Reading, Source, Typed, type_again
from apps.imports.choices import State
from apps.imports.models import Batch, Row
from apps.imports.queries import counts_of, new_units_of, staged_of
from apps.imports.reading.typed import encode_cell
from apps.imports.rules import Importer, StagedRow, importers

WRITTEN_BACK = (
    "verdict",
    "level",
    "issues",
    "contents",
    "number_index",
    "new_unit",
    "is_fixed",
    "decision",
    "decided_id",
    "target_id",
    "target_version",
)


def stage(batch: Batch, reading: Reading) -> None:
    """Write what was read; anything staged before for this batch is replaced."""
    importer = importers[batch.kind]
    Row.objects.filter(batch=batch).delete()
    insert_many(
        fill(
            Row(county_id=batch.county_id, unit_id=batch.unit_id, batch=batch, position=position),
            row,
            importer,
        )
        for position, row in enumerate(reading.rows, start=1)
    )
    batch.state = State.CHECKED
    batch.columns = list(reading.columns)
    batch.is_untyped, batch.epoch_1904 = reading.source.is_untyped, reading.source.epoch_1904
    batch.counts, batch.new_units = counts_of(batch), new_units_of(batch)
    batch.save(update_fields=["state", "columns", "is_untyped", "epoch_1904", "new_units", "counts"])


def fill(stored: Row, row: StagedRow, importer: Importer) -> Row:
    """Put a judged row into its model; not saved yet."""
    stored.sheet, stored.number = row.sheet[:100], row.number
    stored.verdict, stored.level = row.verdict, row.level
    stored.issues = [one.as_json() for one in row.issues]
    stored.contents = _contents(row)
    stored.number_index = importer.identity(row)
    stored.new_unit = str(row.entry.get("new_unit", ""))[:80]
    stored.is_fixed = bool(row.fixes)
    stored.decision, stored.decided_id = row.decision, row.decided_id
    stored.target_id, stored.target_version = row.target_id, row.target_version
    return stored


def _contents(row: StagedRow) -> str:
    parts: dict[str, object] = {
        "cells": {name: encode_cell(cell) for name, cell in row.cells.items()},
        "fixes": row.fixes,
        "values": row.values,
        "entry": row.entry,
        "before": row.before,
        "after": row.after,
        "candidates": row.candidates,
    }
    if not row.cells:
        parts = {"raw": row.raw} | {name: part for name, part in parts.items() if name != "cells" and part}
    return json.dumps(parts, ensure_ascii=False, default=str)


def kept_corrections(batch: Batch) -> list[StagedRow]:
    """Rows of an earlier check that carry the clerk's work: corrected cells, decisions."""
    worked = Row.objects.filter(batch=batch, is_fixed=True) | Row.objects.filter(batch=batch).exclude(
        decision=""
    )
    return [staged_of(row) for row in worked.order_by("position")]


def carry_over(typed: Typed, kept: Sequence[StagedRow], importer: Importer, today: date) -> Typed:
    """The rows of a new reading with the corrections of the one before, found by place, else by name and number.

    A correction is taken only where the cell still says what it said then: what was mended in the file stays.
    """
    if not kept:
        return typed
    places = {(row.sheet[:100], row.number): index for index, row in enumerate(typed.rows)}
    people = _unambiguous(typed.rows)
    rows = list(typed.rows)
    for old in kept:
        index = _place_of(old, rows, places, people)
        if index is not None:
            rows[index] = _corrected(rows[index], old, importer, typed.source, today)
    return replace(typed, rows=rows)


def _person(row: StagedRow) -> tuple[str, str]:
    return show(row.cells.get("name")), show(row.cells.get("national_id"))


def _unambiguous(rows: Iterable[StagedRow]) -> Mapping[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    doubles = set()
    for index, row in enumerate(rows):
        if found.setdefault(_person(row), index) != index:
            doubles.add(_person(row))
    return {person: index for person, index in found.items() if person not in doubles and any(person)}


def _place_of(
    old: StagedRow,
    rows: Sequence[StagedRow],
    places: Mapping[tuple[str, int], int],
    people: Mapping[tuple[str, str], int],
) -> int | None:
    there = places.get((old.sheet, old.number))
    if there is not None:
        name, number = _person(rows[there])
        if (name and name == _person(old)[0]) or (number and number == _person(old)[1]):
            return there
    return people.get(_person(old))


def _corrected(row: StagedRow, old: StagedRow, importer: Importer, source: Source, today: date) -> StagedRow:
    row.fixes = {
        name: text
        for name, text in old.fixes.items()
        if show(row.cells.get(name)) == show(old.cells.get(name))
    }
    row.decision, row.decided_id = old.decision, old.decided_id
    return type_again(row, importer, source, today) if row.fixes else row
