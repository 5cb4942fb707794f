"""The file of a paper: taken in, handed out with a line in the log, taken away."""

import logging

from django.db import transaction

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core import private_files
from apps.core.scope import Actor
from apps.core.sniffing import sniff
from apps.library.actions.papers import locked
from apps.library.models import Paper
from apps.library.rules import PaperRefused

logger = logging.getLogger(__name__)
BUCKET = "library"


@transaction.atomic
def keep_file(*, paper: Paper, file_name: str, content: bytes, by: Actor) -> Paper:
    """Keep the file of a paper, in the place of the one before. What it is follows from its bytes; its name gets the
    ending of that. Raises RefusedFile, FileNotKept."""
    found = sniff(content)
    stem = private_files.clean_filename(file_name, 90)
    if not stem.lower().endswith(f".{found.ending}"):
        stem = f"{stem.rpartition('.')[0] or stem}.{found.ending}"
    row = locked(paper)
    stored = private_files.keep(BUCKET, content)
    row.file_name, row.file_ref = stem[:100], stored.name
    row.file_type, row.file_size = found.content_type, stored.size
    row.save(update_fields=["file_name", "file_ref", "file_type", "file_size"])
    record_event(
        kind=EventKind.CHANGE,
        summary=f"上传原文：{row.number}",
        by=by,
        subject=row,
        data={"size": stored.size},
    )
    return row


@transaction.atomic
def download_file(*, paper: Paper, by: Actor) -> bytes:
    """The content of the file, after a line in the log that ``by`` took it away. Raises PaperRefused."""
    try:
        content = private_files.read(BUCKET, paper.file_ref)
    except (private_files.FileGone, private_files.FileDamaged) as error:
        logger.error("file of paper %s cannot be read", paper.pk)
        raise PaperRefused("文件已不在服务器上或已损坏，请告诉系统管理员。") from error
    record_event(
        kind=EventKind.DOWNLOAD,
        summary=f"下载原文：{paper.number}",
        by=by,
        subject=paper,
        data={"size": paper.file_size},
    )
    return content


@transaction.atomic
def drop_file(*, paper: Paper, by: Actor) -> bool:
    """Take the file away; the sweep removes it. Return whether there was one."""
    row = locked(paper)
    if not row.file_ref:
        return False
    row.file_name = row.file_ref = row.file_type = ""
    row.file_size = 0
    row.save(update_fields=["file_name", "file_ref", "file_type", "file_size"])
    record_event(kind=EventKind.CHANGE, summary=f"删除原文：{row.number}", by=by, subject=row)
    return True
