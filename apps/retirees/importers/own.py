"""Fields of the bureau's own in rosters. Their definitions stand in the database, and typing the rows of a file asks
none: so the columns are known by name beforehand, and their cells are read when the rows are judged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone

from apps.core.cells import (
    Cell,
    ChoiceTable,
    Parsed,
    parse_choice_cell,
    parse_date_cell,
    parse_text_cell,
    show,
    warning,
)
from apps.core.cells.text import fold
from apps.core.fields import decode
from apps.imports.rules import RowIssue, StagedRow
from apps.retirees.choices import CustomKind
from apps.retirees.models import CustomField, Retiree
from apps.retirees.queries.custom import CustomFields, custom_fields
from apps.retirees.rules.custom import is_custom, stored_custom

DATE_HINT = "写到知道的程度：1938、1938-05 或 1938-05-12。"
TRUTHS = {"是": ("有", "愿意", "√", "y", "yes"), "否": ("无", "没有", "不愿意", "×", "n", "no")}


def own_labels() -> dict[str, str]:
    """Key → name of each field in use."""
    return {field.key: field.label for field in CustomField.objects.in_use()}


def own_words(key: str) -> Sequence[str]:
    """The words that a field offers; none for free text, dates and numbers."""
    own = custom_fields()
    field = own.by_key.get(key)
    return () if field is None else _offered(field, own)


@dataclass(frozen=True)
class OwnColumn:
    """A column of the empty sheet: its name, the words to pick from, and what to say of it."""

    key: str
    label: str
    words: Sequence[str]
    hint: str


def own_columns() -> list[OwnColumn]:
    """Columns of the fields in use, in their order."""
    own = custom_fields()
    return [
        OwnColumn(one.key, one.label, _offered(one, own), "".join([one.help_text, *_limits(one)]))
        for one in own.fields
        if not one.is_retired
    ]


def _limits(field: CustomField) -> list[str]:
    """What a cell must be, in sentences."""
    low, high = (None if one is None else f"{one.normalize():f}" for one in (field.minimum, field.maximum))
    said = ["。"] if field.help_text and not field.help_text.endswith("。") else []
    if field.kind == CustomKind.DATE:
        said.append(DATE_HINT)
    elif field.kind == CustomKind.TEXT:
        said.append(f"最多{field.max_length}字。")
    elif field.kind == CustomKind.NUMBER:
        between = f"{low or ''}至{high or ''}" if low and high else f"不小于{low}" if low else f"不大于{high}"
        said.append(f"数字，{between}。" if low or high else "数字。")
    return said


def read_own(rows: Sequence[StagedRow]) -> CustomFields:
    """Put what the rows say of the bureau's own fields into their entries, with what is wrong with it."""
    own = custom_fields()
    wanted = {field.key: field for field in own.fields if not field.is_retired}
    for row in rows:
        row.issues = [one for one in row.issues if not is_custom(one.field)]
        cells = row.fixed_cells()
        for key in wanted.keys() & cells.keys():
            parsed = _parse(cells[key], wanted[key], own)
            row.issues.extend(RowIssue(key, issue) for issue in parsed.issues)
            row.entry.pop(key, None)
            if parsed.value is not None:
                row.entry[key] = stored_custom(parsed.value)
                row.values[key] = own.words(key, row.entry[key])
    return own


def own_changes(
    entry: Mapping[str, Any], person: Retiree, own: CustomFields
) -> dict[str, tuple[str, str, str]]:
    """Key → (label, shown before, shown after) for what the row would change; a date written otherwise is the same."""
    found = {}
    for key, field in own.by_key.items():
        old, new = person.custom.get(key), entry.get(key)
        same = _date(old) == _date(new) if field.kind == CustomKind.DATE else old == new
        if new is not None and not same:
            found[key] = (field.label, own.words(key, old), own.words(key, new))
    return found


def _date(stored: Any) -> str:
    value = decode(stored or "")
    return value.iso() if value else ""


def _offered(field: CustomField, own: CustomFields) -> Sequence[str]:
    """The words that forms offer."""
    if field.kind == CustomKind.YES_NO:
        return tuple(TRUTHS)
    terms = own.entries.get(field.dictionary, {}).values()
    return tuple(entry.label for entry in terms if entry.enabled)


def _words(field: CustomField, own: CustomFields) -> Sequence[str]:
    """All words that are understood: of terms no longer offered too, since old rosters have them."""
    if field.kind == CustomKind.YES_NO:
        return tuple(TRUTHS)
    found: dict[str, str] = {}
    for word in own.labels.get(field.dictionary, {}).values():
        found.setdefault(fold(word), word)  # two words that read the same are one
    return tuple(found.values())


def _parse(cell: Cell, field: CustomField, own: CustomFields) -> Parsed[Any]:
    if field.kind == CustomKind.DATE:
        return parse_date_cell(cell, today=timezone.localdate(), label=field.label)
    if field.kind == CustomKind.NUMBER:
        return _number(cell, field)
    if field.kind == CustomKind.TEXT:
        return parse_text_cell(cell, label=field.label, max_length=field.max_length)
    is_truth = field.kind == CustomKind.YES_NO
    words: Mapping[str, Sequence[str]] = TRUTHS if is_truth else dict.fromkeys(_words(field, own), ())
    said = parse_choice_cell(cell, ChoiceTable(field.label, words), unknown="warning")
    if said.value is None:
        return Parsed(None, said.raw, said.issues)
    if is_truth:
        return Parsed(said.value == "是", said.raw, said.issues)
    codes = {word: code for code, word in reversed(own.labels.get(field.dictionary, {}).items())}
    return Parsed(own.present_code(field.dictionary, codes[said.value]), said.raw, said.issues)


def _number(cell: Cell, field: CustomField) -> Parsed[Decimal]:
    raw = show(cell)
    text = raw.replace(",", "").replace("，", "").strip()
    if not text:
        return Parsed(None, raw)
    try:
        number = Decimal(text)
        if not number.is_finite() or abs(number) >= 10**12:
            raise InvalidOperation
        number = number.quantize(Decimal("0.01"))
    except InvalidOperation:
        return Parsed(None, raw, (warning("unknown", f"{field.label}读不出来，请填写数字。"),))
    low, high = field.minimum, field.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        return Parsed(None, raw, (warning("implausible", f"{field.label}不在规定的范围内，请核对。"),))
    return Parsed(number, raw)
