"""What a merge of two records would do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.core.scope import Actor
from apps.retirees.choices import ON_REGISTER, LifeState
from apps.retirees.models import Merge, PrivateDetails, Retiree
from apps.retirees.queries.person import TYPED, TYPED_MONEY, TYPED_SEALED
from apps.retirees.queries.words import is_same
from apps.retirees.rules.merging import PAIRED, Choice, fuller, propose

MERGED_FIELDS = tuple(name for name in TYPED if name not in PAIRED)
PRIVATE_FIELDS = (*TYPED_SEALED, *TYPED_MONEY)


@dataclass(frozen=True)
class Two:
    """Two records of one person: the one that is kept and the other, with their private details."""

    keep: Retiree
    other: Retiree
    keep_private: PrivateDetails
    other_private: PrivateDetails

    def choices(self) -> list[Choice]:
        """Every field of which at least one record knows something."""
        found = [_choice(name, getattr(self.keep, name), getattr(self.other, name)) for name in MERGED_FIELDS]
        found += [
            _choice(name, getattr(self.keep_private, name), getattr(self.other_private, name))
            for name in PRIVATE_FIELDS
        ]
        return [one for one in found if not (_empty(one.keep) and _empty(one.other))]


def _empty(value: Any) -> bool:
    return value is None or value == ""


def _choice(name: str, keep: Any, other: Any) -> Choice:
    return propose(name, keep, other, same=is_same(keep, other))


def two_of(actor: Actor, first: Retiree, second: Retiree, keep: int | None = None) -> Two:
    """The two, with the one to be kept in front: ``keep`` if it is one of them, else the fuller."""
    private = PrivateDetails.objects.visible_to(actor).in_bulk([first.pk, second.pk])
    if keep not in (first.pk, second.pk):
        keep = first.pk if fuller(_rank(first), _rank(second)) else second.pk
    mine, his = (first, second) if keep == first.pk else (second, first)
    return Two(mine, his, private[mine.pk], private[his.pk])


def _rank(person: Retiree) -> tuple[bool, int, Any]:
    return person.state in ON_REGISTER, person.filled, person.updated_at


def last_of(person: Retiree) -> int:
    """Key of the record that stands for a merged one now, over several merges."""
    seen = {person.pk}
    while person.state == LifeState.MERGED and person.merged_into_id not in seen:
        seen.add(person.merged_into_id)
        following = Retiree.objects.filter(pk=person.merged_into_id).first()
        if following is None:
            break
        person = following
    return person.pk


def merges_of(actor: Actor, person: Retiree) -> list[Merge]:
    """Merges into this person that hold."""
    return list(Merge.objects.visible_to(actor).filter(retiree=person, undone_at=None))


def picked(choices: list[Choice], sent: Mapping[str, str]) -> dict[str, str]:
    """The side of each field: as sent where somebody must look, else as proposed."""
    return {
        one.name: sent[one.name] if one.is_open and sent.get(one.name) in ("keep", "other") else one.side
        for one in choices
    }
