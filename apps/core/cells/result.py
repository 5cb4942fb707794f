"""What reading one cell gives: a value or none, the raw text, and what is to be said about it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Generic, Literal, TypeVar

T = TypeVar("T")

Level = Literal["notice", "warning", "error"]
Cell = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta | None

RAW_LENGTH = 500
_NO_HINTS: Mapping[str, str] = MappingProxyType({})
_NOT_STORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def _no_hints() -> Mapping[str, str]:
    return _NO_HINTS


class CellError(str):
    """A cell that shows a formula's error (#N/A, #REF!) instead of a value."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Issue:
    """One remark on a cell. A notice tells what was done and counts for nothing; a warning wants a look;
    an error means there is no usable value. The message says what is wrong and what to do."""

    kind: str
    level: Level
    message: str


@dataclass(frozen=True, slots=True)
class Parsed(Generic[T]):
    """`value` is what the cell means, or None. `candidates` are the readings it may have when it does not decide
    (none of them is taken). `hints` are facts found beside the value, such as the sex in 王五（女）.

    `raw` is what stood in the cell, always storable (control characters shown as U+FFFD, cut at 500 characters).
    Neither raw text nor value is in the repr, so that a log line cannot carry an ID number.
    """

    value: T | None = field(repr=False)
    raw: str = field(default="", repr=False)
    issues: tuple[Issue, ...] = ()
    candidates: tuple[T, ...] = field(default=(), repr=False)
    hints: Mapping[str, str] = field(default_factory=_no_hints, repr=False)

    @property
    def level(self) -> Literal["ok", "warning", "error"]:
        return gravest(self.issues)

    @property
    def is_blank(self) -> bool:
        return not self.raw.strip()

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(issue.kind for issue in self.issues)

    def with_issues(self, *issues: Issue) -> Parsed[T]:
        return replace(self, issues=self.issues + issues)

    def without(self, kind: str) -> tuple[Issue, ...]:
        """The issues of every other kind."""
        return tuple(issue for issue in self.issues if issue.kind != kind)


def gravest(issues: Iterable[Issue]) -> Literal["ok", "warning", "error"]:
    """The level of a row or cell with these issues; notices leave it 'ok'."""
    levels = {issue.level for issue in issues}
    return "error" if "error" in levels else "warning" if "warning" in levels else "ok"


def notice(kind: str, message: str) -> Issue:
    return Issue(kind, "notice", message)


def warning(kind: str, message: str) -> Issue:
    return Issue(kind, "warning", message)


def error(kind: str, message: str) -> Issue:
    return Issue(kind, "error", message)


def show(value: Cell) -> str:
    """The cell as a person would see it, safe to store: numbers as Excel shows them, dates in ISO form."""
    if isinstance(value, str):
        if value.isalnum() and len(value) <= RAW_LENGTH:
            return str(value)
        text = _NOT_STORABLE.sub("\ufffd", value[: RAW_LENGTH + 1])
        return text if len(text) <= RAW_LENGTH else text[:RAW_LENGTH] + "…"
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return _show_number(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(" ") if value.time() != dt.time() else value.date().isoformat()
    return value.isoformat() if isinstance(value, (dt.date, dt.time)) else str(value)


def _show_number(value: int | float) -> str:
    if isinstance(value, int):
        return str(value) if abs(value) < 10**18 else f"{float(min(value, 10**300)):.14E}"
    if abs(value) < 1e15:
        return str(int(value)) if value.is_integer() else repr(value)
    return f"{value:.14E}"
