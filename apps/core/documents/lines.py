"""Setting Chinese text on the character grid of GB/T 9704-2012: where lines end, and how closely they are set.

The standard wants 28 characters on every line of 156 mm. WeasyPrint only justifies at spaces, which Chinese does not
have, so lines are broken here and each carries its own letter spacing. A line of Chinese characters falls on the
grid exactly; one with figures in it, or with a punctuation mark drawn in from the next line (29 characters) or a
character sent on (27), is spread or closed up evenly so that the right edge stays straight.
"""

import re
import unicodedata
from dataclasses import dataclass

from apps.core.fonts import Face

COLUMNS, ROWS = 28, 22
MEASURE = 156 / 25.4 * 72  # pt
CELL = MEASURE / COLUMNS  # 15.793 pt
LINE = 28.99  # pt; 225 mm / 22 is 28.991, and the 22nd line must still find room on the page
SIZE = 16.0  # 三号
TRACKING = CELL - SIZE  # -0.207 pt

NO_START = frozenset("，。、；：？！）〕】》〉」』”’…—～％‰℃·,.;:?!)]}%")
NO_END = frozenset("（〔【《〈「『“‘([{")
PAIRED = frozenset({"——", "……"})
UNITS = frozenset("人个名位岁年月日时元万亿期号次项份件条户周")  # not parted from the figure before them
CLOSE_UP = 0.65  # pt by which a character may be drawn towards the next: 29 characters in the place of 28
NOTE_KEY = re.compile("[\ue000-\ue0ff]")  # private characters that stand for the keys of notes
_WESTERN = re.compile(r"[0-9A-Za-z.,%+\-/:]+")


@dataclass(frozen=True)
class Line:
    """One line of text and the letter spacing in pt that makes it as long as it shall be."""

    text: str
    tracking: float


def note_key(number: int) -> str:
    """The character that stands in a text for the key of note ``number`` (1 to 256)."""
    return chr(0xE000 + number - 1)


def set_paragraph(text: str, face: Face, *, indent: float = 2, size: float = SIZE) -> list[Line]:
    """Break a paragraph into justified lines of 28 characters, the first one drawn in by ``indent`` characters."""
    tracking = TRACKING * size / SIZE
    lines: list[Line] = []
    rest = clean(text)
    while rest:
        room = MEASURE - (indent * (size + tracking) if not lines else 0)
        end, used = _choose_end(rest, face, size, tracking, room)
        line = rest[:end].rstrip(" ")
        rest = rest[end:].lstrip(" ")
        used = _width(line, face, size)
        spacing = (room - used) / len(line) if rest or used + len(line) * tracking > room else tracking
        lines.append(Line(line, round(max(spacing, -CLOSE_UP - 0.5), 3)))
    return lines


def set_ragged(text: str, face: Face, *, size: float, room: float) -> list[str]:
    """Break a text into lines not longer than ``room`` pt, as table cells need it; words too long are cut."""
    lines: list[str] = []
    for part in text.split("\n"):
        rest = clean(part)
        while rest:
            end, _ = _choose_end(rest, face, size, 0, room, close_up=False)
            lines.append(rest[:end].rstrip(" "))
            rest = rest[end:].lstrip(" ")
    return lines or [""]


def set_balanced(text: str, face: Face, *, size: float, room: float = MEASURE) -> list[str]:
    """Break a title into as few lines as possible, about equally long; line feeds in it are kept."""
    lines: list[str] = []
    for part in text.split("\n"):
        needed = len(set_ragged(part, face, size=size, room=room))
        width = _width(clean(part), face, size) / needed
        while len(set_ragged(part, face, size=size, room=width)) > needed:
            width += size / 2
        lines += set_ragged(part, face, size=size, room=min(width, room))
    return lines


def clean(text: str) -> str:
    """One line of composed characters without control characters; runs of blanks become one."""
    text = unicodedata.normalize("NFC", text)
    text = "".join(
        char for char in text if unicodedata.category(char) not in {"Cc", "Cf", "Cs"} or char in "\n\t"
    )
    return re.sub(r"[ \t\n]+", " ", text).strip(" ")


def text_width(text: str, face: Face, size: float) -> float:
    """Width of a text in pt, set without letter spacing."""
    return _width(clean(text), face, size)


def _width(text: str, face: Face, size: float) -> float:
    return sum(_advance(char, face) for char in text) * size


def _advance(char: str, face: Face) -> float:
    return 0.5 if NOTE_KEY.match(char) else face.advance(char)


def _choose_end(
    text: str, face: Face, size: float, tracking: float, room: float, *, close_up: bool = True
) -> tuple[int, float]:
    """Where the first line of ``text`` ends, and its width.

    Of the last allowed break that fits and the first that does not, the one that moves the characters less; a
    paragraph's very last character is drawn in rather than left alone on a line.
    """
    window = text[: int(room / size * 4) + 8]  # no line holds more, and a long paragraph is not searched anew
    breaks, last = _breaks(window), len(text)
    width, fits = 0.0, (0, 0.0)
    for index, char in enumerate(window, start=1):
        width += _advance(char, face) * size + tracking
        if index != last and index not in breaks:
            continue
        shown = width - (_advance(" ", face) * size + tracking if char == " " else 0)
        if shown <= room + 0.01:
            fits = (index, shown)
            continue
        excess = shown - room
        bearable = close_up and excess / index <= CLOSE_UP and excess <= size * 1.05
        if bearable and (excess <= room - fits[1] or index == last):
            return index, shown
        break
    return fits if fits[0] else _forced_end(text, face, size, tracking, room)


def _forced_end(text: str, face: Face, size: float, tracking: float, room: float) -> tuple[int, float]:
    """A word longer than the line is cut where the line is full; one character always goes in."""
    width = 0.0
    for index, char in enumerate(text):
        step = _advance(char, face) * size + tracking
        if index and width + step > room + 0.01:
            return index, width
        width += step
    return len(text), width


def _breaks(text: str) -> set[int]:
    """The places where a line may end: not before closing or after opening marks, not inside figures or words."""
    inside = {place for match in _WESTERN.finditer(text) for place in range(match.start() + 1, match.end())}
    return {
        place
        for place in range(1, len(text))
        if place not in inside and _may_part(text[place - 1], text[place])
    }


def _may_part(before: str, after: str) -> bool:
    if after in NO_START or before in NO_END or NOTE_KEY.match(after):
        return False
    if before.isascii() and before.isdigit() and after in UNITS:
        return False
    return before + after not in PAIRED and after != " "
