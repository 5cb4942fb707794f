import datetime as dt
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.cells import DateWindow, parse_date_cell
from apps.core.cells.result import Cell, CellError
from apps.core.partial_date import PartialDate

TODAY = dt.date(2026, 3, 31)
moment = dt.datetime.fromisoformat
BIRTH = DateWindow(dt.date(1900, 1, 1), dt.date(1990, 12, 31))
RETIRED = DateWindow(dt.date(1950, 1, 1), TODAY)

CERTAIN: list[tuple[Cell, str]] = [
    # year and month
    ("1949.9", "1949-09"), ("1949.09", "1949-09"), ("1949-9", "1949-09"), ("1949-09", "1949-09"),
    ("1949/9", "1949-09"),
    ("1949年9月", "1949-09"), ("1949年09月", "1949-09"), ("1949年9", "1949-09"), ("1949.9月", "1949-09"),
    ("1949—9", "1949-09"), ("1949–9", "1949-09"), ("1949－9", "1949-09"), ("1949。9", "1949-09"),
    ("1949、9", "1949-09"),
    ("1949,9", "1949-09"), ("1949，09", "1949-09"), ("1949·9", "1949-09"), ("1949．9", "1949-09"),
    ("1949..9", "1949-09"),
    ("１９４９．０９", "1949-09"), ("1949 . 9", "1949-09"), (" 1949.9 ", "1949-09"), ("1949.\u200b9", "1949-09"),
    ("\ufeff1949.9", "1949-09"), ("1949.9\n", "1949-09"), ("1949　年　9　月", "1949-09"), ("'1949.9", "1949-09"),
    ("’1949.9", "1949-09"), ("1949.9.", "1949-09"), ("1949年.9月", "1949-09"), ("1949年9月份", "1949-09"),
    ("1949.10", "1949-10"), ("1949.1", "1949-01"), ("1949.01", "1949-01"), ("1949年元月", "1949-01"),
    ("9/1949", "1949-09"), ("09.1949", "1949-09"), ("1949.9生", "1949-09"), ("1949年9月出生", "1949-09"),
    ("1949.09入党", "1949-09"), ("1958.02参加工作", "1958-02"), ("1988.06离休", "1988-06"),
    ("195401", "1954-01"), ("194912", "1949-12"), ("201210", "2012-10"), (195401, "1954-01"), (195401.0, "1954-01"),
    # days
    ("1949.9.30", "1949-09-30"), ("1949-9-30", "1949-09-30"), ("1951/4/15", "1951-04-15"),
    ("1949年9月30日", "1949-09-30"),
    ("1949年9月30号", "1949-09-30"), ("1949年9月30", "1949-09-30"), ("1949.09.30日", "1949-09-30"),
    ("19461126", "1946-11-26"),
    (19461126, "1946-11-26"), (19461126.0, "1946-11-26"), ("1949-09-30 00:00:00", "1949-09-30"),
    ("1949/9/30 0:00", "1949-09-30"),
    ("1949-09-30T00:00:00", "1949-09-30"), ("9/30/1949", "1949-09-30"), ("30/9/1949", "1949-09-30"),
    ("5/5/1949", "1949-05-05"),
    (dt.date(1956, 4, 15), "1956-04-15"), (moment("1956-04-15"), "1956-04-15"),
    (moment("1956-04-15T09:30"), "1956-04-15"),
    # years
    ("1924", "1924"), ("1924年", "1924"), (1924, "1924"), (1924.0, "1924"), ("1924.00", "1924"), ("1924.0", "1924"),
    ("192400", "1924"), (192400, "1924"), ("19240000", "1924"), ("19240700", "1924-07"), ("1924.07.00", "1924-07"),
    # Chinese numerals
    ("一九四九年九月", "1949-09"), ("一九四四年三月", "1944-03"), ("二〇一二年", "2012"), ("二零一二年", "2012"),
    ("二○一二年", "2012"),
    ("一九四九年十月", "1949-10"), ("一九四九年十月一日", "1949-10-01"), ("一九八八年十二月三十一日", "1988-12-31"),
    ("一九四九年十一月廿一日", "1949-11-21"), ("一九三七年七月三〇日", "1937-07-30"),
    ("一九四九年 九月", "1949-09"), ("一九四九.九", "1949-09"),
    # numbers with a point: only .1 is in doubt
    (1949.9, "1949-09"), (1949.09, "1949-09"), (1949.11, "1949-11"), (1949.12, "1949-12"), (1949.2, "1949-02"),
    (1949.01, "1949-01"),
    (1949.0899999999999, "1949-09"),
]  # fmt: skip

