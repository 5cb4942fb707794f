"""Breaking text into lines on the grid."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.core import fonts
from apps.core.documents.lines import (
    CELL,
    CLOSE_UP,
    MEASURE,
    NO_END,
    NO_START,
    SIZE,
    TRACKING,
    clean,
    set_balanced,
    set_paragraph,
    set_ragged,
    text_width,
)

FACE = fonts.faces(None)["body"]
USUAL = round(TRACKING, 3)


def lengths(text: str) -> list[int]:
    return [len(line.text) for line in set_paragraph(text, FACE)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("国" * 10, [10]),
        ("国" * 26, [26]),
        ("国" * 26 + "家" * 28 + "事业", [26, 28, 2]),
        ("国" * 26 + "家" * 28 + "事", [26, 29]),  # one character is not left alone
        ("国" * 26 + "，" + "家" * 5, [27, 5]),  # the comma is drawn in
        ("国" * 25 + "”，" + "家" * 5, [27, 5]),
        ("国" * 26 + "”，" + "家" * 5, [25, 8]),  # two are too many: a character goes with them
        ("国" * 25 + "（" + "家" * 5, [27, 4]),  # an opening bracket does not end a line
        ("国" * 25 + "——" + "家" * 5, [27, 5]),  # a dash is not parted
        ("国" * 24 + "2026年" + "家" * 40, [29, 28, 12]),
        ("国" * 26 + "。", [27]),
    ],
)
def test_where_lines_end(text: str, expected: list[int]) -> None:
    assert lengths(text) == expected


def test_a_full_line_of_characters_has_the_usual_spacing() -> None:
    first, second, last = set_paragraph("国" * 60, FACE)
    assert first.tracking == pytest.approx(USUAL, abs=0.001)
    assert second.tracking == pytest.approx(USUAL, abs=0.001)
    assert last.tracking == USUAL


def test_figures_and_their_unit_stay_together() -> None:
    for before in range(14, 27):
        lines = [
            line.text for line in set_paragraph("国" * before + "12,086人，占32.3%；2026年" + "家" * 30, FACE)
        ]
        assert any("12,086人" in line for line in lines)
        assert any("32.3%；" in line for line in lines)
        assert any("2026年" in line for line in lines)


def test_a_word_longer_than_a_line_is_cut() -> None:
    lines = set_paragraph("x" * 200, FACE)
    assert "".join(line.text for line in lines) == "x" * 200
    assert len(lines) > 3


def test_control_characters_and_line_feeds_do_not_survive() -> None:
    assert clean("甲\x00乙\u200b丙\r\n\t 丁\ufeff") == "甲乙丙 丁"
    assert clean("e\u0301") == "é"


marks = st.sampled_from("，。、；：？！”）》（《“")
words = st.one_of(
    st.text(alphabet="国家机关老干部工作䶮", min_size=1, max_size=30),
    st.from_regex(r"[1-9][0-9]{0,2}(,[0-9]{3})?(\.[0-9])?%?", fullmatch=True),
    st.sampled_from(["2026年6月30日", "QQ", "——", "……", " "]),
)
prose = st.lists(st.tuples(words, st.one_of(st.just(""), marks)), max_size=40).map(
    lambda pairs: "".join(word + mark for word, mark in pairs)
)


@settings(max_examples=150, deadline=None)
@given(prose)
def test_nothing_is_lost_and_every_line_fits(text: str) -> None:
    lines = set_paragraph(text, FACE)
    assert "".join(line.text for line in lines).replace(" ", "") == clean(text).replace(" ", "")
    for place, line in enumerate(lines):
        room = MEASURE - (2 * CELL if place == 0 else 0)
        width = text_width(line.text, FACE, SIZE) + line.tracking * len(line.text)
        assert width <= room + 0.2
        assert line.tracking >= TRACKING - CLOSE_UP - 0.01 or len(line.text) < 20


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.text(alphabet="国家机关", min_size=3, max_size=30), marks), min_size=1, max_size=30)
)
def test_marks_stand_where_they_may(pairs: list[tuple[str, str]]) -> None:
    lines = set_paragraph("".join(word + mark for word, mark in pairs), FACE)
    for line in lines[1:]:
        assert line.text[0] not in NO_START
    for line in lines[:-1]:
        assert line.text[-1] not in NO_END


@settings(max_examples=100, deadline=None)
@given(prose, st.floats(min_value=20, max_value=200))
def test_cells_fit_their_column(text: str, room: float) -> None:
    for line in set_ragged(text, FACE, size=9, room=room):
        assert text_width(line, FACE, 9) <= room + 0.02 or len(line) == 1


def test_titles_are_broken_evenly_and_by_hand() -> None:
    face = fonts.faces(None)["title"]
    lines = set_balanced("关于二〇二六年上半年全市离退休干部工作情况的通报和下半年安排", face, size=22)
    assert len(lines) == 2
    assert abs(len(lines[0]) - len(lines[1])) <= 2
    assert set_balanced("上行\n下行更长", face, size=22) == ["上行", "下行更长"]
