"""From the cells of a row of a visit log to typed values, with everything that is wrong with the row by itself."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from apps.core.cells import (
    Cell,
    DateWindow,
    Parsed,
    error,
    notice,
    parse_choice_cell,
    parse_date_cell,
    parse_id_cell,
    parse_name_cell,
    parse_text_cell,
    show,
)
from apps.core.chinese import years_before
from apps.imports.reading.tables import DataRow
from apps.imports.rules import RowIssue, StagedRow
from apps.visits.choices import LeaderLevel, Way
from apps.visits.importers.columns import FIELD_LABELS, HEALTH, HEALTH_CODES, WAY, WAY_CODES

YEARS_BACK = 40
"""Older logs are not visits of this work any more: the year was mistyped."""
MOST_MONEY = Decimal("999999.99")
TEXTS = {"unit": 80, "occasion": 40, "place": 80, "goods": 80, "source": 40, "over_limit": 120}
LONG_TEXTS = {"wants": 900, "note": 900}
MOST_VISITORS = 12
_PARTS = re.compile(r"[、，,;；/|\n]+")
_OTHERS = re.compile(r"等\s*(\d*)\s*[人名]?$")
_BRACKET = re.compile(r"^(?P<name>[^()]{1,40})\((?P<post>[^()]{1,80})\)$")


def read_row(row: DataRow, *, is_untyped: bool, epoch_1904: bool, today: date) -> StagedRow:
    """Type one row. What needs the database (person, occasion, leaders, source) is settled when rows are judged."""
    cells = row.values
    staged = StagedRow(row.sheet, row.number, raw={name: show(value) for name, value in cells.items()})
    parsed: dict[str, Parsed[Any]] = {"name": parse_name_cell(cells.get("name"))}
    parsed["visited_on"] = _day(
        cells.get("visited_on"), is_untyped=is_untyped, epoch_1904=epoch_1904, today=today
    )
    if show(cells.get("national_id")).strip():
        parsed["national_id"] = parse_id_cell(cells["national_id"], today=today)
    parsed |= _texts(cells)
    parsed["way"] = _way(cells.get("way"))
    if "health" in cells:
        parsed["health"] = parse_choice_cell(cells["health"], HEALTH, unknown="warning")
    parsed["visitors"] = _visitors(cells.get("visitors"), cells.get("post"))
    parsed |= {name: _money(cells[name], name) for name in ("money", "goods_value") if name in cells}
    for name, one in parsed.items():
        staged.issues.extend(RowIssue(name, issue) for issue in one.issues)
    values = {name: one.value for name, one in parsed.items() if one.value is not None}
    staged.values = {name: _plain(value) for name, value in values.items() if name != "visitors"}
    staged.entry = _entry(values)
    return staged


def _day(value: Cell, *, is_untyped: bool, epoch_1904: bool, today: date) -> Parsed[date]:
    """A whole day: a log says when. Excel's own dates are what they are."""
    window = DateWindow(years_before(today, YEARS_BACK), today)
    label = FIELD_LABELS["visited_on"]
    parsed = parse_date_cell(
        value,
        today=today,
        window=window,
        untyped=is_untyped,
        epoch_1904=epoch_1904,
        required=True,
        label=label,
    )
    issues = parsed.without("first-of-month")
    if parsed.value is None:
        return Parsed(None, parsed.raw, issues or (error("invalid", "日期读不出来，请写成2026-01-15。"),))
    if parsed.value.precision != "day":
        return Parsed(None, parsed.raw, (*issues, error("no-day", "要写到日，如2026-01-15。")))
    day = parsed.value.earliest
    if not window.earliest <= day <= today + timedelta(days=0):
        return Parsed(None, parsed.raw, (error("not-then", f"不像走访的日期：{day}。请核对年份。"),))
    return Parsed(day, parsed.raw, issues)


def _texts(cells: Mapping[str, Cell]) -> dict[str, Parsed[str]]:
    return {
        name: parse_text_cell(
            cells[name], label=FIELD_LABELS[name], max_length=length, multiline=name in LONG_TEXTS
        )
        for name, length in (TEXTS | LONG_TEXTS).items()
        if name in cells
    }


