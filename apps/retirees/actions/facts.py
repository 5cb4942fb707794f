"""Dated facts of many people: which intervals a change ends, corrects or begins. Planned on values that were read in
one go, written in a few statements whatever the number of people, and told so exactly that they can be taken back."""

import copy
import functools
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.fields import DateRangeField
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import DateField, Field, Model

from apps.core.bulk import delete_many, insert_many, insert_values, update_many, update_values
from apps.core.fields import PartialDateField, encode
from apps.core.partial_date import PartialDate
from apps.retirees.actions.register import (
    AFFILIATION_FIELDS,
    CONDITION_FIELDS,
    LEVEL_DATES,
    LEVEL_FIELDS,
    LEVEL_NUMBERS,
    level_number,
    level_since,
)
from apps.retirees.actions.spells import since
from apps.retirees.choices import LevelKind
from apps.retirees.models import Affiliation, Condition, LevelFact, PersonRow, Retiree

TABLES: tuple[type[PersonRow], ...] = (LevelFact, Condition, Affiliation)
LEVEL_DETAILS = {"retired_on", *LEVEL_DATES.values(), *LEVEL_NUMBERS.values()}


@dataclass(frozen=True)
class Step:
    """A row before and after; one of them is None where it comes or goes."""

    old: Any
    new: Any

    @property
    def model(self) -> type[Model]:
        return type(self.old or self.new)


def write_steps(steps: Iterable[Step]) -> None:
    """Delete, change and insert the rows: in this order, so that no two intervals meet on the way."""
    found = list(steps)
    for model in TABLES:
        own = [step for step in found if step.model is model]
        delete_many(model, [step.old.pk for step in own if step.new is None])
        changed = [step.new for step in own if step.old is not None and step.new is not None]
        update_many(changed, _told(model))
        insert_many(step.new for step in own if step.old is None)


def _told(model: type[Model], *, attributes: bool = False) -> list[str]:
    place = {"id", "county", "unit", "retiree"}
    fields = [field for field in model._meta.concrete_fields if field.name not in place]
    return [field.attname if attributes else field.name for field in fields]


def open_affiliations(people: Collection[int]) -> dict[tuple[int, str], Affiliation]:
    """The affiliations that hold now."""
    if not people:
        return {}
    rows = Affiliation.objects.filter(retiree_id__among=people, during__endswith=None)
    return {(row.retiree_id, row.kind): row for row in rows}


def plan_levels(changed: Sequence[tuple[Retiree, Collection[str]]]) -> Iterator[tuple[int, Step]]:
    """A level with a later starting day ends the one before; otherwise it corrects it."""
    wanted = [(person, names) for person, names in changed if {*LEVEL_FIELDS, *LEVEL_DETAILS} & {*names}]
    rows = _by_person(LevelFact, [person.pk for person, _ in wanted])
    for person, names in wanted:
        for name, kind in LEVEL_FIELDS.items():
            details = {"retired_on", LEVEL_DATES.get(kind), LEVEL_NUMBERS[kind]}
            if name in names or {*names} & details:
                own = [row for row in rows[person.pk] if row.kind == kind]
                for step in _level_steps(person, kind, getattr(person, name), own, is_other=name in names):
                    yield person.pk, step


def _level_steps(
    person: Retiree, kind: LevelKind, level: str, rows: Sequence[LevelFact], *, is_other: bool
) -> Iterator[Step]:
    start = level_since(person, kind)
    first = start.earliest if start else None
    current = next((row for row in rows if row.during.upper is None), None)
    if current is None:
        if level:
            yield Step(None, _level(person, kind, level, start))
    elif not level:
        yield Step(current, None)
    elif is_other and first and (current.during.lower or date.min) < first:
        yield Step(current, _with(current, during=since(current.during.lower, first)))
        yield Step(None, _level(person, kind, level, start))
    else:
        lower = first if len(rows) == 1 else current.during.lower
        yield Step(
            current,
            _with(
                current,
                level=level,
                since=start,
                during=since(lower),
                approval_number=level_number(person, kind),
            ),
        )


def _level(person: Retiree, kind: str, level: str, start: PartialDate | None) -> LevelFact:
    during = since(start.earliest if start else None)
    return LevelFact(
        **person.row_keys(),
        kind=kind,
        level=level,
        since=start,
        during=during,
        approval_number=level_number(person, kind),
    )


def plan_conditions(
    changed: Sequence[tuple[Retiree, Collection[str]]], seen_on: date
) -> Iterator[tuple[int, Step]]:
    """What holds from ``seen_on`` ends what held before, and takes the place of what was noted for later."""
    wanted = [(person, names) for person, names in changed if {*CONDITION_FIELDS} & {*names}]
    rows = _by_person(Condition, [person.pk for person, _ in wanted], during__overlap=since(seen_on))
    for person, names in wanted:
        for name, kind in CONDITION_FIELDS.items():
            if name not in names:
                continue
            for row in rows[person.pk]:
                if row.kind != kind:
                    continue
                starts_earlier = (row.during.lower or date.min) < seen_on
                ended = _with(row, during=since(row.during.lower, seen_on)) if starts_earlier else None
                yield person.pk, Step(row, ended)
            value = getattr(person, name)
            if value:
                place = person.row_keys()
                fact = Condition(**place, kind=kind, value=value, seen_on=seen_on, during=since(seen_on))
                yield person.pk, Step(None, fact)


