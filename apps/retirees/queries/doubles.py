"""Who may be the same person as one about to be registered."""

from apps.core.partial_date import PartialDate
from apps.core.scope import Actor
from apps.retirees.models import Retiree

SHOWN = 5


def namesakes(actor: Actor, name: str, birth: PartialDate | None, *, but: int | None = None) -> list[Retiree]:
    """People the actor sees with this name and a birth date that can be the same month; the dead too, because
    a dead man registered anew is the same mistake. ``but``: the person being edited.

    Without a birth date on either side the name alone decides. At most SHOWN, with their unit.
    """
    found = Retiree.objects.visible_to(actor).filter(name=name).select_related("unit").order_by("pk")
    if but is not None:
        found = found.exclude(pk=but)
    return [person for person in found[:50] if _may_agree(person.birth_date, birth)][:SHOWN]


def _may_agree(one: PartialDate | None, other: PartialDate | None) -> bool:
    if one is None or other is None:
        return True
    return _month(one).agrees_with(_month(other))


def _month(day: PartialDate) -> PartialDate:
    return PartialDate(day.year, day.month)
