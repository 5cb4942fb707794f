"""Small cells are not told, and do not follow from what is told."""

from hypothesis import given, settings
from hypothesis import strategies as st

from apps.core.small_cells import NotTold, is_small, not_told

TABLES = st.lists(st.lists(st.integers(0, 12) | st.integers(0, 400), max_size=6), min_size=1, max_size=5)


def told_sums(areas: list[list[int]], hidden: NotTold) -> list[int]:
    sums = [sum(area) for place, area in enumerate(areas) if place not in hidden.sums]
    return sums + ([] if hidden.total else [sum(map(sum, areas))])


def another_way(areas: list[list[int]], hidden: NotTold, at: tuple[int, int]) -> bool:
    """Whether some table with the same told numbers has another positive number in this cell: one more or one less
    here, made up for in another cell that is not told, or nowhere."""
    others = [(area, cell) for area, cells in enumerate(hidden.cells) for cell in cells if (area, cell) != at]
    for step in (1, -1):
        for other in [None, *others]:
            changed = [list(area) for area in areas]
            changed[at[0]][at[1]] += step
            if other is not None:
                changed[other[0]][other[1]] -= step
            moved = [changed[area][cell] for area, cell in [at, *([other] if other else [])]]
            if min(moved) > 0 and told_sums(changed, hidden) == told_sums(areas, hidden):
                return True
    return False


@settings(max_examples=1000, deadline=None)
@given(TABLES)
def test_nothing_that_is_not_told_can_be_worked_out(areas: list[list[int]]) -> None:
    hidden = not_told(areas)
    for place, area in enumerate(areas):
        for cell, number in enumerate(area):
            if is_small(number):
                assert cell in hidden.cells[place]
            if cell in hidden.cells[place]:
                assert number > 0
                assert another_way(areas, hidden, (place, cell))
        if is_small(sum(area)):
            assert place in hidden.sums
        if place in hidden.sums:  # its sum could be another, too
            assert hidden.cells[place]
            assert hidden.total or len(hidden.sums) > 1
    assert hidden.total or not is_small(sum(map(sum, areas)))


def test_tables_one_can_check_by_hand() -> None:
    assert not_told([[7, 9, 0]]) == NotTold((frozenset(),), frozenset(), False)
    assert not_told([[2, 9, 30, 0]]) == NotTold((frozenset({0, 1}),), frozenset(), False)
    assert not_told([[3, 0]]) == NotTold((frozenset({0}),), frozenset({0}), True)
    # Two who are one each follow from a sum of two.
    assert not_told([[1, 1, 40]]).cells == (frozenset({0, 1, 2}),)
    # An area whose sum is small takes another area's sum along, and that one a cell.
    found = not_told([[3, 0], [20, 30], [90]])
    assert (found.sums, found.total) == (frozenset({0, 1}), False)
    assert found.cells == (frozenset({0}), frozenset({0}), frozenset())
    assert not_told([[], []]) == NotTold((frozenset(), frozenset()), frozenset(), False)
