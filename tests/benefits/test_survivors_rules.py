"""From when and until when somebody is provided for: changes count from the month after."""

from datetime import date

import pytest

from apps.benefits.rules.survivors import (
    FOLLOWS,
    StateSpan,
    ends_with,
    entitled_in,
    may_become,
    needs_check,
    next_month,
    relation_of,
)

MAY = date(2026, 5, 1)
START = date(2025, 2, 1)


def alive(starts=START, ends=None):
    return StateSpan("alive", starts, ends)


@pytest.mark.parametrize(
    ("states", "month", "is_entitled"),
    [
        ([alive()], MAY, True),
        ([alive()], date(2025, 1, 1), False),
        ([alive()], date(2025, 2, 1), True),
        ([alive(ends=date(2026, 5, 20)), StateSpan("dead", date(2026, 5, 20))], MAY, True),
        ([alive(ends=date(2026, 5, 20)), StateSpan("dead", date(2026, 5, 20))], date(2026, 6, 1), False),
        ([alive(ends=MAY), StateSpan("remarried", MAY)], MAY, True),
        ([alive(ends=MAY), StateSpan("remarried", MAY)], date(2026, 6, 1), False),
        (
            [StateSpan("income", date(2026, 1, 5), date(2026, 4, 9)), alive(date(2026, 4, 9))],
            date(2026, 4, 1),
            False,
        ),
        ([StateSpan("income", date(2026, 1, 5), date(2026, 4, 9)), alive(date(2026, 4, 9))], MAY, True),
    ],
)
def test_a_change_counts_from_the_month_after(states, month, is_entitled):
    assert entitled_in(month, START, None, states) is is_entitled


def test_nothing_after_the_approved_end():
    assert entitled_in(date(2026, 4, 1), START, date(2026, 4, 2), [alive()])
    assert not entitled_in(MAY, START, MAY, [alive()])


def test_the_end_is_the_earlier_of_approved_and_of_the_state():
    assert ends_with(alive(), None) is None
    assert ends_with(StateSpan("dead", date(2026, 12, 31)), None) == date(2027, 1, 1)
    assert ends_with(StateSpan("dead", date(2026, 12, 31)), MAY) == MAY
    assert next_month(date(2026, 11, 30)) == date(2026, 12, 1)


def test_nobody_comes_back_from_the_dead():
    assert not FOLLOWS["dead"]
    assert may_become("income", "alive")
    assert not may_become("alive", "alive")


@pytest.mark.parametrize(
    ("state", "verified", "needs"),
    [
        ("alive", None, True),
        ("alive", date(2025, 5, 9), True),
        ("alive", date(2025, 5, 10), False),
        ("dead", None, False),
    ],
)
def test_a_year_without_being_seen_is_too_long(state, verified, needs):
    assert needs_check(state, verified, date(2026, 5, 10)) is needs


@pytest.mark.parametrize(
    ("relation", "kinship", "found"),
    [
        ("spouse", "老伴", "spouse"),
        ("relative", "母亲", "parent"),
        ("relative", "岳母", "other"),
        ("child", "长子", "other"),
    ],
)
def test_what_a_member_of_the_family_is_as_a_survivor(relation, kinship, found):
    assert relation_of(relation, kinship) == found
