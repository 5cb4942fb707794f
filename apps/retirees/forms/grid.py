"""Cells of the quick grid: which fields it has, and how the text of a cell, typed or pasted, becomes a value."""

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apps.core.inputs import PartialDateField
from apps.dictionaries.queries import entries_of, offered
from apps.dictionaries.rules import Entry
from apps.retirees.choices import CustomKind
from apps.retirees.forms.custom import form_fields, stored_values
from apps.retirees.forms.person import SEALED, PersonForm
from apps.retirees.models import PrivateDetails
from apps.retirees.queries.custom import CustomFields, custom_fields
from apps.retirees.queries.dictionaries import FIELD_DICTIONARIES
from apps.retirees.rules.custom import is_custom

COLUMNS: tuple[tuple[str, str], ...] = (
    ("phone", "联系电话"),
    ("address", "现居住地址"),
    ("verified_on", "核实日期"),
    ("health", "健康状况"),
    ("self_care", "生活自理"),
    ("living", "居住方式"),
    ("residence", "居住地"),
    ("party_branch", "所在党支部"),
)
LABELS = dict(COLUMNS)
CELLS_AT_ONCE = 400


class BadCells(ValueError):
    """What was pasted cannot be read as cells of the grid; the text says so."""


@dataclass(frozen=True)
class PastedCell:
    """One cell of a pasted block, with the version of the person that was on the page."""

    pk: int
    version: int
    name: str
    text: str


class Grid:
    """The grid's columns as they stand now: coded ones with the terms that the bureau's dictionaries offer, and behind
    the register's columns the fields of the bureau's own that are in use."""

    def __init__(self, today: date) -> None:
        self.today = today

    @cached_property
    def own(self) -> CustomFields:
        return custom_fields()

    @cached_property
    def _own_fields(self) -> dict[str, forms.Field]:
        return form_fields({})

    @cached_property
    def _entries(self) -> dict[str, list[Entry]]:
        return entries_of({FIELD_DICTIONARIES[name] for name in LABELS if name in FIELD_DICTIONARIES})

    @cached_property
    def columns(self) -> tuple[tuple[str, str], ...]:
        """(name, label) of each column."""
        return (*COLUMNS, *((one.key, one.label) for one in self.own.fields if not one.is_retired))

    def label(self, name: str) -> str:
        """Raises ValidationError for a name that is no column."""
        found = LABELS.get(name) or dict(self.columns).get(name)
        if found is None:
            raise ValidationError("没有这一栏。")
        return found

    def choices(self, name: str, keep: Any = None) -> list[tuple[str, str]]:
        """Codes and words that a cell offers, and what stands in it (``keep``) although it is no longer offered; empty
        for free text, dates and numbers."""
        field = self.own.by_key.get(name) if is_custom(name) else None
        if field is not None and field.kind == CustomKind.YES_NO:
            return [("", ""), ("yes", "是"), ("no", "否")]
        entries = self._terms(name)
        return [("", ""), *offered(entries, keep=keep)] if entries else []

    def _terms(self, name: str) -> list[Entry]:
        if is_custom(name):
            field = self.own.by_key.get(name)
            return list(self.own.entries.get(field.dictionary, {}).values()) if field else []
        return self._entries[FIELD_DICTIONARIES[name]] if name in FIELD_DICTIONARIES else []

    def read(self, name: str, text: str, keep: Any = None) -> Any:
        """The value of a cell as the register keeps it, None for an empty one. Words and codes of a choice are both
        read; ``keep``: what stands in the cell, which may stay although it is no longer offered.

        Raises ValidationError with what is wrong.
        """
        label, text = self.label(name), text.strip()
        if name == "verified_on":
            return _day(text, self.today)
        field = copy.deepcopy(self._own_fields[name] if is_custom(name) else PersonForm.base_fields[name])
        field.today = self.today  # type: ignore[attr-defined]
        if any(code for code, _ in self.choices(name)):
            text = self._code(name, label, text, keep)
            if text or not field.required:
                return {"yes": True, "no": False}.get(text, text) or _false(text)
        cleaned = field.clean(text)
        return stored_values({name: cleaned}, {name: field})[name] if is_custom(name) else cleaned or None

    def _code(self, name: str, label: str, text: str, keep: Any) -> str:
        """The code of a word or code that may stand in the cell; the empty text stays."""
        words = {word: code for code, word in self.choices(name) if code}
        codes = {*words.values(), *([keep] if isinstance(keep, str) else [])}
        code = words.get(text, text)
        if code and code not in codes:
            raise ValidationError(f"“{text[:20]}”不在{label}的选项里：{'、'.join(words)}。")
        return code

    def shown(self, name: str, value: Any) -> str:
        """What a cell shows of a stored value: text to edit, or the mask of a private value."""
        if isinstance(value, bool):
            return "yes" if value else "no"
        if value in (None, ""):
            return ""
        if is_custom(name) and self.own.by_key[name].kind == CustomKind.DATE:
            return self.own.words(name, value)
        return value.isoformat() if isinstance(value, date) else str(value)

    def words(self, name: str, value: Any) -> str:
        """A value in words: the label of a code, the mask of a private text."""
        if value in (None, ""):
            return "（空）"
        if is_custom(name):
            return self.own.words(name, value)
        if name in SEALED and isinstance(value, str):
            return _masked(name, value)
        return next(
            (entry.label for entry in self._terms(name) if entry.code == value), self.shown(name, value)
        )