CORRECTED: list[tuple[Cell, str, str]] = [
    ("49-9", "1949-09", "two-digit-year"), ("54.4", "1954-04", "two-digit-year"),
    ("49年9月", "1949-09", "two-digit-year"),
    ("49年", "1949", "two-digit-year"), ("49.9.30", "1949-09-30", "two-digit-year"),
    ("49/9/30", "1949-09-30", "two-digit-year"),
    ("四九年九月", "1949-09", "two-digit-year"), (54.4, "1954-04", "two-digit-year"),
    ("5404", "1954-04", "two-digit-year"),
    ("541126", "1954-11-26", "two-digit-year"), ("Sep-49", "1949-09", "two-digit-year"),
    ("30-Sep-49", "1949-09-30", "two-digit-year"),
    ("1949.O9", "1949-09", "corrected"), ("l949.9", "1949-09", "corrected"), ("二OO五年六月", "2005-06", "corrected"),
    (18000, "1949-04-12", "serial"), (18000.0, "1949-04-12", "serial"), (18000.5, "1949-04-12", "serial"),
    (8950, "1924-07-02", "serial"),
    (moment("1949-09-01"), "1949-09-01", "first-of-month"), (dt.date(1949, 9, 1), "1949-09-01", "first-of-month"),
]  # fmt: skip

UNDECIDED: list[tuple[Cell, str, list[str]]] = [
    (1949.1, "ambiguous-number", ["1949-01", "1949-10"]),
    (54.1, "ambiguous-number", ["1954-01", "1954-10"]),
    (19499, "ambiguous-number", ["1953-05-20", "1949-09"]),
    ("19499", "ambiguous-number", ["1953-05-20", "1949-09"]),
    (4909, "ambiguous-number", ["1913-06-09", "1949-09"]),
    ("9/8/1949", "ambiguous-number", ["1949-09-08", "1949-08-09"]),
    (moment("1905-05-02T02:09:36"), "ambiguous-number", ["1905-05-02", "1949-09"]),
    (moment("1905-05-02T02:24:00"), "ambiguous-number", ["1905-05-02", "1949-01", "1949-10"]),
    (dt.date(1905, 5, 2), "ambiguous-number", ["1905-05-02", "1949"]),
    ("正月初五", "lunar", []),
    ("1949年闰月", "lunar", []),
    ("1933.7.23（农历闰五月三十）", "lunar", ["1933-07-23"]),
]

LUNAR: list[tuple[str, str, str, str]] = [
    ("农历1933年闰五月三十", "1933-07-22", "农历1933年闰五月三十", "notice"),
    ("阴历33年润五月卅", "1933-07-22", "农历1933年闰五月三十", "notice"),
    ("旧历一九五四年冬月初一", "1954-11-25", "农历1954年十一月初一", "notice"),
    ("1978年8月15日（农历）", "1978-09-17", "农历1978年八月十五", "notice"),
    ("阴历1934年五月二十一日生", "1934-07-02", "农历1934年五月廿一", "notice"),
    ("49年腊月初八", "1950-01-25", "农历1949年腊月初八", "notice"),
    ("1949.9（农历）", "1949", "农历1949年九月", "warning"),
    ("1949年正月", "1949", "农历1949年正月", "warning"),
    ("农历1933年", "1933", "农历1933年", "warning"),
    ("1933.7.22（农历闰五月三十）", "1933-07-22", "农历1933年闰五月三十", "ok"),
    ("1949.1.28（农历腊月三十）", "1949-01-28", "农历1948年腊月三十", "ok"),
]
NO_SUCH_LUNAR = ["农历1934年闰五月初一", "农历2026年五月三十", "农历1880年正月初一", "农历1933年13月"]

IMPOSSIBLE: list[Cell] = [
    "1954.13", "1954.0.5x", "1949.2.30", "1949年2月30日", "19490231", "1949.9.31", "194", "19499999", "1849.9",
    "0000", "廿", "49",
    "10月1日", "九月", "9月", "1949.9-1953.2", "1949.9至1953.2", "1949.09/1950.03", "不是日期", "男", "离休",
    "1949年十十月", "一百年",
    "9月30", "1949.123", True, False, dt.time(12), dt.timedelta(days=1), -5, 0.5, 1e300, float("inf"),
    float("nan"), 12345678901, 99_999.5, "12345678901234567890", "1949年9月30日上午开会的时候参加革命工作，" * 4,
    "5450", "1949-9-9-9",
]  # fmt: skip


