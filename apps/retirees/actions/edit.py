"""Changing what is known about people: corrections overwrite (history keeps the old), new facts end old ones."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.bulk import update_many
from apps.core.lunar import lunar_of
from apps.core.partial_date import PartialDate
from apps.core.scope import Actor
from apps.retirees.actions.facts import (
    Step,
    open_affiliations,
    plan_affiliations,
    plan_conditions,
    plan_levels,
    write_steps,
)
from apps.retirees.actions.register import (
    AFFILIATION_FIELDS,
    CONDITION_FIELDS,
    LEVEL_FIELDS,
    MONEY_FIELDS,
    PERSON_FIELDS,
    SEALED_FIELDS,
    HiddenDuplicate,
)
from apps.retirees.actions.spells import rebuild_spells
from apps.retirees.models import PrivateDetails, Retiree
from apps.retirees.models.private import id_index, phone_index
from apps.retirees.rules.custom import is_custom, with_custom

DERIVED = (
    "name_sort",
    "name_pinyin",
    "name_initials",
    "given_name",
    "given_pinyin",
    "given_initials",
    "birth_lunar",
    "period",
    "missing",
    "filled",
    "updated_at",
)


class StaleEdit(Exception):
    """Somebody else saved this person after the form was opened; ``theirs`` is the person as he stands now."""

    def __init__(self, theirs: Retiree) -> None:
        super().__init__("这条记录在您打开之后已被他人修改。")
        self.theirs = theirs


def edit_retiree(
    *,
    retiree: Retiree,
    values: Mapping[str, Any],
    version: int,
    seen_on: date,
    today: date | None = None,
    by: Actor,
) -> Retiree:
    """Write ``values`` (keys as Entry.values; only those given are touched) if the person still has ``version``.

    ``seen_on``: the day from which changed health, care and living hold. ``today``, where it is another: the day
    from which completeness counts.
    Raises StaleEdit (nothing written) or HiddenDuplicate.
    """
    with transaction.atomic():
        person = Retiree.objects.select_for_update(of=("self",), no_key=True).get(pk=retiree.pk)
        if person.version != version:
            raise StaleEdit(person)
        names = change_many(changes=[(person, values)], seen_on=seen_on, today=today)
        if names[person.pk]:
            record_event(
                kind=EventKind.CHANGE,
                summary=f"修改人员：{person.name}",
                by=by,
                subject=person,
                data={"fields": sorted(names[person.pk])},
            )
    return person


@dataclass
class Made:
    """What a change did to one person: old values of the changed fields, and the rows of facts before and after."""

    person: Retiree
    old: dict[str, Any] = field(default_factory=dict)
    """By field; the names of affiliations stand in ``steps``."""
    new: dict[str, Any] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    steps: list[Step] = field(default_factory=list)


Changes = Sequence[tuple[Retiree, Mapping[str, Any]]]


def change_many(*, changes: Changes, seen_on: date, today: date | None = None) -> dict[int, set[str]]:
    """Write changed values of many people; return the names of the fields that really changed, by person.

    The caller holds the rows, and writes the event. Raises HiddenDuplicate.
    """
    return {
        pk: made.names for pk, made in make_changes(changes=changes, seen_on=seen_on, today=today).items()
    }


def make_changes(
    *, changes: Changes, seen_on: date, today: date | None = None, batch_id: int | None = None
) -> dict[int, Made]:
    """``change_many``, telling what was. ``batch_id``: the import that the changed people carry from now on."""
    private = {row.pk: row for row in PrivateDetails.objects.filter(pk__among=[who.pk for who, _ in changes])}
    links = open_affiliations(
        [person.pk for person, values in changes if AFFILIATION_FIELDS.keys() & values.keys()]
    )
    found = {person.pk: Made(person) for person, _ in changes}
    for person, values in changes:
        made = found[person.pk]
        made.old |= set_person(person, values) | set_private(private[person.pk], values)
        made.new = {name: _now(person, private[person.pk], name) for name in made.old}
        labels = {name: _label(values, name) for name in AFFILIATION_FIELDS if name in values}
        renamed = {
            name
            for name, label in labels.items()
            if _named(links.get((person.pk, AFFILIATION_FIELDS[name]))) != label
        }
        made.names = {*made.old, *renamed}
        made.steps.extend(plan_affiliations(person, renamed, labels, links))
        if made.names and batch_id is not None:
            made.old["import_batch_id"], person.import_batch_id = person.import_batch_id, batch_id
    touched = [made for made in found.values() if made.names]
    write_people([(made.person, private[made.person.pk]) for made in touched])
    changed = [(made.person, made.names) for made in touched]
    for pk, step in (*plan_levels(changed), *plan_conditions(changed, seen_on)):
        found[pk].steps.append(step)
    write_steps(step for made in touched for step in made.steps)
    if touched:
        people = {made.person.pk: made.person for made in touched}
        rebuild_spells(people, today=today or seen_on, known_people=people)
    return found


def write_people(pairs: Iterable[tuple[Retiree, PrivateDetails]]) -> None:
    """Write people whose values were set: a version on, with what follows from the values.

    Raises HiddenDuplicate; nothing is written then.
    """
    given = list(pairs)
    for person, private in given:
        person.derive(private.known())
        person.version += 1
    try:
        with transaction.atomic():
            update_many((person for person, _ in given), WRITTEN)
            update_many((private for _, private in given), WRITTEN_PRIVATE)
    except IntegrityError as error:
        if "one_person_per_id" in str(error):
            raise HiddenDuplicate from error
        raise


def set_person(person: Retiree, values: Mapping[str, Any]) -> dict[str, Any]:
    """Set the person's own columns; return the old values of those that changed."""
    changed = {}
    for name in SETTABLE:
        if name in values:
            old, new = getattr(person, name), values[name]
            if not _says_the_same(old, new):
                setattr(person, name, new if new is not None or name in NULLABLE else "")
                changed[name] = old
    if "custom" not in values:
        old, person.custom = person.custom, with_custom(person.custom, dict(values))
        keys = [name for name in values if is_custom(name)]
        changed |= {key: old.get(key) for key in keys if old.get(key) != person.custom.get(key)}
    return changed


