"""The people of the invented city as whoever plans visits needs them: since when, until when, and how they live."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from apps.core.chinese import age_on
from apps.core.fields import decode
from apps.retirees.choices import PARTY_MEMBERS, Category, Level, LifeState, Living, Relation, Residence
from apps.retirees.models import FamilyMember, LifeFact, Membership, Retiree

NEVER = date(9999, 1, 1)
BUREAU_LEVELS = (Level.BUREAU_CHIEF, Level.BUREAU_DEPUTY)
READ = (
    "id", "county_id", "unit_id", "name", "birth_from", "category", "treatment", "residence", "living", "health",
    "self_care", "political", "state",
)  # fmt: skip


@dataclass(slots=True)
class Person:
    """One person; ``came`` is the first day on which he may be visited, ``gone`` the first on which no more."""

    id: int
    county_id: int
    unit_id: int
    name: str
    birth: date | None
    category: str
    treatment: str
    residence: str
    living: str
    health: str
    self_care: str
    in_party: bool
    state: str
    came: date
    gone: date = NEVER
    heard_on: date | None = None
    """Day on which the office heard of the present state (death, critical illness)."""
    spouse: tuple[Any, str] | None = None
    """Key and name."""
    survivor: tuple[Any, str] | None = None

    @property
    def keys(self) -> dict[str, Any]:
        return {"retiree_id": self.id, "county_id": self.county_id, "unit_id": self.unit_id}

    @property
    def is_lixiu(self) -> bool:
        return self.category == Category.LIXIU

    @property
    def is_high(self) -> bool:
        """厅级."""
        return self.treatment in BUREAU_LEVELS

    @property
    def is_away(self) -> bool:
        return self.residence not in ("", Residence.LOCAL)

    @property
    def is_alone(self) -> bool:
        return self.living in (Living.ALONE, Living.NANNY)

    def age(self, day: date) -> int:
        """周岁, 0 where it is not known."""
        return age_on(self.birth, day) or 0

    def is_here(self, day: date) -> bool:
        return self.came <= day < self.gone


def read_people(first: date) -> list[Person]:
    """Everybody of the register, the dead too, by key; ``first`` is the earliest day of the log."""
    came: dict[int, date] = {}
    for key, during in Membership.objects.values_list("retiree_id", "during"):
        came[key] = min(came.get(key, NEVER), during.lower or first)
    people = [
        Person(
            *row[:11],
            in_party=row[11] in PARTY_MEMBERS,
            state=row[12],
            came=max(came[row[0]], first),
        )
        for row in Retiree.objects.order_by("pk").values_list(*READ)
    ]
    by_key = {person.id: person for person in people}
    facts = LifeFact.objects.order_by("retiree_id", "pk")
    for key, state, happened_on, reported_on in facts.values_list(
        "retiree_id", "state", "happened_on", "reported_on"
    ):
        person = by_key[key]
        if state == person.state:
            person.heard_on = reported_on
        if state == LifeState.DEAD:
            person.gone = decode(happened_on).earliest
    _add_family(by_key)
    return people


def _add_family(people: dict[int, Person]) -> None:
    members = FamilyMember.objects.order_by("retiree_id", "sort")
    for key, member, name, relation, is_survivor in members.values_list(
        "retiree_id", "pk", "name", "relation", "is_survivor"
    ):
        if relation == Relation.SPOUSE:
            people[key].spouse = (member, name)
        if is_survivor:
            people[key].survivor = (member, name)
