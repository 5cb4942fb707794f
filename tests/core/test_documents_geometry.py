"""The printed 简报 against GB/T 9704-2012, measured on the PDF."""

import random
import re
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from pypdf.generic import DictionaryObject

from apps.core.documents.blocks import (
    Block,
    Briefing,
    Chart,
    Column,
    Head,
    Heading,
    Note,
    Notes,
    Paragraph,
    Row,
    Table,
    Tail,
    note_mark,
)
from apps.core.documents.briefing import briefing_html, briefing_pdf
from apps.core.documents.lines import NO_END, NO_START
from apps.core.documents.render import render_pdf
from tests.core.pdf_reading import MM, Glyph, boxes_of, drawn, glyphs_of, lines_of, open_pdf, text_of

CELL, LINE = 156 * MM / 28, 28.991
LEFT, RIGHT, TOP, BOTTOM = 28 * MM, 184 * MM, 37 * MM, 262 * MM
FIRST_BASELINE = TOP + (28.99 - 16) / 2 + 0.88 * 16  # FandolFang's ascent is 0.88 em
HAN = "全市各级老干部工作部门认真落实待遇走访慰问高龄困难离退休做好服务管理学习活动阵地建设宣传信息调研"


def han(count: int, seed: int = 1) -> str:
    chooser = random.Random(seed)
    return "".join(chooser.choice(HAN) for _ in range(count))


def prose(sentences: int, seed: int = 2) -> str:
    """Text as offices write it: figures, dates, quotes, brackets, dashes."""
    chooser = random.Random(seed)
    pieces = "2026年6月30日 12,086人 98.4% “五大员” 《基本规范（试行）》 —— …… 组通字〔2017〕37号 81.5万元 QQ群".split()
    marks = "，，，、；："
    text = ""
    for _ in range(sentences):
        for _ in range(chooser.randint(1, 4)):
            text += han(chooser.randint(2, 19), chooser.random()) + chooser.choice(["", *pieces])
            text += chooser.choice(marks)
        text = text[:-1] + "。"
    return text


def briefing(*blocks: Block, issued: bool = True, tail: Tail | None = None, title: str = "") -> Briefing:
    head = Head("老干部工作简报", "中共云溪市委老干部局编")
    if issued:
        head = Head(head.name, head.office, 12, 36, date(2026, 7, 5))
    title = title or "2026年上半年全市老干部工作情况"
    return Briefing(head, title, blocks, tail or Tail(), is_draft=not issued, author="中共云溪市委老干部局")


def pages_of(document: Briefing) -> list[list[Glyph]]:
    return [glyphs_of(page) for page in open_pdf(render_pdf(briefing_html(document))).pages]


def body(glyphs: list[Glyph]) -> list[Glyph]:
    return [glyph for glyph in glyphs if glyph.y < BOTTOM and abs(glyph.size - 16) < 0.1]


@pytest.fixture(scope="module")
def long_pages() -> list[list[Glyph]]:
    paragraphs = [Paragraph(prose(12, seed)) for seed in range(14)]
    headings = [Heading("一、求真务实，开拓创新"), Heading("（一）各县市区情况", 2), Heading("1.走访慰问", 3)]
    return pages_of(briefing(*headings, *paragraphs))


def test_a_page_has_22_lines_of_28_characters() -> None:
    page = lines_of(pages_of(briefing(Paragraph(han(28 * 60))))[1])
    lines = [line for line in page.values() if abs(line[0].size - 16) < 0.1]
    assert len(lines) == 22
    assert {len(line) for line in lines} == {28}
    baselines = [line[0].y for line in lines]
    assert baselines[0] == pytest.approx(FIRST_BASELINE, abs=0.3)
    for upper, lower in pairwise(baselines):
        assert lower - upper == pytest.approx(LINE, abs=0.1)
    assert baselines[-1] + 0.12 * 16 <= BOTTOM
    for line in lines:
        assert line[0].x == pytest.approx(LEFT, abs=0.3)
        assert line[-1].right == pytest.approx(RIGHT, abs=0.5)
        for before, after in pairwise(line):
            assert after.x - before.x == pytest.approx(CELL, abs=0.05)


