"""What the personnel file holds beside the facts, and which stored files are still somebody's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from apps.accounts.perms import sees_private
from apps.core.scope import Actor
from apps.retirees.choices import LifeState, SpecialGroup
from apps.retirees.models import (
    Attachment,
    CareerEntry,
    GroupMark,
    Honour,
    InfoForm,
    PersonNote,
    Portrait,
    PortraitHistory,
    Retiree,
)
from apps.retirees.rules import groups_of

KEPT_DAYS = 30
"""How long an earlier photograph and a paper in the trash can be brought back."""


@dataclass(frozen=True)
class Dossier:
    """Career in its order, honours and marks oldest first, the photograph, papers latest first, notes latest
    first. ``papers`` and ``notes`` are empty for those who may not see them: their tables are not asked then."""

    career: Sequence[CareerEntry]
    honours: Sequence[Honour]
    marks: Sequence[GroupMark]
    portrait: Portrait | None
    papers: Sequence[Attachment]
    notes: Sequence[PersonNote] = ()

    @property
    def marks_now(self) -> list[GroupMark]:
        """Marks that hold."""
        return [mark for mark in self.marks if mark.during.upper is None]


def dossier_of(person: Retiree, actor: Actor) -> Dossier:
    """The file of a person whom the actor sees; six queries for staff, four for leaders."""
    papers = Attachment.objects.visible_to(actor).filter(retiree_id=person.pk, deleted_at=None)
    notes = PersonNote.objects.visible_to(actor).filter(retiree_id=person.pk)
    return Dossier(
        career=list(CareerEntry.objects.visible_to(actor).filter(retiree_id=person.pk)),
        honours=list(Honour.objects.visible_to(actor).filter(retiree_id=person.pk)),
        marks=list(GroupMark.objects.visible_to(actor).filter(retiree_id=person.pk)),
        portrait=Portrait.objects.visible_to(actor).filter(retiree_id=person.pk).first(),
        papers=list(papers) if sees_private(actor) else [],
        notes=list(notes) if sees_private(actor) else [],
    )


def groups_on(person: Retiree, dossier: Dossier, today: date, *, survivors: bool) -> list[SpecialGroup]:
    """The groups a person belongs to on a day."""
    values = {
        "birth_from": person.birth_from,
        "living": person.living,
        "self_care": person.self_care,
        "residence": person.residence,
        "period": person.period,
        "died": person.state == LifeState.DEAD,
    }
    marks = [mark.group for mark in dossier.marks_now]
    return groups_of(values, today=today, marks=marks, survivors=survivors)


def trash_of(person: Retiree, actor: Actor) -> list[Attachment]:
    """Papers thrown away that can be brought back, the latest first."""
    since = timezone.now() - timedelta(days=KEPT_DAYS)
    papers = Attachment.objects.visible_to(actor).filter(retiree_id=person.pk, deleted_at__gte=since)
    return list(papers.order_by("-deleted_at", "pk"))


def earlier_portraits(person: Retiree, present: Portrait | None) -> list[PortraitHistory]:
    """Photographs of the last thirty days other than the present one, the latest first, each once."""
    since = timezone.now() - timedelta(days=KEPT_DAYS)
    rows = PortraitHistory.objects.filter(retiree_id=person.pk, pgh_created_at__gte=since)
    found: dict[str, PortraitHistory] = {}
    for row in rows.order_by("-pgh_id"):
        if present is None or row.digest != present.digest:
            found.setdefault(row.digest, row)
    return list(found.values())


def same_paper_elsewhere(paper: Attachment, actor: Actor) -> Attachment | None:
    """Another person's paper with the very same content, among those the actor sees."""
    papers = Attachment.objects.visible_to(actor).filter(digest=paper.digest, deleted_at=None)
    return papers.exclude(retiree_id=paper.retiree_id).select_related("retiree").first()


def portraits_in_use(names: set[str]) -> set[str]:
    """Of these stored files, those of a present photograph or of one that can still be brought back. Asked by the
    sweeper, in a city scope."""
    since = timezone.now() - timedelta(days=KEPT_DAYS)
    used: set[str] = set()
    for field in ("file_ref", "thumb_ref"):
        present = Portrait.objects.filter(**{f"{field}__in": names})
        earlier = PortraitHistory.objects.filter(**{f"{field}__in": names}, pgh_created_at__gte=since)
        used |= set(present.values_list(field, flat=True)) | set(earlier.values_list(field, flat=True))
    return used


def attachments_in_use(names: set[str]) -> set[str]:
    """Of these stored files, those that papers still point to, also from the trash. Asked as above."""
    files = Attachment.objects.filter(file_ref__in=names).values_list("file_ref", flat=True)
    small = Attachment.objects.filter(thumb_ref__in=names).values_list("thumb_ref", flat=True)
    return set(files) | set(small)


def info_forms_in_use(names: set[str]) -> set[str]:
    """Of these stored files, those that are or were the office's own form. Asked as above."""
    return set(InfoForm.objects.filter(file_ref__in=names).values_list("file_ref", flat=True))
