"""Checking and writing a batch in the background. Killed anywhere, a job goes on behind its last committed step."""

from django.utils import timezone

from apps.core import private_files
from apps.imports import actions
from apps.imports.choices import State
from apps.imports.models import Batch
from apps.imports.reading.refusals import Refused
from apps.imports.rules import ChangedMeanwhile, importers
from apps.jobs.actions import JobFailed, Lease, handles


def _page(batch: Batch) -> dict[str, object]:
    return {"label": "查看", "view": "imports:detail", "args": [batch.pk]}


@handles("imports.check")
def check(lease: Lease) -> None:
    """Read the file, judge its rows, stage them."""
    result: dict[str, object] = {}
    try:
        with lease.last_step(result):
            batch = Batch.objects.get(pk=lease.job.payload["batch"])
            if batch.state != State.UPLOADED:
                return
            content = private_files.read(actions.BUCKET, batch.file_ref)
            reading = actions.read_content(
                content,
                importers[batch.kind],
                place=actions.place_of(batch.unit),
                actor=lease.actor,
                today=timezone.localdate(),
            )
            actions.stage(batch, reading)
            result |= {"summary": f"共{len(reading.rows)}行，等待核对", "next": _page(batch)}
    except Refused as refusal:
        with lease.step():
            actions.refuse(batch, refusal)
        raise JobFailed(refusal.reason) from None


@handles("imports.apply")
def apply(lease: Lease) -> None:
    """Write the confirmed rows, in one transaction."""
    result: dict[str, object] = {}
    try:
        with lease.last_step(result):
            batch = Batch.objects.select_related("unit").get(pk=lease.job.payload["batch"])
            if batch.state != State.CONFIRMED:
                return
            outcome = actions.apply_staged(batch, seen_on=timezone.localdate(), by=lease.actor)
            result |= {"summary": f"写入{sum(outcome.written.values())}人", "next": _page(batch)}
    except ChangedMeanwhile as changed:
        with lease.step():
            actions.check_again(batch, by=lease.actor)
        raise JobFailed(str(changed)) from None
