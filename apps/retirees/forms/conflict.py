"""Two edits of one person beside each other: what it was, what the other made of it, what I typed.

Other forms: apps/core/side_by_side.py. A person's spans several tables and a draft, so it has its own."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.http import QueryDict

from apps.core.inputs import date_as_typed
from apps.core.partial_date import PartialDate
from apps.core.side_by_side import PICK, Clash
from apps.retirees.forms.custom import with_dates
from apps.retirees.forms.fields import calendar_of
from apps.retirees.forms.person import SEALED, PersonForm
from apps.retirees.models import PrivateDetails, Retiree
from apps.retirees.queries.custom import custom_fields
from apps.retirees.queries.versions import Snapshot
from apps.retirees.queries.words import NOTHING, is_same, value_words
from apps.retirees.rules.custom import is_custom


def clashes(form: PersonForm, before: Snapshot, theirs: Snapshot) -> list[Clash]:
    """Fields that differ between what the form started from, what is stored now and what was typed."""
    typed = form.values()
    own = custom_fields() if form.custom else None
    found = []
    for name in dict.fromkeys((*theirs.values, *form.custom, *SEALED)):
        if name not in form.fields:
            continue
        old, new = (_value(snapshot, name) for snapshot in (before, theirs))
        mine = typed.get(name, old)
        i_changed, they_changed = _differs(mine, old), _differs(new, old)
        if not (i_changed or they_changed) or (i_changed and not _differs(mine, new)):
            continue
        who = "both" if i_changed and they_changed else "mine" if i_changed else "theirs"
        words = [
            own.words(name, value) or NOTHING if own and name in form.custom else _words(name, value)
            for value in (old, new, mine)
        ]
        found.append(Clash(name, str(form.fields[name].label), *words, who))
    return found


def _value(snapshot: Snapshot, name: str) -> Any:
    return snapshot.sealed[name] if name in SEALED else snapshot.values.get(name)


def _differs(one: Any, other: Any) -> bool:
    if isinstance(one, str) and hasattr(other, "same"):
        return not other.same(one)
    return not is_same(one, other)


def _words(name: str, value: Any) -> str:
    if name in SEALED:
        if isinstance(value, str):
            value = PrivateDetails._meta.get_field(name).mask(value)
        return str(value or NOTHING)
    for model in (Retiree, PrivateDetails):
        if name in {field.name for field in model._meta.get_fields()}:
            return value_words(model._meta.get_field(name), value)
    return str(value or NOTHING)


def kept_inputs(form: PersonForm, rows: list[Clash], theirs: Snapshot) -> Iterator[tuple[str, str]]:
    """Hidden inputs that carry the form on: what I typed, and what only the other changed as he left it."""
    taken = {row.name for row in rows if row.who == "theirs"}
    stored = with_dates(theirs.values)
    for name in form.fields:
        if name == "version" or form.fields[name].disabled:
            continue
        if name == "birth_calendar" and "birth_date" in taken:
            yield name, calendar_of(theirs.values["birth_date"])
        elif name in taken and name not in SEALED:
            yield name, as_typed(stored.get(name))
        elif name in form.data:
            yield name, form.data[name]


def with_picks(data: QueryDict, values: dict[str, Any]) -> QueryDict:
    """What was sent, with the stored value put in wherever "theirs" was picked."""
    merged, stored = data.copy(), with_dates(values)
    for key, pick in data.items():
        name = key.removeprefix(PICK)
        if key == name or pick != "theirs":
            continue
        if name in SEALED:
            merged[name] = ""
            merged.pop(f"clear_{name}", None)
        elif name in values or is_custom(name):
            merged[name] = as_typed(stored.get(name))
        if name == "birth_date":
            merged["birth_calendar"] = calendar_of(values[name])
    return merged


def as_typed(value: Any) -> str:
    """A stored value as one would type it into the form."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, PartialDate):
        return date_as_typed(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