def _false(text: str) -> bool | None:
    """否 is an answer, an empty cell is none."""
    return False if text == "no" else None


def _day(text: str, today: date) -> date | None:
    field = PartialDateField(label="核实日期")
    field.today = today
    value = field.clean(text)
    if value is None:
        return None
    if value.day is None:
        raise ValidationError("核实日期要写到日，如2026.3.5。")
    if value.earliest > today:
        raise ValidationError("还没有到这一天，请核对。")
    day: date = value.earliest
    return day


def _masked(name: str, text: str) -> str:
    column: Any = PrivateDetails._meta.get_field(name)
    return str(column.mask(text))


def _whole(typed: Any) -> str:
    """A text as it was sent. Raises ValueError for half a character, which JSON can say and nothing can store."""
    text = str(typed)
    text.encode()
    return text


def read_block(text: str, grid: Grid) -> list[PastedCell]:
    """Cells of a pasted block, as static/js/grid.js sends them: JSON [[person, version, column, text]]; empty cells
    are not among them. Raises BadCells."""
    try:
        rows = json.loads(text)
        cells = [
            PastedCell(int(pk), int(version), str(name), _whole(typed)) for pk, version, name, typed in rows
        ]
    except (TypeError, ValueError):
        raise BadCells("粘贴的内容没有读懂，请重新复制粘贴。") from None
    if not cells or len(cells) > CELLS_AT_ONCE:
        raise BadCells(f"一次最多粘贴{CELLS_AT_ONCE}格，请分几次粘贴。")
    names = {name for name, _ in grid.columns}
    if any(cell.name not in names or not 0 < cell.pk < 2**63 for cell in cells):
        raise BadCells("粘贴的内容没有读懂，请重新复制粘贴。")
    return cells


@dataclass(frozen=True)
class CellForm:
    """One cell as it was sent."""

    name: str
    text: str
    version: int
    seen_on: date

    @classmethod
    def read(cls, data: Mapping[str, str], today: date) -> "CellForm":
        """Raises ValidationError."""
        version = forms.IntegerField(min_value=1).clean(data.get("version", ""))
        seen_on = forms.DateField(required=False).clean(data.get("seen_on", "")) or today
        if seen_on > today:
            raise ValidationError("了解日期还没有到，请核对。")
        return cls(data.get("name", ""), data.get("value", "")[:2000], version, seen_on)
