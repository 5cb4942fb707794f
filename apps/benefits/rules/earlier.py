"""Reading what was paid before lists were made here: ID number, name, month, money. Pure functions on values."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from apps.benefits.rules.paid import MOST_TOLD, BadPaidList
from apps.core.national_id import normalise

HEADER = ("身份证", "证件", "公民身份")
MOST = 5000
"""Rows of one sending."""
_NUMBER = re.compile(r"^(\d{15}|\d{17}[\dX])$")
_MONTH = re.compile(r"^(\d{4})(?:[-./年](\d{1,2})月?|(\d{2}))(?:[-./]?0?1日?)?$")


@dataclass(frozen=True)
class EarlierRow:
    """A row as typed, with its number among the rows."""

    place: int
    national_id: str
    name: str
    month: date
    money: Decimal
    """Yuan."""


def read_earlier(text: str) -> list[EarlierRow]:
    """Rows of 身份证号, 姓名, 月份, 金额, apart by tabs, commas or spaces; a heading and empty rows are passed over.

    Raises BadPaidList with every wrong row by its number, at most ten of them told; never with what stood in it, which
    is private."""
    found: list[EarlierRow] = []
    wrong: list[str] = []
    for place, raw in enumerate(text.splitlines(), start=1):
        cells = [cell for cell in re.split(r"[\t,，;；]+|\s+", raw.strip()) if cell]
        if not cells or any(word in cells[0] for word in HEADER):
            continue
        try:
            found.append(_row(place, cells))
        except ValueError as problem:
            wrong.append(f"第{place}行：{problem}")
    if not wrong and len(found) > MOST:
        wrong = [f"一次最多{MOST}行，请分几次登记。"]
    told(wrong)
    if not found:
        raise BadPaidList(["没有读到发放明细，请粘贴“身份证号、姓名、月份、金额”四列。"])
    return found


def told(wrong: list[str]) -> None:
    """Raise BadPaidList where anything is wrong, the first ten told."""
    if wrong:
        more = [f"还有{len(wrong) - MOST_TOLD}行有问题。"] if len(wrong) > MOST_TOLD else []
        raise BadPaidList([*wrong[:MOST_TOLD], *more])


def _row(place: int, cells: list[str]) -> EarlierRow:
    if len(cells) != 4:
        raise ValueError("要有身份证号、姓名、月份、金额四列。")
    number = normalise(cells[0])  # as the register keeps it, which knows numbers that no check would pass
    if not _NUMBER.match(number):
        raise ValueError("身份证号不是15位或18位，请核对。")
    return EarlierRow(place, number, cells[1], _month(cells[2]), _money(cells[3]))


def _month(text: str) -> date:
    found = _MONTH.match(text)
    number = int(found[2] or found[3]) if found else 0
    if found is None or not 1 <= number <= 12:
        raise ValueError("月份读不出来，请写成2025-03这样。")
    return date(int(found[1]), number, 1)


def _money(text: str) -> Decimal:
    try:
        money = Decimal(text.replace("元", "").replace("￥", ""))
    except InvalidOperation:
        raise ValueError("金额读不出来。") from None
    exponent = money.as_tuple().exponent
    if not money.is_finite() or not 0 < money < 10**8 or not isinstance(exponent, int) or exponent < -2:
        raise ValueError("金额不对：应是大于0、最多两位小数的数。")
    return money
