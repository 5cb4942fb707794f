"""Values verified against GB 11643-1999 and public test numbers; none belongs to a living person."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.national_id import (
    NationalId,
    NationalIdError,
    check_character,
    expand_15,
    normalise,
    parse_national_id,
)

TODAY = dt.date(2026, 3, 31)


@pytest.mark.parametrize(
    ("number", "birth", "sex", "address"),
    [
        ("11010519491231002X", dt.date(1949, 12, 31), "女", "110105"),
        ("440524188001010014", dt.date(1880, 1, 1), "男", "440524"),
        ("34052419800101001X", dt.date(1980, 1, 1), "男", "340524"),
        ("420106192407026490", dt.date(1924, 7, 2), "男", "420106"),
        ("42130319490124994X", dt.date(1949, 1, 24), "女", "421303"),
    ],
)
def test_known_numbers(number: str, birth: dt.date, sex: str, address: str) -> None:
    identity = parse_national_id(number)
    assert (identity.number, identity.birth_date, identity.sex, identity.address_code) == (
        number,
        birth,
        sex,
        address,
    )
    assert not identity.was_15_digits
    assert identity.has_known_province


def test_check_character_of_the_standard() -> None:
    assert check_character("11010519491231002") == "X"
    assert check_character("44052418800101001") == "4"
    assert check_character("34052419800101001") == "X"


def test_fifteen_digits_become_eighteen() -> None:
    assert expand_15("340524800101001") == "34052419800101001X"
    identity = parse_national_id("340524800101001")
    assert identity.number == "34052419800101001X"
    assert identity.was_15_digits


@pytest.mark.parametrize(
    "typed",
    [
        "11010519491231002x", "１１０１０５１９４９１２３１００２Ｘ", "110105 19491231 002X", "110105-19491231-002X",
        "110105\u200b19491231002X", "11010519491231002*", "11010519491231002×", "11010519491231002ｘ",
        "'11010519491231002X", "\ufeff11010519491231002X ", "1101051949　1231002\u0425",
    ],
)  # fmt: skip
def test_typing_habits(typed: str) -> None:
    assert parse_national_id(typed).number == "11010519491231002X"


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("110105194912310021", "checksum"),
        ("110105194912310020", "checksum"),
        ("1101051949123100", "length"),
        ("1101051949123100221X", "length"),
        ("1101051949123100X", "length"),
        ("", "length"),
        ("11010519491331002X", "checksum"),
        ("1101O519491231002X", "characters"),
        ("110105********002X", "characters"),
        ("X1010519491231002X", "characters"),
        ("340524801301001", "birth-date"),
        ("340524800101996", "century"),
        ("340524800101999", "century"),
    ],
)
def test_errors_are_typed(number: str, code: str) -> None:
    with pytest.raises(NationalIdError) as caught:
        parse_national_id(number)
    assert caught.value.code == code
    assert number not in str(caught.value) or not number


def test_a_fitting_check_character_does_not_save_an_impossible_birth_date() -> None:
    first_17 = "11010519490231002"
    with pytest.raises(NationalIdError) as caught:
        parse_national_id(first_17 + check_character(first_17))
    assert caught.value.code == "birth-date"


@pytest.mark.parametrize("born", ["20300101", "18491231"])
def test_births_to_come_or_too_long_ago(born: str) -> None:
    first_17 = f"110105{born}002"
    with pytest.raises(NationalIdError) as caught:
        parse_national_id(first_17 + check_character(first_17), today=TODAY)
    assert caught.value.code == "birth-date"


def test_unknown_province_is_told_and_not_refused() -> None:
    first_17 = "99010519490101002"
    assert not parse_national_id(first_17 + check_character(first_17)).has_known_province


def test_no_number_in_the_repr() -> None:
    assert "1949" not in repr(parse_national_id("11010519491231002X"))


numbers_17 = st.builds(
    lambda area, day, order: f"{area:06d}{day:%Y%m%d}{order:03d}",
    st.integers(110000, 659999),
    st.dates(dt.date(1900, 1, 1), dt.date(2025, 12, 31)),
    st.integers(0, 999),
)


@given(numbers_17)
def test_every_made_number_is_read_back(first_17: str) -> None:
    number = first_17 + check_character(first_17)
    identity = parse_national_id(number, today=TODAY)
    assert identity == NationalId(
        number, dt.date.fromisoformat(f"{number[6:10]}-{number[10:12]}-{number[12:14]}")
    )


@given(numbers_17, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(first_17: str, place: int, shift: int) -> None:
    number = first_17 + check_character(first_17)
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    with pytest.raises(NationalIdError):
        parse_national_id(wrong)


@given(numbers_17, st.integers(0, 15))
def test_two_neighbours_swapped_are_always_found(first_17: str, place: int) -> None:
    number = first_17 + check_character(first_17)
    if number[place] != number[place + 1]:
        swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        with pytest.raises(NationalIdError):
            parse_national_id(swapped)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        identity = parse_national_id(text, today=TODAY)
    except NationalIdError:
        return
    assert normalise(identity.number) == identity.number
    assert len(identity.number) == 18
