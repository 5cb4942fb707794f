"""A batch from upload to register: uploaded → checked → confirmed → done; and the ways back."""

import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models.functions import Now

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core import private_files
from apps.core.bulk import update_many
from apps.core.scope import Actor
from apps.imports.choices import WRITTEN, Mode, State, Verdict
from apps.imports.models import Batch, Row
from apps.imports.queries import contents_of, entry_of
from apps.imports.reading.lrmx import PICTURE, portraits
from apps.imports.reading.prescan import prescan
from apps.imports.reading.refusals import MAX_FILE_BYTES, Refused
from apps.imports.rules import (
    ChangedMeanwhile,
    Outcome,
    Place,
    Review,
    StagedRow,
    Tell,
    importers,
    silent,
)
from apps.jobs.actions import request_job
from apps.jobs.choices import OVER
from apps.jobs.models import Job
from apps.units.choices import Level as UnitLevel
from apps.units.models import Unit

BUCKET = "uploads"


class NotNow(Exception):
    """The batch is not in a state for this; the text says what to do."""


def place_of(unit: Unit) -> Place:
    """Where a batch for ``unit`` puts its people. Raises NotNow for the city itself."""
    if unit.level == UnitLevel.CITY or unit.area_id is None:
        raise NotNow("请选择县市区或单位。")
    return Place(unit.area_id, unit.pk, is_county=unit.level == UnitLevel.COUNTY)


@transaction.atomic
def upload_batch(*, kind: str, file_name: str, content: bytes, unit: Unit, by: Actor) -> Batch:
    """Keep the file and ask for its check. Raises Refused for a file that is too large or empty, NotNow for a place
    that takes no people."""
    if len(content) > MAX_FILE_BYTES:
        raise Refused("too-large")
    if not content:
        raise Refused("empty")
    place = place_of(unit)
    stored = private_files.keep(BUCKET, content)
    batch = Batch.objects.create(
        county_id=place.county_id,
        unit_id=place.unit_id,
        kind=kind,
        file_name=private_files.clean_filename(file_name, limit=100),
        file_ref=stored.name,
        digest=stored.digest,
        size=stored.size,
        created_by=by.user_id,
        created_by_name=by.name,
    )
    record_event(kind=EventKind.IMPORT, summary=f"上传 {batch.file_name}", by=by, subject=batch)
    _ask(batch, "check", f"读取 {batch.file_name}", by)
    return batch


def _ask(batch: Batch, what: str, label: str, by: Actor, round_: str = "") -> Job:
    job = request_job(
        kind=f"imports.{what}",
        label=label,
        dedupe_key=f"imports.{what}:{batch.pk}{round_}",
        payload={"batch": batch.pk},
        by=by,
    )
    batch.job_id = job.pk
    batch.save(update_fields=["job_id"])
    return job


def refuse(batch: Batch, refusal: Refused) -> None:
    """The file cannot be read; the batch keeps the reason."""
    batch.state = State.REFUSED
    batch.refusal = refusal.reason[:300]
    batch.save(update_fields=["state", "refusal"])


@transaction.atomic
def confirm_batch(*, batch: Batch, mode: Mode, by: Actor, review: Review | None = None) -> Job:
    """Ask for the writing of a checked batch. ``review``: what goes with the changes that wait for a word of the city.

    Raises NotNow when it is not waiting, when nothing would change, or when all rows must be free of errors
    and are not.
    """
    held = Batch.objects.select_for_update(of=("self",), no_key=True).get(pk=batch.pk)
    if held.state == State.CONFIRMED and held.job_id:
        return Job.objects.get(pk=held.job_id)
    if held.state != State.CHECKED:
        raise NotNow(f"这一批现在是“{held.get_state_display()}”，不能写入。")
    if not held.total(*WRITTEN):
        raise NotNow("没有要新增或更新的内容，不需要写入。")
    wrong = held.total(Verdict.ERROR, Verdict.DUPLICATE)
    if mode == Mode.ALL_OR_NONE and wrong:
        raise NotNow(f"还有{wrong}行有错误或重复。请在页面上改好，或选择“只写入没有错误的行”。")
    held.state, held.mode = State.CONFIRMED, mode
    if review is not None:
        held.review_reason = review.reason[:200]
        if review.proof is not None:
            name, content = review.proof
            held.proof_ref = private_files.keep(BUCKET, content).name
            held.proof_name = private_files.clean_filename(name, limit=100)
    held.save(update_fields=["state", "mode", "review_reason", "proof_ref", "proof_name"])
    return _ask(held, "apply", f"写入 {held.file_name}", by, round_=_round(held))


@transaction.atomic
def drop_batch(*, batch: Batch, by: Actor) -> None:
    """Give up a batch that was not confirmed; its rows and its file go. Raises NotNow."""
    held = Batch.objects.select_for_update(of=("self",), no_key=True).get(pk=batch.pk)
    if held.state not in (State.CHECKED, State.UPLOADED, State.REFUSED):
        raise NotNow(f"这一批已经“{held.get_state_display()}”，不能放弃。")
    Row.objects.filter(batch=held).delete()
    held.state, name, held.file_ref = State.DROPPED, held.file_ref, ""
    held.save(update_fields=["state", "file_ref"])
    record_event(kind=EventKind.IMPORT, summary=f"放弃导入 {held.file_name}", by=by, subject=held)
    transaction.on_commit(lambda: private_files.remove(BUCKET, name), robust=True)


