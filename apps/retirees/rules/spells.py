"""Cutting a life on the register into stretches in which nothing that is counted changes.

All intervals are half-open: ``start`` belongs, ``end`` does not; None is open.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Stay:
    """A membership: at one unit for a time."""

    county_id: int
    unit_id: int
    start: date | None
    end: date | None
    entry: str
    exit: str


@dataclass(frozen=True)
class Stretch:
    """A value that held for a time."""

    value: Any
    start: date | None
    end: date | None

    def holds_at(self, day: date | None) -> bool:
        """Whether it holds on ``day``; None asks about the time before every date."""
        if day is None:
            return self.start is None
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)


@dataclass(frozen=True)
class Piece:
    """A stay, or a part of one, with the value of each track in it (None where the track says nothing)."""

    stay: Stay
    start: date | None
    end: date | None
    enters: str
    leaves: str
    values: tuple[Any, ...]


def cut(stays: Sequence[Stay], *tracks: Sequence[Stretch]) -> list[Piece]:
    """Return the pieces of ``stays`` between all changes of ``tracks``, in order of time.

    The stretches of a track must not overlap. Pieces are never empty and cover each stay exactly.
    """
    pieces = []
    for stay in stays:
        if stay.start is not None and stay.end is not None and stay.start >= stay.end:
            continue
        days = sorted(
            {
                day
                for track in tracks
                for stretch in track
                for day in (stretch.start, stretch.end)
                if day is not None and _inside(day, stay)
            }
        )
        edges = [stay.start, *days, stay.end]
        for index, (start, end) in enumerate(itertools.pairwise(edges)):
            values = tuple(next((s.value for s in track if s.holds_at(start)), None) for track in tracks)
            pieces.append(
                Piece(
                    stay,
                    start,
                    end,
                    stay.entry if index == 0 else "",
                    stay.exit if index == len(edges) - 2 else "",
                    values,
                )
            )
    return pieces


def _inside(day: date, stay: Stay) -> bool:
    return (stay.start is None or day > stay.start) and (stay.end is None or day < stay.end)


def one_after_another(values: Sequence[tuple[date | None, Any]]) -> list[Stretch]:
    """Stretches of a value that changed on the given days, each holding until the next; equal neighbours join."""
    joined: list[tuple[date | None, Any]] = []
    for day, value in sorted(values, key=lambda pair: pair[0] or date.min):
        if joined and joined[-1][0] == day:
            joined[-1] = (day, value)
        elif not joined or joined[-1][1] != value:
            joined.append((day, value))
    ends = [day for day, _ in joined[1:]] + [None]
    return [Stretch(value, day, end) for (day, value), end in zip(joined, ends, strict=True)]