def plan_affiliations(
    person: Retiree,
    names: Collection[str],
    labels: Mapping[str, str],
    current: Mapping[tuple[int, str], Affiliation],
) -> Iterator[Step]:
    """A unit's name is corrected, never succeeded: nobody says since when it is another one."""
    for name, kind in AFFILIATION_FIELDS.items():
        if name not in names:
            continue
        row, label = current.get((person.pk, kind)), labels[name]
        if row is None:
            fact = Affiliation(**person.row_keys(), kind=kind, organisation_name=label, during=since(None))
            yield Step(None, fact)
        elif label:
            yield Step(row, _with(row, organisation_name=label, organisation=None))
        else:
            yield Step(row, None)


def row_texts(row: Any) -> dict[str, Any] | None:
    """The columns of a fact as texts, for keeping; None for no row."""
    if row is None:
        return None
    model: type[Model] = type(row)
    known = row.__dict__
    return {
        name: field.value_to_string(row) if text is None else text(known[name])
        for name, text, field in _tellers(model)
    }


def texts_now(model: type[PersonRow], keys: Collection[Any]) -> dict[Any, dict[str, Any]]:
    """``row_texts`` of the rows with these keys as they stand, by key. Of the models in TABLES."""
    if not keys:
        return {}
    names = [name for name, _, _ in _tellers(model)]
    texts = [text or str for _, text, _ in _tellers(model)]
    place = names.index(model._meta.pk.attname)
    return {
        row[place]: {name: text(value) for name, text, value in zip(names, texts, row, strict=True)}
        for row in model._default_manager.filter(pk__among=keys).order_by().values_list(*names)
    }


Teller = Callable[[Any], str | None]


@functools.cache
def _tellers(model: type[Model]) -> list[tuple[str, Teller | None, Any]]:
    """(attribute, what makes a text of its stored value, field); None where only the field itself can."""
    return [(field.attname, _teller(field), field) for field in model._meta.concrete_fields]


def _teller(field: Any) -> Teller | None:
    if isinstance(field, PartialDateField):
        return lambda value: encode(value) if isinstance(value, PartialDate) else value or None
    if isinstance(field, DateRangeField):
        return lambda value: None if value is None else _range_text(value)
    if type(field) is DateField:
        return lambda value: None if value is None else value.isoformat()
    if type(field).value_to_string is Field.value_to_string:
        return lambda value: None if value is None else str(value)
    return None


@functools.lru_cache(maxsize=8192)
def _range_text(during: DateRange) -> str:
    """As Django's field has it, with which older change sets were kept."""
    lower, upper = (day and day.isoformat() for day in (during.lower, during.upper))
    return json.dumps({"bounds": during.bounds, "lower": lower, "upper": upper})


@functools.lru_cache(maxsize=8192)
def _stored_range(text: str) -> str:
    told = json.loads(text)
    if told.get("empty"):
        return "empty"
    lower, upper = told["lower"] or "", told["upper"] or ""
    return f"{told['bounds'][0]}{lower},{upper}{told['bounds'][1]}"


def take_back(steps: Iterable[Sequence[Any]]) -> None:
    """Take back steps told as [model name, row_texts before, row_texts after], in the order of ``write_steps``."""
    found = list(steps)
    for model in TABLES:
        own = [(old, new) for table, old, new in found if table == model._meta.model_name]
        key = model._meta.pk
        delete_many(model, [key.to_python(new[key.attname]) for old, new in own if old is None])
        stored = _storer(model)
        update_values(model, (stored(old) for old, new in own if old and new), _told(model, attributes=True))
        insert_values(model, (stored(old) for old, new in own if new is None))


def _storer(model: type[Model]) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """What makes columns in the database's words of texts; a column that came since has its default."""
    fields: list[Any] = list(model._meta.concrete_fields)
    ranges = [field.attname for field in fields if isinstance(field, DateRangeField)]
    days = [field.attname for field in fields if isinstance(field, PartialDateField)]
    names = {field.attname for field in fields}
    defaults = {field.attname: field.get_default() for field in fields if not field.primary_key}

    def stored(texts: Mapping[str, Any]) -> dict[str, Any]:
        row = defaults | {name: text for name, text in texts.items() if name in names}
        for name in ranges:
            row[name] = row[name] and _stored_range(row[name])
        for name in days:
            row[name] = row[name] or ""
        return row

    return stored


def _by_person(model: Any, people: Sequence[int], **more: Any) -> Mapping[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in model.objects.filter(retiree_id__among=people, **more) if people else ():
        found[row.retiree_id].append(row)
    return found


def _with(row: Any, **values: Any) -> Any:
    other = copy.copy(row)
    for name, value in values.items():
        setattr(other, name, value)
    return other
