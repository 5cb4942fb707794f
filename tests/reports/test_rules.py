"""Periods, wording, and the text of a briefing."""

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.documents.blocks import Block, Chart, Heading, Notes, Paragraph, Table
from apps.core.figures import FigureValue, Part
from apps.reports.rules import (
    KINDS,
    SHANGHAI,
    Period,
    as_of,
    briefing_title,
    change,
    change_cell,
    compose_briefing,
    compose_half_year,
    counted,
    due_periods,
    growth,
    number,
    share,
    ten_thousands,
)

H1 = Period("half", 2026, 1)

# --- periods


@pytest.mark.parametrize(
    ("key", "label", "start", "end"),
    [
        ("2026-05", "2026年5月", date(2026, 5, 1), date(2026, 5, 31)),
        ("2026-12", "2026年12月", date(2026, 12, 1), date(2026, 12, 31)),
        ("2024-02", "2024年2月", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-Q1", "2026年第一季度", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-Q3", "2026年第三季度", date(2026, 7, 1), date(2026, 9, 30)),
        ("2026-H1", "2026年上半年", date(2026, 1, 1), date(2026, 6, 30)),
        ("2026-H2", "2026年下半年", date(2026, 7, 1), date(2026, 12, 31)),
        ("2026", "2026年度", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_periods(key: str, label: str, start: date, end: date) -> None:
    period = Period.from_key(key)
    assert (period.key, period.label, period.start, period.end) == (key, label, start, end)


@pytest.mark.parametrize(
    "key", ["", "26", "2026-13", "2026-00", "2026-Q5", "2026-H0", "2026-X1", "2026-1", "２０２６", "2026-"]
)
def test_what_is_no_period(key: str) -> None:
    with pytest.raises(ValueError, match="周期"):
        Period.from_key(key)


@given(st.sampled_from(KINDS), st.dates(date(1950, 1, 1), date(2100, 12, 31)))
def test_periods_follow_each_other_without_gap(kind: str, day: date) -> None:
    period = Period.containing(kind, day)
    assert period.start <= day <= period.end
    assert period.next().start == period.end + timedelta(days=1)
    assert period.next().previous() == period
    assert Period.from_key(period.key) == period
    assert period < period.next()
    assert period.key < period.next().key
    before = period.year_before()
    assert (before.kind, before.number, before.year) == (period.kind, period.number, period.year - 1)


def test_due_moment_is_in_shanghai() -> None:
    due = H1.due_at(5, time(8, 0))
    assert due == datetime(2026, 7, 5, 8, 0, tzinfo=SHANGHAI)
    assert due.utcoffset() == timedelta(hours=8)
    with pytest.raises(ValueError, match="不能为负"):
        H1.due_at(-1, time(8))


def test_two_months_of_standstill_miss_nothing() -> None:
    now = datetime(2026, 9, 5, 8, 0, tzinfo=SHANGHAI)
    due = due_periods(
        "month", after=Period("month", 2026, 5), since=date(2020, 1, 1), now=now, offset_days=3, at=time(8)
    )
    assert [period.key for period in due] == ["2026-06", "2026-07", "2026-08"]
    nearly = due_periods("month", after=Period("month", 2026, 7), since=date(2020, 1, 1),
                         now=datetime(2026, 9, 3, 7, 59, tzinfo=SHANGHAI), offset_days=3, at=time(8))  # fmt: skip
    assert list(nearly) == []


def test_a_new_schedule_starts_with_the_period_it_is_set_up_in() -> None:
    now = datetime(2027, 2, 1, tzinfo=SHANGHAI)
    due = due_periods("half", after=None, since=date(2026, 6, 30), now=now, offset_days=5, at=time(8))
    assert [period.key for period in due] == ["2026-H1", "2026-H2"]


# --- wording


@pytest.mark.parametrize(
    ("value", "last_year", "unit", "expected", "short", "cell"),
    [
        (12086, 11873, "人", "较上年同期增加213人", "增加213人", "+213"),
        (214, 246, "人", "较上年同期减少32人", "减少32人", "−32"),
        (87, 87, "人", "与上年同期持平", "持平", "持平"),
        (0, 0, "人", "与上年同期持平", "持平", "持平"),
        (12, 0, "人", "上年同期为0", "上年同期为0", "+12"),
        (0, 12, "人", "较上年同期减少12人", "减少12人", "−12"),
        (12000, 1, "人", "较上年同期增加11,999人", "增加11,999人", "+11,999"),
        (5, None, "人", "", "", "—"),
        (None, 5, "人", "", "", "—"),
        (Decimal("93.4"), Decimal("91.3"), "%", "较上年同期提高2.1个百分点", "提高2.1个百分点", "+2.1"),
        (Decimal("93.4"), Decimal("93.7"), "%", "较上年同期下降0.3个百分点", "下降0.3个百分点", "−0.3"),
        (Decimal("93.42"), Decimal("93.44"), "%", "与上年同期持平", "持平", "−0.02"),
        (Decimal("3.5"), Decimal(0), "%", "较上年同期提高3.5个百分点", "提高3.5个百分点", "+3.5"),
    ],
)
def test_change(value: object, last_year: object, unit: str, expected: str, short: str, cell: str) -> None:
    assert change(value, last_year, unit) == expected
    assert change(value, last_year, unit, short=True) == short
    assert change_cell(value, last_year) == cell


@given(st.integers(0, 10**7), st.integers(0, 10**7))
def test_a_change_can_be_added_again(value: int, last_year: int) -> None:
    words = change(value, last_year, "人")
    if words == "上年同期为0":
        assert last_year == 0
    elif words == "与上年同期持平":
        assert value == last_year
    else:
        amount = int(re.search(r"[\d,]+", words)[0].replace(",", ""))
        assert value == last_year + (amount if "增加" in words else -amount)
    cell = change_cell(value, last_year)
    assert cell == "持平" or int(cell.replace(",", "").replace("−", "-")) == value - last_year


@pytest.mark.parametrize(
    ("value", "last_year", "expected"),
    [
        (110, 100, "增长10.0%"), (87, 100, "下降13.0%"), (100, 100, "持平"), (10001, 10000, "持平"),
        (5, 0, "—"), (0, 0, "—"), (5, None, "—"), (None, 5, "—"), (0, 5, "下降100.0%"),
    ],
)  # fmt: skip
def test_growth(value: int | None, last_year: int | None, expected: str) -> None:
    assert growth(value, last_year) == expected


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (3905, 12086, "32.3%"),
        (0, 10, "0.0%"),
        (1, 8, "12.5%"),
        (1, 2000, "0.1%"),
        (5, 0, "—"),
        (None, 5, "—"),
        (5, None, "—"),
    ],
)
def test_share(part: int | None, whole: int | None, expected: str) -> None:
    assert share(part, whole) == expected


@pytest.mark.parametrize(
    ("yuan", "expected"),
    [
        (Decimal("815000"), "81.5万元"), (Decimal("800000"), "80万元"), (Decimal("10000"), "1万元"),
        (Decimal("9999.99"), "9,999.99元"), (Decimal("500"), "500元"), (Decimal("0"), "0元"), (None, "—"),
        (Decimal("814500"), "81.5万元"), (Decimal("814499"), "81.4万元"), (Decimal("123456789"), "12,345.7万元"),
    ],
)  # fmt: skip
def test_ten_thousands(yuan: Decimal | None, expected: str) -> None:
    assert ten_thousands(yuan) == expected


def test_numbers_and_days() -> None:
    assert counted(12086, "人") == "12,086人"
    assert counted(Decimal("93.44"), "%") == "93.4%"
    assert counted(Decimal(100), "%") == "100.0%"
    assert counted(None, "人") == number(None) == "—"
    assert as_of(date(2026, 6, 30)) == "截至2026年6月30日"


# --- composition

ON = date(2026, 6, 30)


def figure(name: str, label: str, value: object, last_year: object, unit: str = "人", *, on: date = ON,
           parts: tuple[tuple[str, object, object], ...] = ()) -> FigureValue:  # fmt: skip
    made = tuple(Part(str(place), *part) for place, part in enumerate(parts))
    return FigureValue(name, label, unit, value, last_year, on, f"{label}的定义。", made)


COUNTIES = (
    ("市直", 3412, 3400),
    ("南岭县", 1198, 1202),
    ("石桥县", 205, 205),
    ("青河县", 0, 0),
    ("云溪区", 7271, 7066),
)
VALUES = {
    value.name: value
    for value in (
        figure("headcount", "在册离退休干部", 12086, 11873),
        figure("lixiu", "离休干部", 214, 246),
        figure("tuixiu", "退休干部", 11872, 11627),
        figure("party_members", "中共党员", 9120, 9000),
        figure("aged_80", "80岁以上", 3905, 3790),
        figure("aged_90", "90岁以上", 412, 399),
        figure("not_self_caring", "完全不能自理", 87, 87),
        figure("needs_ruling", "时期待认定", 6, 9),
        figure("completeness", "资料完整率", Decimal("93.4"), Decimal("91.3"), "%"),
        figure("additions", "新增", 126, 101),
        figure("transferred_in", "转入", 12, 0),
        figure("transferred_out", "转出", 8, 8),
        figure("deaths", "去世", 93, 108),
        figure("by_county", "各县市区", 12086, 11873, parts=COUNTIES),
        figure("by_age_band", "各年龄段", 12086, 1, parts=(("60岁以下", 212, 1), ("60—69岁", 11874, 1))),
        figure(
            "by_period",
            "离休干部各时期",
            214,
            246,
            parts=(("红军时期", 0, 0), ("解放战争时期", 208, 1), ("待认定", 6, 9)),
        ),
        figure("by_rank", "各待遇级别", 12086, 1, parts=(("厅局级", 112, 1), ("县处级", 11974, 1))),
        figure("by_sex", "性别", 12086, 1, parts=(("男", 8411, 1), ("女", 3675, 1))),
    )
}


def said(blocks: list[Block]) -> str:
    """All words, without the marks of notes."""
    text = "\n".join(block.text for block in blocks if isinstance(block, Heading | Paragraph))
    return re.sub("⟦.*?⟧", "", text)


def test_half_year() -> None:
    text = said(compose_half_year(VALUES))
    assert re.findall(r"^[一二三四五]、.*", text, re.MULTILINE) == [
        "一、基本情况", "二、高龄与照护", "三、各县市区情况", "四、数据质量", "五、下步工作提示",
    ]  # fmt: skip
    assert "截至2026年6月30日，全市在册离退休干部12,086人，较上年同期增加213人。" in text
    assert "其中，离休干部214人，减少32人；退休干部11,872人，增加245人。" in text
    assert "中共党员9,120人，占75.5%。" in text
    assert "按性别分：男8,411人、女3,675人。" in text
    assert "离休干部按参加革命工作时期分：解放战争时期208人、待认定6人。" in text
    assert (
        "上半年，全市离退休干部新增126人（较上年同期增加25人），转入12人（上年同期为0），转出8人（持平），去世93人（减少15人）。"
        in text
    )
    assert "80岁以上3,905人，占在册人数的32.3%，较上年同期增加115人；" in text
    assert "生活完全不能自理87人，与上年同期持平。" in text
    assert (
        "在册人数较多的有云溪区（7,271人）、市直（3,412人）、南岭县（1,198人）。青河县没有在册离退休干部。"
        in text
    )
    assert "名册资料完整率为93.4%，较上年同期提高2.1个百分点。" in text
    assert briefing_title(H1) == "2026年上半年全市老干部工作情况"


def test_table_keeps_counties_without_anybody_and_adds_up() -> None:
    table = next(block for block in compose_half_year(VALUES) if isinstance(block, Table))
    rows = [tuple(row.cells) for row in table.rows]
    assert rows[3] == ("青河县", "0", "0", "持平", "0.0%")
    assert rows[-1] == ("合计", "12,086", "11,873", "+213", "100.0%")
    assert [row.is_total for row in table.rows] == [False] * 5 + [True]
    assert [column.label for column in table.columns] == [
        "县市区",
        "在册人数",
        "上年同期",
        "较上年同期",
        "占比",
    ]


def test_completeness_by_county_becomes_a_column() -> None:
    parts = tuple((label, Decimal("90.5"), None) for label, _, _ in COUNTIES)
    values = VALUES | {
        "completeness_by_county": figure("completeness_by_county", "x", None, None, "%", parts=parts)
    }
    table = next(block for block in compose_half_year(values) if isinstance(block, Table))
    assert table.columns[-1].label == "资料完整率"
    assert table.rows[0].cells[-1] == "90.5%"
    assert table.rows[-1].cells[-1] == "93.4%"


def test_a_sum_of_unknown_parts_is_unknown() -> None:
    parts = (("市直", 10, None), ("南岭县", None, 3))
    values = {
        "headcount": VALUES["headcount"],
        "by_county": figure("by_county", "各县市区", None, None, parts=parts),
    }
    table = next(block for block in compose_half_year(values) if isinstance(block, Table))
    assert table.rows[-1].cells == ("合计", "—", "—", "—", "—")


def test_every_number_of_the_text_has_a_note_and_every_note_is_of_a_figure() -> None:
    blocks = compose_half_year(VALUES)
    marks = set(
        re.findall("⟦(.*?)⟧", "".join(block.text for block in blocks if isinstance(block, Paragraph)))
    )
    notes = blocks[-1]
    assert isinstance(notes, Notes)
    assert marks <= {note.key for note in notes.items} <= set(VALUES)
    assert {"headcount", "deaths", "by_county", "completeness", "needs_ruling"} <= marks
    assert "数据截至2026年6月30日" in notes.lead
    assert "新增、转入、转出、去世为2026年1月1日至2026年6月30日期间的数。" in notes.lead


def test_a_figure_of_another_day_says_so() -> None:
    late = replace(VALUES["completeness"], on=date(2026, 7, 2))
    notes = compose_half_year(VALUES | {"completeness": late})[-1]
    assert next(note for note in notes.items if note.key == "completeness").text.endswith(
        "（截至2026年7月2日）。"
    )


def test_what_is_not_known_is_left_out() -> None:
    """Nothing is invented: with the head count alone there is one sentence, no table, no advice but the empty one."""
    blocks = compose_half_year({"headcount": figure("headcount", "在册离退休干部", 10, None)})
    assert said(blocks).splitlines() == [
        "一、基本情况",
        "截至2026年6月30日，全市在册离退休干部10人。",
        "二、下步工作提示",
        "本期数据没有需要特别提示的事项。",
    ]
    assert not any(isinstance(block, Table | Chart) for block in blocks)


def test_numbers_of_the_text_come_from_the_figures() -> None:
    """Every count in the text is a value, a part, a difference or a share of them."""
    known = {"2026", "6", "30", "1"}
    for value in VALUES.values():
        for entry in (value, *value.parts):
            known |= {number(entry.value), number(entry.last_year)}
            if entry.value is not None and entry.last_year is not None:
                known.add(number(abs(entry.value - entry.last_year)))
            known.add(share(entry.value, VALUES["headcount"].value).rstrip("%"))
    found = set(re.findall(r"\d[\d,]*(?:\.\d+)?", said(compose_half_year(VALUES))))
    assert found - known <= {"0", "80", "90"}  # 上年同期为0, and the ages in labels


@pytest.mark.parametrize(
    ("changed", "advice"),
    [
        ({}, ["抓紧认定参加革命工作时间", "补齐名册资料", "落实重点照护", "核对去世人员有关事项"]),
        ({"needs_ruling": 0, "completeness": Decimal(95)}, ["落实重点照护", "核对去世人员有关事项"]),
        (
            {"needs_ruling": 0, "completeness": None, "aged_90": 0, "not_self_caring": 0},
            ["核对去世人员有关事项"],
        ),
        (
            {"needs_ruling": 0, "completeness": Decimal(99), "aged_90": 0, "not_self_caring": 0, "deaths": 0},
            [],
        ),
    ],
)
def test_advice_only_where_a_number_calls_for_it(changed: dict[str, object], advice: list[str]) -> None:
    values = VALUES | {name: replace(VALUES[name], value=value) for name, value in changed.items()}
    text = said(compose_half_year(values)).split("下步工作提示\n")[1]
    given_advice = re.findall(r"^(?:[一二三四]是)?(.*?)。", text, re.MULTILINE)
    assert given_advice == (advice or ["本期数据没有需要特别提示的事项"])
    assert ("一是" in text) == (len(advice) > 1)


def test_a_county_has_no_table_of_counties() -> None:
    values = VALUES | {"by_county": figure("by_county", "各县市区", 10, 9, parts=(("南岭县", 10, 9),))}
    text = said(compose_briefing(values, Period("quarter", 2026, 2), area="南岭县"))
    assert "各县市区情况" not in text
    assert "截至2026年6月30日，南岭县在册离退休干部" in text
    assert "第二季度，南岭县离退休干部新增126人" in text
    assert "三、数据质量" in text


# --- a county's own table


UNITS = tuple((f"单位{number}", number, number - 1) for number in range(1, 26))


def test_a_countys_briefing_has_a_table_by_unit() -> None:
    values = {name: value for name, value in VALUES.items() if name != "by_county"} | {
        "by_unit": figure("by_unit", "各单位", 6, 3, parts=UNITS[:3]),
        "completeness_by_unit": figure(
            "completeness_by_unit", "x", None, None, "%", parts=(("单位1", Decimal("80.5"), None),)
        ),
    }
    blocks = compose_briefing(values, Period("quarter", 2026, 2), area="南岭县", places="各单位")
    table = next(block for block in blocks if isinstance(block, Table))
    assert table.columns[0].label == "单位"
    assert [row.cells[0] for row in table.rows] == ["单位1", "单位2", "单位3", "合计"]
    assert table.rows[0].cells[1] == "1"
    assert table.rows[-1].cells[1] == "6"
    assert "80.5%" in table.rows[0].cells[-1]


def test_of_many_units_the_largest_are_drawn_and_all_stand_in_the_table() -> None:
    values = VALUES | {"by_unit": figure("by_unit", "各单位", 325, 300, parts=UNITS)}
    blocks = compose_briefing(values, Period("quarter", 2026, 2), area="南岭县", places="各单位")
    table = next(block for block in blocks if isinstance(block, Table))
    assert len(table.rows) == 26
    chart = next(block for block in blocks if isinstance(block, Chart) and "人数最多" in block.caption)
    assert chart.caption.startswith("人数最多的20个单位")
    assert [label for label, _ in chart.bars][:2] == ["单位25", "单位24"]
    assert len(chart.bars) == 20
