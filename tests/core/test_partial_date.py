import datetime as dt
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.partial_date import PartialDate


@st.composite
def partial_dates(draw: st.DrawFn) -> PartialDate:
    day = draw(st.dates(min_value=dt.date(1850, 1, 1), max_value=dt.date(2199, 12, 31)))
    depth = draw(st.sampled_from([1, 2, 3]))
    return PartialDate(*(day.year, day.month, day.day)[:depth])


@pytest.mark.parametrize(
    ("parts", "precision", "iso", "shown", "earliest", "latest"),
    [
        ((1924,), "year", "1924", "1924年", dt.date(1924, 1, 1), dt.date(1924, 12, 31)),
        ((1924, 2), "month", "1924-02", "1924年2月", dt.date(1924, 2, 1), dt.date(1924, 2, 29)),
        ((1923, 2), "month", "1923-02", "1923年2月", dt.date(1923, 2, 1), dt.date(1923, 2, 28)),
        ((1949, 9, 30), "day", "1949-09-30", "1949年9月30日", dt.date(1949, 9, 30), dt.date(1949, 9, 30)),
    ],
)
def test_precision_and_bounds(
    parts: tuple[int, ...], precision: str, iso: str, shown: str, earliest: dt.date, latest: dt.date
) -> None:
    date = PartialDate(*parts)
    assert (date.precision, date.iso(), str(date)) == (precision, iso, shown)
    assert (date.earliest, date.latest) == (earliest, latest)


@pytest.mark.parametrize(
    "parts", [(1949, 13), (1949, 0), (1949, 2, 30), (1949, None, 3), (0,), (10000,), (1949, 1, 0)]
)
def test_impossible_dates_raise(parts: tuple[int | None, ...]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        PartialDate(*parts)


@pytest.mark.parametrize(
    "text", ["", "1949-", "49-09", "1949-9", "1949-09-31", "1949/09", "1949-13", "１９４９", "1949-09\n"]
)
def test_from_iso_refuses_anything_else(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        PartialDate.from_iso(text)


def test_raw_text_is_kept_and_not_compared() -> None:
    assert PartialDate(1949, 9, raw="49-9") == PartialDate(1949, 9, raw="1949.9")
    assert hash(PartialDate(1949, 9, raw="49-9")) == hash(PartialDate(1949, 9))
    assert PartialDate.from_iso("1949-09", raw="49-9").raw == "49-9"


def test_is_frozen() -> None:
    field = "year"
    with pytest.raises(FrozenInstanceError):
        setattr(PartialDate(1949), field, 1950)


def test_order_puts_the_vaguer_first() -> None:
    dates = [
        PartialDate(1949, 9, 1),
        PartialDate(1949, 10),
        PartialDate(1949),
        PartialDate(1949, 9),
        PartialDate(1948, 12, 31),
    ]
    assert [date.iso() for date in sorted(dates)] == [
        "1948-12-31",
        "1949",
        "1949-09",
        "1949-09-01",
        "1949-10",
    ]
    with pytest.raises(TypeError):
        assert PartialDate(1949) < dt.date(1949, 1, 1)


def test_covers_and_agrees() -> None:
    april = PartialDate(1954, 4)
    assert april.covers(dt.date(1954, 4, 20))
    assert not april.covers(dt.date(1954, 5, 1))
    assert april.agrees_with(PartialDate(1954))
    assert PartialDate(1954).agrees_with(april)
    assert april.agrees_with(PartialDate(1954, 4, 20))
    assert not april.agrees_with(PartialDate(1954, 5))


def test_surely_before_and_after_leave_the_undecided_out() -> None:
    """1945.09 may lie on either side of the end of the war (domain: boundary 1945-09-02)."""
    boundary = dt.date(1945, 9, 2)
    september = PartialDate(1945, 9)
    assert not september.is_surely_before(boundary)
    assert not september.is_surely_after(boundary)
    assert PartialDate(1945, 8).is_surely_before(boundary)
    assert PartialDate(1945, 10).is_surely_after(boundary)
    assert PartialDate(1944).is_surely_before(september)
    assert PartialDate(1946).is_surely_after(september)


@given(partial_dates())
def test_iso_comes_back(date: PartialDate) -> None:
    assert PartialDate.from_iso(date.iso()) == date


@given(partial_dates(), partial_dates())
def test_order_agrees_with_certainty(one: PartialDate, other: PartialDate) -> None:
    if one.is_surely_before(other):
        assert one < other
        assert other.is_surely_after(one)
        assert not one.agrees_with(other)
    assert one.agrees_with(other) == other.agrees_with(one)
    assert (one <= other) == (not other < one)


@given(partial_dates())
def test_bounds_are_covered(date: PartialDate) -> None:
    assert date.covers(date.earliest)
    assert date.covers(date.latest)
    assert not date.covers(date.earliest - dt.timedelta(days=1))
    assert not date.covers(date.latest + dt.timedelta(days=1))
