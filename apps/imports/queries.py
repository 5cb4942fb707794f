"""Reads over staged imports."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Count, QuerySet

from apps.core.cells import show
from apps.core.scope import Actor
from apps.imports.choices import WRITTEN, Level, State, Verdict
from apps.imports.models import Batch, ImportMapping, Row
from apps.imports.reading.typed import decode_cell
from apps.imports.rules import NEEDS_REVIEW, RowIssue, StagedRow

Contents = Mapping[str, Any]


def waiting_batches(actor: Actor) -> int:
    """How many batches wait to be looked through and confirmed."""
    return Batch.objects.visible_to(actor).filter(state=State.CHECKED).count()


def unfinished_batches(units: Collection[int]) -> int:
    """How many batches for these units are neither written, nor dropped, nor refused."""
    return (
        Batch.objects.filter(unit_id__in=units)
        .exclude(state__in=(State.DONE, State.REFUSED, State.DROPPED))
        .count()
    )


def contents_of(row: Row) -> Contents:
    """What a staged row holds, as JSON: raw (what the cells say now), cells, fixes, values, entry, before, after,
    candidates."""
    contents: dict[str, Any] = json.loads(row.contents.for_processing()) if row.contents else {}
    if "cells" in contents:
        cells = {name: show(decode_cell(cell)) for name, cell in contents["cells"].items()}
        contents["raw"] = cells | contents["fixes"]
    return contents


def entry_of(row: Row) -> StagedRow:
    """Of a staged row what writing needs; what the preview showed stays sealed text."""
    contents = json.loads(row.contents.for_processing())
    return StagedRow(
        row.sheet,
        row.number,
        entry=contents.get("entry", {}),
        decision=row.decision,
        candidates=contents.get("candidates", []),
        issues=[RowIssue.from_json(one) for one in row.issues],
        verdict=row.verdict,
        target_id=row.target_id,
        target_version=row.target_version,
    )


def staged_of(row: Row) -> StagedRow:
    """The row as importers know it, with its cells typed as they were read."""
    contents = contents_of(row)
    return StagedRow(
        row.sheet,
        row.number,
        raw=contents.get("raw", {}),
        cells={name: decode_cell(cell) for name, cell in contents.get("cells", {}).items()},
        fixes=contents.get("fixes", {}),
        decision=row.decision,
        decided_id=row.decided_id,
        candidates=contents.get("candidates", []),
        values=contents.get("values", {}),
        entry=contents.get("entry", {}),
        issues=[RowIssue.from_json(one) for one in row.issues],
        verdict=row.verdict,
        before=contents.get("before", {}),
        after=contents.get("after", {}),
        target_id=row.target_id,
        target_version=row.target_version,
    )


def rows_saying(batch: Batch, field: str, text: str) -> list[Row]:
    """The people of a batch whose cell of this column now says exactly ``text`` (all rows are opened for it)."""
    rows = Row.objects.filter(batch=batch).exclude(verdict=Verdict.SKIPPED).order_by("position")
    return [
        row
        for row in rows.iterator(chunk_size=2000)
        if row.contents and contents_of(row).get("raw", {}).get(field, "") == text
    ]


def counts_of(batch: Batch) -> dict[str, int]:
    """Rows by verdict, and how many to be written have a doubt."""
    rows = Row.objects.filter(batch=batch).order_by()
    counts = dict(rows.values_list("verdict").annotate(Count("pk")))
    counts["warning"] = rows.filter(level=Level.WARNING).exclude(verdict=Verdict.LEFT_OUT).count()
    return counts


def new_units_of(batch: Batch) -> list[str]:
    """Names of units that writing would add, in the order of the rows."""
    rows = Row.objects.filter(batch=batch, verdict__in=WRITTEN).exclude(new_unit="")
    return list(dict.fromkeys(rows.order_by("position").values_list("new_unit", flat=True)))


def mappings_for(batch: Batch, actor: Actor) -> QuerySet[ImportMapping]:
    """What is remembered of the headers of this batch's place: the county's, and the unit's own."""
    places = {batch.county_id, batch.unit_id}
    found = ImportMapping.objects.visible_to(actor).filter(county_id=batch.county_id, unit_id__in=places)
    return found.filter(kind=batch.kind)


def remembered_columns(batch: Batch, actor: Actor) -> dict[str, str | None]:
    """Header key → field (None: not to be imported); what the unit said wins over what the county said."""
    found = sorted(mappings_for(batch, actor), key=lambda one: one.unit_id != one.county_id)
    return {one.header_key: one.field or None for one in found}


def earlier_batch(batch: Batch, actor: Actor) -> Batch | None:
    """The last batch with the same file that was written, to tell the clerk that it is nothing new."""
    same = Batch.objects.visible_to(actor).filter(digest=batch.digest, state=State.DONE, kind=batch.kind)
    return same.exclude(pk=batch.pk).order_by("-pk").first()


def uploads_in_use(names: set[str]) -> set[str]:
    """Of these stored files, those that batches still point to. Asked by the sweeper, in a city scope."""
    files = Batch.objects.filter(file_ref__in=names).values_list("file_ref", flat=True)
    return {*files, *Batch.objects.filter(proof_ref__in=names).values_list("proof_ref", flat=True)}


def rows_for_review(batch: Batch) -> int:
    """How many rows to be written change something that waits for review."""
    told = [{"kind": NEEDS_REVIEW}]
    return Row.objects.filter(batch=batch, verdict=Verdict.UPDATE, issues__contains=told).count()


def chosen_columns(batch: Batch) -> dict[tuple[str, int], str | None]:
    """(sheet, column number) → field (None: not to be imported), as the clerk settled it for this file."""
    return {(sheet, number): name for sheet, number, name in batch.chosen}
