"""Months, quarters, half-years and years as the office reports them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, Self
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

Kind = Literal["month", "quarter", "half", "year"]
MONTHS: dict[Kind, int] = {"month": 1, "quarter": 3, "half": 6, "year": 12}
KINDS = tuple(MONTHS)
_LETTERS: dict[Kind, str] = {"quarter": "Q", "half": "H"}
_QUARTERS = "一二三四"


@dataclass(frozen=True, order=True)
class Period:
    """The ``number``-th month, quarter or half of a year, or the year itself (number 1).

    Raises ValueError for a kind or number that does not exist.
    """

    kind: Kind
    year: int
    number: int = 1

    def __post_init__(self) -> None:
        if self.kind not in MONTHS:
            raise ValueError(f"没有这种周期：{self.kind}")
        if not 1 <= self.number <= 12 // MONTHS[self.kind]:
            raise ValueError(f"{self.year}年没有第{self.number}个这样的周期")
        if not 1900 <= self.year <= 9998:
            raise ValueError(f"年份不在范围内：{self.year}")

    @classmethod
    def containing(cls, kind: Kind, day: date) -> Self:
        """The period of a kind in which a day lies."""
        return cls(kind, day.year, (day.month - 1) // MONTHS[kind] + 1)

    @classmethod
    def from_key(cls, key: str) -> Self:
        """The period with a key: 2026-05, 2026-Q3, 2026-H1, 2026. Raises ValueError for anything else."""
        year, _, part = key.partition("-")
        if not (year.isascii() and year.isdigit() and len(year) == 4):
            raise ValueError(f"不是周期的写法：{key}")
        for kind, letter in _LETTERS.items():
            if part[:1] == letter and part[1:].isascii() and part[1:].isdigit() and len(part) == 2:
                return cls(kind, int(year), int(part[1:]))
        if part.isascii() and part.isdigit() and len(part) == 2:
            return cls("month", int(year), int(part))
        if key == year:
            return cls("year", int(year))
        raise ValueError(f"不是周期的写法：{key}")

    @property
    def key(self) -> str:
        """2026-05, 2026-Q3, 2026-H1, 2026; sorts as the periods do."""
        if self.kind == "year":
            return f"{self.year:04}"
        if self.kind == "month":
            return f"{self.year:04}-{self.number:02}"
        return f"{self.year:04}-{_LETTERS[self.kind]}{self.number}"

    @property
    def start(self) -> date:
        """Its first day."""
        return date(self.year, (self.number - 1) * MONTHS[self.kind] + 1, 1)

    @property
    def end(self) -> date:
        """Its last day, for which its figures hold."""
        return self.next().start - timedelta(days=1)

    @property
    def label(self) -> str:
        """2026年5月, 2026年第三季度, 2026年上半年, 2026年度."""
        return f"{self.year}年{'度' if self.kind == 'year' else self.short_label}"

    @property
    def short_label(self) -> str:
        """As one says it within the year: 5月, 第三季度, 上半年, 全年."""
        match self.kind:
            case "month":
                return f"{self.number}月"
            case "quarter":
                return f"第{_QUARTERS[self.number - 1]}季度"
            case "half":
                return "上半年" if self.number == 1 else "下半年"
            case _:
                return "全年"

    def next(self) -> Self:
        """The period after."""
        if self.number < 12 // MONTHS[self.kind]:
            return type(self)(self.kind, self.year, self.number + 1)
        return type(self)(self.kind, self.year + 1)

    def previous(self) -> Self:
        """The period before."""
        if self.number > 1:
            return type(self)(self.kind, self.year, self.number - 1)
        return type(self)(self.kind, self.year - 1, 12 // MONTHS[self.kind])

    def year_before(self) -> Self:
        """The same period of the year before, with which it is compared."""
        return type(self)(self.kind, self.year - 1, self.number)

    def due_at(self, offset_days: int, at: time) -> datetime:
        """When its report falls due: so many days after its last day, at a time of day in Shanghai.

        Half of 2026 with 5 days and 8:00 is due on 2026-07-05 at 8:00. Raises ValueError for negative days: its
        figures are not known before it ends.
        """
        if offset_days < 0:
            raise ValueError("周期结束以前不能生成，天数不能为负")
        return datetime.combine(self.end + timedelta(days=offset_days), at, tzinfo=SHANGHAI)


def due_periods(
    kind: Kind, *, after: Period | None, since: date, now: datetime, offset_days: int, at: time
) -> Iterator[Period]:
    """Every period that has fallen due by ``now`` and has not been made, oldest first.

    ``after`` is the last one made; without one, the first is the one that ends on or after ``since``, the day the
    schedule was set up. So months of standstill miss nothing. ``now`` must know its time zone.
    """
    period = after.next() if after else Period.containing(kind, since)
    while period.due_at(offset_days, at) <= now:
        yield period
        period = period.next()
