"""Two edits of one row: nobody's is lost. The page carries signed what its form was opened on; the action that saves
refuses when the row has changed since, and the page sets what was, what the other saved and what I typed beside each
other (templates/generic/conflict.html).

    editing = Editing(request, unit, NAMES)
    form = UnitForm(editing.data, …)                     # the page's hidden inputs: editing.hidden
    change_unit(unit=unit, …, opened=editing.opened)     # calls not_stale() under its lock
    except Stale as stale: return conflict_page(…)

A private value goes along as keyed digest and mask only.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core import signing
from django.core.exceptions import BadRequest
from django.db import models
from django.forms import BooleanField, Field, Form, ModelMultipleChoiceField
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.crypto import salted_hmac

from apps.core.lunar import lunar_of
from apps.core.partial_date import PartialDate
from apps.core.secret import Secret, SecretField

SALT = "core.side_by_side"
OPENED = "opened"
PICK = "pick_"
NOTHING = "未填"


@dataclass(frozen=True)
class Opened:
    """What a form was opened on: text of each value by name."""

    keys: Mapping[str, str]


class Stale(Exception):
    """Somebody else changed the row after the form was opened; ``theirs`` is how it stands now."""

    def __init__(self, theirs: Any) -> None:
        super().__init__("您打开之后已被他人修改。")
        self.theirs = theirs


@dataclass(frozen=True)
class Clash:
    """One field that somebody changed. ``who``: "both" (one must choose), "mine" or "theirs"."""

    name: str
    label: str
    before: str
    theirs: str
    mine: str
    who: str


def not_stale(row: models.Model, opened: Opened | None) -> None:
    """Called by an action that holds ``row``. None: the row is not changed from a page.

    Raises Stale when what the form showed is no longer what is stored.
    """
    if opened is not None and opened.keys != keys_of(row, opened.keys):
        raise Stale(row)


def keys_of(row: models.Model, names: Any) -> dict[str, str]:
    """Values of ``row`` as text that compares and goes back into a form."""
    return {name: as_text(getattr(row, name)) for name in names}


def as_text(value: Any) -> str:
    """A value as one would send it in the form; of a private one a keyed digest and its mask."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Secret):
        return f"{salted_hmac(SALT, value.for_processing()).hexdigest()} {value}"
    if isinstance(value, PartialDate):
        return str(lunar_of(value) or value)
    if isinstance(value, models.Manager | models.QuerySet):
        return ",".join(sorted(str(one.pk) for one in value.all()))
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value.pk if isinstance(value, models.Model) else value)


class Editing:
    """One editing of ``row`` on a page. ``data``: what was sent, with the stored value wherever 用对方的 was picked
    (None when nothing was sent); ``opened``: what the form was opened on; ``hidden``: inputs that the form carries."""

    def __init__(self, request: HttpRequest, row: models.Model, names: Sequence[str]) -> None:
        self.row, self.names = row, names
        self.data: QueryDict | None = None
        self.opened: Opened | None = None
        self.hidden = [(OPENED, _sealed(row, names))]
        if request.method == "POST":
            self.data = _with_picks(request.POST, row, names)
            sent = request.POST.get(OPENED, "")
            self.opened = _unsealed(sent, row) if sent else None
            self.hidden = [(OPENED, sent)] if sent else []

    def clashes(self, form: Form, theirs: models.Model, typed: Mapping[str, Any]) -> list[Clash]:
        """Fields that differ between what the form was opened on, ``theirs`` (stored now) and what was typed."""
        before = self.opened.keys if self.opened else {}
        stored, found = keys_of(theirs, self.names), []
        for name in self.names:
            if name not in form.fields:
                continue
            old, new = before.get(name, ""), stored[name]
            mine = self._key(name, typed[name]) if name in typed else old
            if new == mine or (mine == old and new == old):
                continue
            who = "both" if mine != old and new != old else "mine" if mine != old else "theirs"
            field = form.fields[name]
            was, is_now, typed_now = (self._words(field, name, key) for key in (old, new, mine))
            found.append(Clash(name, str(field.label), was, is_now, typed_now, who))
        return found

    def _key(self, name: str, value: Any) -> str:
        column = self._secret(name)
        if column is not None and value:
            return as_text(Secret(mask=column.mask, place="", plain=value))
        return as_text(value)

    def _secret(self, name: str) -> SecretField | None:
        column = self.row._meta.get_field(name)
        return column if isinstance(column, SecretField) else None

    def _words(self, field: Field, name: str, key: str) -> str:
        if self._secret(name):
            return key.partition(" ")[2] or NOTHING
        if isinstance(field, BooleanField):
            return "是" if key == "true" else "否"
        labels = {str(value): str(label) for value, label in getattr(field, "choices", ())}
        if isinstance(field, ModelMultipleChoiceField):
            return "、".join(labels.get(part, part) for part in key.split(",")) if key else NOTHING
        return labels.get(key, key) or NOTHING

    def inputs(self, form: Form, rows: Sequence[Clash], theirs: models.Model) -> Iterator[tuple[str, str]]:
        """Hidden inputs that carry the form on: what I typed, and what only the other changed as he left it."""
        taken = {row.name for row in rows if row.who == "theirs"}
        yield OPENED, _sealed(theirs, self.names)
        sent = self.data or QueryDict()
        for name, field in form.fields.items():
            if name not in taken:
                yield from ((name, value) for value in sent.getlist(name))
            elif self._secret(name) is None:
                key = as_text(getattr(theirs, name))
                several = isinstance(field, ModelMultipleChoiceField)
                yield from ((name, part) for part in (key.split(",") if several else [key]))


def _sealed(row: models.Model, names: Sequence[str]) -> str:
    about = f"{row._meta.label_lower}:{row.pk}"
    return signing.dumps([about, keys_of(row, names)], salt=SALT, compress=True)


def _unsealed(text: str, row: models.Model) -> Opened:
    try:
        about, keys = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        raise BadRequest("what the form was opened on") from None
    if about != f"{row._meta.label_lower}:{row.pk}":
        raise BadRequest("opened on another row")
    return Opened(keys)


def _with_picks(data: QueryDict, row: models.Model, names: Sequence[str]) -> QueryDict:
    merged = data.copy()
    for name in names:
        if data.get(PICK + name) != "theirs":
            continue
        column, key = row._meta.get_field(name), as_text(getattr(row, name))
        if isinstance(column, models.ManyToManyField):
            merged.setlist(name, key.split(",") if key else [])
        else:
            merged[name] = "" if isinstance(column, SecretField) else key
        merged.pop(f"clear_{name}", None)
    return merged


def conflict_page(
    request: HttpRequest,
    editing: Editing,
    form: Form,
    theirs: models.Model,
    *,
    typed: Mapping[str, Any],
    saves: Sequence[str],
    **words: Any,
) -> HttpResponse:
    """409: the other saved first. ``typed``: what the action would have taken; ``saves``: who saved last, and when;
    ``words``: title, heading, crumbs and back of the page."""
    rows = editing.clashes(form, theirs, typed)
    context = {
        "rows": rows,
        "must_choose": any(row.who == "both" for row in rows),
        "inputs": list(editing.inputs(form, rows, theirs)),
        "saves": saves,
        "proof": None,
        **words,
    }
    return render(request, "generic/conflict.html", context, status=409)
