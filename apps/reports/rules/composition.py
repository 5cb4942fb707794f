"""The text of a scheduled briefing, written by rule from its figures: nothing stands in it that is not a figure.

A figure that is not there, or not known, leaves its clause out. Advice (下步工作提示) only names what the numbers of
the briefing call for.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from apps.core.chinese import format_date
from apps.core.documents.blocks import (
    Block,
    Chart,
    Column,
    Heading,
    Note,
    Notes,
    Paragraph,
    Row,
    Table,
    note_mark,
)
from apps.reports.rules.periods import Period
from apps.reports.rules.told import OF_A_SPAN, bracketed, clause
from apps.reports.rules.wording import as_of, change_cell, counted, number, share
from apps.reports.rules.work import Work

if TYPE_CHECKING:
    from apps.core.figures import FigureValue, Part

COMPLETE_ENOUGH = Decimal(95)  # percent: below it the briefing advises to fill in
MOST_BARS = 20
"""Bars of one chart on a page."""
NUMERALS = "一二三四五六七八九十"


def briefing_title(period: Period, area: str = "全市") -> str:
    """2026年上半年全市老干部工作情况."""
    return f"{period.label}{area}老干部工作情况"


def compose_half_year(
    values: Mapping[str, "FigureValue"], *, area: str = "全市", places: str = "各县市区"
) -> list[Block]:
    """The blocks of a half-year's briefing, for the half in which the day of the figures lies."""
    return compose_briefing(
        values, Period.containing("half", values["headcount"].on), area=area, places=places
    )


def compose_briefing(
    values: Mapping[str, "FigureValue"], period: Period, *, area: str = "全市", places: str = "各县市区"
) -> list[Block]:
    """The blocks of a briefing on a period: text, table by county, charts, and what its figures mean.

    ``values``: figures by name, of which only ``headcount`` must be there. ``area``: 全市, or a county's name.
    ``places``: what the parts of ``by_county`` are called together; a county's briefing has ``by_unit`` instead.
    Source: the order of topics is the office's half-year speech; see docs/glossary.md for the figures' names.
    """
    return _Composition(values, period, area, places).blocks()


