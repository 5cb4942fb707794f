"""Numbers so small that they tell of somebody: which cells of a table are not told, so that nobody can work them out.

The line is that of the office's own rules: 1 to 4 people. A cell that is not told may be small, or may stand beside a
small one, so that what a sum leaves over belongs to several cells and none of them follows from it. Nobody who reads
the table can tell which is which; therefore a cell of nobody (0) is always told.
"""

from collections.abc import Sequence
from dataclasses import dataclass

LEAST = 5
"""From so many people on a number is told."""
NOT_TOLD = "＊"
FEW = f"<{LEAST}"
"""For a number that stands alone."""
NOTE = "＊ 不到5人，以及为防止推算而一并不列的。"


@dataclass(frozen=True)
class NotTold:
    """What of a table is not told: cells by area and place in it, sums of areas, the total."""

    cells: tuple[frozenset[int], ...]
    sums: frozenset[int]
    total: bool


def is_small(number: int) -> bool:
    """1 to 4."""
    return 0 < number < LEAST


def not_told(areas: Sequence[Sequence[int]]) -> NotTold:
    """Which numbers of a table must not be told. ``areas``: its cells by area; the sum of each area and the total
    stand in the table too. With one area its sum is the total.

    After it, every cell that is not told could be another positive number and all told sums would still come out.
    """
    cells = [{place for place, number in enumerate(area) if is_small(number)} for area in areas]
    whole = [sum(area) for area in areas]
    sums = {place for place, number in enumerate(whole) if is_small(number)}
    total = is_small(sum(whole))
    while True:
        before = (sum(map(len, cells)), len(sums), total)
        for place, area in enumerate(areas):
            _protect(area, cells[place], place, sums)
        if sums and not total:
            left = [areas[place][cell] for place in sums for cell in cells[place]]
            if len(sums) < 2 or not _is_open(left):
                total = not _take_smallest(whole, sums)
        if (sum(map(len, cells)), len(sums), total) == before:
            return NotTold(tuple(map(frozenset, cells)), frozenset(sums), total)


def _protect(area: Sequence[int], cells: set[int], place: int, sums: set[int]) -> None:
    """Hide another cell of an area while its sum would give away what is hidden, at last the sum itself."""
    if place in sums:
        if not cells:
            _take_smallest(area, cells)
        return
    if not cells:
        return
    while not _is_open([area[cell] for cell in cells]):
        if not _take_smallest(area, cells):
            sums.add(place)
            return


def _is_open(numbers: Sequence[int]) -> bool:
    """Whether a known sum of these, each at least one, leaves more than one way to share it out."""
    return len(numbers) > 1 and sum(numbers) > len(numbers)


def _take_smallest(numbers: Sequence[int], taken: set[int]) -> bool:
    """Add the place of the smallest number that is left and is not zero; False where there is none."""
    left = [(number, place) for place, number in enumerate(numbers) if number and place not in taken]
    if left:
        taken.add(min(left)[1])
    return bool(left)
