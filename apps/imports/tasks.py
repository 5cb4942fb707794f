"""Checking and writing a batch in the background. Killed anywhere, a job goes on behind its last committed step."""

from datetime import date

from django.utils import timezone

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core import private_files
from apps.imports import actions
from apps.imports.choices import State
from apps.imports.models import Batch
from apps.imports.queries import chosen_columns, remembered_columns
from apps.imports.reading.refusals import Refused
from apps.imports.rules import ChangedMeanwhile, importers
from apps.jobs.actions import JobFailed, Lease, handles, keep_file


def _page(batch: Batch) -> dict[str, object]:
    return {"label": "查看", "view": "imports:detail", "args": [batch.pk]}


@handles("imports.check")
def check(lease: Lease) -> None:
    """Read the file, judge its rows, stage them. The file is read outside of any transaction."""
    today = timezone.localdate()
    try:
        _check(lease, today)
    except Refused as refusal:
        with lease.step():
            actions.refuse(Batch.objects.get(pk=lease.job.payload["batch"]), refusal)
        raise JobFailed(refusal.reason) from None


def _check(lease: Lease, today: date) -> None:
    with lease.step():
        batch = Batch.objects.select_related("unit").get(pk=lease.job.payload["batch"])
        if batch.state != State.UPLOADED:
            return
        content = private_files.read(actions.BUCKET, batch.file_ref)
        importer = importers[batch.kind]
        columns = actions.Columns(
            remembered_columns(batch, lease.actor), chosen_columns(batch), importer.own_labels()
        )
        kept = actions.kept_corrections(batch)
    typed = actions.type_content(content, importer, today=today, columns=columns, tell=lease.tell)
    typed = actions.carry_over(typed, kept, importer, today)
    result: dict[str, object] = {}
    with lease.last_step(result):
        batch = Batch.objects.select_related("unit").get(pk=batch.pk)
        if batch.state != State.UPLOADED:
            return
        earlier = actions.continued(batch, actions.batch_of_sheets(typed.sheets), lease.actor)
        if earlier is not None:
            typed = actions.carry_over(typed, actions.kept_corrections(earlier), importer, today)
            actions.take_over(earlier, batch, lease.actor)
            batch = earlier
        place = actions.place_of(batch.unit)
        actions.stage(batch, actions.judge_typed(typed, importer, place=place, actor=lease.actor))
        result |= {"summary": f"共{len(typed.rows)}行，等待核对", "next": _page(batch)}


@handles("imports.apply")
def apply(lease: Lease) -> None:
    """Write the confirmed rows, in one transaction."""
    result: dict[str, object] = {}
    with lease.step():
        batch = Batch.objects.get(pk=lease.job.payload["batch"])
        content = private_files.read(actions.BUCKET, batch.file_ref) if batch.file_ref else b""
    pictures = actions.pictures_of(content)
    try:
        with lease.last_step(result):
            batch = Batch.objects.select_related("unit").get(pk=batch.pk)
            if batch.state != State.CONFIRMED:
                return
            outcome = actions.apply_staged(
                batch, seen_on=timezone.localdate(), by=lease.actor, tell=lease.tell
            )
            lost = actions.attach_pictures(batch, outcome, pictures, lease.actor)
            summary = f"写入{sum(outcome.written.values())}{importers[batch.kind].wording.counted}" + (
                f"，{lost}张照片没有读出" if lost else ""
            )
            result |= {"summary": summary, "next": _page(batch)}
    except ChangedMeanwhile as changed:
        with lease.step():
            actions.check_again(batch, by=lease.actor)
        raise JobFailed(str(changed)) from None


@handles("imports.errors")
def errors(lease: Lease) -> None:
    """Give the user's own file back with what is wrong in it; a new one where it cannot be written in."""
    with lease.step():
        batch = Batch.objects.get(pk=lease.job.payload["batch"])
        marks = actions.marks_of(batch)
        content = private_files.read(actions.BUCKET, batch.file_ref)
    marked = actions.marked_file(content, marks)
    result: dict[str, object] = {}
    with lease.last_step(result):
        marked = marked or actions.wrong_rows(batch, marks)
        result["file"] = keep_file(marked, filename=actions.returned_name(batch), content_type=actions.XLSX)
        record_event(
            kind=EventKind.EXPORT, summary=f"带回错误说明 {batch.file_name}", by=lease.actor, subject=batch
        )
        result |= {"summary": "红色的格子有错误，黄色的有疑问，最后一列是说明", "next": _page(batch)}