class _Composition(Work):
    def blocks(self) -> list[Block]:
        sections = (
            ("基本情况", self.basics()),
            ("高龄与照护", self.care()),
            ("走访慰问和诉求", self.work()),
            (f"{self.places}情况", self.by_place()),
            ("数据质量", self.quality()),
            ("下步工作提示", self.advice()),
        )
        blocks: list[Block] = []
        told = [(title, content) for title, content in sections if content]
        for numeral, (title, content) in zip(NUMERALS, told, strict=False):
            blocks += [Heading(f"{numeral}、{title}"), *content]
        return [*blocks, self.notes()]

    # --- sections

    def basics(self) -> list[Block]:
        opening = (
            f"{as_of(self.period.end)}，{self.area}在册离退休干部{self.told('headcount')}"
            f"{clause(self.change('headcount'))}。"
        )
        kinds = [self.phrase(name, label) for name, label in (("lixiu", "离休干部"), ("tuixiu", "退休干部"))]
        kinds = [kind for kind in kinds if kind]
        if kinds:
            opening += f"其中，{'；'.join(kinds)}。"
        if self.known("party_members"):
            members = self.values["party_members"].value
            opening += f"中共党员{self.told('party_members')}，占{share(members, self.headcount.value)}。"
        breakdowns = "".join(
            f"{words}：{parts}。"
            for words, parts in (
                ("按性别分", self.listed("by_sex")),
                ("离休干部按参加革命工作时期分", self.listed("by_period")),
                ("按现享受待遇分", self.listed("by_rank")),
            )
            if parts
        )
        paragraphs = [opening, breakdowns, self.movements()]
        return [Paragraph(text) for text in paragraphs if text]

    def movements(self) -> str:
        """Who came and went in the period."""
        names = (
            ("additions", "新增"),
            ("transferred_in", "转入"),
            ("transferred_out", "转出"),
            ("deaths", "去世"),
        )
        told: list[str] = []
        for name, verb in names:
            if self.known(name):
                told.append(f"{verb}{self.told(name)}{bracketed(self.change(name, short=bool(told)))}")
        return f"{self.period.short_label}，{self.area}离退休干部{'，'.join(told)}。" if told else ""

    def care(self) -> list[Block]:
        sentences = []
        for name in ("aged_80", "aged_90"):
            if self.known(name):
                part = share(self.values[name].value, self.headcount.value)
                sentences.append(
                    f"{self.values[name].label}{self.told(name)}，占在册人数的{part}{clause(self.change(name))}"
                )
        text = "；".join(sentences) + "。" if sentences else ""
        if self.known("not_self_caring"):
            text += (
                f"生活完全不能自理{self.told('not_self_caring')}{clause(self.change('not_self_caring'))}。"
            )
        blocks: list[Block] = [Paragraph(text)] if text else []
        if parts := self.parts("by_age_band"):
            bars = [(part.label, part.value) for part in parts]
            blocks.append(
                Chart("columns", f"年龄构成（{self.unit('by_age_band')}）", bars, self.unit("by_age_band"))
            )
        return blocks

    def by_place(self) -> list[Block]:
        parts = self.parts(self.by)
        if len(parts) < 2:
            return []
        unit = self.unit(self.by)
        text = self.places_text(parts, unit)
        return [
            *([Paragraph(text)] if text else []),
            self.places_table(parts, unit),
            self.places_chart(parts, unit),
        ]

    def places_chart(self, parts: Sequence["Part"], unit: str) -> Chart:
        """All places, or the largest where they are more than a page has room for."""
        what, drawn = self.places, list(parts)
        if len(drawn) > MOST_BARS:
            drawn = sorted(drawn, key=lambda part: -(part.value or 0))[:MOST_BARS]
            what = f"人数最多的{MOST_BARS}个{self.places.removeprefix('各')}"
        return Chart(
            "bars", f"{what}在册离退休干部人数（{unit}）", [(part.label, part.value) for part in drawn], unit
        )

    def places_text(self, parts: Sequence["Part"], unit: str) -> str:
        """The largest three, and those without anybody."""
        known = [part for part in parts if part.value is not None]
        largest = sorted((part for part in known if part.value), key=lambda part: -(part.value or 0))[:3]
        text = ""
        if len(known) > 3 and largest:
            named = "、".join(f"{part.label}（{counted(part.value, unit)}）" for part in largest)
            text = f"在册人数较多的有{named}{note_mark(self.mark(self.by))}。"
        empty = "、".join(part.label for part in known if not part.value)
        return text + (f"{empty}没有在册离退休干部。" if empty else "")

    def places_table(self, parts: Sequence["Part"], unit: str) -> Table:
        """By county or unit, in the order given, with those that have nobody, and a total that adds up by itself."""
        self.mark(self.by)
        total, last_year = _total([part.value for part in parts]), _total([part.last_year for part in parts])
        complete = {part.key: part.value for part in self.parts(self.complete_by)}
        labels = ["在册人数", "上年同期", "较上年同期", "占比"]
        rows = [
            [
                part.label,
                number(part.value),
                number(part.last_year),
                change_cell(part.value, part.last_year),
                share(part.value, total),
            ]
            for part in parts
        ]
        rows.append(
            ["合计", number(total), number(last_year), change_cell(total, last_year), share(total, total)]
        )
        if complete:
            labels.append("资料完整率")
            whole = self.values["completeness"].value if self.known("completeness") else None
            for row, value in zip(rows, [*(complete.get(part.key) for part in parts), whole], strict=True):
                row.append(counted(value, "%"))
        columns = [Column(self.places.removeprefix("各"), "name"), *(Column(label) for label in labels)]
        set_rows = [Row(tuple(row), is_total=row is rows[-1]) for row in rows]
        return Table(columns, set_rows, f"{self.places}离退休干部情况", unit)

    def quality(self) -> list[Block]:
        text = ""
        if self.known("completeness"):
            text = f"名册资料完整率为{self.told('completeness')}{clause(self.change('completeness'))}。"
        if self.known("needs_ruling"):
            waiting = self.values["needs_ruling"].value
            text += (
                f"参加革命工作时间跨两个时期、有待按档案认定的离休干部{self.told('needs_ruling')}"
                f"{clause(self.change('needs_ruling'))}。"
                if waiting
                else "没有所属时期有待认定的离休干部。"
            )
        return [Paragraph(text)] if text else []

    def advice(self) -> list[Block]:
        tips = [
            tip
            for tip in (
                self.advise_visits(),
                self.advise_concerns(),
                self.advise_ruling(),
                self.advise_filling(),
                self.advise_care(),
                self.advise_deaths(),
            )
            if tip
        ]
        if not tips:
            return [Paragraph("本期数据没有需要特别提示的事项。")]
        if len(tips) == 1:
            return [Paragraph(tips[0])]
        return [Paragraph(f"{numeral}是{tip}") for numeral, tip in zip(NUMERALS, tips, strict=False)]

    # --- advice, each only where its number calls for it

    def advise_visits(self) -> str:
        if not self.positive("due_missing"):
            return ""
        return (
            f"补访应访未访的人。到期的应访还有{self.plain('due_missing')}没有走访，请逐人写明原因，尽快补访。"
        )

    def advise_concerns(self) -> str:
        if not self.positive("concerns_overdue"):
            return ""
        return (
            f"答复超期的诉求。{self.plain('concerns_overdue')}已过办理期限，请逐件明确经办人，尽快答复本人。"
        )

    def advise_ruling(self) -> str:
        if not self.positive("needs_ruling"):
            return ""
        people = self.plain("needs_ruling")
        return f"抓紧认定参加革命工作时间。有待认定的{people}尚不能确定所属时期，请查证档案，按管理权限认定后登记。"

    def advise_filling(self) -> str:
        value = self.values["completeness"].value if self.known("completeness") else None
        if value is None or value >= COMPLETE_ENOUGH:
            return ""
        return f"补齐名册资料。完整率为{self.plain('completeness')}，请各地对照缺项清单逐人核对补充。"

    def advise_care(self) -> str:
        told = [
            f"{label}{self.plain(name)}"
            for name, label in (("aged_90", "90岁以上的"), ("not_self_caring", "生活完全不能自理的"))
            if self.positive(name)
        ]
        return f"落实重点照护。对{'、'.join(told)}，请逐人明确联系人，安排好走访看望。" if told else ""

    def advise_deaths(self) -> str:
        if not self.positive("deaths"):
            return ""
        dead = f"{self.period.short_label}去世{self.plain('deaths')}"
        return f"核对去世人员有关事项。{dead}，请核对待遇变更和遗属工作是否办理完毕。"

    def notes(self) -> Notes:
        """What each figure of the text means, and for which days it holds."""
        used = {name: figure for name, figure in self.values.items() if name in self.marked}
        lead = f"除另有说明外，数据{as_of(self.period.end)}。"
        if flows := [figure.label for name, figure in used.items() if name in OF_A_SPAN]:
            span = f"{format_date(self.period.start)}至{format_date(self.period.end)}"
            lead += f"{'、'.join(flows)}为{span}期间的数。"
        return Notes(
            [Note(name, figure.label, self.meaning(name, figure)) for name, figure in used.items()], lead
        )

    def meaning(self, name: str, figure: "FigureValue") -> str:
        """The definition, with its day if that is not the last one of the period."""
        definition = figure.definition.rstrip("。")
        return f"{definition}{'' if name in OF_A_SPAN or figure.on == self.period.end else f'（{as_of(figure.on)}）'}。"


def _total(numbers: Sequence[int | Decimal | None]) -> int | Decimal | None:
    """A sum that is not known if one of its parts is not."""
    known = [value for value in numbers if value is not None]
    return sum(known) if len(known) == len(numbers) else None
