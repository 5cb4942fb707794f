"""Cells of the quick grid: which fields it has, and how the text of a cell, typed or pasted, becomes a value."""

import copy
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apps.core.secret import Secret
from apps.retirees.forms.fields import PartialDateField
from apps.retirees.forms.person import SEALED, PersonForm
from apps.retirees.models import PrivateDetails

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


def choices_of(name: str) -> Sequence[tuple[str, str]]:
    """Codes and words of a column; empty for free text."""
    return list(getattr(PersonForm.base_fields.get(name), "choices", ()))


def read_cell(name: str, text: str, today: date) -> Any:
    """The value of a cell, None for an empty one. Words and codes of a choice are both read.

    Raises ValidationError with what is wrong.
    """
    if name not in LABELS:
        raise ValidationError("没有这一栏。")
    text = text.strip()
    if name == "verified_on":
        return _day(text, today)
    field = copy.deepcopy(PersonForm.base_fields[name])
    field.today = today  # type: ignore[attr-defined]
    words = {label: code for code, label in choices_of(name) if code}
    if words:
        code = words.get(text, text)
        if code and code not in words.values():
            raise ValidationError(f"“{text[:20]}”不在{LABELS[name]}的选项里：{'、'.join(words)}。")
        return code or None
    return field.clean(text) or None


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


def shown(name: str, value: Any) -> str:
    """What a cell shows of a stored value: text to edit, or the mask of a private value."""
    if value in (None, ""):
        return ""
    if isinstance(value, Secret):
        return str(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def words(name: str, value: Any) -> str:
    """A value in words: the label of a code, the mask of a private text."""
    if value in (None, ""):
        return "（空）"
    if name in SEALED and isinstance(value, str):
        return _masked(name, value)
    return dict(choices_of(name)).get(value, shown(name, value))


def _masked(name: str, text: str) -> str:
    column: Any = PrivateDetails._meta.get_field(name)
    return str(column.mask(text))


def read_block(text: str) -> list[PastedCell]:
    """Cells of a pasted block, as static/js/grid.js sends them: JSON [[person, version, column, text]]; empty cells
    are not among them. Raises BadCells."""
    try:
        rows = json.loads(text)
        cells = [
            PastedCell(int(pk), int(version), str(name), str(typed)) for pk, version, name, typed in rows
        ]
    except (TypeError, ValueError):
        raise BadCells("粘贴的内容没有读懂，请重新复制粘贴。") from None
    if not cells or len(cells) > CELLS_AT_ONCE:
        raise BadCells(f"一次最多粘贴{CELLS_AT_ONCE}格，请分几次粘贴。")
    if any(cell.name not in LABELS or not 0 < cell.pk < 2**63 for cell in cells):
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
