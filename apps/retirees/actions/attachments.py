"""Papers of a person: taken in, handed out with a line in the log, thrown away for thirty days, brought back."""

import logging
import uuid
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core import private_files
from apps.core.pictures import PictureRefused, make_glance
from apps.core.scope import Actor
from apps.core.sniffing import JPEG, PNG, sniff
from apps.retirees.models import Attachment, Retiree

logger = logging.getLogger(__name__)
BUCKET = "attachments"
TRASH_DAYS = 30


class DoubleAttachment(Exception):
    """The person has this very file already; ``known`` is it."""

    def __init__(self, known: Attachment) -> None:
        super().__init__(f"这个文件已经上传过：《{known.title}》（{known.uploaded_by_name}）。")
        self.known = known


class NoPaper(RuntimeError):
    """The paper cannot be handed out; the text says why."""


def add_attachment(
    *,
    retiree: Retiree,
    kind: str,
    title: str,
    note: str,
    file_name: str,
    content: bytes,
    by: Actor,
    token: uuid.UUID | None = None,
) -> Attachment:
    """Keep a file as a paper of the person. What it is follows from its bytes; its name gets the ending of that.

    The same form sent twice (``token``) gives the same paper. Raises RefusedFile, DoubleAttachment, FileNotKept.
    """
    found = sniff(content)
    stem = private_files.clean_filename(file_name, 90)
    name = (
        stem
        if stem.lower().endswith(f".{found.ending}")
        else f"{stem.rpartition('.')[0] or stem}.{found.ending}"
    )
    key = uuid.uuid5(token, f"attachment{retiree.pk}") if token else uuid.uuid4()
    small = _glance(content) if found in (JPEG, PNG) else None
    with transaction.atomic():
        Retiree.objects.select_for_update(of=("self",), no_key=True).get(pk=retiree.pk)
        papers = Attachment.objects.filter(retiree=retiree)
        known = papers.filter(pk=key).first()
        if known is not None:
            return known
        stored = private_files.keep(BUCKET, content)
        same = papers.filter(digest=stored.digest, deleted_at=None).first()
        if same is not None:
            raise DoubleAttachment(same)
        paper = Attachment(
            id=key,
            retiree=retiree,
            county_id=retiree.county_id,
            unit_id=retiree.unit_id,
            kind=kind,
            title=title,
            note=note,
            file_name=name[:100],
            file_ref=stored.name,
            digest=stored.digest,
            thumb_ref=private_files.keep(BUCKET, small).name if small else "",
            size=stored.size,
            content_type=found.content_type,
            uploaded_by=by.user_id,
            uploaded_by_name=by.name,
            uploaded_at=timezone.now(),
        )
        paper.save(force_insert=True)
        record_event(
            kind=EventKind.CHANGE,
            summary=f"上传文件：{retiree.name}（{paper.get_kind_display()}）",
            by=by,
            subject=retiree,
            data={"attachment": str(paper.pk), "size": stored.size},
        )
        return paper


def _glance(content: bytes) -> bytes | None:
    """The picture made small, None where it cannot be opened: the paper is kept as it came all the same."""
    try:
        return make_glance(content)
    except PictureRefused:
        return None


@transaction.atomic
def download_attachment(*, paper: Attachment, by: Actor) -> bytes:
    """The content of a paper, after a line in the log that ``by`` took it away. Raises NoPaper."""
    try:
        content = private_files.read(BUCKET, paper.file_ref)
    except (private_files.FileGone, private_files.FileDamaged) as error:
        logger.error("attachment %s cannot be read", paper.pk)
        raise NoPaper("文件已不在服务器上或已损坏，请告诉系统管理员。") from error
    record_event(
        kind=EventKind.DOWNLOAD,
        summary=f"下载文件：{paper.retiree.name}（{paper.get_kind_display()}）",
        by=by,
        subject=paper.retiree,
        data={"attachment": str(paper.pk), "size": paper.size},
    )
    return content


@transaction.atomic
def discard_attachment(*, paper: Attachment, by: Actor) -> None:
    """Into the trash, where it stays for thirty days."""
    _move(paper, deleted=True, by=by)


@transaction.atomic
def restore_attachment(*, paper: Attachment, by: Actor) -> None:
    """Out of the trash."""
    _move(paper, deleted=False, by=by)


def _move(paper: Attachment, *, deleted: bool, by: Actor) -> None:
    current = Attachment.objects.select_for_update(of=("self",), no_key=True).get(pk=paper.pk)
    if (current.deleted_at is not None) == deleted:
        return
    current.deleted_at = timezone.now() if deleted else None
    current.deleted_by_name = by.name if deleted else ""
    current.save(update_fields=["deleted_at", "deleted_by_name"])
    record_event(
        kind=EventKind.CHANGE,
        summary=f"{'删除' if deleted else '恢复'}文件：{paper.retiree.name}（{paper.get_kind_display()}）",
        by=by,
        subject=paper.retiree,
        data={"attachment": str(paper.pk)},
    )


@transaction.atomic
def empty_trash() -> int:
    """Forget papers thrown away more than thirty days ago; the sweep then removes their files. Returns how many."""
    old = Attachment.objects.filter(deleted_at__lt=timezone.now() - timedelta(days=TRASH_DAYS))
    return old.delete()[0]