def set_private(row: PrivateDetails, values: Mapping[str, Any]) -> dict[str, Any]:
    """Set private values; return the old ones of those that changed."""
    changed: dict[str, Any] = {}
    for name in SEALED_FIELDS:
        if name in values:
            old, new = getattr(row, name), values[name] or None
            if (old is None) != (new is None) or (old is not None and not old.same(new)):
                setattr(row, name, new)
                changed[name] = old
    if "national_id" in changed:
        row.national_id_index = id_index(values["national_id"]) if values["national_id"] else None
    if "phone" in changed:
        row.phone_index = phone_index(values["phone"] or "")
    for name in MONEY_FIELDS:
        if name in values and getattr(row, name) != values[name]:
            changed[name] = getattr(row, name)
            setattr(row, name, values[name])
    return changed


SETTABLE = (*PERSON_FIELDS, "custom", *LEVEL_FIELDS, *CONDITION_FIELDS)
WRITTEN = (*SETTABLE, "import_batch_id", "version", *DERIVED)
WRITTEN_PRIVATE = (*SEALED_FIELDS, "national_id_index", "phone_index", *MONEY_FIELDS)
NULLABLE = {"held_leading_post", "verified_on"}


def _says_the_same(old: Any, new: Any) -> bool:
    """A lunar date and its solar day are two sayings: the calendar it was given in counts."""
    if _known(old) != _known(new):
        return False
    return not isinstance(old, PartialDate) or lunar_of(old) == lunar_of(new)


def _now(person: Retiree, private: PrivateDetails, name: str) -> Any:
    if is_custom(name):
        return person.custom.get(name)
    return getattr(private if name in WRITTEN_PRIVATE else person, name)


def _known(value: Any) -> Any:
    """An empty text says as little as None; False and 0 say something."""
    return None if value == "" else value


def _label(values: Mapping[str, Any], name: str) -> str:
    return (values[name] or "")[:80]


def _named(row: Any) -> str:
    return row.organisation_name if row else ""
