"""Who pays for which month: moves, deaths and the day that decides."""

from datetime import date

import pytest

from apps.benefits.rules.months import Stay, deciding_day, months, next_month, span_words, stay_in

A = Stay(1, 11, "organ", None, date(2026, 3, 10))
B = Stay(2, 22, "organ", date(2026, 3, 10), None)


@pytest.mark.parametrize(
    ("month", "county"), [("2026-02", 1), ("2026-03", 1), ("2026-04", 2), ("2027-01", 2)]
)
def test_who_moves_within_a_month_is_paid_by_the_old_place(month: str, county: int) -> None:
    found = stay_in(date.fromisoformat(f"{month}-01"), (A, B), pays_death_month=True)
    assert found
    assert found.county == county


def test_who_moves_on_the_first_is_paid_by_the_new_place() -> None:
    old, new = Stay(1, 11, "", None, date(2026, 3, 1)), Stay(2, 22, "", date(2026, 3, 1), None)
    found = stay_in(date(2026, 3, 1), (old, new), pays_death_month=True)
    assert found
    assert found.county == 2


@pytest.mark.parametrize(
    ("died", "month", "whole", "paid"),
    [
        ("2026-03-15", "2026-03", True, True),
        ("2026-03-15", "2026-03", False, False),
        ("2026-03-15", "2026-02", False, True),
        ("2026-03-15", "2026-04", True, False),
        ("2026-03-01", "2026-03", True, True),
        ("2026-03-01", "2026-03", False, False),
        ("2026-03-31", "2026-03", True, True),
        ("2026-03-31", "2026-04", True, False),
        ("2026-02-28", "2026-03", True, False),
    ],
)
def test_the_month_of_death_is_paid_whole_or_not_at_all(
    died: str, month: str, whole: bool, paid: bool
) -> None:
    stay = Stay(1, 11, "organ", None, date.fromisoformat(died), has_died=True)
    found = stay_in(date.fromisoformat(f"{month}-01"), (stay,), pays_death_month=whole)
    assert (found is not None) is paid


def test_who_retires_within_a_month_begins_with_the_next() -> None:
    stay = Stay(1, 11, "organ", date(2026, 3, 2), None)
    assert stay_in(date(2026, 3, 1), (stay,), pays_death_month=True) is None
    assert stay_in(date(2026, 4, 1), (stay,), pays_death_month=True) is stay


@pytest.mark.parametrize(
    ("state_day", "died", "expected"),
    [
        ("last", None, date(2026, 3, 31)),
        ("first", None, date(2026, 3, 1)),
        ("last", date(2026, 3, 15), date(2026, 3, 14)),
        ("first", date(2026, 3, 15), date(2026, 3, 1)),
        ("last", date(2026, 3, 1), date(2026, 2, 28)),
        ("last", date(2026, 4, 2), date(2026, 3, 31)),
    ],
)
def test_the_day_that_decides(state_day: str, died: date | None, expected: date) -> None:
    assert deciding_day(date(2026, 3, 1), state_day, died) == expected


def test_months_and_their_words() -> None:
    assert next_month(date(2025, 12, 1)) == date(2026, 1, 1)
    assert next_month(date(2025, 11, 1)) == date(2025, 12, 1)
    assert [one.month for one in months(date(2025, 11, 1), date(2026, 2, 1))] == [11, 12, 1, 2]
    assert list(months(date(2026, 2, 1), date(2026, 1, 1))) == []
    assert span_words(date(2026, 3, 1), date(2026, 5, 1)) == "2026年3月至5月"
    assert span_words(date(2025, 11, 1), date(2026, 1, 1)) == "2025年11月至2026年1月"
    assert span_words(date(2026, 3, 1), date(2026, 3, 1)) == "2026年3月"
