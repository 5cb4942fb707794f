"""Visits that come from a county's log in thousands, and taking them back as one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.bulk import batched, delete_many, insert_many, update_values
from apps.core.scope import Actor
from apps.imports.models import Batch
from apps.retirees.models import Retiree
from apps.visits.actions.settling import release_dues, settle_dues
from apps.visits.choices import Recorded, Target
from apps.visits.models import Visit, Visitor, VisitPhoto

MOST_TEXT = 200


@dataclass(frozen=True)
class ImportedVisitor:
    """One of those who went, with his post of that day; ``leader_id`` where he is on the list of leaders."""

    name: str
    post: str
    level: str
    leader_id: int | None = None


@dataclass(frozen=True)
class ImportedVisit:
    """A row of a log: fields of ``Visit`` by name, and who went."""

    retiree: Retiree
    values: Mapping[str, Any]
    visitors: Sequence[ImportedVisitor]


@transaction.atomic
def write_imported(*, entries: Sequence[ImportedVisit], batch_id: int, by: Actor) -> list[Visit]:
    """Write visits of a batch, mark as done what they settle, keep each person's last visit; return them in order.

    Raises what the database raises (a second gift in a campaign, a gift without a source).
    """
    written: list[Visit] = []
    for some in batched(entries):
        visits = [_visit(entry, batch_id, by) for entry in some]
        insert_many(visits)
        insert_many(
            Visitor(
                **entry.retiree.row_keys(),
                visit=visit,
                leader_id=one.leader_id,
                name=one.name,
                post=one.post,
                level=one.level,
                position=position,
            )
            for entry, visit in zip(some, visits, strict=True)
            for position, one in enumerate(entry.visitors)
        )
        settle_dues(visits)
        keep_last_visits({entry.retiree.pk for entry in some})
        written += visits
    return written


def _visit(entry: ImportedVisit, batch_id: int, by: Actor) -> Visit:
    first = min(entry.visitors, key=lambda one: one.level)
    words = f"{first.name}（{first.post}）" if first.post else first.name
    if len(entry.visitors) > 1:
        words += f"等{len(entry.visitors)}人"
    return Visit(
        **entry.retiree.row_keys(),
        **entry.values,
        level=first.level,
        visitors_text=words[:MOST_TEXT],
        recorded=Recorded.IMPORT,
        recorded_by=by.user_id,
        recorded_by_name=by.name,
        import_batch_id=batch_id,
    )


def keep_last_visits(people: set[int]) -> int:
    """Set ``Retiree.visited_on`` of these people to the day on which they themselves were last seen; return how many
    changed."""
    seen = Visit.objects.filter(retiree_id__in=people, target=Target.SELF).order_by()
    last: dict[int, date] = dict(seen.values_list("retiree_id").annotate(Max("visited_on")))
    before = Retiree.objects.filter(pk__in=people).values_list("pk", "visited_on")
    changed = [{"id": key, "visited_on": last.get(key)} for key, day in before if day != last.get(key)]
    return update_values(Retiree, changed, ["visited_on"])


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
    visit is that of before. Visits that somebody has changed since stay and are named.

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
        keep_last_visits({visit.retiree_id for visit in some})
    if visits:
        record_event(
            kind=EventKind.IMPORT,
            summary=f"撤销导入 {batch.file_name}：{len(visits)}条走访记录",
            by=by,
            subject=batch,
            data={"removed": len(visits), "kept": len(kept)},
        )
    return Undone(len(visits), kept)
