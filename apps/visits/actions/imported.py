"""Taking a log that was imported back as one."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.bulk import batched, delete_many
from apps.core.scope import Actor
from apps.imports.models import Batch
from apps.retirees.models import Retiree
from apps.visits.actions.log import refresh_visited
from apps.visits.actions.settling import release_dues
from apps.visits.models import Visit, Visitor, VisitPhoto


@dataclass(frozen=True)
class Undone:
    """What taking a batch back did: how many visits are gone, and those that stay because somebody worked on them."""

    removed: int
    kept: Sequence[Visit]


def changed_since(batch: Batch) -> list[Visit]:
    """Visits of a batch that were changed, or got photographs or wants, after it was written: undoing leaves them."""
    rows = Visit.objects.filter(import_batch_id=batch.pk).select_related("retiree", "occasion")
    with_photos = VisitPhoto.objects.filter(visit__import_batch_id=batch.pk).values("visit_id")
    touched = rows.exclude(version=1) | rows.filter(pk__in=with_photos) | rows.filter(raised__isnull=False)
    return list(touched.distinct().order_by("visited_on", "pk"))


@transaction.atomic
def undo_imported(*, batch: Batch, by: Actor) -> Undone:
    """Take the visits of a batch back, however many days later: what they had settled is due again, each person's last
    visit is that of before. Visits that somebody has changed since stay and are named. What was seen of their health
    stays in the people's records, as when a single visit is removed.

    batch: one that the actor sees. Done twice, the second time removes nothing.
    """
    Batch.objects.select_for_update(of=("self",), no_key=True).get(pk=batch.pk)
    kept = changed_since(batch)
    rows = Visit.objects.filter(import_batch_id=batch.pk).exclude(pk__in=[one.pk for one in kept])
    visits = list(rows.select_related("occasion").order_by("pk"))
    for some in batched(visits):
        keys = [visit.pk for visit in some]
        release_dues(some)
        delete_many(Visitor, keys, column="visit_id")
        delete_many(Visit, keys)
        refresh_visited(Retiree.objects.in_bulk({visit.retiree_id for visit in some}))
    if visits:
        record_event(
            kind=EventKind.IMPORT,
            summary=f"撤销导入 {batch.file_name}：{len(visits)}条走访记录",
            by=by,
            subject=batch,
            data={"removed": len(visits), "kept": len(kept)},
        )
    return Undone(len(visits), kept)
