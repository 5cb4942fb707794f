"""Headers, columns and rows of made-up sheets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.cells.result import Cell
from apps.imports.reading.book import Book, Merged, Row, Sheet
from apps.imports.reading.headers import TableSpec, normalise_header
from apps.imports.reading.refusals import Refused
from apps.imports.reading.rows import section_name
from apps.imports.reading.tables import Table, find_tables

from .roster_aliases import ROSTER_ALIASES, ROSTER_SPEC

Grid = Sequence[Sequence[Cell]]
HEADER = ["序号", "单位", "姓名", "性别", "出生年月", "类别"]


def sheet(grid: Grid, *, name: str = "Sheet1", merged: Sequence[tuple[int, int, int, int]] = ()) -> Sheet:
    rows = [
        Row(number, list(cells))
        for number, cells in enumerate(grid, start=1)
        if any(c is not None for c in cells)
    ]
    return Sheet(name, rows, [Merged(*place) for place in merged])


def tables(*sheets: Sheet, **options: Any) -> list[Table]:
    return find_tables(Book("xlsx", list(sheets)), ROSTER_SPEC, **options).tables


def one(grid: Grid, **options: Any) -> Table:
    (table,) = tables(sheet(grid, **options))
    return table


def people(table: Table) -> list[tuple[int, dict[str, Cell]]]:
    return [(row.number, row.values) for row in table.rows]


def person(number: int, name: str, unit: str | None = "县财政局") -> list[Cell]:
    return [number, unit, name, "男", "1949.09", "退休"]


# Headers


@pytest.mark.parametrize(
    "header",
    [
        "姓名",
        " 姓  名 ",
        "姓\n名",
        "姓　名",
        "姓名：",
        "*姓名",
        "（姓名）",
        "姓名（按身份证）",
        "1.姓名",
        "姓 名*",
        "姓名\u200b",
        "干部姓名",
        "名字",
    ],
)
def test_one_name_written_many_ways(header: str) -> None:
    table = one([["序号", header, "性别", "出生年月"], [1, "张三", "男", "1949.09"]])
    assert table.rows[0].values["name"] == "张三"


def test_brackets_inside_a_header_may_belong_to_it() -> None:
    table = one(
        [["姓名", "性别", "离（退）休时间", "参加工作时间（年月）"], ["张三", "男", "1999.09", "1960.01"]]
    )
    assert table.rows[0].values == {
        "name": "张三",
        "sex": "男",
        "retired_on": "1999.09",
        "joined_on": "1960.01",
    }


def test_two_row_header_by_merging_and_by_position() -> None:
    header = [["姓名", "性别", "离退休", None, "备注"], [None, None, "类别", "时间", None]]
    data = ["张三", "男", "退休", "1999.09", "无"]
    merged = [(1, 1, 2, 1), (1, 2, 2, 2), (1, 3, 1, 4), (1, 5, 2, 5)]
    for table in (one([*header, data], merged=merged), one([*header, data])):
        assert table.header_rows == (1, 2)
        assert table.rows[0].values == dict(
            zip(("name", "sex", "category", "retired_on", "note"), data, strict=True)
        )


def test_header_under_a_row_of_groups() -> None:
    grid = [
        ["基本情况", None, None, "离退休情况", None],
        ["姓名", "性别", "出生", "离退休", None],
        [None, None, "年月", "类别", "时间"],
        ["张三", "男", "1949.09", "退休", "1999.09"],
    ]
    merged = [(1, 1, 1, 3), (1, 4, 1, 5), (2, 1, 3, 1), (2, 2, 3, 2), (2, 4, 2, 5)]
    table = one(grid, merged=merged)
    assert table.header_rows == (2, 3)
    assert set(table.rows[0].values) == {"name", "sex", "birth_date", "category", "retired_on"}


def test_groups_above_a_complete_header_change_nothing() -> None:
    grid = [
        ["基本信息", None, "工作信息", None],
        ["姓名", "性别", "参加工作时间", "职务"],
        ["张三", "男", "1960.1", "科长"],
    ]
    table = one(grid, merged=[(1, 1, 1, 2), (1, 3, 1, 4)])
    assert [column.field for column in table.columns] == ["name", "sex", "joined_on", "post"]


def test_merged_cells_of_the_header_pull_their_rows_in() -> None:
    grid = [["姓名", "性别", "家庭成员", None], [None, None, "配偶", "子女"], ["张三", "男", "李四", "张五"]]
    table = one(grid, merged=[(1, 1, 2, 1), (1, 2, 2, 2), (1, 3, 1, 4)])
    assert table.header_rows == (1, 2)
    assert [row.number for row in table.rows] == [3]


def test_header_far_down_under_titles_and_remarks() -> None:
    grid = [
        ["云山县花名册"],
        [],
        ["填报单位：云山县", None, None, "2026年3月"],
        *[["说明文字"]] * 20,
        HEADER,
        person(1, "张三"),
    ]
    table = one(grid)
    assert table.header_rows == (24, 24)
    assert table.titles[-1] == "说明文字"
    assert len(table.skipped) == 22


def test_both_work_dates_when_a_sheet_has_both() -> None:
    table = one([["姓名", "性别", "参加工作时间", "参加革命工作时间"], ["张三", "男", "1948.05", "1948.02"]])
    assert table.rows[0].values["joined_on"] == "1948.02"
    assert table.rows[0].values["work_started_on"] == "1948.05"


def test_two_columns_of_one_meaning() -> None:
    table = one([["姓名", "性别", "手机", "联系电话"], ["张三", "男", "13912251394", "3312345"]])
    by_header = {column.header: (column.field, column.how) for column in table.columns}
    assert by_header["联系电话"] == ("phone", "alias")
    assert by_header["手机"] == (None, "duplicate")


def test_unknown_columns_are_shown_and_may_be_chosen() -> None:
    grid = [["姓名", "性别", "老家", "序号"], ["张三", "男", "云山", 1]]
    column = one(grid).columns[2]
    assert (column.letters, column.header, column.field, column.how) == ("C", "老家", None, "unmatched")
    assert column.note == "不认识的列名，没有导入；需要时请指定"
    (table,) = tables(sheet(grid), chosen={("Sheet1", 3): "native_place", ("Sheet1", 2): None})
    assert table.rows[0].values == {"name": "张三", "native_place": "云山"}
    assert [column.how for column in table.columns] == ["alias", "chosen", "chosen", "ignored"]


def test_a_remembered_mapping_wins_over_the_aliases() -> None:
    grid = [["姓名", "性别", "类别", "老家"], ["张三", "男", "正县级", "云山"]]
    remembered = {normalise_header("类 别"): "rank", normalise_header("老家"): "native_place"}
    (table,) = tables(sheet(grid), remembered=remembered)
    assert table.rows[0].values == {"name": "张三", "sex": "男", "rank": "正县级", "native_place": "云山"}
    assert table.columns[2].note == "上次这样对应"
    assert table.columns[2].remembered_as in remembered


def test_a_choice_frees_the_column_it_replaces() -> None:
    grid = [["姓名", "性别", "手机", "联系电话"], ["张三", "男", "13912251394", "3312345"]]
    (table,) = tables(sheet(grid), chosen={("Sheet1", 3): "phone"})
    assert table.rows[0].values["phone"] == "13912251394"
    assert table.columns[3].how == "duplicate"


def test_without_a_known_name_column_people_may_still_say_which_it_is() -> None:
    grid = [
        ["老同志", "性别", "民族", "出生年月", "身份证号"],
        ["张三", "男", "汉族", "1949.09", "420106192407026490"],
    ]
    assert "name" not in one(grid).fields
    (table,) = tables(sheet(grid), chosen={("Sheet1", 1): "name"})
    assert table.rows[0].values["name"] == "张三"


def test_no_header_and_no_rows() -> None:
    with pytest.raises(Refused) as caught:
        tables(sheet([["通知"], ["请各单位于三月底前上报。"]]))
    assert caught.value.code == "no-header"
    with pytest.raises(Refused) as caught:
        tables(sheet([["花名册"], HEADER, ["合计", None, "0人"]]))
    assert caught.value.code == "no-rows"
    with pytest.raises(Refused) as caught:
        tables(Sheet("空"))
    assert caught.value.code == "no-header"


def test_sheets_without_a_table_are_named() -> None:
    found = find_tables(
        Book("xlsx", [sheet([["说明"]], name="说明"), Sheet("空"), sheet([HEADER, person(1, "张三")])]),
        ROSTER_SPEC,
    )
    assert found.without_header == ["说明"]
    assert len(found.tables) == 1


# Rows


def kinds(table: Table) -> dict[int, str]:
    return {row.number: row.kind for row in table.skipped}


@pytest.mark.parametrize(
    "row",
    [
        [None, "小计", "11人"], ["合计", None, "42人"], ["小 计"], [None, "合  计", 42],
        [None, "县财政局小计", "3"], ["总计：42人"],
        [None, None, "合计", "男20", None], ["共42人"], [None, "本页合计", 5], ["累计", None, 3],
        ["合计（42人）"], ["計"],
    ],
)  # fmt: skip
def test_subtotals(row: list[Cell]) -> None:
    table = one([HEADER, person(1, "张三"), row, person(2, "李四")])
    assert kinds(table) == {3: "subtotal"}
    assert [number for number, _ in people(table)] == [2, 4]


@pytest.mark.parametrize(
    "row",
    [
        ["注：1.本表由县委老干部局填报。"], ["备注：以上均为在册人员"],
        ["填表人：王五", None, None, "审核人：赵六", None, "联系电话：3312345"],
        ["制表：王五"], ["单位负责人：", None, None, "填报日期：2026年3月"], ["说明：略"],
        ["2.“健康状况”按实际填写。"],
        ["以上人员均已核对无误，如有变动请及时报送县委老干部局综合科备案。"], ["（盖章）"],
    ],
)  # fmt: skip
def test_notes(row: list[Cell]) -> None:
    table = one([HEADER, person(1, "张三"), row])
    assert kinds(table) == {3: "note"}


def test_prepared_lines_and_formatted_rows_are_no_people() -> None:
    table = one([HEADER, person(1, "张三"), [2], [3, "县财政局"], [4, None, "  "], ["5"]])
    assert set(kinds(table).values()) == {"blank"}
    assert len(table.rows) == 1


def test_a_person_without_a_name_is_still_a_person() -> None:
    table = one([HEADER, [34, "城关镇", None, "男", "1926.06", "离休"], [35, "城关镇", "李四"]])
    assert [row.values.get("name") for row in table.rows] == [None, "李四"]


def test_a_name_alone_is_a_person_but_a_unit_alone_is_a_section() -> None:
    header = ["姓名", "性别", "出生年月", "类别"]
    table = one([header, ["县人民检察院"], ["张三"], ["买买提·艾力"], ["县水利局（2人）"], ["李四", "男"]])
    assert [(row.values["name"], row.values["unit"]) for row in table.rows] == [
        ("张三", "县人民检察院"), ("买买提·艾力", "县人民检察院"), ("李四", "县水利局"),
    ]  # fmt: skip
    assert table.rows[0].filled == {"unit": "section"}


def test_sections_of_category_and_of_unit_together() -> None:
    header = ["序号", "姓名", "性别", "出生年月"]
    grid = [
        header, ["一、离休干部"], ["（一）县财政局"], [1, "张三", "男", "1926.06"], ["（二）县水利局"],
        [2, "李四", "男", "1926.07"],
        ["二、退休干部（1人）"], ["县财政局："], [1, "王五", "男", "1949.06"],
    ]  # fmt: skip
    table = one(grid)
    assert [(row.values["category"], row.values["unit"]) for row in table.rows] == [
        ("离休", "县财政局"), ("离休", "县水利局"), ("退休", "县财政局"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("离休干部", "离休"),
        ("退休", "退休"),
        ("2026年退休干部名册", "退休"),
        ("離休", "离休"),
        ("离退休干部", None),
        ("Sheet1", None),
        ("离休、退休", None),
    ],
)
def test_the_name_of_a_sheet_may_be_the_category(name: str, category: str | None) -> None:
    table = one([["姓名", "性别", "出生年月"], ["张三", "男", "1926.06"]], name=name)
    assert table.rows[0].values.get("category") == category
    assert table.rows[0].filled.get("category") == ("sheet" if category else None)


def test_a_column_of_categories_wins_over_the_name_of_the_sheet() -> None:
    table = one([HEADER, person(1, "张三"), [2, "县财政局", "李四", "男", "1949.09", None]], name="离休干部")
    assert [row.values.get("category") for row in table.rows] == ["退休", None]


def test_titles_of_later_tables_change_the_category() -> None:
    header = ["姓名", "性别", "出生年月"]
    grid = [
        ["离休干部花名册"], header, ["张三", "男", "1926.06"], [], ["退休干部花名册"], header,
        ["李四", "男", "1949.06"],
        [], ["退休干部名单（续）"], ["姓名", "民族", "性别"], ["王五", "汉族", "女"],
    ]  # fmt: skip
    rows = [row for table in tables(sheet(grid)) for row in table.rows]
    assert [(row.values["name"], row.values["category"]) for row in rows] == [
        ("张三", "离休"),
        ("李四", "退休"),
        ("王五", "退休"),
    ]


def test_merged_units_and_their_end() -> None:
    grid = [
        HEADER,
        person(1, "张三"),
        person(2, "李四", None),
        person(3, "王五", None),
        person(4, "赵六", "县水利局"),
    ]
    table = one(grid, merged=[(2, 2, 3, 2)])
    assert [row.values.get("unit") for row in table.rows] == ["县财政局", "县财政局", None, "县水利局"]
    assert table.rows[1].filled == {"unit": "merged"}


def test_units_lost_with_their_merging_are_taken_from_above_and_marked() -> None:
    grid = [HEADER, person(1, "张三"), person(2, "李四", None), [None, "小计", 2], person(3, "王五", None)]
    table = one(grid)
    assert [row.values.get("unit") for row in table.rows] == ["县财政局", "县财政局", None]
    assert table.rows[1].filled == {"unit": "above"}


def test_other_merged_columns_are_filled_too_but_never_names_and_numbers() -> None:
    header = ["姓名", "性别", "身份证号", "家庭住址", "备注"]
    grid = [
        header,
        ["张三", "男", "420106192407026490", "某街1号", "夫妻"],
        ["李四", "女", "42130319490124994X", None, None],
    ]
    table = one(grid, merged=[(2, 4, 3, 4), (2, 5, 3, 5)])
    assert table.rows[1].values["address"] == "某街1号"
    assert table.rows[1].filled == {"address": "merged", "note": "merged"}


def test_a_person_over_two_lines_is_one_person() -> None:
    header = ["姓名", "性别", "出生年月", "联系电话"]
    grid = [
        header,
        ["张三", "男", "1949.09", "13912251394"],
        [None, None, None, "3312345"],
        ["李四", "女", "1950.01", None],
    ]
    table = one(grid, merged=[(2, 1, 3, 1), (2, 2, 3, 2), (2, 3, 3, 3)])
    assert [row.values["name"] for row in table.rows] == ["张三", "李四"]
    assert kinds(table) == {3: "continuation"}


def test_a_header_again_in_the_middle() -> None:
    grid = [
        HEADER,
        person(1, "张三"),
        HEADER,
        person(2, "李四"),
        ["花名册（续表）"],
        HEADER,
        person(3, "王五"),
    ]
    table = one(grid)
    assert [row.values["name"] for row in table.rows] == ["张三", "李四", "王五"]
    assert kinds(table) == {3: "header", 5: "title", 6: "header"}


def test_column_numbers_below_the_header() -> None:
    for numbers in (
        [1, 2, 3, 4, 5, 6],
        ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"],
        ["甲", 1, 2, 3, 4, 5],
        [1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
    ):
        table = one([HEADER, numbers, person(1, "张三")])
        assert kinds(table) == {2: "header"}


def test_rows_keep_their_number_and_their_cells() -> None:
    table = one([[], HEADER, [], person(1, "张三")])
    (row,) = table.rows
    assert (row.sheet, row.number, row.cells) == ("Sheet1", 4, person(1, "张三"))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("一、县财政局", "县财政局"), ("（一）县财政局（11人）", "县财政局"), ("1.县财政局：", "县财政局"),
        ("单位：县财政局", "县财政局"),
        ("县财政局 共11人", "县财政局"), ("县财政局", "县财政局"), ("◆县财政局", "县财政局"),
        ("第一小学", "第一小学"), ("十里铺镇", "十里铺镇"),
    ],
)  # fmt: skip
def test_section_names(text: str, name: str) -> None:
    assert section_name(text) == name


def test_every_alias_leads_to_its_own_field_alone() -> None:
    """In a sheet with the name column and one other, every header of the table is understood."""
    for name, headers in ROSTER_ALIASES.items():
        for header in headers:
            if name in ("name", "work_started_on"):
                continue
            table = one([["姓名", header], ["张三", "x"]])
            assert table.columns[1].field == name, (header, name)


CELLS = st.one_of(
    st.none(),
    st.sampled_from("姓名 性别 单位 小计 张三 离休 县财政局 注： 合计 序号 出生年月 离退休".split()),
    st.integers(0, 50), st.text(max_size=6),
)  # fmt: skip
PLACES = st.tuples(st.integers(1, 12), st.integers(1, 6), st.integers(0, 5), st.integers(0, 3))


@given(st.lists(st.lists(CELLS, max_size=6), max_size=14), st.lists(PLACES, max_size=4))
def test_any_grid_is_read_or_refused_and_no_row_gets_lost(
    grid: Grid, places: list[tuple[int, int, int, int]]
) -> None:
    merged = [(top, left, top + down, left + right) for top, left, down, right in places]
    given_sheet = sheet(grid, merged=merged)
    try:
        found = find_tables(Book("xlsx", [given_sheet]), ROSTER_SPEC)
    except Refused:
        return
    seen = [row.number for table in found.tables for row in table.rows]
    seen += [row.number for table in found.tables for row in table.skipped]
    seen += [
        number for table in found.tables for number in range(table.header_rows[0], table.header_rows[1] + 1)
    ]
    assert sorted(seen) == [row.number for row in given_sheet.rows]


def test_a_spec_needs_only_names() -> None:
    spec = TableSpec({"name": ("活动名称",), "held_on": ("时间",)}, id_field="none", filled_down=frozenset())
    found = find_tables(Book("xlsx", [sheet([["活动名称", "时间"], ["门球赛", "2026.5"]])]), spec)
    assert [row.values for row in found.rows()] == [{"name": "门球赛", "held_on": "2026.5"}]
