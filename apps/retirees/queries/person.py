"""Everything about one person, in a number of queries that does not grow with what is known."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from apps.accounts.perms import sees_private
from apps.core.scope import Actor
from apps.retirees.choices import AffiliationKind
from apps.retirees.models import (
    Affiliation,
    Condition,
    FamilyMember,
    LevelFact,
    LifeFact,
    Membership,
    PrivateDetails,
    Retiree,
    Ruling,
)

TYPED = (
    "name former_name sex nation birth_date card_birth_date native_place birthplace political joined_party_on education"
    " marriage party_branch category joined_on joined_basis work_started_on work_basis retired_on approval_number post"
    " highest_post held_leading_post rank rank_number treatment treatment_on treatment_number medical_treatment"
    " medical_treatment_on medical_number health self_care living residence settled_place speciality"
    " note"
).split()
"""Fields of the person that people type."""
TYPED_SEALED = ("national_id", "phone", "address", "medical_card")
TYPED_MONEY = ("monthly_income", "basic_fee", "allowance")
TYPED_UNITS = {"original_unit": AffiliationKind.ORIGINAL, "paying_unit": AffiliationKind.PAYING}


@dataclass(frozen=True)
class PersonFile:
    """A person with all dated facts. ``private`` is None and ``family`` empty for those who may not see them:
    the private tables are not asked at all then."""

    person: Retiree
    private: PrivateDetails | None
    levels: Sequence[LevelFact]
    conditions: Sequence[Condition]
    life: Sequence[LifeFact]
    affiliations: Sequence[Affiliation]
    memberships: Sequence[Membership]
    rulings: Sequence[Ruling]
    family: Sequence[FamilyMember]

    @property
    def values(self) -> dict[str, Any]:
        """What the edit form starts from; private values are not among them."""
        return typed_values(self.person, self.private, self.affiliations)


def person_file(person: Retiree, actor: Actor) -> PersonFile:
    """Facts of a person whom the actor sees, oldest first; eight queries for staff, six for leaders."""

    def rows(model: Any) -> list[Any]:
        return list(model.objects.visible_to(actor).filter(retiree_id=person.pk))

    private = sees_private(actor)
    stays = Membership.objects.visible_to(actor).filter(retiree_id=person.pk).select_related("unit")
    return PersonFile(
        person=person,
        private=PrivateDetails.objects.visible_to(actor).get(pk=person.pk) if private else None,
        levels=rows(LevelFact),
        conditions=rows(Condition),
        life=rows(LifeFact),
        affiliations=rows(Affiliation),
        memberships=list(stays.order_by("during")),
        rulings=list(
            Ruling.objects.visible_to(actor).filter(
                Q(retiree_id=person.pk) | Q(retiree__merged_into=person.pk)
            )
        ),  # they are not rewritten, so those of a merged record stay with it
        family=rows(FamilyMember) if private else [],
    )


def typed_values(person: Any, private: Any, affiliations: Iterable[Any]) -> dict[str, Any]:
    """Values of the person's form from the rows, or from their history: names as ``Entry.values`` has them."""
    found = {name: getattr(person, name) for name in TYPED}
    if private is not None:
        found |= {name: getattr(private, name) for name in TYPED_MONEY}
    open_now = {row.kind: row.organisation_name for row in affiliations if row.during.upper is None}
    found |= {name: open_now.get(kind, "") for name, kind in TYPED_UNITS.items()}
    return found | dict(person.custom)


def sealed_values(private: Any) -> Mapping[str, Any]:
    """The private values as Secrets, or None."""
    return {name: getattr(private, name) for name in TYPED_SEALED}