def _way(value: Cell) -> Parsed[str]:
    if not show(value).strip():
        return Parsed(str(Way.HOME.label), "", (notice("assumed", "表里没有写方式，按上门登记。"),))
    return parse_choice_cell(value, WAY, unknown="error")


def _money(value: Cell, name: str) -> Parsed[Decimal]:
    raw = show(value)
    text = raw.replace(",", "").replace("，", "").replace(" ", "").removesuffix("元")
    if text in ("", "无", "/", "-", "—", "——"):
        return Parsed(None, raw)
    try:
        amount = Decimal(text)
        if not amount.is_finite() or not 0 <= amount <= MOST_MONEY:
            raise InvalidOperation
    except InvalidOperation:
        message = f"{FIELD_LABELS[name]}读不出来，请只填数字，如 500。"
        return Parsed(None, raw, (error("not-money", message),))
    return Parsed(amount.quantize(Decimal("0.01")), raw)


def _visitors(value: Cell, post: Cell) -> Parsed[list[dict[str, str]]]:
    """王某（副市长）、李某 → names with posts; a column of posts is laid beside them, as far as it goes."""
    parsed = parse_text_cell(value, label=FIELD_LABELS["visitors"], max_length=200, required=True)
    posts_said = parse_text_cell(post, label=FIELD_LABELS["post"], max_length=400)
    issues = [*parsed.issues, *posts_said.issues]
    if parsed.value is None:
        return Parsed(None, parsed.raw, tuple(issues))
    text = parsed.value.replace("（", "(").replace("）", ")")
    if found := _OTHERS.search(text):
        text = text[: found.start()]
        issues.append(notice("others", "“等几人”里没有写名字的人，不会登记。"))
    posts = [part.strip() for part in _PARTS.split(posts_said.value or "") if part.strip()]
    people: dict[str, dict[str, str]] = {}
    for place, part in enumerate(filter(None, (part.strip() for part in _PARTS.split(text)))):
        bracketed = _BRACKET.match(part)
        name = (bracketed["name"] if bracketed else part).strip()
        said = bracketed["post"].strip() if bracketed else posts[place] if place < len(posts) else ""
        people.setdefault(name, {"name": name[:40], "post": said[:80]})
        if len(name) > 40:
            issues.append(error("too-long", "走访人的姓名太长。几个人用顿号分开。"))
    if len(people) > MOST_VISITORS:
        issues.append(error("too-many", f"走访人超过{MOST_VISITORS}人，请只写主要的几位。"))
    if not people:
        issues.append(error("required", "请填写走访人。"))
    return Parsed(list(people.values()) or None, parsed.raw, tuple(issues))


def level_of_post(post: str) -> str:
    """How high a post stands, where nobody of this name is on the list of leaders; staff where nothing tells."""
    if re.search(r"老干部局|组织部", post) and re.search(r"长|主任", post):
        return LeaderLevel.BUREAU
    if "副" not in post and re.search(r"[市县区]委书记|^(?:.{0,8})[市县区]长$|党工委书记", post):
        return LeaderLevel.CHIEF
    if re.search(r"副[市县区]长|[市县区]委副书记|常委|人大.{0,6}主任|政协.{0,4}主席", post):
        return LeaderLevel.LEADER
    return (
        LeaderLevel.UNIT
        if re.search(r"局长|书记|主任|院长|校长|经理|厂长|镇长|乡长", post)
        else LeaderLevel.STAFF
    )


def _plain(value: Any) -> str:
    number = getattr(value, "number", None)
    return number if isinstance(number, str) else str(value)


def _entry(values: Mapping[str, Any]) -> dict[str, Any]:
    entry: dict[str, Any] = {"visitors": values.get("visitors") or []}
    for name in ("name", "unit", "occasion", "place", "goods", "source", "over_limit", "wants", "note"):
        if values.get(name):
            entry[name] = values[name]
    if "visited_on" in values:
        entry["visited_on"] = values["visited_on"].isoformat()
    if "national_id" in values:
        entry["national_id"] = values["national_id"].number
    if "way" in values:
        entry["way"] = WAY_CODES[values["way"]]
    if "health" in values:
        entry["health"] = HEALTH_CODES[values["health"]]
    for name in ("money", "goods_value"):
        if name in values:
            entry[name] = str(values[name])
    return entry
