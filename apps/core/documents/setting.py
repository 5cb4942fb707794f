"""From the blocks of a document to HTML, its lines broken by the fonts that will print them."""

from collections.abc import Mapping, Sequence
from math import ceil

from django.template.loader import render_to_string
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from apps.core.charts import Bar, printed_chart
from apps.core.documents.blocks import Block, Chart, Heading, Note, Notes, Paragraph, Table
from apps.core.documents.lines import LINE, MEASURE, NOTE_KEY, TRACKING, Line, note_key, set_paragraph
from apps.core.documents.tables import set_table
from apps.core.fonts import Face

HEADINGS = {1: ("h2", "hei"), 2: ("h3", "kai"), 3: ("h4", "body"), 4: ("h5", "body")}
NOTE_SIZE = 12.0  # 小四


class Setter:
    """Sets the blocks of one document: knows its letters, and counts its notes, tables and charts."""

    def __init__(self, faces: Mapping[str, Face], blocks: Sequence[Block]) -> None:
        self.faces = faces
        self.notes: dict[str, Note] = {
            note.key: note for block in blocks if isinstance(block, Notes) for note in block.items
        }
        self.numbers: dict[str, int] = {}
        self.tables = self.charts = 0

    def block(self, block: Block) -> SafeString:
        """One block of the body."""
        match block:
            case Heading():
                return self.heading(block)
            case Paragraph():
                lines = set_paragraph(self.number_notes(block.text), self.faces[block.lettering])
                return format_html(
                    '<p class="in {}">{}</p>', block.lettering, self.lines(lines, block.lettering)
                )
            case Table():
                return self.table(block)
            case Chart():
                return self.chart(block)
            case Notes():
                return self.notes_list(block)

    def heading(self, heading: Heading) -> SafeString:
        """A heading in the lettering of its level, drawn in two characters."""
        tag, lettering = HEADINGS[heading.level]
        lines = self.lines(set_paragraph(heading.text, self.faces[lettering]), lettering)
        values = (mark_safe(tag), lettering, heading.text, lines, mark_safe(tag))
        return format_html('<{} class="in {}" data-label="{}">{}</{}>', *values)

    def table(self, table: Table) -> SafeString:
        """A table; its cells come broken into lines. With a caption it is numbered 表1, 表2."""
        if table.caption:
            self.tables += 1
        caption = self.marked(f"表{self.tables}　{table.caption}" if table.caption else "", "hei")
        context = {"set": set_table(table, self.faces), "caption": caption, "unit": table.unit}
        return mark_safe(render_to_string("documents/_table.html", context))

    def chart(self, chart: Chart) -> SafeString:
        """A chart as wide as the area and a whole number of lines high, numbered 图1, 图2."""
        self.charts += 1
        bars = [Bar(label, value) for label, value in chart.bars]
        svg = printed_chart(chart.kind, chart.caption, bars, unit=chart.unit)
        lines = ceil(MEASURE * _aspect(svg) / LINE) + 1
        caption = self.marked(f"图{self.charts}　{chart.caption}", "hei")
        context = {"svg": svg, "caption": caption, "height": f"{lines * LINE:.2f}"}
        return mark_safe(render_to_string("documents/_chart.html", context))

    def notes_list(self, notes: Notes) -> SafeString:
        """数据说明: numbered as the marks were met, the rest after them."""
        order = sorted(notes.items, key=lambda note: self.numbers.get(note.key, len(self.numbers) + 1))
        texts = [notes.lead] if notes.lead else []
        for note in order:
            number = self.numbers.setdefault(note.key, len(self.numbers) + 1)
            texts.append(f"{_circled(number)}{note.label}：{note.text}")
        set_texts = [set_paragraph(text, self.faces["body"], size=NOTE_SIZE) for text in texts]
        parts = ((self.lines(lines, "body", NOTE_SIZE),) for lines in set_texts)
        items = format_html_join("", "<p>{}</p>", parts)
        return format_html('<section class="notes"><p class="label">{}</p>{}</section>', notes.title, items)

    def number_notes(self, text: str) -> str:
        """Put the key of its number in the place of each mark of a note.

        Raises ValueError for a mark of a note that the document does not list.
        """
        before, *marked = text.split("⟦")
        for piece in marked:
            key, _, after = piece.partition("⟧")
            if key not in self.notes:
                raise ValueError(f"正文引用了没有列出的数据说明：{key}")
            number = self.numbers.setdefault(key, len(self.numbers) + 1)
            before += note_key(number) + after
        return before

    def lines(self, lines: Sequence[Line], lettering: str, size: float = 16.0) -> SafeString:
        """Lines as spans, each with its own letter spacing if it is not the usual one."""
        usual = round(TRACKING * size / 16.0, 3)
        spans = []
        for line in lines:
            text = self.marked(line.text, lettering)
            if line.tracking == usual:
                spans.append(format_html('<span class="line">{}</span>', text))
            else:
                spans.append(
                    format_html(
                        '<span class="line" style="letter-spacing:{}pt">{}</span>',
                        f"{line.tracking:.3f}",
                        text,
                    )
                )
        return joined(spans)

    def marked(self, text: str, lettering: str) -> SafeString:
        """A text with its note keys, and with the characters marked that come out of a second font."""
        face, parts = self.faces[lettering], []
        for kind, run in _runs(text, face):
            if kind == "key":
                numbers = "".join(_circled(ord(char) - 0xE000 + 1) for char in run)
                parts.append(format_html('<span class="key">{}</span>', numbers))
            elif kind == "first":
                parts.append(escape(run))
            else:
                parts.append(format_html('<span class="{}">{}</span>', kind, run))
        return mark_safe("".join(parts))


def _runs(text: str, face: Face) -> list[tuple[str, str]]:
    """Cut a text into runs of one kind: out of the "first" font, "latin" or "other" ones, or "key" of a note."""
    runs: list[tuple[str, str]] = []
    for char in text:
        kind = _kind(char, face)
        if runs and runs[-1][0] == kind:
            runs[-1] = (kind, runs[-1][1] + char)
        else:
            runs.append((kind, char))
    return runs


def _kind(char: str, face: Face) -> str:
    if NOTE_KEY.match(char):
        return "key"
    if face.is_latin(char):
        return "latin"
    return "first" if face.is_first(char) else "other"


def _circled(number: int) -> str:
    """① to ⑳, beyond that (21)."""
    return chr(0x2460 + number - 1) if number <= 20 else f"({number})"


def joined(lines: Sequence[str]) -> SafeString:
    """Lines under each other."""
    return mark_safe("<br>".join(lines))


def _aspect(svg: str) -> float:
    """Height divided by width, from the drawing's viewBox."""
    _, _, box = svg.partition('viewBox="')
    width, height = (float(number) for number in box.partition('"')[0].split()[2:4])
    return height / width
