"""Mending staged rows in the preview: a cell, a decision. Only what is touched is judged anew, with the rows whose
judgement hangs on it."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.bulk import update_many
from apps.core.cells import show
from apps.core.scope import Actor
from apps.imports.actions.batches import NotNow, place_of
from apps.imports.actions.reading import Source, clean_fix, judge, type_again
from apps.imports.actions.staging import WRITTEN_BACK, fill
from apps.imports.choices import Decision, State, Verdict
from apps.imports.models import Batch, Row
from apps.imports.queries import counts_of, new_units_of, rows_saying, staged_of
from apps.imports.rules import StagedRow, importers


class BadFix(Exception):
    """What was typed cannot stand in this cell; the text says why."""


@transaction.atomic
def fix_cells(
    *, batch: Batch, row: Row, field: str, text: str | None, everywhere: bool, by: Actor, today: date
) -> int:
    """Write ``text`` over a cell of a staged row (None: what the file says again), with ``everywhere`` over every
    equal cell of that column. Returns the number of rows touched.

    Raises NotNow when the batch does not wait in the preview, BadFix when the text would be an error in this cell.
    """
    held = _held(batch)
    importer = importers[held.kind]
    labels = importer.labels()
    if field not in labels:
        raise BadFix("没有这一列。")
    old = _typed(row)
    rows = rows_saying(held, field, old.shown(field)) if everywhere else [row]
    touched = {one.pk: staged_of(one) for one in rows}
    typed = None if text is None else clean_fix(text)
    for one in touched.values():
        if typed is None or typed == show(one.cells.get(field)):
            one.fixes.pop(field, None)
        else:
            one.fixes[field] = typed
    if typed:
        _refuse_errors(touched[row.pk], field, held, today)
    _judge_again(held, rows, touched, by, today)
    record_event(
        kind=EventKind.IMPORT,
        summary=f"核对导入时改正 {held.file_name}：{labels[field]}，{len(touched)}行",
        by=by,
        subject=held,
        data={"field": field, "rows": len(touched)},
    )
    return len(touched)


@transaction.atomic
def decide_row(
    *, batch: Batch, row: Row, decision: str, person_id: int | None, by: Actor, today: date
) -> None:
    """Leave a row out, say that it is a registered person or another one, or ("") take that back.

    Raises NotNow when the batch does not wait in the preview, BadFix when the person is none of the row's candidates.
    """
    held = _held(batch)
    one = _typed(row)
    if decision == Decision.UPDATE and person_id not in one.candidates:
        raise BadFix("请选择其中一个人。")
    one.decision = decision
    one.decided_id = person_id if decision == Decision.UPDATE else None
    _judge_again(held, [row], {row.pk: one}, by, today)
    said = Decision(decision).label if decision else "收回处理"
    record_event(
        kind=EventKind.IMPORT,
        summary=f"核对导入 {held.file_name}第{row.number}行：{said}",
        by=by,
        subject=held,
        data={"row": row.number},
    )


def _held(batch: Batch) -> Batch:
    held = Batch.objects.select_for_update(of=("self",), no_key=True).select_related("unit").get(pk=batch.pk)
    if held.state != State.CHECKED:
        raise NotNow(f"这一批现在是“{held.get_state_display()}”，不能再改。")
    return held


def _typed(row: Row) -> StagedRow:
    staged = staged_of(row)
    if not staged.cells:
        raise NotNow("这一行不能在页面上改。请改好表格后重新上传。")
    return staged


def _refuse_errors(row: StagedRow, field: str, batch: Batch, today: date) -> None:
    source = Source(batch.is_untyped, batch.epoch_1904)
    tried = type_again(row, importers[batch.kind], source, today)
    wrong = [one.issue.message for one in tried.issues if one.field == field and one.issue.level == "error"]
    if wrong:
        raise BadFix("".join(wrong))


def _judge_again(
    batch: Batch, rows: Sequence[Row], touched: dict[UUID, StagedRow], by: Actor, today: date
) -> None:
    """Type and judge the touched rows, and with them those of the same number or the same person."""
    importer = importers[batch.kind]
    source = Source(batch.is_untyped, batch.epoch_1904)
    stored: dict[UUID, Row] = {row.pk: row for row in rows}
    staged = dict(touched)
    while True:
        fresh = {pk: type_again(one, importer, source, today) for pk, one in staged.items()}
        order = sorted(fresh, key=lambda pk: stored[pk].position)
        own_units = [name for name in batch.new_units if name]
        judge(
            [fresh[pk] for pk in order], importer, place=place_of(batch.unit), actor=by, new_units=own_units
        )
        more = _bound_to(batch, stored.values(), [*staged.values(), *fresh.values()])
        if not more:
            break
        stored |= {row.pk: row for row in more}
        staged |= {row.pk: staged_of(row) for row in more}
    update_many((fill(stored[pk], row, importer) for pk, row in fresh.items()), WRITTEN_BACK)
    batch.counts, batch.new_units = counts_of(batch), new_units_of(batch)
    batch.save(update_fields=["counts", "new_units"])


def _bound_to(batch: Batch, known: Iterable[Row], rows: Iterable[StagedRow]) -> list[Row]:
    """Further people of the batch with the same number or the same registered person as one of these."""
    importer = importers[batch.kind]
    numbers = {index for row in rows if (index := importer.identity(row))}
    people = {row.target_id for row in rows if row.target_id}
    if not numbers and not people:
        return []
    keys = [row.pk for row in known]
    found = Row.objects.filter(Q(number_index__in=numbers) | Q(target_id__in=people), batch=batch)
    return list(found.exclude(verdict=Verdict.SKIPPED).exclude(pk__in=keys))
