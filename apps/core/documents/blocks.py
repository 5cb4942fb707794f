"""What a printed document is made of: plain values, written by whoever has the words and the numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal


def note_mark(key: str) -> str:
    """The mark to put into a text after a figure; in print it becomes the number of the note with this key."""
    return f"⟦{key}⟧"


@dataclass(frozen=True)
class Heading:
    """A heading with its own number in the text. Level 1 一、 2 （一） 3 1. 4 （1）."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """Running text; ``note_mark`` may stand in it."""

    text: str
    lettering: Literal["body", "kai"] = "body"


@dataclass(frozen=True)
class Column:
    """A table's column. Numbers are set right-aligned under each other, in the middle of the column."""

    label: str
    kind: Literal["text", "name", "number"] = "number"


@dataclass(frozen=True)
class Row:
    """One row, as many texts as there are columns; the total row is set in 黑体."""

    cells: Sequence[str]
    is_total: bool = False


@dataclass(frozen=True)
class Table:
    """A table over the full width. The header comes again on every page and no row is split."""

    columns: Sequence[Column]
    rows: Sequence[Row]
    caption: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Chart:
    """A chart of labels and values, drawn when the document is set: "bars" in rows, "columns" upright."""

    kind: Literal["bars", "columns"]
    caption: str
    bars: Sequence[tuple[str, int | Decimal | None]]
    unit: str


@dataclass(frozen=True)
class Note:
    """What a figure means: its name and its definition."""

    key: str
    label: str
    text: str


@dataclass(frozen=True)
class Notes:
    """数据说明, at the end. Notes are numbered as they are first met in the text, the others after them.

    ``lead`` stands before them and says what holds for all.
    """

    items: Sequence[Note]
    lead: str = ""
    title: str = "数据说明"


Block = Heading | Paragraph | Table | Chart | Notes


@dataclass(frozen=True)
class Head:
    """The red head. A paper that is not issued has no numbers and no date: they stay blank."""

    name: str
    office: str
    number: int | None = None
    total_number: int | None = None
    issued_on: date | None = None
    mark: str = ""


@dataclass(frozen=True)
class Tail:
    """版记, at the foot of the last page: to whom it is reported (报), sent (送), issued (发), and the copies."""

    report_to: str = ""
    send_to: str = ""
    issue_to: str = ""
    copies: int | None = None


@dataclass(frozen=True)
class Briefing:
    """A whole 简报. ``is_draft`` prints 送审稿 on every page."""

    head: Head
    title: str
    blocks: Sequence[Block]
    tail: Tail = field(default_factory=Tail)
    is_draft: bool = False
    author: str = ""
