"""The photograph of a person: set, replaced, taken off, and brought back."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core import private_files
from apps.core.pictures import Box, make_photograph
from apps.core.scope import Actor
from apps.retirees.models import Portrait, PortraitHistory, Retiree

BUCKET = "portraits"
FILES = ("file_ref", "thumb_ref", "digest", "source", "made_at", "made_by_name")


def set_portrait(
    *, retiree: Retiree, content: bytes, by: Actor, box: Box | None = None, source: str = "上传"
) -> Portrait:
    """Cut a picture to two inches and make it the person's photograph; the one before stays in the history.

    ``content``: JPEG, PNG, WebP or BMP; ``box``: the part to keep, else the middle. Raises PictureRefused, whose text
    is for the person who sent it, or private_files.FileNotKept.
    """
    made = make_photograph(content, box)
    with transaction.atomic():
        full = private_files.keep(BUCKET, made.full)
        thumbnail = private_files.keep(BUCKET, made.thumbnail)
        values = {
            "file_ref": full.name,
            "thumb_ref": thumbnail.name,
            "digest": full.digest,
            "source": source[:40],
            "made_at": timezone.now(),
            "made_by_name": by.name,
        }
        return _put(retiree, values, "上传照片", by)


def _put(retiree: Retiree, values: dict[str, Any], what: str, by: Actor) -> Portrait:
    Retiree.objects.select_for_update(of=("self",), no_key=True).get(pk=retiree.pk)
    # Taken off and set anew, not changed: the history then has the day until which the old one held, from which on
    # it is kept for bringing back.
    Portrait.objects.filter(retiree=retiree).delete()
    portrait = Portrait.objects.create(
        retiree=retiree, county_id=retiree.county_id, unit_id=retiree.unit_id, **values
    )
    record_event(kind=EventKind.CHANGE, summary=f"{what}：{retiree.name}", by=by, subject=retiree)
    return portrait


@transaction.atomic
def remove_portrait(*, portrait: Portrait, by: Actor) -> None:
    """Take the photograph off; it can be brought back for thirty days."""
    person = portrait.retiree
    Portrait.objects.filter(pk=portrait.pk).delete()
    record_event(kind=EventKind.CHANGE, summary=f"删除照片：{person.name}", by=by, subject=person)


@transaction.atomic
def restore_portrait(*, retiree: Retiree, earlier: PortraitHistory, by: Actor) -> Portrait:
    """Make an earlier photograph of the person the present one. Raises FileGone when it is no longer kept."""
    private_files.read(BUCKET, earlier.file_ref)
    return _put(retiree, {name: getattr(earlier, name) for name in FILES}, "换回照片", by)