@pytest.mark.parametrize(("typed", "iso"), CERTAIN, ids=repr)
def test_certain(typed: Cell, iso: str) -> None:
    parsed = parse_date_cell(typed, today=TODAY)
    assert parsed.value is not None
    assert (parsed.value.iso(), parsed.issues) == (iso, ())
    assert parsed.value.raw == parsed.raw


@pytest.mark.parametrize(("typed", "iso", "words", "level"), LUNAR, ids=repr)
def test_lunar(typed: str, iso: str, words: str, level: str) -> None:
    parsed = parse_date_cell(typed, today=TODAY)
    assert parsed.value is not None
    assert (parsed.value.iso(), parsed.value.raw, parsed.raw) == (iso, words, typed)
    assert [issue.level for issue in parsed.issues if issue.kind == "lunar"] == (
        [level] if level != "ok" else []
    )


@pytest.mark.parametrize("typed", NO_SUCH_LUNAR)
def test_no_such_lunar_day(typed: str) -> None:
    parsed = parse_date_cell(typed, today=TODAY)
    assert (parsed.value, parsed.kinds) == (None, ("invalid",))


def test_the_form_may_say_that_a_text_is_lunar() -> None:
    leap = parse_date_cell("1933.5.30", today=TODAY, lunar=True, leap=True)
    assert (leap.value, parse_date_cell("公历1933.5.30", today=TODAY, lunar=True).value) == (
        PartialDate(1933, 7, 22),
        PartialDate(1933, 5, 30),
    )


@pytest.mark.parametrize(("typed", "iso", "kind"), CORRECTED, ids=repr)
def test_read_with_a_notice(typed: Cell, iso: str, kind: str) -> None:
    parsed = parse_date_cell(typed, today=TODAY)
    assert parsed.value is not None
    assert parsed.value.iso() == iso
    assert kind in parsed.kinds
    assert parsed.level == "ok"


@pytest.mark.parametrize(("typed", "kind", "candidates"), UNDECIDED, ids=repr)
def test_undecided(typed: Cell, kind: str, candidates: list[str]) -> None:
    parsed = parse_date_cell(typed, today=TODAY)
    assert (parsed.value, parsed.kinds, parsed.level) == (None, (kind,), "warning")
    assert [candidate.iso() for candidate in parsed.candidates] == candidates


@pytest.mark.parametrize("typed", IMPOSSIBLE, ids=lambda typed: repr(typed)[:30])
def test_impossible(typed: Cell) -> None:
    parsed = parse_date_cell(typed, today=TODAY)
    assert (parsed.value, parsed.kinds, parsed.level) == (None, ("invalid",), "error")
    assert parsed.issues[0].message.startswith("“")


@pytest.mark.parametrize(
    "typed", ["2031.05", "2026.4", "20260401", 2027, dt.date(2026, 4, 1), 60_000, "二〇三一年五月", "2031年"]
)
def test_future(typed: Cell) -> None:
    assert parse_date_cell(typed, today=TODAY).kinds == ("future",)


def test_the_current_month_is_not_yet_future() -> None:
    assert parse_date_cell("2026.03", today=dt.date(2026, 3, 1)).level == "ok"


@pytest.mark.parametrize("typed", [None, "", " ", "　", "\u200b", "\n"])
def test_blank(typed: Cell) -> None:
    assert parse_date_cell(typed, today=TODAY).value is None
    assert parse_date_cell(typed, today=TODAY).issues == ()
    assert parse_date_cell(typed, today=TODAY, required=True).kinds == ("required",)


@pytest.mark.parametrize("typed", ["不详", "无", "-", "—", "/", "暂无"])
def test_said_to_be_unknown(typed: str) -> None:
    parsed = parse_date_cell(typed, today=TODAY)
    assert (parsed.value, parsed.kinds, parsed.level) == (None, ("stated-unknown",), "ok")


@pytest.mark.parametrize(
    ("typed", "iso", "kind"),
    [
        ("约1949年", "1949", "approximate"), ("1949年左右", "1949", "approximate"),
        ("1949年初", "1949", "approximate"),
        ("1949年上半年", "1949", "approximate"), ("1949年9月上旬", "1949-09", "approximate"),
        ("1949.9（档案）", "1949-09", "remark"),
        ("1949.9(身份证1950.3)", "1949-09", "remark"), ("18000", "1949-04-12", "serial"),
    ],
)  # fmt: skip
def test_read_with_a_warning(typed: str, iso: str, kind: str) -> None:
    parsed = parse_date_cell(typed, today=TODAY)
    assert parsed.value is not None
    assert (parsed.value.iso(), parsed.kinds, parsed.level) == (iso, (kind,), "warning")


