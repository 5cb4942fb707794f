import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.cells import (
    CellError,
    compare_birth,
    compare_sex,
    confirm_birth,
    parse_date_cell,
    parse_id_cell,
)
from apps.core.cells.result import Cell
from apps.core.national_id import check_character, parse_national_id
from apps.core.partial_date import PartialDate

TODAY = dt.date(2026, 3, 31)
NUMBER = "420106192407026490"

GOOD: list[tuple[Cell, str, tuple[str, ...]]] = [
    (NUMBER, NUMBER, ()),
    ("４２０１０６１９２４０７０２６４９０", NUMBER, ()),
    (" 420106 19240702 6490 ", NUMBER, ()),
    ("420106192407026490\u200b", NUMBER, ()),
    ("'420106192407026490", NUMBER, ()),
    ("身份证：420106192407026490", NUMBER, ()),
    ("身份证号:420106192407026490", NUMBER, ()),
    ("42130319490124994x", "42130319490124994X", ()),
    ("42130319490124994Ｘ", "42130319490124994X", ()),
    ("42130319490124994*", "42130319490124994X", ()),
    ("42O1O61924O7O2649O", NUMBER, ("corrected",)),
    ("421321270308054", "421321192703080542", ("15-digit",)),
    (421321270308054, "421321192703080542", ("15-digit",)),
    (421321270308054.0, "421321192703080542", ("15-digit",)),
]
BAD: list[tuple[Cell, str]] = [
    ("4213811960042697", "length"), ("42013819600426979", "length"), ("1", "length"), (4213811960042, "length"),
    ("4201061924070264901", "length"),
    (4.201061940091167e17, "damaged-number"), (420106194009116671, "damaged-number"),
    (4213811960042697, "damaged-number"),
    (float("inf"), "damaged-number"), (float("nan"), "damaged-number"), ("4.20106E+17", "damaged-number"),
    ("4.2E+17", "damaged-number"),
    ("4.20106194009117e+17", "damaged-number"), ("4E17", "damaged-number"), ("420106192407026000", "damaged-number"),
    ("420106192902152701", "checksum"), ("11010519491231002Ｙ", "characters"), ("420106********6490", "characters"),
    ("见档案", "characters"), (True, "characters"), (dt.date(1949, 1, 1), "characters"), (4.5, "characters"),
    (-420, "characters"),
    ("42010619240702649?", "characters"), ("420106\x001924", "control-character"),
    ("420106\ud800", "broken-character"),
    ("4" * 10_000, "too-long"), (CellError("公式错误"), "formula-error"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "number", "kinds"), GOOD, ids=repr)
def test_read(typed: Cell, number: str, kinds: tuple[str, ...]) -> None:
    parsed = parse_id_cell(typed, today=TODAY)
    assert parsed.value is not None
    assert (parsed.value.number, parsed.kinds) == (number, kinds)


@pytest.mark.parametrize(("typed", "kind"), BAD, ids=lambda typed: repr(typed)[:30])
def test_refused(typed: Cell, kind: str) -> None:
    parsed = parse_id_cell(typed, today=TODAY)
    assert (parsed.value, parsed.kinds, parsed.level) == (None, (kind,), "error")


@pytest.mark.parametrize("typed", [None, "", " ", "　", "无", "不详", "-", "暂无", 0, "N/A", "无身份证"])
def test_missing_is_a_warning(typed: Cell) -> None:
    parsed = parse_id_cell(typed, today=TODAY)
    assert (parsed.value, parsed.kinds, parsed.level) == (None, ("missing",), "warning")


def test_birth_date_that_does_not_exist() -> None:
    first_17 = "11010519490231002"
    assert parse_id_cell(first_17 + check_character(first_17), today=TODAY).kinds == ("birth-date",)


def test_a_number_of_somebody_born_before_1900_is_not_converted() -> None:
    parsed = parse_id_cell("421321270308997", today=TODAY)
    assert (parsed.value, parsed.kinds, parsed.level) == (None, ("15-digit",), "warning")


def test_three_zeroes_at_the_end_are_suspicious_even_when_they_fit() -> None:
    number = next(
        n
        for n in range(10_000)
        if check_character(f"1101051949{n:04d}100"[:17]) == "0" and _is_day(f"{n:04d}")
    )
    typed = f"1101051949{number:04d}1000"
    assert parse_id_cell(typed, today=TODAY).kinds == ("possibly-damaged",)


def _is_day(text: str) -> bool:
    return "01" <= text[:2] <= "12" and "01" <= text[2:] <= "28"


def test_unknown_province_is_a_notice() -> None:
    first_17 = "99010519490101002"
    parsed = parse_id_cell(first_17 + check_character(first_17), today=TODAY)
    assert (parsed.kinds, parsed.level) == (("unknown-prefix",), "ok")


TYPED = [*(case[0] for case in GOOD), *(case[0] for case in BAD)]


@pytest.mark.parametrize("typed", TYPED, ids=lambda typed: repr(typed)[:30])
def test_no_message_and_no_repr_carries_the_number(typed: Cell) -> None:
    parsed = parse_id_cell(typed, today=TODAY)
    digits = "".join(character for character in str(typed) if character.isdecimal())
    shown = repr(parsed) + "".join(issue.message for issue in parsed.issues)
    assert len(digits) < 6 or (digits[:6] not in shown and digits[-6:] not in shown)


def test_compare_birth() -> None:
    identity = parse_national_id("421381195404204971")
    assert compare_birth(PartialDate(1954, 4), identity) is None
    assert compare_birth(PartialDate(1954), identity) is None
    assert compare_birth(PartialDate(1954, 4, 20), identity) is None
    issue = compare_birth(PartialDate(1954, 5), identity)
    assert issue is not None
    assert (issue.kind, issue.level) == ("differs-from-id", "warning")
    assert "1954年5月" in issue.message
    assert "1954年4月20日" in issue.message


def test_compare_sex() -> None:
    woman = parse_national_id("421303193703085329")
    assert compare_sex("女", woman) is None
    issue = compare_sex("男", woman)
    assert issue is not None
    assert (issue.kind, issue.level) == ("differs-from-id", "warning")


@pytest.mark.parametrize(
    ("typed", "number", "iso", "kinds"),
    [
        ("54.4", "421381195404204971", "1954-04", ("confirmed-by-id",)),
        ("24.7", NUMBER, "1924-07", ("confirmed-by-id",)),
        (1924.1, NUMBER, None, ("ambiguous-number",)),
        (1945.1, "421302194510251704", "1945-10", ("confirmed-by-id",)),
        ("1924.07", NUMBER, "1924-07", ()),
        ("54.5", "421381195404204971", "1954-05", ("two-digit-year",)),
        ("1954.13", "421381195404204971", None, ("invalid",)),
    ],
)
def test_the_number_settles_a_doubtful_birth_date(
    typed: Cell, number: str, iso: str | None, kinds: tuple[str, ...]
) -> None:
    parsed = confirm_birth(parse_date_cell(typed, today=TODAY), parse_national_id(number))
    assert (parsed.value and parsed.value.iso()) == iso
    assert parsed.kinds == kinds


@given(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=30),
        st.dates(),
        st.text("0123456789Xx* E+.O", max_size=20),
    )
)
def test_nothing_raises(cell: Cell) -> None:
    parsed = parse_id_cell(cell, today=TODAY)
    assert parsed.value is not None or parsed.level != "ok"
    assert parsed.value is None or parsed.level != "error"
    parsed.raw.encode("utf-8")
