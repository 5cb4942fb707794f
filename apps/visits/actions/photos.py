"""Pictures of a visit: made anew without metadata, shown to the staff, taken away again."""

from collections.abc import Sequence

from django.db import transaction

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core import private_files
from apps.core.pictures import make_whole
from apps.core.scope import Actor
from apps.visits.models import Visit, VisitPhoto

BUCKET = "visit-photos"
MOST = 9
"""Pictures of one visit."""


class TooManyPhotos(Exception):
    """The visit has as many pictures as it may have; the text says so."""


def add_photos(*, visit: Visit, contents: Sequence[bytes], caption: str, by: Actor) -> int:
    """Keep pictures of a visit, all or none; return how many were new. A picture that the visit has
    already is not kept twice.

    Raises PictureRefused, FileNotKept and TooManyPhotos.
    """
    made = [make_whole(content) for content in contents]  # before the lock: each takes a moment
    added = 0
    with transaction.atomic():
        row = Visit.objects.select_for_update(of=("self",), no_key=True).get(pk=visit.pk)
        known = set(VisitPhoto.objects.filter(visit=row).values_list("digest", flat=True))
        for picture in made:
            stored = private_files.keep(BUCKET, picture.full)
            if stored.digest in known:
                continue
            known.add(stored.digest)
            if len(known) > MOST:
                raise TooManyPhotos(f"一次走访最多{MOST}张照片，请挑选后再传。")
            VisitPhoto.objects.create(
                retiree_id=row.retiree_id,
                county_id=row.county_id,
                unit_id=row.unit_id,
                visit=row,
                file_ref=stored.name,
                thumb_ref=private_files.keep(BUCKET, picture.thumbnail).name,
                digest=stored.digest,
                caption=caption,
                uploaded_by_name=by.name,
            )
            added += 1
        if added:
            record_event(
                kind=EventKind.CHANGE,
                summary=f"上传走访照片：{row.retiree.name}，{added}张",
                by=by,
                subject=row.retiree,
                data={"visit": row.pk, "count": added},
            )
    return added


@transaction.atomic
def remove_photo(*, photo: VisitPhoto, by: Actor) -> None:
    """Take a picture away; its file goes with the next sweep."""
    person = photo.retiree
    record_event(
        kind=EventKind.CHANGE,
        summary=f"删除走访照片：{person.name}",
        by=by,
        subject=person,
        data={"visit": photo.visit_id},
    )
    photo.delete()
