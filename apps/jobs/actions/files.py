"""Files that jobs leave for their initiator."""

import logging
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from apps.core import private_files
from apps.core.scope import scope
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


@transaction.atomic
def expire_downloads() -> int:
    """Take the files of jobs that ended more than seven days ago away; return how many."""
    old = Job.objects.filter(result__has_key="file", finished_at__lt=Now() - timedelta(days=FILE_DAYS))
    names = []
    for job in old.select_for_update(skip_locked=True, no_key=True)[:500]:
        names.append(job.result.pop("file")["name"])
        job.result["expired"] = True
        job.save(update_fields=["result"])
    transaction.on_commit(lambda: [private_files.remove(BUCKET, name) for name in names])
    return len(names)


def sweep_files() -> None:
    """Hourly: expired downloads, and files of every bucket that no row names."""
    with scope(system_actor()):
        expired = expire_downloads()
        orphans = {bucket: private_files.sweep(bucket) for bucket in private_files.buckets()}
    logger.info("files swept: %s expired, orphans %s", expired, orphans)
