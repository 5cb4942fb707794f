"""Files that jobs leave for their initiator."""

import logging
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from apps.accounts.actions import expire_drafts
from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core import private_files
from apps.core.scope import Actor, scope
from apps.jobs.actions.people import mark_seen
from apps.jobs.models import Job
from apps.jobs.rules import FILE_DAYS, system_actor

logger = logging.getLogger(__name__)

BUCKET = "downloads"


def keep_file(
    content: bytes, *, filename: str, content_type: str = "application/octet-stream"
) -> dict[str, Any]:
    """Keep a job's file, encrypted, and return what belongs into ``result["file"]``. For use in the last step.

    ``filename``: what it is called when downloaded. Raises private_files.FileNotKept.
    """
    stored = private_files.keep(BUCKET, content)
    return {
        "bucket": stored.bucket,
        "name": stored.name,
        "size": stored.size,
        "digest": stored.digest,
        "filename": private_files.clean_filename(filename),
        "type": content_type,
    }


class NoFile(RuntimeError):
    """There is nothing to download; the text says why and what to do."""


@transaction.atomic
def download_file(*, job: Job, by: Actor) -> bytes:
    """Return the content of a job's file, and write in the log that ``by`` took it away. The caller has asked
    ``can_download``. Raises NoFile."""
    if job.file is None:
        raise NoFile(f"文件只保留 {FILE_DAYS} 天，已经清理，请重新生成。")
    try:
        content = private_files.read(BUCKET, job.file["name"])
    except private_files.FileGone as error:
        logger.error("file of job %s is gone", job.pk)
        raise NoFile("文件已经不在服务器上，请重新生成。") from error
    except private_files.FileDamaged as error:
        logger.error("file of job %s is damaged", job.pk)
        raise NoFile("文件已损坏，请重新生成，并告诉系统管理员。") from error
    record_event(
        kind=EventKind.DOWNLOAD,
        summary=f"下载：{job.label}",
        by=by,
        data={"job": str(job.pk), "kind": job.kind, "size": len(content)},
    )
    mark_seen(by=by, job=job)
    return content


@transaction.atomic
def expire_downloads() -> int:
    """Take the files of jobs that ended more than seven days ago away; return how many."""
    old = Job.objects.filter(result__has_key="file", finished_at__lt=Now() - timedelta(days=FILE_DAYS))
    names = []
    for job in old.select_for_update(skip_locked=True, no_key=True)[:500]:
        names.append(job.result.pop("file")["name"])
        job.result["expired"] = True
        job.save(update_fields=["result"])

    def remove() -> None:
        for name in names:
            private_files.remove(BUCKET, name)

    transaction.on_commit(remove)
    return len(names)


def sweep_files() -> None:
    """Hourly: expired downloads and drafts, and files of every bucket that no row names."""
    with scope(system_actor()):
        expire_drafts()
        expired = expire_downloads()
        orphans = {bucket: private_files.sweep(bucket) for bucket in private_files.buckets()}
    logger.info("files swept: %s expired, orphans %s", expired, orphans)
