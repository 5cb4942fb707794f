"""From the cells of a row to typed values, with everything that is wrong with the row by itself."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from apps.core.cells import (
    NATION,
    SEX,
    Cell,
    DateWindow,
    Parsed,
    compare_birth,
    compare_sex,
    confirm_birth,
    error,
    parse_choice_cell,
    parse_date_cell,
    parse_id_cell,
    parse_name_cell,
    parse_phone_cell,
    parse_text_cell,
    show,
    warning,
)
from apps.core.cells.nations import NATIONS
from apps.core.fields import encode
from apps.core.partial_date import PartialDate
from apps.imports.reading.lrmx import PICTURE
from apps.imports.reading.tables import DataRow
from apps.imports.rules import RowIssue, StagedRow
from apps.retirees.actions.register import MONEY_FIELDS
from apps.retirees.choices import Category, Period, Sex
from apps.retirees.importers.columns import CATEGORY, CATEGORY_CODES, CHOICES, FIELD_LABELS
from apps.retirees.importers.lines import family_issues, honour_issues
from apps.retirees.rules import doubts, period_of
from apps.retirees.rules.sheet_key import person_of_key, sheet_key

OLDEST_BIRTH = date(1900, 1, 1)
WORK_FROM = date(1921, 7, 1)
RETIRED_FROM = date(1950, 1, 1)
DATES = {
    "birth_date": lambda today: DateWindow(OLDEST_BIRTH, today.replace(month=1, day=1)),
    "joined_on": lambda today: DateWindow(WORK_FROM, today),
    "work_started_on": lambda today: DateWindow(WORK_FROM, today),
    "retired_on": lambda today: DateWindow(RETIRED_FROM, today),
    "joined_party_on": lambda today: DateWindow(WORK_FROM, today),
    "treatment_on": lambda today: DateWindow(WORK_FROM, today),
    "medical_treatment_on": lambda today: DateWindow(WORK_FROM, today),
}
TEXTS = {
    "former_name": 60,
    "unit": 80,
    "original_unit": 80,
    "paying_unit": 80,
    "post": 120,
    "highest_post": 120,
    "approval_number": 80,
    "rank_number": 80,
    "treatment_number": 80,
    "medical_number": 80,
    "joined_basis": 200,
    "work_basis": 200,
    "native_place": 80,
    "birthplace": 80,
    "settled_place": 80,
    "speciality": 120,
    "party_branch": 80,
    "address": 200,
    "medical_card": 40,
    "note": 1000,
}
SHEET = "花名册"
"""Basis of a date of joining for which the sheet gives none."""
LINES = ("career", "family", "honours")
"""Texts of many lines, read in importers/dossier.py."""
SEX_CODES = {"男": Sex.MALE.value, "女": Sex.FEMALE.value}
NATION_CODES = {name: f"{code:02d}" for code, name in enumerate(NATIONS, start=1)}


@lru_cache(maxsize=8)
def _windows(today: date) -> dict[str, DateWindow]:
    return {name: window(today) for name, window in DATES.items()}


def read_row(row: DataRow, *, is_untyped: bool, epoch_1904: bool, today: date) -> StagedRow:
    """Type one row. Values that a cell does not decide stay None; blank cells are unknown, not empty."""
    cells = row.values
    parsed = _parse(cells, is_untyped=is_untyped, epoch_1904=epoch_1904, today=today)
    staged = StagedRow(row.sheet, row.number, raw={name: show(value) for name, value in cells.items()})
    number = parsed["national_id"].value
    if number is not None:
        parsed["birth_date"] = confirm_birth(parsed["birth_date"], number)
    if "joined_on" in parsed:
        parsed["joined_on"] = _not_sharper_than_typed(parsed["joined_on"])
    values = {name: one.value for name, one in parsed.items() if one.value is not None}
    hints = parsed["name"].hints
    values.setdefault("sex", hints.get("sex"))
    values.setdefault("nation", hints.get("nation"))
    values.setdefault("former_name", hints.get("former_name"))
    for name, one in parsed.items():
        staged.issues.extend(RowIssue(name, issue) for issue in one.issues)
    if number is not None:
        _compare(staged, values)
    if hints.get("state") or values.get("state") in ("去世", "已故"):
        staged.add(
            "name", warning("marked-dead", "表中注明已去世。写入后请在人员页“登记去世”，填写去世时间。")
        )
    staged.values = _plain(values)
    staged.entry = _entry(values)
    staged.issues.extend(RowIssue("honours", issue) for issue in honour_issues(values.get("honours", "")))
    staged.issues.extend(RowIssue("family", issue) for issue in family_issues(values.get("family", "")))
    for doubt in doubts(_for_doubts(values)):
        staged.add(doubt.field, warning(doubt.kind, f"{doubt.message}。"))
    return staged


def _parse(
    cells: Mapping[str, Cell], *, is_untyped: bool, epoch_1904: bool, today: date
) -> dict[str, Parsed[Any]]:
    parsed: dict[str, Parsed[Any]] = {
        "name": parse_name_cell(cells.get("name")),
        "sex": parse_choice_cell(cells.get("sex"), SEX, unknown="warning"),
        "national_id": parse_id_cell(cells.get("national_id"), today=today),
        "category": parse_choice_cell(cells.get("category"), CATEGORY, required=True),
    }
    for name, window in _windows(today).items():
        if name in cells or name == "birth_date":
            parsed[name] = parse_date_cell(
                cells.get(name),
                today=today,
                window=window,
                untyped=is_untyped,
                epoch_1904=epoch_1904,
                label=FIELD_LABELS[name],
            )
    for name, (table, _) in CHOICES.items():
        if name in cells:
            parsed[name] = parse_choice_cell(cells[name], table, unknown="warning")
    if "nation" in cells:
        parsed["nation"] = parse_choice_cell(cells["nation"], NATION, unknown="warning")
    if "phone" in cells:
        parsed["phone"] = parse_phone_cell(cells["phone"])
    parsed |= _texts(cells)
    if "state" in cells:
        parsed["state"] = parse_text_cell(cells["state"], label=FIELD_LABELS["state"], max_length=20)
    if "portrait" in cells:
        parsed["portrait"] = Parsed(show(cells["portrait"]) == PICTURE or None, show(cells["portrait"]))
    if "person_key" in cells:
        parsed["person_key"] = _key(cells["person_key"])
    parsed |= {name: _money(cells[name]) for name in MONEY_FIELDS if name in cells}
    return parsed


def _texts(cells: Mapping[str, Cell]) -> dict[str, Parsed[Any]]:
    lengths = TEXTS | dict.fromkeys(LINES, 6000)
    return {
        name: parse_text_cell(
            cells[name], label=FIELD_LABELS[name], max_length=length, multiline=name in LINES
        )
        for name, length in lengths.items()
        if name in cells
    }


def _not_sharper_than_typed(joined: Parsed[PartialDate]) -> Parsed[PartialDate]:
    """Excel makes 1945-9 into 1945-09-01. Where the month alone would need a ruling, the day it made up is dropped."""
    if "first-of-month" in joined.kinds:
        month = next((one for one in joined.candidates if one.precision == "month"), None)
        if month is not None and period_of(month) == Period.NEEDS_RULING:
            return replace(joined, value=month)
    return joined


def _key(value: Cell) -> Parsed[int]:
    raw = show(value).strip()
    if not raw:
        return Parsed(None, raw)
    person = person_of_key(raw)
    if person is None:
        text = "人员编号被改动过（拖动填充会把它加一）。请从导出的表里重新复制，新的人清空这一格。"
        return Parsed(None, raw, (error("damaged-key", text),))
    return Parsed(person, raw)


def _money(value: Cell) -> Parsed[Decimal]:
    raw = show(value)
    text = raw.replace(",", "").replace("，", "").removesuffix("元").strip()
    if not text:
        return Parsed(None, raw)
    try:
        amount = Decimal(text).quantize(Decimal("0.01"))
        if not amount.is_finite():
            raise InvalidOperation
    except InvalidOperation:
        return Parsed(None, raw, (warning("not-money", "金额读不出来，请填写数字，如 8650.50。"),))
    if not 0 <= amount < 1_000_000:
        return Parsed(None, raw, (warning("implausible", "金额不合理，请核对。"),))
    return Parsed(amount, raw)


def _compare(staged: StagedRow, values: Mapping[str, Any]) -> None:
    birth, sex, number = values.get("birth_date"), values.get("sex"), values["national_id"]
    if birth is not None and (issue := compare_birth(birth, number)):
        staged.add("birth_date", issue)
    if sex and (issue := compare_sex(sex, number)):
        staged.add("sex", issue)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """The row's meaning in the words of the sheet, for the interface and the preview."""
    plain: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, PartialDate):
            plain[name] = value.iso()
        elif name == "national_id":
            plain[name] = value.number
        elif name == "phone":
            plain[name] = "、".join(phone.number for phone in value)
        elif isinstance(value, Decimal):
            plain[name] = str(value)
        elif name == "person_key":
            plain[name] = sheet_key(value)
        elif name == "portrait":
            plain[name] = PICTURE
        else:
            plain[name] = value
    return plain


