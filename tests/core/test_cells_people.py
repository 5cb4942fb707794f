"""Names, phones, choices and plain text."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.cells import (
    NATION,
    NATIONS,
    SEX,
    CellError,
    ChoiceTable,
    fold,
    name_key,
    parse_choice_cell,
    parse_name_cell,
    parse_phone_cell,
    parse_text_cell,
)
from apps.core.cells.result import Cell

CATEGORY = ChoiceTable("离退休类别", {"离休": ("离休干部",), "退休": ("退休干部", "退休人员")})

CLEAN_NAMES = [
    ("邓忠永", "邓忠永"), ("田玉", "田玉"), ("张　三", "张三"), ("卢 桂 国", "卢桂国"), (" 张三 ", "张三"),
    ("张\n三", "张三"),
    ("唐庆建\u200b", "唐庆建"), ("\ufeff张三", "张三"), ("张\u3000\u3000三", "张三"), ("梁䶮", "梁䶮"),
    ("𠀀三", "𠀀三"), ("㐂子", "㐂子"),
    ("王\U00031350", "王\U00031350"), ("诸葛\U000e0101亮", "诸葛\U000e0101亮"), ("买买提·艾力", "买买提·艾力"),
    ("买买提.艾力", "买买提·艾力"),
    ("买买提•艾力", "买买提·艾力"), ("买买提．艾力", "买买提·艾力"), ("买买提 · 艾力", "买买提·艾力"),
    ("欧阳修文", "欧阳修文"),
    ("古丽娜尔·买买提·艾力", "古丽娜尔·买买提·艾力"), ("John  Smith", "John Smith"), ("张三。", "张三"),
    ("*张三*", "张三"), ("★张三", "张三"),
    ("張國榮", "張國榮"),
]  # fmt: skip

HINTED_NAMES = [
    ("王 五（女）", "王五", {"sex": "女"}), ("曹家荣（女）", "曹家荣", {"sex": "女"}),
    ("张三(男)", "张三", {"sex": "男"}),
    ("张三【女】", "张三", {"sex": "女"}), ("张三（女", "张三", {"sex": "女"}),
    ("张三（ 女 ）", "张三", {"sex": "女"}),
    ("李四（已故）", "李四", {"state": "去世"}), ("李四(病故)", "李四", {"state": "去世"}),
    ("李四（2023年去世）", "李四", {"state": "去世"}),
    ("赵六（满族）", "赵六", {"nation": "满族"}), ("赵六（满）", "赵六", {"nation": "满族"}),
    ("赵六（滿族）", "赵六", {"nation": "满族"}),
    ("孙七（女，回族）", "孙七", {"remark": "女，回族"}),
    ("孙七（女）（回族）", "孙七", {"sex": "女", "nation": "回族"}),
    ("周八（曾用名：周九）", "周八", {"former_name": "周九"}),
    ("周八（原名 周 九）", "周八", {"former_name": "周九"}), ("吴九（大）", "吴九", {"remark": "大"}),
]  # fmt: skip

BAD_NAMES: list[tuple[Cell, str]] = [
    (None, "required"), ("", "required"), ("　", "required"), ("无", "required"), ("（女）", "required"),
    ("-", "required"),
    (123, "invalid"), (1949.1, "invalid"), (True, "invalid"), (dt.date(1949, 1, 1), "invalid"),
    ("张三、李四", "several-people"),
    ("张三/李四", "several-people"), ("张" * 10_000, "too-long"), ("张" * 60, "too-long"),
    ("张\x00三", "control-character"),
    ("张\x1b三", "control-character"), ("张\ud800三", "broken-character"), (CellError("公式错误"), "formula-error"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "name"), CLEAN_NAMES, ids=repr)
def test_names_are_cleaned_without_a_word(typed: str, name: str) -> None:
    parsed = parse_name_cell(typed)
    assert (parsed.value, parsed.issues, parsed.raw) == (name, (), typed)


@pytest.mark.parametrize(("typed", "name", "hints"), HINTED_NAMES, ids=repr)
def test_brackets_become_hints(typed: str, name: str, hints: dict[str, str]) -> None:
    parsed = parse_name_cell(typed)
    assert (parsed.value, dict(parsed.hints)) == (name, hints)
    assert parsed.level == ("warning" if "remark" in hints else "ok")


@pytest.mark.parametrize(("typed", "kind"), BAD_NAMES, ids=lambda typed: repr(typed)[:30])
def test_no_name(typed: Cell, kind: str) -> None:
    parsed = parse_name_cell(typed)
    assert (parsed.value, parsed.level) == (None, "error")
    assert kind in parsed.kinds


@pytest.mark.parametrize("typed", ["张?", "张？三", "张□", "张\ue123", "张\U000f0001三", "张\ufffd三", "张■"])
def test_lost_characters_are_told(typed: str) -> None:
    parsed = parse_name_cell(typed)
    assert "unreadable-character" in parsed.kinds
    assert parsed.level == "warning"
    assert parsed.value is not None


@pytest.mark.parametrize("typed", ["张", "张三1", "张三=李", "张@三"])
def test_unusual_names_are_kept_with_a_warning(typed: str) -> None:
    parsed = parse_name_cell(typed)
    assert (parsed.value, parsed.kinds) == (typed, ("unusual-name",))


def test_name_keys_match_spellings() -> None:
    assert name_key("张　三") == name_key("张三") == name_key("張三")
    assert name_key("买买提·艾力") == name_key("买买提艾力") == name_key("买买提 • 艾力".replace("•", "·"))
    assert name_key("诸葛\U000e0101亮") == name_key("诸葛亮")
    assert name_key("张三") != name_key("张山")


PHONES: list[tuple[Cell, list[tuple[str, str]]]] = [
    ("13912251394", [("13912251394", "")]), (13993750272, [("13993750272", "")]),
    (13993750272.0, [("13993750272", "")]),
    ("１３９１２２５１３９４", [("13912251394", "")]), ("139 1225 1394", [("13912251394", "")]),
    ("139-1225-1394", [("13912251394", "")]),
    ("+86 13912251394", [("13912251394", "")]), ("8613912251394", [("13912251394", "")]),
    ("0722-3312345", [("0722-3312345", "")]),
    ("(0722)3312345", [("0722-3312345", "")]), ("0722—3312345", [("0722-3312345", "")]),
    ("3312345", [("3312345", "")]), (3312345, [("3312345", "")]),
    ("027-87654321", [("027-87654321", "")]), ("3312345转801", [("3312345转801", "")]),
    ("13912251394、13812251394", [("13912251394", ""), ("13812251394", "")]),
    ("13912251394/0722-3312345", [("13912251394", ""), ("0722-3312345", "")]),
    ("13912251394 13812251394", [("13912251394", ""), ("13812251394", "")]),
    ("13912251394\n3312345", [("13912251394", ""), ("3312345", "")]),
    ("13912251394（儿子）", [("13912251394", "儿子")]),
    ("儿子：13912251394；女儿：13812251394", [("13912251394", "儿子"), ("13812251394", "女儿")]),
    ("13912251394（本人）13812251394（老伴）", [("13912251394", "本人"), ("13812251394", "老伴")]), (None, []),
    ("", []), ("无", []), ("/", []),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "phones"), PHONES, ids=repr)
def test_phones(typed: Cell, phones: list[tuple[str, str]]) -> None:
    parsed = parse_phone_cell(typed)
    assert [tuple(phone) for phone in parsed.value or ()] == phones
    assert parsed.issues == ()


@pytest.mark.parametrize(
    "typed",
    [
        "1391225139",
        "139122513945",
        "139****1394",
        "见备注",
        12,
        True,
        1.5,
        "13912251394、123",
        dt.date(2020, 1, 1),
    ],
)
def test_unreadable_phones_are_a_warning(typed: Cell) -> None:
    parsed = parse_phone_cell(typed)
    assert (parsed.kinds, parsed.level) == (("unreadable-phone",), "warning")


@pytest.mark.parametrize(
    ("typed", "choice"),
    [
        ("离休", "离休"), ("離休", "离休"), ("离 休", "离休"), (" 离休　", "离休"), ("离休干部", "离休"),
        ("離休幹部", "离休"), ("退休人员", "退休"),
        ("退休\u200b", "退休"),
    ],
)  # fmt: skip
def test_choices_by_their_spellings(typed: str, choice: str) -> None:
    parsed = parse_choice_cell(typed, CATEGORY, required=True)
    assert (parsed.value, parsed.issues, parsed.raw) == (choice, (), typed)


@pytest.mark.parametrize("typed", ["离职", "離職", "离退休", "离", "退", "1", 1, True, "离休/退休"])
def test_unknown_choices_name_the_known_ones(typed: Cell) -> None:
    parsed = parse_choice_cell(typed, CATEGORY)
    assert (parsed.value, parsed.kinds, parsed.level) == (None, ("unknown",), "error")
    assert "离休、退休" in parsed.issues[0].message
    assert parse_choice_cell(typed, CATEGORY, unknown="warning").level == "warning"


def test_empty_choices() -> None:
    assert parse_choice_cell(None, CATEGORY).issues == ()
    assert parse_choice_cell("", CATEGORY, required=True).kinds == ("required",)
    assert parse_choice_cell("不详", CATEGORY, required=True).kinds == ("required",)


def test_a_word_of_two_choices_is_a_mistake_of_the_table() -> None:
    with pytest.raises(ValueError, match="two choices"):
        ChoiceTable("类别", {"离休": ("干部",), "退休": ("幹部",)})


@pytest.mark.parametrize(
    ("typed", "sex"),
    [("男 ", "男"), ("女性", "女"), (1, "男"), (2.0, "女"), ("M", "男"), ("Ｆ", "女"), ("♀", "女")],
)
def test_sex(typed: Cell, sex: str) -> None:
    assert parse_choice_cell(typed, SEX).value == sex


def test_nations() -> None:
    assert len(NATIONS) == len(set(NATIONS)) == 56
    assert parse_choice_cell("汉", NATION).value == "汉族"
    assert parse_choice_cell("土 家 族", NATION).value == "土家族"
    assert parse_choice_cell("維吾爾族", NATION).value == "维吾尔族"
    assert parse_choice_cell("火星族", NATION).kinds == ("unknown",)


def test_plain_text() -> None:
    assert parse_text_cell("  县水利局\u200b　工程师 ").value == "县水利局 工程师"
    assert parse_text_cell(13.0).value == "13"
    assert parse_text_cell("一\n二").value == "一 二"
    assert parse_text_cell(" 一 \r\n\n二 ", multiline=True).value == "一\n\n二"
    assert parse_text_cell(None, required=True, label="单位").issues[0].message == "单位没有填写。请补上。"
    assert parse_text_cell("长" * 501).kinds == ("too-long",)
    assert parse_text_cell("长" * 501, max_length=600).value == "长" * 501
    assert parse_text_cell("a\x07").kinds == ("control-character",)
    assert parse_text_cell(CellError("公式错误")).kinds == ("formula-error",)
    assert parse_choice_cell(CellError("离休"), CATEGORY).kinds == ("formula-error",)
    assert parse_phone_cell(CellError("公式错误")).kinds == ("formula-error",)


def test_fold_makes_scripts_and_widths_one() -> None:
    assert fold("ＡＢ 離休\u200b") == fold("ab离休")


ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.dates(), st.datetimes(), st.times(),
    st.timedeltas(), st.text(max_size=60),
    st.text(st.characters(exclude_categories=()), max_size=30),
    st.text("张三李（女）()·. 0123456789-/转、?□", max_size=30),
)  # fmt: skip


@given(ANYTHING)
def test_nothing_raises_and_every_raw_text_can_be_stored(cell: Cell) -> None:
    for parsed in (
        parse_name_cell(cell),
        parse_phone_cell(cell),
        parse_choice_cell(cell, CATEGORY),
        parse_text_cell(cell),
        parse_text_cell(cell, multiline=True),
    ):
        parsed.raw.encode("utf-8")
        assert "\x00" not in parsed.raw
        assert parsed.value is None or parsed.level != "error"
        for issue in parsed.issues:
            assert issue.message


@given(st.text("张王李赵·abc", min_size=2, max_size=12))
def test_names_are_stable(name: str) -> None:
    once = parse_name_cell(name).value
    assert once is None or parse_name_cell(once).value == once
