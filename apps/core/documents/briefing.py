"""The 简报: red head, title, blocks, 版记."""

from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from apps.core import fonts
from apps.core.chinese import format_date
from apps.core.documents.blocks import Briefing, Head, Tail
from apps.core.documents.guarded import render_pdf_guarded
from apps.core.documents.lines import LINE, MEASURE, set_balanced, set_ragged, text_width
from apps.core.documents.setting import Setter, joined
from apps.core.fonts import Face

TITLE_SIZE = 22.0  # 二号
TAIL_SIZE = 14.0  # 四号
NAME_SIZE, NAME_WIDTH = 52.0, 410.0  # pt: a short name is not blown up, a long one still fits


def office_fonts() -> Path | None:
    """The folder of the office's own fonts, from the settings."""
    folder = getattr(settings, "PORTAL_FONT_DIR", None)
    return Path(folder) if folder else None


def briefing_pdf(briefing: Briefing) -> bytes:
    """The 简报 as PDF, rendered in this process's warm child.

    Raises DocumentError with a message for the person waiting, and ValueError as ``briefing_html`` does.
    """
    return render_pdf_guarded(briefing_html(briefing), font_dir=office_fonts())


def briefing_html(briefing: Briefing) -> str:
    """The 简报 as HTML for ``render_pdf``, which must be given the same folder of fonts (``office_fonts``).

    Raises ValueError for a table row with too few or too many cells and for a mark of a note that is not listed.
    """
    faces = fonts.faces(office_fonts())
    setter = Setter(faces, briefing.blocks)
    title = set_balanced(briefing.title, faces["title"], size=TITLE_SIZE)
    context = {
        "briefing": briefing,
        "head": _head(briefing.head, setter),
        "plain_title": briefing.title.replace("\n", ""),
        "title": joined([setter.marked(line, "title") for line in title]),
        "blocks": [setter.block(block) for block in briefing.blocks],
        "tail": _tail(briefing.tail, setter),
        "created": briefing.head.issued_on.isoformat() if briefing.head.issued_on else "",
    }
    return render_to_string("documents/briefing.html", context)


def _head(head: Head, setter: Setter) -> dict[str, Any]:
    """The red head: the name's size and spacing, the number and the date (blank while not issued)."""
    count = max(len(head.name), 1)
    size = min(NAME_SIZE, NAME_WIDTH / count)
    spacing = min(size * 0.22, (NAME_WIDTH - text_width(head.name, setter.faces["title"], size)) / count)
    number = f"第{head.number}期" if head.number else "第　期"
    if head.total_number:
        number += f"（总第{head.total_number}期）"
    return {
        "name": setter.marked(head.name, "title"),
        "size": f"{size:.2f}",
        "spacing": f"{max(spacing, 0):.2f}",
        "number": setter.marked(number, "body"),
        "office": setter.marked(head.office, "body"),
        "date": setter.marked(_date_or_blank(head.issued_on), "body"),
        "mark": setter.marked(head.mark, "hei"),
    }


def _tail(tail: Tail, setter: Setter) -> dict[str, Any]:
    """版记: its lines, and the height of the room that it needs."""
    rows = []
    count = 1 if tail.copies else 0
    for label, receivers in (("报：", tail.report_to), ("送：", tail.send_to), ("发：", tail.issue_to)):
        if receivers:
            lines = _receivers(label + receivers, setter.faces["body"])
            rows.append(joined([setter.marked(line, "body") for line in lines]))
            count += len(lines)
    copies = setter.marked(f"共印{tail.copies}份" if tail.copies else "", "body")
    return {"rows": rows, "copies": copies, "height": f"{(count + 1) * LINE:.2f}" if count else ""}


def _receivers(text: str, face: Face) -> list[str]:
    """Receivers in lines one character in from both ends; following lines hang under the first name."""
    room = MEASURE - 2 * TAIL_SIZE
    first = set_ragged(text, face, size=TAIL_SIZE, room=room)[0]
    rest = text.removeprefix(first)
    if not rest:
        return [first]
    return [
        first,
        *(f"　　{line}" for line in set_ragged(rest, face, size=TAIL_SIZE, room=room - 2 * TAIL_SIZE)),
    ]


def _date_or_blank(day: date | None) -> str:
    return format_date(day) if day else "　　年　月　日"
