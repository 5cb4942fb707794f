"""A date that may be known only to the year or the month.

Personnel files say 1949年9月 far more often than 1949年9月3日, and the missing day decides nothing by itself:
it is never filled in silently. `earliest` and `latest` bound what the writer can have meant.
"""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange
from dataclasses import dataclass, field
from functools import total_ordering
from typing import Literal, Self

_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


@total_ordering
@dataclass(frozen=True, slots=True)
class PartialDate:
    """A year, a year and month, or a day; `raw` keeps what was typed and takes no part in comparisons.

    Raises ValueError when no such date exists, or when a day comes without its month.
    Sorted by the first day meant, the vaguer one first: 1949 < 1949-09 < 1949-09-01.
    """

    year: int
    month: int | None = None
    day: int | None = None
    raw: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if self.month is None and self.day is not None:
            raise ValueError("a day without a month")
        dt.date(self.year, 1 if self.month is None else self.month, 1 if self.day is None else self.day)

    @classmethod
    def from_date(cls, day: dt.date, raw: str = "") -> Self:
        return cls(day.year, day.month, day.day, raw)

    @classmethod
    def from_iso(cls, text: str, raw: str = "") -> Self:
        """Read what `iso` writes: '1924', '1924-07' or '1924-07-02'. Raises ValueError on anything else."""
        match = _ISO.fullmatch(text)
        if not match:
            raise ValueError(f"not a partial ISO date: {text[:20]!r}")
        year, month, day = (int(part) if part else None for part in match.groups())
        return cls(year or 0, month, day, raw)

    @property
    def precision(self) -> Literal["year", "month", "day"]:
        if self.day is not None:
            return "day"
        return "year" if self.month is None else "month"

    @property
    def earliest(self) -> dt.date:
        return dt.date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> dt.date:
        month = self.month or 12
        return dt.date(self.year, month, self.day or monthrange(self.year, month)[1])

    def covers(self, day: dt.date) -> bool:
        """Whether this can mean that very day."""
        return self.earliest <= day <= self.latest

    def agrees_with(self, other: PartialDate) -> bool:
        """Whether both can mean the same day: 1954-04 agrees with 1954 and with 1954-04-20."""
        return self.earliest <= other.latest and other.earliest <= self.latest

    def is_surely_before(self, other: PartialDate | dt.date) -> bool:
        """Before it whatever the missing parts are."""
        return self.latest < (other.earliest if isinstance(other, PartialDate) else other)

    def is_surely_after(self, other: PartialDate | dt.date) -> bool:
        """After it whatever the missing parts are."""
        return self.earliest > (other.latest if isinstance(other, PartialDate) else other)

    def iso(self) -> str:
        text = f"{self.year:04d}"
        if self.month is not None:
            text += f"-{self.month:02d}"
        if self.day is not None:
            text += f"-{self.day:02d}"
        return text

    def __str__(self) -> str:
        text = f"{self.year}年"
        if self.month is not None:
            text += f"{self.month}月"
        if self.day is not None:
            text += f"{self.day}日"
        return text

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, PartialDate):
            return NotImplemented
        return self._sort_key < other._sort_key

    @property
    def _sort_key(self) -> tuple[int, int, int]:
        return self.year, self.month or 0, self.day or 0