def _entry(values: Mapping[str, Any]) -> dict[str, Any]:
    """JSON-able values of the register (retirees.actions.Entry), dates in their stored form."""
    entry: dict[str, Any] = {
        name: encode(value) for name, value in values.items() if isinstance(value, PartialDate)
    }
    category = CATEGORY_CODES.get(values.get("category", ""))
    if category == Category.LIXIU:
        entry.setdefault("work_started_on", entry.get("joined_on", ""))
        entry["joined_basis"] = SHEET if entry.get("joined_on") else ""
    elif "joined_on" in entry:  # 退休: 参加工作时间 is what the column says
        entry.setdefault("work_started_on", entry.pop("joined_on"))
        entry.pop("joined_on", None)
    entry["category"] = category
    for name in ("name", *TEXTS, "person_key", "portrait", *LINES):
        if values.get(name):
            entry[name] = values[name]
    for name, (_, codes) in CHOICES.items():
        if values.get(name):
            entry[name] = codes[values[name]]
    if values.get("sex"):
        entry["sex"] = SEX_CODES[values["sex"]]
    if values.get("nation") in NATION_CODES:
        entry["nation"] = NATION_CODES[values["nation"]]
    if values.get("national_id"):
        number = values["national_id"]
        entry["national_id"] = number.number
        entry["card_birth_date"] = number.birth_date.isoformat()
        entry.setdefault("sex", SEX_CODES[number.sex])
    if values.get("phone"):
        entry["phone"] = values["phone"][0].number
    entry |= {name: str(values[name]) for name in MONEY_FIELDS if values.get(name) is not None}
    return {name: value for name, value in entry.items() if value not in ("", None)}


def _for_doubts(values: Mapping[str, Any]) -> dict[str, Any]:
    category = CATEGORY_CODES.get(values.get("category", ""))
    lixiu = category == Category.LIXIU
    return {
        "category": category,
        "birth_date": values.get("birth_date"),
        "joined_on": values.get("joined_on") if lixiu else None,
        "work_started_on": values.get("work_started_on") or (None if lixiu else values.get("joined_on")),
        "retired_on": values.get("retired_on"),
    }