def test_everything_stands_on_the_grid_and_inside_the_area(long_pages: list[list[Glyph]]) -> None:
    assert len(long_pages) >= 6
    for glyphs in long_pages:
        for glyph in body(glyphs):
            rows = (glyph.y - FIRST_BASELINE) / 28.99
            # 楷体 and 黑体 have the same ascent; a title of 22 pt is not looked at here
            assert abs(rows - round(rows)) * 28.99 < 0.6, glyph
            assert glyph.x >= LEFT - 0.3, glyph
            assert glyph.right <= RIGHT + 0.5 * MM, glyph


def test_full_lines_end_at_the_right_edge(long_pages: list[list[Glyph]]) -> None:
    """Lines with figures and drawn-in punctuation are justified as well."""
    ends = [line[-1] for glyphs in long_pages for line in lines_of(body(glyphs)).values() if len(line) > 24]
    straight = [end for end in ends if abs(end.right - RIGHT) < 0.5 * MM]
    assert len(straight) > 0.9 * len(ends)  # the others are last lines of paragraphs


def test_punctuation_never_starts_a_line_nor_opens_at_its_end(long_pages: list[list[Glyph]]) -> None:
    for glyphs in long_pages:
        for line in lines_of(body(glyphs)).values():
            assert line[0].char not in NO_START
            assert line[-1].char not in NO_END


def test_figures_are_not_parted(long_pages: list[list[Glyph]]) -> None:
    for glyphs in long_pages:
        lines = [text_of(line) for line in lines_of(body(glyphs)).values()]
        for upper, lower in pairwise(lines):
            assert not (upper[-1].isdigit() and re.match(r"[0-9,.%人年月日万]", lower)), (upper, lower)


def test_page_numbers_stand_outside(long_pages: list[list[Glyph]]) -> None:
    for number, glyphs in enumerate(long_pages, start=1):
        foot = [glyph for glyph in sorted(glyphs, key=lambda glyph: glyph.x) if glyph.y > BOTTOM]
        assert text_of(foot) == f"— {number} —"
        assert foot[0].size == pytest.approx(14, abs=0.01)
        dash = foot[0].y - 0.3 * 14  # the middle of FandolSong's dash
        assert dash == pytest.approx(BOTTOM + 7 * MM, abs=0.3)
        if number % 2:
            assert foot[-1].right == pytest.approx(RIGHT - 14, abs=0.5)
        else:
            assert foot[0].x == pytest.approx(LEFT + 14, abs=0.5)


def test_red_head() -> None:
    pdf = open_pdf(render_pdf(briefing_html(briefing(Paragraph("正文。")))))
    first = pdf.pages[0]
    lines = lines_of(glyphs_of(first))
    name = next(line for line in lines.values() if text_of(line) == "老干部工作简报")
    red = name[0].colour
    assert red[0] > 0.85
    assert red[1] < 0.1
    assert name[0].size > 40
    assert (name[0].x + name[-1].right) / 2 == pytest.approx(105 * MM + MM, abs=8)  # centred in the area
    texts = [text_of(line) for line in lines.values()]
    assert "第12期（总第36期）" in texts
    assert "中共云溪市委老干部局编2026年7月5日" in texts
    rule = next(box for box in boxes_of(first) if box.colour == red and box.height > 0.5)
    assert rule.width == pytest.approx(156 * MM, abs=0.2)
    assert rule.x == pytest.approx(LEFT, abs=0.2)
    assert rule.y < 297 * MM / 3 + 2 * MM
    title = next(line for line in lines.values() if "上半年全市" in text_of(line))
    assert title[0].size == pytest.approx(22, abs=0.01)
    between = (title[0].y - 22 * 0.88 - rule.y) / 28.99
    assert 1.9 < between < 2.6  # two empty lines; the rule stands a little below its own


def test_draft_is_marked_on_every_page_and_has_no_number() -> None:
    pages = pages_of(briefing(Paragraph(han(1200)), issued=False))
    assert len(pages) > 1
    for glyphs in pages:
        assert "送审稿" in [text_of(line) for line in lines_of(glyphs).values()]
    texts = [text_of(line) for line in lines_of(pages[0]).values()]
    assert "第期" in [text.replace("　", "") for text in texts]