@pytest.mark.parametrize(
    ("typed", "window", "iso", "level"),
    [
        ("24.7", None, "1924-07", "warning"),
        ("24.7", BIRTH, "1924-07", "ok"),
        ("05.6", BIRTH, "1905-06", "ok"),
        ("05.6", RETIRED, "2005-06", "ok"),
        ("88.6", RETIRED, "1988-06", "ok"),
        ("27.3", BIRTH, "1927-03", "ok"),
        ("27.3", RETIRED, "1927-03", "warning"),
        ("99.12", DateWindow(dt.date(1890, 1, 1), TODAY), "1999-12", "ok"),
    ],
)
def test_a_column_settles_the_century(typed: str, window: DateWindow | None, iso: str, level: str) -> None:
    parsed = parse_date_cell(typed, today=TODAY, window=window)
    assert parsed.value is not None
    assert (parsed.value.iso(), parsed.level) == (iso, level)


def test_outside_the_window_is_doubtful() -> None:
    parsed = parse_date_cell("2016.04", today=TODAY, window=BIRTH)
    assert (parsed.value, parsed.kinds) == (PartialDate(2016, 4), ("implausible",))


def test_serials_of_1904() -> None:
    parsed = parse_date_cell(16_539, today=TODAY, epoch_1904=True)
    assert parsed.value == PartialDate(1949, 4, 13)


@pytest.mark.parametrize(
    ("typed", "kinds"),
    [("1949.1", ("ambiguous-number",)), ("1949.01", ()), ("1949.10", ()), ("1949.9.1", ())],
)
def test_text_files_may_have_lost_a_zero(typed: str, kinds: tuple[str, ...]) -> None:
    assert parse_date_cell(typed, today=TODAY, untyped=True).kinds == kinds


def test_a_first_of_month_offers_the_month_alone() -> None:
    parsed = parse_date_cell(dt.date(1945, 9, 1), today=TODAY)
    assert [candidate.iso() for candidate in parsed.candidates] == ["1945-09-01", "1945-09"]


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("1949\x00.9", "control-character"),
        ("1949.\ud8009", "broken-character"),
        ("1" * 10_000, "too-long"),
        (CellError("公式错误"), "formula-error"),
    ],
)
def test_broken_text(typed: Cell, kind: str) -> None:
    assert parse_date_cell(typed, today=TODAY).kinds == (kind,)


FORMS: list[Callable[[dt.date], str]] = [
    lambda d: f"{d.year}.{d.month}.{d.day}", lambda d: f"{d.year}.{d.month:02d}.{d.day:02d}", lambda d: f"{d:%Y%m%d}",
    lambda d: f"{d.year}年{d.month}月{d.day}日", lambda d: f"{d.year}/{d.month}/{d.day}",
    lambda d: f"{d.year}—{d.month}—{d.day}",
    lambda d: f"{d.year} - {d.month} - {d.day}", lambda d: d.isoformat() + " 00:00:00",
]  # fmt: skip


@given(st.dates(dt.date(1850, 1, 1), TODAY), st.sampled_from(FORMS))
def test_every_day_in_every_form(day: dt.date, form: Callable[[dt.date], str]) -> None:
    parsed = parse_date_cell(form(day), today=TODAY)
    assert parsed.value == PartialDate.from_date(day)


@given(st.dates(dt.date(1921, 1, 1), TODAY))
def test_serials_count_days(day: dt.date) -> None:
    number = (day - dt.date(1899, 12, 30)).days
    parsed = parse_date_cell(number, today=TODAY)
    wanted = PartialDate.from_date(day)
    assert parsed.value == wanted or (parsed.kinds == ("ambiguous-number",) and wanted in parsed.candidates)


CELLS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=40), st.dates(), st.datetimes(),
    st.times(), st.timedeltas(),
    st.text("0123456789.-/年月日〇一二三四五六七八九十廿元 oOlI约左右（农历）", max_size=14),
    st.text(st.characters(exclude_categories=()), max_size=30),
)  # fmt: skip


@given(CELLS, st.booleans(), st.sampled_from([None, BIRTH, RETIRED]))
def test_nothing_raises_and_no_value_is_in_the_future(
    cell: Cell, untyped: bool, window: DateWindow | None
) -> None:
    parsed = parse_date_cell(cell, today=TODAY, untyped=untyped, window=window)
    if parsed.value is not None:
        assert dt.date(1850, 1, 1) <= parsed.value.earliest <= TODAY
        assert parsed.level != "error"
    elif not parsed.is_blank and not parsed.issues:
        raise AssertionError("something was dropped without a word")
    parsed.raw.encode("utf-8")
