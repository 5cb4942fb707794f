"""Charts for pages and for paper."""

import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.core import charts
from apps.core.charts import Bar, bar_chart, column_chart, printed_chart, responsive_chart

COUNTIES = [
    Bar("市直", 3412, "/retirees/?county=1&sex=1"),
    Bar("南岭县", 1198, "/retirees/?county=2"),
    Bar("青河县", 0, "/retirees/?county=3"),
    Bar("长宁市", None, "/retirees/?county=4"),
]
AGES = [Bar("60岁以下", 212), Bar("60—69岁", 4198), Bar("100岁以上", 10)]
SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def texts(svg: str) -> list[str]:
    return [node.text or "" for node in parsed(svg).iter(f"{SVG}text")]


def boxes(svg: str) -> list[tuple[float, float]]:
    """Width and height of the bars."""
    shapes = [
        node.get("d", "") for node in parsed(svg).iter(f"{SVG}path") if node.get("fill-opacity") is None
    ]
    return [
        (float(width), float(height)) for width, height in re.findall(r"h([\d.]+)v([\d.]+)", " ".join(shapes))
    ]


def test_bars_are_links_with_names() -> None:
    links = list(parsed(bar_chart("各县市区人数", COUNTIES, unit="人")).iter(f"{SVG}a"))
    assert [link.get("href") for link in links] == [bar.href for bar in COUNTIES]
    assert [link.get("aria-label") for link in links] == [
        "市直：3,412人", "南岭县：1,198人", "青河县：0人", "长宁市：—",
    ]  # fmt: skip
    assert links[0].find(f"{SVG}title").text == "市直：3,412人"


def test_labels_and_values_are_shown_in_the_order_given() -> None:
    assert texts(bar_chart("人数", COUNTIES, unit="人")) == [
        "市直", "南岭县", "青河县", "长宁市", "3,412", "1,198", "0", "—",
    ]  # fmt: skip


def test_lengths_are_true_to_the_values_and_nothing_has_no_bar() -> None:
    widths = [width for width, _ in boxes(bar_chart("人数", COUNTIES, unit="人"))]
    assert len(widths) == 2
    assert widths[1] / widths[0] == pytest.approx(1198 / 3412, abs=0.001)
    heights = [height for _, height in boxes(column_chart("年龄", AGES, unit="人"))]
    assert len(heights) == 3
    assert heights[0] / heights[1] == pytest.approx(212 / 4198, abs=0.001)


def test_equal_labels_stay_two_bars() -> None:
    svg = bar_chart("人数", [Bar("城关镇", 5, "/a"), Bar("城关镇", 3, "/b")], unit="人")
    assert len(boxes(svg)) == 2
    assert texts(svg) == ["城关镇", "城关镇", "5", "3"]


@pytest.mark.parametrize("draw", [bar_chart, column_chart])
def test_fit_for_a_strict_policy(draw: object) -> None:
    svg = draw("人数", COUNTIES, unit="人")
    allowed = {"svg", "g", "path", "text", "a", "title"}
    for node in parsed(svg).iter():
        assert node.tag.removeprefix(SVG) in allowed
        assert not {"style", "class", "id"} & set(node.attrib)
        assert not any(name.startswith("on") for name in node.attrib)
    assert "vega" not in svg
    assert "url(" not in svg
    assert "xlink" not in svg


def test_said_aloud() -> None:
    page = parsed(bar_chart("各县市区人数", COUNTIES, unit="人"))
    assert (page.get("role"), page.get("aria-label")) == (
        "group",
        "各县市区人数",
    )  # a picture would hide its links
    plain = parsed(column_chart("年龄构成", AGES, unit="人"))
    assert plain.get("role") == "img"
    assert plain.get("aria-label") == "年龄构成。60岁以下：212人；60—69岁：4,198人；100岁以上：10人"


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)",
        "//evil.example/x",
        "http://evil.example/",
        "/\\evil.example",
        "data:text/html,x",
        "",
        "x",
    ],
)
def test_links_lead_into_the_portal_only(href: str) -> None:
    svg = bar_chart("人数", [Bar("甲", 1, href), Bar("乙", 2, "/b")], unit="人")
    assert [link.get("href") for link in parsed(svg).iter(f"{SVG}a")] == ["/b"]


def test_control_characters_do_not_end_the_process() -> None:
    svg = bar_chart("题\x1f", [Bar("甲\x00\x1f\ufffe\ud800乙", 1, "/x")], unit="人")
    assert texts(svg)[0] == "甲乙"
    assert parsed(svg).get("aria-label") == "题"


def test_names_are_escaped() -> None:
    svg = bar_chart('<b>"题', [Bar('</text><script>x</script>"', 1, '/x?"><script>')], unit="<人>")
    assert "<script" not in svg
    assert texts(svg)[0] == '</text><script>x</script>"'
    assert parsed(svg).get("aria-label") == '<b>"题'


def test_for_paper_without_links_in_the_letters_of_the_document() -> None:
    svg = printed_chart("bars", "人数", COUNTIES, unit="人")
    assert "<a" not in svg
    assert "currentColor" not in svg
    assert "portal-body" in parsed(svg).get("font-family", "")


def test_percentages() -> None:
    assert texts(bar_chart("完整率", [Bar("甲", Decimal("93.4")), Bar("乙", Decimal(100))], unit="%"))[2:] == [
        "93.4%", "100%",
    ]  # fmt: skip


def test_on_a_phone_letters_keep_their_size() -> None:
    both = responsive_chart("columns", "年龄", AGES, unit="人")
    widths = [int(width) for width in re.findall(r'viewBox="0 0 (\d+) ', both)]
    assert widths == [600, 340]
    assert both.count('font-size="14"') == 2 * 6
    assert 'class="d-sm-none"' in both


def test_labels_stand_inside_of_the_drawing() -> None:
    bars = [Bar("国家级高新技术产业区", 123456, "/x"), Bar("甲", 1)]
    for width in (charts.WIDE, charts.NARROW):
        svg = bar_chart("人数", bars, unit="人", width=width)
        left = float(re.search(r"translate\(([\d.]+),0\)", svg).group(1))
        assert left >= 10 * 14
        longest = max(width for width, _ in boxes(svg))
        assert left + longest + 7 * 0.56 * 14 <= width + 8


def test_nothing_to_draw() -> None:
    assert texts(bar_chart("人数", [], unit="人")) == []
    assert boxes(bar_chart("人数", [Bar("甲", 0), Bar("乙", None)], unit="人")) == []


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.text(max_size=12), st.one_of(st.none(), st.integers(min_value=0, max_value=10**7))),
        max_size=6,
    )
)
def test_any_labels_give_well_formed_drawings(rows: list[tuple[str, int | None]]) -> None:
    svg = bar_chart("任意", [Bar(label, value, "/x") for label, value in rows], unit="人")
    assert len(list(parsed(svg).iter(f"{SVG}a"))) == len(rows)