def test_rare_characters_are_there_and_keep_the_grid() -> None:
    text = han(20) + "䶮㛃𬭚𠮷" + han(120)
    document = open_pdf(render_pdf(briefing_html(briefing(Heading("一、王㛃同志"), Paragraph(text)))))
    glyphs = [glyph for page in document.pages for glyph in glyphs_of(page)]
    assert {"䶮", "㛃", "𬭚", "𠮷"} <= {glyph.char for glyph in glyphs}
    assert all(glyph.number != 0 for glyph in glyphs), "a box stands for a missing character"
    baselines = [line[0].y for line in lines_of(body(glyphs)).values()]
    for upper, lower in pairwise(baselines[3:]):
        assert lower - upper == pytest.approx(LINE, abs=0.1)


def test_fonts_are_embedded_and_subset() -> None:
    pdf = render_pdf(
        briefing_html(
            briefing(Paragraph("王䶮同志，2026年。"), Heading("一、黑体"), Heading("（一）楷体", 2))
        )
    )
    assert len(pdf) < 80_000
    fonts = open_pdf(pdf).pages[0]["/Resources"]["/Font"]
    for font in fonts.values():
        assert re.match(r"/[A-Z]{6}\+portal-", font["/BaseFont"]), font["/BaseFont"]
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        file = descriptor.get("/FontFile3") or descriptor.get("/FontFile2")
        assert len(file.get_data()) < 300_000  # of 5 to 30 MB


def alternatives(element: DictionaryObject) -> list[str]:
    """What a PDF says instead of its pictures, from its structure tree."""
    said = [str(element["/Alt"])] if "/Alt" in element else []
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        found = kid.get_object()
        if isinstance(found, DictionaryObject):
            said += alternatives(found)
    return said


def test_same_input_gives_the_same_bytes() -> None:
    html = briefing_html(briefing(Paragraph(prose(3)), Notes([Note("a", "甲", "定义。")])))
    assert render_pdf(html) == render_pdf(html)


def test_document_says_what_it_is() -> None:
    pdf = open_pdf(render_pdf(briefing_html(briefing(Heading("一、基本情况"), Paragraph("正文。")))))
    assert pdf.metadata.title == "2026年上半年全市老干部工作情况"
    assert pdf.metadata.author == "中共云溪市委老干部局"
    assert pdf.metadata["/CreationDate"].startswith("D:20260705")
    catalog = pdf.trailer["/Root"]
    assert catalog["/Lang"] == "zh-CN"
    assert catalog["/MarkInfo"]["/Marked"]
    assert b"pdfuaid" in catalog["/Metadata"].get_data()
    title, chapters = pdf.outline
    assert title.title == "2026年上半年全市老干部工作情况"
    assert [chapter.title for chapter in chapters] == ["一、基本情况"]


def test_notes_are_numbered_as_they_are_met() -> None:
    notes = Notes([Note("b", "乙", "后者。"), Note("a", "甲", "先者。")], "数据截至2026年6月30日。")
    pages = pages_of(briefing(Paragraph(f"在册10人{note_mark('a')}，其中5人{note_mark('b')}。"), notes))
    texts = [text_of(line) for line in lines_of(pages[0]).values()]
    assert "数据截至2026年6月30日。" in texts
    assert "①甲：先者。" in texts
    assert "②乙：后者。" in texts
    keys = [glyph for glyph in pages[0] if glyph.char in "①②" and glyph.size < 9]
    assert text_of(keys) == "①②"


def test_a_mark_without_its_note_is_refused() -> None:
    with pytest.raises(ValueError, match="没有列出的数据说明：x"):
        briefing_html(briefing(Paragraph(f"10人{note_mark('x')}。")))


def test_text_is_escaped() -> None:
    html = briefing_html(briefing(Heading('<b>"一</b>'), Paragraph("<script>x</script>&amp;"), title="<i>题"))
    assert "<script>" not in html
    assert "<b>" not in html
    assert "<i>" not in html
    assert "&lt;script&gt;" in html


def test_tail_ends_at_the_foot_of_the_last_page() -> None:
    tail = Tail("省委老干部局", "各县市区委组织部、老干部局，" * 4 + "市直各单位", "局领导，各科室", 120)
    document = open_pdf(render_pdf(briefing_html(briefing(Paragraph(han(600)), tail=tail))))
    last = document.pages[-1]
    rules = sorted(
        box.y + box.height for box in boxes_of(last) if box.width > 150 * MM and 0 < box.height < 2
    )
    assert rules[-1] == pytest.approx(BOTTOM, abs=0.5)
    assert len(rules) == 5
    texts = [text_of(line) for line in lines_of(glyphs_of(last)).values()]
    assert "报：省委老干部局" in texts
    assert "共印120份" in texts
    others = [glyph for page in list(document.pages)[:-1] for glyph in glyphs_of(page)]
    assert "报：" not in text_of(others)


