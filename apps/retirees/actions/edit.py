"""Changing what is known about people: corrections overwrite (history keeps the old), new facts end old ones."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.scope import Actor
from apps.retirees.actions.register import (
    AFFILIATION_FIELDS,
    BATCH,
    CONDITION_FIELDS,
    LEVEL_FIELDS,
    MONEY_FIELDS,
    PERSON_FIELDS,
    SEALED_FIELDS,
    HiddenDuplicate,
    level_since,
)
from apps.retirees.actions.spells import rebuild_spells, since
from apps.retirees.models import Affiliation, Condition, LevelFact, PrivateDetails, Retiree
from apps.retirees.models.private import id_index

DERIVED = (
    "name_sort",
    "name_pinyin",
    "name_initials",
    "name_tokens",
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


def change_many(
    *, changes: Sequence[tuple[Retiree, Mapping[str, Any]]], seen_on: date, today: date | None = None
) -> dict[int, set[str]]:
    """Write changed values of many people; return the names of the fields that really changed, by person.

    The caller holds the rows, and writes the event. Raises HiddenDuplicate.
    """
    people = [person.pk for person, _ in changes]
    private = {row.pk: row for row in PrivateDetails.objects.filter(pk__in=people)}
    links = _open_affiliations(changes)
    changed: dict[int, set[str]] = {}
    for person, values in changes:
        names = _set_person(person, values) | _set_private(private[person.pk], values)
        names |= _changed_affiliations(person, values, links)
        changed[person.pk] = names
        if names:
            person.derive(private[person.pk].known())
            person.version += 1
    touched = [person for person, _ in changes if changed[person.pk]]
    _write_rows(touched, [private[person.pk] for person in touched])
    for person, values in changes:
        if changed[person.pk]:
            _write_levels(person, changed[person.pk])
            _write_conditions(person, changed[person.pk], seen_on)
            _write_affiliations(person, changed[person.pk], values, links)
    rebuild_spells([person.pk for person in touched], today=today or seen_on)
    return changed


def _write_rows(people: Sequence[Retiree], private: Sequence[PrivateDetails]) -> None:
    fields = [*PERSON_FIELDS, *LEVEL_FIELDS, *CONDITION_FIELDS, "treatment_on", "version", *DERIVED]
    try:
        with transaction.atomic():
            Retiree.objects.bulk_update(people, fields, batch_size=BATCH // 4)
            PrivateDetails.objects.bulk_update(
                private, [*SEALED_FIELDS, "national_id_index", *MONEY_FIELDS], batch_size=BATCH // 4
            )
    except IntegrityError as error:
        if "one_person_per_id" in str(error):
            raise HiddenDuplicate from error
        raise


def _set_person(person: Retiree, values: Mapping[str, Any]) -> set[str]:
    names = set()
    for name in (*PERSON_FIELDS, *LEVEL_FIELDS, *CONDITION_FIELDS, "treatment_on"):
        if name in values:
            old, new = getattr(person, name), values[name]
            if _known(old) != _known(new):
                setattr(person, name, new if new is not None or name in NULLABLE else "")
                names.add(name)
    return names


NULLABLE = {"held_leading_post", "verified_on"}


def _known(value: Any) -> Any:
    """An empty text says as little as None; False and 0 say something."""
    return None if value == "" else value


def _set_private(row: PrivateDetails, values: Mapping[str, Any]) -> set[str]:
    names = set()
    for name in SEALED_FIELDS:
        if name in values:
            old, new = getattr(row, name), values[name] or None
            if (old is None) != (new is None) or (old is not None and not old.same(new)):
                setattr(row, name, new)
                names.add(name)
    if "national_id" in names:
        row.national_id_index = id_index(values["national_id"]) if values["national_id"] else None
    for name in MONEY_FIELDS:
        if name in values and getattr(row, name) != values[name]:
            setattr(row, name, values[name])
            names.add(name)
    return names


def _place(person: Retiree) -> dict[str, Any]:
    return {"retiree": person, "county_id": person.county_id, "unit_id": person.unit_id}


def _write_levels(person: Retiree, names: set[str]) -> None:
    """A level with a later starting day ends the one before; otherwise it corrects it."""
    for name, kind in LEVEL_FIELDS.items():
        dates = {"treatment_on", "retired_on"} if name == "treatment" else {"retired_on"}
        if name not in names and not (names & dates):
            continue
        level = getattr(person, name)
        start = level_since(person, kind)
        first = start.earliest if start else None
        current = LevelFact.objects.filter(retiree=person, kind=kind, during__endswith=None).first()
        if current is not None and not level:
            current.delete()
        elif current is not None and name in names and first and (current.during.lower or date.min) < first:
            LevelFact.objects.filter(pk=current.pk).update(during=since(current.during.lower, first))
            LevelFact.objects.create(
                **_place(person), kind=kind, level=level, since=start, during=since(first)
            )
        elif current is not None:
            earlier = LevelFact.objects.filter(retiree=person, kind=kind).exclude(pk=current.pk)
            lower = first if not earlier.exists() else current.during.lower
            LevelFact.objects.filter(pk=current.pk).update(level=level, since=start, during=since(lower))
        elif level:
            LevelFact.objects.create(
                **_place(person), kind=kind, level=level, since=start, during=since(first)
            )


def _write_conditions(person: Retiree, names: set[str], seen_on: date) -> None:
    """What holds from ``seen_on`` ends what held before, and takes the place of what was noted for later."""
    for name, kind in CONDITION_FIELDS.items():
        if name not in names:
            continue
        value = getattr(person, name)
        for row in Condition.objects.filter(retiree=person, kind=kind, during__overlap=since(seen_on)):
            if (row.during.lower or date.min) < seen_on:
                Condition.objects.filter(pk=row.pk).update(during=since(row.during.lower, seen_on))
            else:
                row.delete()
        if value:
            Condition.objects.create(
                **_place(person), kind=kind, value=value, seen_on=seen_on, during=since(seen_on)
            )


Links = Mapping[tuple[int, str], Affiliation]


def _open_affiliations(changes: Sequence[tuple[Retiree, Mapping[str, Any]]]) -> Links:
    """The affiliations that hold now of the people whose changes speak of one."""
    people = [person.pk for person, values in changes if AFFILIATION_FIELDS.keys() & values.keys()]
    if not people:
        return {}
    rows = Affiliation.objects.filter(retiree_id__in=people, during__endswith=None)
    return {(row.retiree_id, row.kind): row for row in rows}


def _label(values: Mapping[str, Any], name: str) -> str:
    return (values[name] or "")[:80]


def _changed_affiliations(person: Retiree, values: Mapping[str, Any], links: Links) -> set[str]:
    names = set()
    for name, kind in AFFILIATION_FIELDS.items():
        if name in values:
            current = links.get((person.pk, kind))
            if (current.organisation_name if current else "") != _label(values, name):
                names.add(name)
    return names


def _write_affiliations(person: Retiree, names: set[str], values: Mapping[str, Any], links: Links) -> None:
    for name, kind in AFFILIATION_FIELDS.items():
        if name not in names:
            continue
        label, current = _label(values, name), links.get((person.pk, kind))
        if current is not None and label:
            Affiliation.objects.filter(pk=current.pk).update(organisation_name=label, organisation=None)
        elif current is not None:
            current.delete()
        else:
            Affiliation.objects.create(
                **_place(person), kind=kind, organisation_name=label, during=since(None)
            )
