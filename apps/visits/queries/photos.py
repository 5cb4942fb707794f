"""Reading the pictures of visits."""

from collections.abc import Sequence

from apps.accounts.perms import is_staff
from apps.core.scope import Actor
from apps.visits.models import Visit, VisitPhoto


def photos_of(actor: Actor, visit: Visit) -> Sequence[VisitPhoto]:
    """The pictures of a visit, the first uploaded first; leaders see none."""
    if not is_staff(actor):
        return []
    return list(VisitPhoto.objects.visible_to(actor).filter(visit_id=visit.pk).order_by("uploaded_at", "pk"))


def photos_in_use(names: set[str]) -> set[str]:
    """Of these stored files, those that a visit shows. Asked by the sweeper, in a city scope."""
    used: set[str] = set()
    for field in ("file_ref", "thumb_ref"):
        rows = VisitPhoto.objects.filter(**{f"{field}__in": names})
        used |= set(rows.values_list(field, flat=True))
    return used
