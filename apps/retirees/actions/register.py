"""Bringing people into the register, one or twenty thousand at a time, by the same road."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.bulk import insert_many
from apps.core.partial_date import PartialDate
from apps.core.scope import Actor
from apps.retirees.actions.spells import since, spell_of
from apps.retirees.choices import AffiliationKind, ConditionKind, EntryKind, LevelKind, LifeState, SelfCare
from apps.retirees.models import Affiliation, Condition, LevelFact, Membership, PrivateDetails, Retiree, Spell
from apps.retirees.models.private import id_index, phone_index
from apps.retirees.rules import Stay, Stretch, cut, register_from
from apps.retirees.rules.custom import with_custom

BATCH = 1000

PERSON_FIELDS = (
    "name former_name sex nation birth_date card_birth_date native_place political joined_party_on education marriage"
    " category joined_on joined_basis work_started_on work_basis retired_on approval_number post highest_post"
    " held_leading_post residence party_branch note verified_on birthplace settled_place speciality"
    " rank_number treatment_on treatment_number medical_treatment_on medical_number"
).split()
SEALED_FIELDS = ("national_id", "phone", "address", "medical_card")
MONEY_FIELDS = ("monthly_income", "basic_fee", "allowance")
LEVEL_FIELDS = {
    "rank": LevelKind.RANK,
    "treatment": LevelKind.TREATMENT,
    "medical_treatment": LevelKind.MEDICAL,
}
LEVEL_DATES = {LevelKind.TREATMENT: "treatment_on", LevelKind.MEDICAL: "medical_treatment_on"}
LEVEL_NUMBERS = {
    LevelKind.RANK: "rank_number",
    LevelKind.TREATMENT: "treatment_number",
    LevelKind.MEDICAL: "medical_number",
}
CONDITION_FIELDS = {
    "health": ConditionKind.HEALTH,
    "self_care": ConditionKind.SELF_CARE,
    "living": ConditionKind.LIVING,
}
AFFILIATION_FIELDS = {"original_unit": AffiliationKind.ORIGINAL, "paying_unit": AffiliationKind.PAYING}


class HiddenDuplicate(Exception):
    """The ID number is registered, perhaps in a county the writer may not see; the answer is the same for both."""

    message = "该证件号码已登记，请联系市局核实。"

    def __str__(self) -> str:
        return self.message


@dataclass
class Entry:
    """One person to register: the managing unit and flat values.

    Keys of ``values``: PERSON_FIELDS, SEALED_FIELDS and MONEY_FIELDS; rank, treatment, medical_treatment; health,
    self_care, living; original_unit, paying_unit. Dates are PartialDate, codes are those of ``choices``, private
    values plain texts; a missing key is an unknown value.
    """

    county_id: int
    unit_id: int
    values: Mapping[str, Any]
    entry: str = EntryKind.RETIRED
    registered_from: date | None = field(default=None)
    """Overrides the day of retiring as the day from which the person counts."""

    def known_private(self) -> dict[str, bool]:
        """Which of the private required fields are given."""
        return {name: self.values.get(name) not in (None, "") for name in (*SEALED_FIELDS, *MONEY_FIELDS)}


def register_retiree(*, entry: Entry, seen_on: date, by: Actor) -> Retiree:
    """Register one person. ``seen_on``: the day as of which health and care are known.

    Raises HiddenDuplicate when the ID number is registered anywhere in the city.
    """
    person = register_many(entries=[entry], seen_on=seen_on)[0]
    record_event(kind=EventKind.CREATE, summary=f"新增人员：{person.name}", by=by, subject=person)
    return person


def register_many(*, entries: Sequence[Entry], seen_on: date, batch_id: int | None = None) -> list[Retiree]:
    """Register people in one go and return them in the same order. The caller writes the event.

    Raises HiddenDuplicate when an ID number is registered already; nothing is written then.
    """
    people = [_person(entry, batch_id) for entry in entries]
    try:
        with transaction.atomic():
            insert_many(people)
            pairs = list(zip(people, entries, strict=True))
            insert_many(_private(*pair) for pair in pairs)
    except IntegrityError as error:
        if "one_person_per_id" in str(error):
            raise HiddenDuplicate from error
        raise
    insert_many(fact for pair in pairs for fact in _levels(*pair))
    insert_many(row for pair in pairs for row in _conditions(*pair, seen_on))
    insert_many(row for pair in pairs for row in _affiliations(*pair))
    insert_many(_membership(*pair) for pair in pairs)
    insert_many(spell for pair in pairs for spell in _spells(*pair, seen_on))
    return people


def _person(entry: Entry, batch_id: int | None) -> Retiree:
    values = entry.values
    person = Retiree(
        county_id=entry.county_id,
        unit_id=entry.unit_id,
        import_batch_id=batch_id,
        state=LifeState.ALIVE,
        **{name: values[name] for name in PERSON_FIELDS if values.get(name) is not None},
        **{name: values.get(name) or "" for name in (*LEVEL_FIELDS, *CONDITION_FIELDS)},
    )
    person.custom = with_custom({}, dict(values))
    person.derive(entry.known_private())
    return person


def _private(person: Retiree, entry: Entry) -> PrivateDetails:
    values = entry.values
    number = values.get("national_id")
    return PrivateDetails(
        retiree=person,
        county_id=person.county_id,
        unit_id=person.unit_id,
        national_id_index=id_index(number) if number else None,
        phone_index=phone_index(values.get("phone") or ""),
        **{name: values.get(name) or None for name in SEALED_FIELDS},
        **{name: values.get(name) for name in MONEY_FIELDS},
    )


def level_since(person: Retiree, kind: str) -> PartialDate | None:
    """Day a level holds from: the date of the treatment or of the medical one, else the day of retiring."""
    name = LEVEL_DATES.get(LevelKind(kind))
    return (getattr(person, name) if name else None) or person.retired_on


def level_number(person: Retiree, kind: str) -> str:
    """The paper that approved a level."""
    return str(getattr(person, LEVEL_NUMBERS[LevelKind(kind)]))


def _levels(person: Retiree, entry: Entry) -> Iterator[LevelFact]:
    for name, kind in LEVEL_FIELDS.items():
        level = getattr(person, name)
        if level:
            start = level_since(person, kind)
            yield LevelFact(
                **person.row_keys(),
                kind=kind,
                level=level,
                since=start,
                during=since(start.earliest if start else None),
                approval_number=level_number(person, kind),
            )


def _conditions(person: Retiree, entry: Entry, seen_on: date) -> Iterator[Condition]:
    for name, kind in CONDITION_FIELDS.items():
        value = getattr(person, name)
        if value:
            yield Condition(
                **person.row_keys(), kind=kind, value=value, seen_on=seen_on, during=since(seen_on)
            )


def _affiliations(person: Retiree, entry: Entry) -> Iterator[Affiliation]:
    for name, kind in AFFILIATION_FIELDS.items():
        label = entry.values.get(name)
        if label:
            yield Affiliation(
                **person.row_keys(), kind=kind, organisation_name=label[:80], during=since(None)
            )


def _start(person: Retiree, entry: Entry) -> date | None:
    return entry.registered_from or register_from(person.retired_on)


def _membership(person: Retiree, entry: Entry) -> Membership:
    return Membership(
        retiree_id=person.pk,
        county_id=person.county_id,
        unit_id=person.unit_id,
        during=since(_start(person, entry)),
        entry=entry.entry,
    )


def _spells(person: Retiree, entry: Entry, seen_on: date) -> Iterator[Spell]:
    stay = Stay(person.county_id, person.unit_id, _start(person, entry), None, entry.entry, "")
    start = level_since(person, LevelKind.TREATMENT)
    treatment = (
        [Stretch(person.treatment, start.earliest if start else None, None)] if person.treatment else []
    )
    helpless = [Stretch(True, seen_on, None)] if person.self_care == SelfCare.HELPLESS else []
    for piece in cut([stay], treatment, helpless, [Stretch(person.filled, None, None)]):
        yield spell_of(person, piece)
