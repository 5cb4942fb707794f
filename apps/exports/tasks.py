"""Making the file in the background, in pieces, so that neither memory nor a transaction grows with the register."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.utils import timezone

from apps.core.documents.errors import DocumentError
from apps.core.private_files import FileNotKept
from apps.exports import actions
from apps.exports.actions.files import write_file
from apps.exports.choices import State
from apps.exports.models import ExportRequest
from apps.jobs.actions import JobFailed, Lease, handles, keep_file


@handles("exports.make")
def make(lease: Lease) -> None:
    """Read the people piece by piece, write the file, keep it."""
    with lease.step(done=0):
        request = ExportRequest.objects.get(pk=lease.job.payload["request"])
        if request.state != State.RUNNING:
            return
        making = actions.Making.of(request, lease.actor)
    try:
        with tempfile.TemporaryDirectory(prefix="portal-export-") as folder:
            made = write_file(Path(folder), making, _rows(lease, making), lease.actor)
            result: dict[str, object] = {}
            with lease.last_step(result):
                actions.finish(making, by=lease.actor)
                stamp = timezone.localtime().strftime("%Y%m%d")
                name = (
                    f"{making.exporter.label}{making.written}{making.exporter.unit}-{stamp}-{request.number}"
                )
                result["file"] = keep_file(
                    made.path.read_bytes(),
                    filename=f"{name}{made.path.suffix}",
                    content_type=made.content_type,
                )
                result["summary"] = f"共{making.written}{making.exporter.unit}"
                result["next"] = {"label": "查看申请", "view": "exports:detail", "args": [request.pk]}
    except (DocumentError, FileNotKept) as error:
        with lease.step():
            actions.fail_request(request)
        raise JobFailed(str(error)) from error


def _rows(lease: Lease, making: actions.Making) -> Iterator[list[str]]:
    """Each piece is read in a step of its own; writing goes on outside of it."""
    done = 0
    for keys in actions.pieces(making.request.keys):
        done += len(keys)
        with lease.step(done=done - 1):
            rows = actions.rows_of(making, keys, lease.actor)
        yield from rows
