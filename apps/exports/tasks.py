"""Making the file in the background, in pieces, so that neither memory nor a transaction grows with the register."""

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NoReturn

from django.utils import timezone

from apps.core.documents.errors import DocumentError
from apps.core.documents.marks import FormValue
from apps.core.private_files import FileDamaged, FileGone, FileNotKept
from apps.exports import actions
from apps.exports.actions.files import write_file, write_form, write_papers
from apps.exports.choices import WHOLE, Format, State
from apps.exports.models import ExportRequest
from apps.exports.perms import can_export
from apps.jobs.actions import JobFailed, Lease, handles, keep_file


@handles("exports.make")
def make(lease: Lease) -> None:
    """Read the people piece by piece, write the file, keep it."""
    with lease.step(done=0):
        request = ExportRequest.objects.get(pk=lease.job.payload["request"])
        if request.state != State.RUNNING:
            return
        may = can_export(lease.actor)
        making = actions.Making.of(request, lease.actor)
    if not may:
        _fail(lease, request, "申请人的导出权限已被收回，没有生成。")
    try:
        with tempfile.TemporaryDirectory(prefix="portal-export-") as folder:
            if request.format in WHOLE:
                made = write_papers(Path(folder), making, _papers(lease, making))
            elif request.format == Format.FORM:
                made = write_form(Path(folder), making, _forms(lease, making))
            else:
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
        _fail(lease, request, str(error), error)
    except (FileGone, FileDamaged) as error:
        _fail(lease, request, "表样文件读不出来，请重新上传表样后再申请。", error)


def _fail(lease: Lease, request: ExportRequest, words: str, error: Exception | None = None) -> NoReturn:
    with lease.step():
        actions.fail_request(request)
    raise JobFailed(words) from error


def _papers(lease: Lease, making: actions.Making) -> Iterator[tuple[str, bytes]]:
    """One person a step: a paper takes up to some seconds to set."""
    for done, key in enumerate(making.request.keys):
        with lease.step(done=done):
            found = actions.papers_of(making, [key], lease.actor)
        yield from found


FORMS_AT_ONCE = 20
"""A person's papers are some queries each."""


def _forms(lease: Lease, making: actions.Making) -> Iterator[Mapping[str, FormValue]]:
    """Some people a step."""
    keys = making.request.keys
    for start in range(0, len(keys), FORMS_AT_ONCE):
        some = keys[start : start + FORMS_AT_ONCE]
        with lease.step(done=start + len(some) - 1):
            found = actions.forms_of(making, some, lease.actor)
        yield from found


def _rows(lease: Lease, making: actions.Making) -> Iterator[list[str]]:
    """Each piece is read in a step of its own; writing goes on outside of it."""
    done = 0
    for keys in actions.pieces(making.request.keys):
        done += len(keys)
        with lease.step(done=done - 1):
            rows = actions.rows_of(making, keys, lease.actor)
        yield from rows
