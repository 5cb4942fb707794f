"""What a paper is worth on a day, and what may replace what."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from apps.library.choices import Validity


@dataclass(frozen=True)
class Replacement:
    """A later paper that takes the place of one, or of parts of it, from a day."""

    starts_on: date
    is_whole: bool


def validity_on(
    day: date, *, starts_on: date | None, ended_on: date | None, replaced_by: Iterable[Replacement] = ()
) -> Validity:
    """Validity of a paper on ``day``. ``ended_on`` is the first day on which it no longer holds; a paper without a day
    of effect holds from the first. Repeal is told before replacement: it is the stronger word."""
    if ended_on is not None and ended_on <= day:
        return Validity.REPEALED
    begun = [one for one in replaced_by if one.starts_on <= day]
    if any(one.is_whole for one in begun):
        return Validity.REPLACED
    if starts_on is not None and starts_on > day:
        return Validity.NOT_YET
    return Validity.PARTLY if begun else Validity.IN_FORCE


def circle(newer: int, older: int, replaces: Mapping[int, Iterable[int]]) -> list[int]:
    """Keys of the circle that would close if ``newer`` replaced ``older``: from ``older`` on to ``newer``; empty where
    none would. ``replaces``: the keys that each paper replaces already."""
    paths = [[older]]
    seen = {older}
    while paths:
        path = paths.pop()
        if path[-1] == newer:
            return path
        for following in replaces.get(path[-1], ()):
            if following not in seen:
                seen.add(following)
                paths.append([*path, following])
    return []
