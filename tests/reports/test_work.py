"""The section 走访慰问和诉求: said where there is something to say, with sums and advice from its own numbers."""

import re
from datetime import date
from decimal import Decimal

from apps.core.documents.blocks import Heading, Paragraph, Table
from apps.core.figures import FigureValue, Part
from apps.reports.rules import Period, compose_briefing

RATES = [Part("1", "甲县", Decimal("95.5"), None)]
HALF = Period("half", 2026, 1)


def figure(name, label, value, unit, last_year=None, parts=()):
    return FigureValue(
        name, label, unit, value, last_year, date(2026, 6, 30), f"{label}的定义。", tuple(parts)
    )


def values(**more):
    places = (("1", "甲县", 30), ("2", "乙县", 12))
    found = [
        figure("headcount", "在册离退休干部", 100, "人", 90),
        figure("visits_made", "走访", 42, "人次", 40, [Part(key, label, n, n) for key, label, n in places]),
        figure(
            "people_visited",
            "走访到的人",
            40,
            "人",
            None,
            [Part(key, label, n, n) for key, label, n in places],
        ),
        figure("visits_led", "领导带队走访", 8, "人次"),
        figure("lixiu_visited", "走访到的离休干部", 12, "人"),
        figure(
            "due_rate",
            "应访完成率",
            Decimal("95.5"),
            "%",
            Decimal("94.0"),
            [Part("1", "甲县", Decimal("95.5"), None)],
        ),
        figure("due_missing", "应访未访", 2, "人次"),
        figure("gifts_money", "慰问金", Decimal("1234.50"), "元"),
        figure("gifts_goods", "慰问品价值", Decimal(0), "元"),
        figure("concerns_received", "收到诉求", 5, "件", 7, [Part("1", "甲县", 5, 7)]),
        figure("concerns_waiting", "诉求在办", 3, "件"),
        figure("concerns_overdue", "诉求超期未答复", 1, "件"),
        figure("concerns_in_time", "诉求按期答复率", Decimal("100.0"), "%"),
        figure("concerns_satisfied", "诉求满意率", None, "%"),
    ]
    return {one.name: one for one in found} | more


def said(blocks):
    return "\n".join(str(block.text) for block in blocks if isinstance(block, Paragraph | Heading))


def test_numbers_in_words_and_a_table_that_adds_up():
    blocks = compose_briefing(values(), HALF)
    text = said(blocks)
    assert "走访慰问和诉求" in text
    assert "走访看望离退休干部42人次" in text
    assert "较上年同期增加2人次" in text
    plain = re.sub("⟦[a-z_]+⟧", "", text)
    assert "走访到40人，其中离休干部12人，领导带队走访8人次" in plain
    assert "慰问金1,234.50元" in text
    assert "慰问品价值" not in text
    assert "满意率" not in text
    assert "还有2人次" in text
    assert "其中超期1件" in text
    assert "补访应访未访的人" in text
    assert "答复超期的诉求" in text
    table = next(one for one in blocks if isinstance(one, Table) and "走访" in one.caption)
    assert [row.cells for row in table.rows] == [
        ("甲县", "30", "30", "95.5%", "5", "0"),
        ("乙县", "12", "12", "—", "0", "0"),
        ("合计", "42", "40", "95.5%", "5", "3"),
    ]


def test_without_visits_and_concerns_there_is_no_section():
    none = {
        name: figure(name, name, 0, "件")
        for name in (
            "visits_made",
            "concerns_received",
            "concerns_waiting",
            "due_missing",
            "concerns_overdue",
        )
    }
    assert "走访慰问和诉求" not in said(compose_briefing(values() | none, HALF))