def test_tail_goes_to_a_page_of_its_own_when_the_last_is_full() -> None:
    tail = Tail("省委老干部局", "各县市区", "各科室", 50)
    pages = pages_of(briefing(Paragraph(han(28 * 33)), tail=tail))
    last = [glyph for glyph in pages[-1] if glyph.y < BOTTOM]
    assert text_of(last[:2]) == "报："


def numbers_table(rows: int, columns: int) -> Table:
    labels = [f"第{place}项指标" for place in range(2, columns + 1)]
    cells = [Row([f"第{n}行单位", *(f"{(n * 37 + place) % 13000:,}" for place in range(2, columns + 1))])
             for n in range(1, rows + 1)]  # fmt: skip
    return Table([Column("单位", "name"), *(Column(label) for label in labels)], cells, "宽表", "人")


def test_table_of_240_rows_and_14_columns() -> None:
    document = open_pdf(briefing_pdf(briefing(numbers_table(240, 14))))
    seen = 0
    for page in document.pages:
        glyphs, boxes = drawn(page)
        glyphs = [glyph for glyph in glyphs if TOP < glyph.y < BOTTOM]
        cells = [glyph for glyph in glyphs if glyph.size < 13]
        assert max(glyph.right for glyph in cells) < RIGHT + 0.01
        assert min(glyph.x for glyph in cells) > LEFT - 0.01
        text = text_of(glyphs)
        assert text.count("单位") >= 1 + text.count("行单位")  # the header is on this page too
        assert all(glyph.y <= BOTTOM for glyph in cells)
        named = [int(number) for number in re.findall(r"第(\d+)行单位", text)]
        assert named == list(range(seen + 1, seen + len(named) + 1))
        seen += len(named)
        rules = sorted(box.y for box in boxes if 0 < box.height < 1 and box.width > 20)
        last = max(glyph.y for glyph in cells)
        assert last < rules[-1] < BOTTOM + 0.6  # the last row is closed by its rule, on its page
    assert seen == 240


def test_rows_of_a_table_are_whole_lines_so_the_text_after_stands_on_the_grid() -> None:
    table = Table(
        [Column("县市区", "name"), Column("在册人数"), Column("说明", "text")],
        [
            Row(["青河县", "0", "—"]),
            Row(["南岭县", "1,198", "说明文字" * 20]),
            Row(["合计", "1,198", ""], is_total=True),
        ],
        "各县市区情况",
        "人",
    )
    page = pages_of(briefing(table, Paragraph("表后的正文。")))[0]
    after = next(line for line in lines_of(page).values() if text_of(line) == "表后的正文。")
    rows = (after[0].y - FIRST_BASELINE) / 28.99
    assert abs(rows - round(rows)) * 28.99 < 0.3
    text = "".join(text_of(line) for line in lines_of(page).values())
    assert "青河县" in text
    assert "—" in text


def test_a_short_row_is_refused() -> None:
    with pytest.raises(ValueError, match="有2列，这一行却有1格"):
        briefing_html(briefing(Table([Column("甲"), Column("乙")], [Row(["1"])])))


def test_chart_is_numbered_drawn_in_the_fonts_of_the_document_and_has_no_links() -> None:
    """Acceptance 9, the chart: Chinese in the document's own fonts."""
    bars = [("市直", 3412), ("青河县", 0), ("长宁市", None), ("完整率", Decimal("93.4"))]
    document = open_pdf(
        render_pdf(briefing_html(briefing(Chart("bars", "各县市区人数", bars, "人"), Paragraph("后文。"))))
    )
    page = document.pages[0]
    glyphs = glyphs_of(page)
    text = text_of(glyphs)
    assert "图1　各县市区人数" in text
    assert "3,412" in text
    assert "/Annots" not in page
    said = alternatives(document.trailer["/Root"]["/StructTreeRoot"])
    assert said == ["各县市区人数。市直：3,412人；青河县：0人；长宁市：—；完整率：93.4人"]
    assert all("portal-" in glyph.font for glyph in glyphs)
    after = next(line for line in lines_of(glyphs).values() if text_of(line) == "后文。")
    rows = (after[0].y - FIRST_BASELINE) / 28.99
    assert abs(rows - round(rows)) * 28.99 < 0.3
