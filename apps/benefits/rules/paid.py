"""Reading the paid list that finance sends back: number, name, money. Pure functions on values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

MOST_TOLD = 10
HEADER = ("编号", "姓名", "实发", "金额")


@dataclass(frozen=True)
class PaidRow:
    """A line of the run and what was paid for it, in yuan."""

    line: int
    money: Decimal


class BadPaidList(ValueError):
    """The list cannot be taken over; ``told`` says which rows and why."""

    def __init__(self, told: list[str]) -> None:
        super().__init__("；".join(told))
        self.told = told


def read_paid(text: str, lines: Mapping[int, tuple[str, Decimal]]) -> list[PaidRow]:
    """Rows of 编号, 姓名, 实发金额, apart by tabs, commas or spaces; a heading and empty rows are passed over.

    lines: by number, name and approved amount. The name must be the line's, so that a list that slipped by a row is
    noticed. Raises BadPaidList with every wrong row, at most ten of them told.
    """
    found: list[PaidRow] = []
    wrong: list[str] = []
    seen: set[int] = set()
    for place, raw in enumerate(text.splitlines(), start=1):
        cells = [cell for cell in re.split(r"[\t,，;；]+|\s{2,}| ", raw.strip()) if cell]
        if not cells or any(word in cells[0] for word in HEADER):
            continue
        row = _row(cells, lines, seen)
        if isinstance(row, str):
            wrong.append(f"第{place}行：{row}")
        else:
            found.append(row)
            seen.add(row.line)
    if wrong:
        more = [f"还有{len(wrong) - MOST_TOLD}行有问题。"] if len(wrong) > MOST_TOLD else []
        raise BadPaidList([*wrong[:MOST_TOLD], *more])
    if not found:
        raise BadPaidList(["没有读到发放明细，请粘贴“编号、姓名、实发金额”三列。"])
    return found


def _row(cells: list[str], lines: Mapping[int, tuple[str, Decimal]], seen: set[int]) -> PaidRow | str:
    if len(cells) < 3:
        return "要有编号、姓名、实发金额三列。"
    number, name, money = cells[0], cells[1], cells[-1].replace("元", "").replace("￥", "")
    if not number.isascii() or not number.isdigit() or len(number) > 18 or int(number) not in lines:
        return f"编号{number[:20]}不在这份名单里。"
    line = int(number)
    if lines[line][0] != name:
        return f"编号{line}是{lines[line][0]}，不是{name[:20]}，请检查是否错行。"
    if line in seen:
        return f"编号{line}出现了两次。"
    try:
        paid = Decimal(money)
    except InvalidOperation:
        return f"金额“{money[:20]}”读不出来。"
    exponent = paid.as_tuple().exponent
    if not paid.is_finite() or paid < 0 or not isinstance(exponent, int) or exponent < -2:
        return f"金额“{money[:20]}”不对：应是不小于0、最多两位小数的数。"
    return PaidRow(line, paid)
