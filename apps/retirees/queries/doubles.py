"""Who may be the same person as one about to be saved, among those the actor sees.

Nothing is said about people out of sight, not even that there are some: a name and a month of birth are easily
guessed, so that an answer would tell whose register somebody stands on. Pairs in two counties are found at night and
shown to the city (actions/doubles.py, ADR 0019).
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q

from apps.accounts.perms import sees_private
from apps.core import pinyin
from apps.core.cells import name_key
from apps.core.partial_date import PartialDate
from apps.core.scope import Actor
from apps.retirees.choices import VOID, DoubleReason, DoubleState
from apps.retirees.models import PossibleDouble, PrivateDetails, Retiree
from apps.retirees.models.private import id_index, phone_index
from apps.retirees.rules.doubles import WARNED, Traits, compare, weigh

SHOWN = 5
LOOKED_AT = 60
"""So many of each kind are compared: with more namesakes than that, a further one says nothing."""
COMPARED = (
    "id",
    "county_id",
    "unit_id",
    "name",
    "former_name",
    "name_key",
    "former_key",
    "name_pinyin",
    "birth_date",
    "sex",
    "state",
    "version",
)


@dataclass(frozen=True)
class Candidate:
    """A registered person who may be the one being saved."""

    person: Retiree
    private: PrivateDetails | None
    reasons: tuple[DoubleReason, ...]

    @property
    def weight(self) -> int:
        return weigh(self.reasons)


def candidates(
    actor: Actor,
    values: Mapping[str, Any],
    *,
    unit_id: int | None,
    but: int | None = None,
    national_id: bytes | None = None,
    phone: bytes | None = None,
) -> list[Candidate]:
    """People like the one described, the likeliest first, at most SHOWN.

    ``values``: name, former_name, birth_date, sex, and national_id and phone as typed; blind indexes ``national_id``
    and ``phone`` stand for what is kept already where nothing is typed. ``but``: the person being edited; who was
    decided to be somebody else is left out. The dead are among them, because a dead man registered anew is the same
    mistake; what was merged is not.
    """
    described = traits_of_values(values, unit_id=unit_id, national_id=national_id, phone=phone)
    if not described.name_key:
        return []
    found = {person.pk: person for person in _alike(actor, described, but)}
    for settled in _settled(but):
        found.pop(settled, None)
    private = PrivateDetails.objects.visible_to(actor).in_bulk(list(found)) if sees_private(actor) else {}
    judged = [
        Candidate(person, private.get(pk), compare(described, traits_of(person, private.get(pk))))
        for pk, person in found.items()
    ]
    strong = [one for one in judged if one.weight >= WARNED]
    return sorted(strong, key=lambda one: (-one.weight, one.person.pk))[:SHOWN]


def traits_of_values(
    values: Mapping[str, Any],
    *,
    unit_id: int | None,
    national_id: bytes | None = None,
    phone: bytes | None = None,
) -> Traits:
    """What is compared of a person who is only described."""
    name, former = values.get("name") or "", values.get("former_name") or ""
    number, typed_phone = values.get("national_id"), values.get("phone")
    return Traits(
        name=name,
        name_key=name_key(name),
        former_key=name_key(former),
        pinyin=pinyin.full(name),
        birth=values.get("birth_date"),
        sex=values.get("sex") or "",
        unit_id=unit_id,
        national_id=id_index(number) if isinstance(number, str) and number else national_id,
        phone=phone_index(typed_phone) if isinstance(typed_phone, str) and typed_phone else phone,
    )


def traits_of(person: Retiree, private: PrivateDetails | None) -> Traits:
    """What is compared of a registered person."""
    return Traits(
        name=person.name,
        name_key=person.name_key,
        former_key=person.former_key,
        pinyin=person.name_pinyin,
        birth=person.birth_date,
        sex=person.sex,
        unit_id=person.unit_id,
        national_id=_bytes(private.national_id_index) if private else None,
        phone=_bytes(private.phone_index) if private else None,
    )


def _bytes(value: Any) -> bytes | None:
    return None if value is None else bytes(value)


# By each index that can find one, each asked for little, however many namesakes there are. One statement for all:
# through the ORM they were four, and making their texts took longer than the database took to answer.
_BY_NAME = """
(SELECT id FROM retirees_retiree WHERE name_key = ANY(%(keys)s) AND {born} AND {wanted} LIMIT %(most)s) UNION
(SELECT id FROM retirees_retiree WHERE former_key = ANY(%(keys)s) AND former_name <> '' AND {wanted} LIMIT %(most)s)
"""
_BY_SOUND = """
UNION
(SELECT id FROM retirees_retiree WHERE unit_id = %(unit)s AND name_pinyin = %(pinyin)s AND {wanted} LIMIT %(most)s)
"""
_BY_PHONE = """
UNION (SELECT retiree_id FROM retirees_privatedetails WHERE phone_index = %(phone)s LIMIT %(most)s)
"""
_WANTED = "state <> ALL(%(void)s) AND id IS DISTINCT FROM %(but)s"
_BORN = "(birth_from BETWEEN %(first)s AND %(last)s OR birth_from = %(year)s OR birth_from IS NULL)"


def _alike(actor: Actor, described: Traits, but: int | None) -> Iterable[Retiree]:
    """Those with the name, sound or telephone; the database's wall finds them, the portal's is asked again."""
    keys = _near(actor, described, but)
    if not keys:
        return ()
    people = Retiree.objects.visible_to(actor).exclude(state__in=VOID).exclude(pk=but).filter(pk__among=keys)
    return people.select_related("unit").only(*COMPARED, "unit__name", "unit__short_name").order_by()


def _near(actor: Actor, described: Traits, but: int | None) -> list[int]:
    born = _born_like(described.birth)
    asked = _BY_NAME
    if described.unit_id is not None and described.pinyin:
        asked += _BY_SOUND
    if described.phone is not None and sees_private(actor):
        asked += _BY_PHONE
    given = {
        "keys": [key for key in (described.name_key, described.former_key) if key],
        "unit": described.unit_id,
        "pinyin": described.pinyin,
        "phone": described.phone,
        "void": [str(state) for state in VOID],
        "but": but,
        "most": LOOKED_AT,
        **born,
    }
    with connection.cursor() as cursor:
        cursor.execute(asked.format(wanted=_WANTED, born=_BORN if born else "TRUE"), given)
        return [pk for (pk,) in cursor.fetchall()]


def _born_like(birth: PartialDate | None) -> dict[str, date]:
    """Born in that month as far as is known: plain comparisons, so that the index on name and birth is used. Empty
    where any birth will do."""
    if birth is None:
        return {}
    first = date(birth.year, birth.month or 1, 1)
    last = date(birth.year, birth.month or 12, monthrange(birth.year, birth.month or 12)[1])
    return {"first": first, "last": last, "year": date(birth.year, 1, 1)}


def _settled(pk: int | None) -> set[int]:
    """Keys of those who were decided to be somebody else than ``pk``."""
    if pk is None:
        return set()
    pairs = PossibleDouble.objects.filter(
        Q(first_id=pk) | Q(second_id=pk), state=DoubleState.NOT_DOUBLE
    ).values_list("first_id", "second_id")
    return {key for pair in pairs for key in pair if key != pk}
