"""The section 走访慰问和诉求 of a briefing: what was done for people, and what they asked for."""

from decimal import Decimal

from apps.core.documents.blocks import Block, Column, Paragraph, Row, Table
from apps.reports.rules.told import Told, clause
from apps.reports.rules.wording import as_of, counted, number


class Work(Told):
    """A briefing's figures of visits and concerns, in words."""

    def work(self) -> list[Block]:
        """Visits, gifts and concerns of the period, and a table by place."""
        paragraphs = [text for text in (self.visits_text(), self.concerns_text()) if text]
        blocks: list[Block] = [Paragraph(text) for text in paragraphs]
        return [*blocks, *self.work_table()] if blocks else []

    def visits_text(self) -> str:
        if not self.positive("visits_made"):
            return ""
        text = f"{self.period.short_label}，{self.area}走访看望离退休干部{self.told('visits_made')}"
        text += clause(self.change("visits_made"))
        if self.known("people_visited"):
            text += f"，走访到{self.told('people_visited')}"
            text += f"，其中离休干部{self.told('lixiu_visited')}" if self.positive("lixiu_visited") else ""
        if self.positive("visits_led"):
            text += f"，领导带队走访{self.told('visits_led')}"
        text += "。"
        if self.known("due_rate"):
            text += f"到期的应访完成{self.told('due_rate')}{clause(self.change('due_rate'))}"
            text += f"，还有{self.told('due_missing')}没有走访。" if self.positive("due_missing") else "。"
        gifts = [
            f"{words}{self.told(name)}"
            for name, words in (("gifts_money", "慰问金"), ("gifts_goods", "慰问品价值"))
            if self.positive(name)
        ]
        return text + (f"发放{'，'.join(gifts)}。" if gifts else "")

    def concerns_text(self) -> str:
        if not self.positive("concerns_received") and not self.positive("concerns_waiting"):
            return ""
        text = (
            f"收到诉求和意见建议{self.told('concerns_received')}{clause(self.change('concerns_received'))}。"
        )
        rates = [
            f"{words}{self.told(name)}"
            for name, words in (("concerns_in_time", "按期答复率"), ("concerns_satisfied", "满意率"))
            if self.known(name)
        ]
        text += f"{'，'.join(rates)}。" if rates else ""
        if self.known("concerns_waiting"):
            text += f"{as_of(self.period.end)}在办{self.told('concerns_waiting')}"
            text += (
                f"，其中超期{self.told('concerns_overdue')}。" if self.positive("concerns_overdue") else "。"
            )
        return text

    def work_table(self) -> list[Block]:
        """Places with any visit or concern; none where there is one place."""
        names = ("visits_made", "people_visited", "due_rate", "concerns_received", "concerns_waiting")
        cells = {name: {part.key: part.value for part in self.parts(name)} for name in names}
        places = {part.key: part.label for name in names for part in self.parts(name)}
        if len(places) < 2:
            return []
        order = [part.key for part in self.parts(self.by) if part.key in places]
        keys = [*order, *(key for key in places if key not in order)]
        rows = [
            Row((places[key], *(self._work_cell(name, cells[name].get(key)) for name in names)))
            for key in keys
        ]
        whole = (self.values[name].value if name in self.values else None for name in names)
        total = ("合计", *(self._work_cell(name, value) for name, value in zip(names, whole, strict=True)))
        columns = [
            Column(self.places.removeprefix("各"), "name"),
            *(Column(self.values[name].label) for name in names),
        ]
        title = f"{self.places}走访和诉求情况"
        return [Table(columns, [*rows, Row(total, is_total=True)], title, "人次、人、件")]

    def _work_cell(self, name: str, value: "int | Decimal | None") -> str:
        self.mark(name)
        if self.unit(name) == "%":
            return counted(value, "%")
        return number(value or 0)  # a place that has no part has none