def apply_staged(batch: Batch, *, seen_on: date, by: Actor, tell: Tell = silent) -> Outcome:
    """Write the confirmed rows in the caller's transaction: all of them or, on any failure, none. Raises what
    ``tell`` raises, and ChangedMeanwhile (also where a single row is late and all were wanted)."""
    importer = importers[batch.kind]
    staged = Row.objects.filter(batch=batch, verdict__in=WRITTEN, is_applied=False).order_by("position")
    keys: dict[int, Any] = {}
    rows: list[tuple[int, StagedRow]] = []
    for row in staged.iterator(chunk_size=2000):
        keys[row.position] = row.pk
        rows.append((row.position, entry_of(row)))
    outcome = importer.apply(
        rows,
        place_of(batch.unit),
        batch_id=batch.pk,
        label=batch.file_name,
        seen_on=seen_on,
        by=by,
        tell=tell,
        review=_review_of(batch),
    )
    if outcome.late and batch.mode == Mode.ALL_OR_NONE:
        raise ChangedMeanwhile
    _note_outcome(batch, outcome, keys, by)
    return outcome


def _review_of(batch: Batch) -> Review | None:
    """Reason and proof of a batch whose sensitive changes wait for review."""
    if not batch.review_reason:
        return None
    proof = (batch.proof_name, private_files.read(BUCKET, batch.proof_ref)) if batch.proof_ref else None
    return Review(batch.review_reason, proof)


def _note_outcome(batch: Batch, outcome: Outcome, keys: Mapping[int, Any], by: Actor) -> None:
    """Write into rows and batch what became of them, and the event."""
    written = (
        Row(pk=keys[position], target_id=target, is_applied=True)
        for position, target in outcome.targets.items()
    )
    update_many(written, ["target_id", "is_applied"])
    for late in outcome.late:
        Row.objects.filter(batch=batch, sheet=late.sheet[:100], number=late.number).update(
            verdict=late.verdict, level=late.level, issues=[one.as_json() for one in late.issues]
        )
    counts = {**batch.counts, **outcome.written}
    counts[Verdict.ERROR] = counts.get(Verdict.ERROR, 0) + len(outcome.late)
    Batch.objects.filter(pk=batch.pk).update(
        state=State.DONE, counts=counts, finished_at=Now(), change_set_id=outcome.change_set_id
    )
    counted = importers[batch.kind].wording.counted
    updated = f"，更新{counts.get('update', 0)}{counted}" if counts.get("update") or counted == "人" else ""
    record_event(
        kind=EventKind.IMPORT,
        summary=f"导入 {batch.file_name}：新增{counts.get('new', 0)}{counted}{updated}",
        by=by,
        subject=batch,
        data={"written": dict(outcome.written)},
    )


def check_again(batch: Batch, *, by: Actor) -> None:
    """The register changed under a confirmed batch: back to the preview with a new check."""
    batch.state = State.UPLOADED
    batch.save(update_fields=["state"])
    _ask(batch, "check", f"重新核对 {batch.file_name}", by, round_=f":{batch.job_id}")


@transaction.atomic
def go_on(*, batch: Batch, by: Actor) -> None:
    """After a job that was stopped or broke down: read anew, or back to the preview. Raises NotNow while it works."""
    held = Batch.objects.select_for_update(of=("self",), no_key=True).get(pk=batch.pk)
    job = Job.objects.filter(pk=held.job_id).first() if held.job_id else None
    if held.state not in (State.UPLOADED, State.CONFIRMED) or (job and job.state not in OVER):
        raise NotNow("这一批正在处理，请稍候。")
    if held.state == State.UPLOADED:
        check_again(held, by=by)
        return
    held.state = State.CHECKED
    held.save(update_fields=["state"])


def _round(batch: Batch) -> str:
    """A batch may be confirmed again after a stopped writing; each time is a job of its own."""
    return f":{batch.job_id}"


def ask_errors(*, batch: Batch, by: Actor) -> Job:
    """Ask for the file with what is wrong in it. Raises NotNow where nothing is, or the file is gone."""
    if batch.state not in (State.CHECKED, State.DONE) or not batch.file_ref:
        raise NotNow("这一批现在没有可以带回的文件。")
    if not batch.total(Verdict.ERROR, Verdict.DUPLICATE, "warning"):
        raise NotNow("没有错误，也没有疑问，不需要带回。")
    return request_job(
        kind="imports.errors",
        label=f"错误说明 {batch.file_name}",
        dedupe_key=f"imports.errors:{batch.pk}:{uuid4()}",
        payload={"batch": batch.pk},
        by=by,
    )


def pictures_of(content: bytes) -> dict[int, bytes]:
    """Row number → photograph, of a file of forms (.lrmx); none of any other. Asks no database."""
    with tempfile.TemporaryDirectory(prefix="portal-import-") as folder:
        path = Path(folder) / "upload"
        path.write_bytes(content)
        try:
            return portraits(path) if prescan(path).kind == "lrmx" else {}
        except Refused:
            return {}


def attach_pictures(batch: Batch, outcome: Outcome, pictures: Mapping[int, bytes], by: Actor) -> int:
    """Hand the photographs to the people that the rows became. Returns how many could not be read."""
    if not pictures:
        return 0
    rows = Row.objects.filter(batch=batch, position__in=list(outcome.targets), number__in=list(pictures))
    wanted = {
        outcome.targets[row.position]: pictures[row.number]
        for row in rows
        if PICTURE in contents_of(row).get("raw", {}).values()  # the clerk may have emptied the cell
    }
    return importers[batch.kind].attach(wanted, by, outcome.change_set_id)
