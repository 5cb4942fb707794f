"""Reads back where every character of a PDF stands: enough of PDF for what WeasyPrint writes."""

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from io import BytesIO

from pypdf import PageObject, PdfReader
from pypdf.generic import ContentStream, DictionaryObject

MM = 72 / 25.4
Matrix = tuple[float, float, float, float, float, float]
IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)


@dataclass(frozen=True)
class Glyph:
    """One character: left edge and baseline in pt from the page's top left, size, width, font, fill colour."""

    char: str
    x: float
    y: float
    size: float
    width: float
    font: str
    colour: tuple[float, ...]
    number: int

    @property
    def right(self) -> float:
        return self.x + self.width


@dataclass(frozen=True)
class Box:
    """A filled rectangle, in pt from the page's top left."""

    x: float
    y: float
    width: float
    height: float
    colour: tuple[float, ...]


@dataclass
class _Font:
    name: str
    chars: dict[int, str]
    widths: dict[int, float]


def open_pdf(pdf: bytes) -> PdfReader:
    return PdfReader(BytesIO(pdf))


def lines_of(glyphs: list[Glyph]) -> dict[float, list[Glyph]]:
    """Glyphs by baseline, from left to right."""
    found: dict[float, list[Glyph]] = defaultdict(list)
    for glyph in glyphs:
        found[round(glyph.y, 1)].append(glyph)
    return {y: sorted(found[y], key=lambda glyph: glyph.x) for y in sorted(found)}


def text_of(glyphs: list[Glyph]) -> str:
    return "".join(glyph.char for glyph in glyphs)


def glyphs_of(page: PageObject) -> list[Glyph]:
    return drawn(page)[0]


def boxes_of(page: PageObject) -> list[Box]:
    return drawn(page)[1]


def drawn(page: PageObject) -> tuple[list[Glyph], list[Box]]:
    """All characters and all filled areas of a page, in the order in which they were drawn."""
    reading = _Reading(page)
    for operands, operator in ContentStream(page.get_contents(), page.pdf).operations:
        reading.take(operator, operands)
    return reading.glyphs, reading.boxes


class _Reading:
    """The state of a page while its operators are read."""

    def __init__(self, page: PageObject) -> None:
        self.height = float(page.mediabox.height)
        self.fonts = {name: _font(font.get_object()) for name, font in page["/Resources"]["/Font"].items()}
        self.matrix, self.colour, self.clip = IDENTITY, (0.0,), None
        self.stack: list[tuple] = []
        self.text, self.size, self.spot = IDENTITY, 1.0, 0.0
        self.font: _Font | None = None
        self.path: list[tuple[float, float]] = []
        self.glyphs: list[Glyph] = []
        self.boxes: list[Box] = []

    def take(self, operator: bytes, operands: list) -> None:
        match operator:
            case b"q":
                self.stack.append((self.matrix, self.colour, self.clip))
            case b"Q":
                self.matrix, self.colour, self.clip = self.stack.pop()
            case b"cm":
                self.matrix = _times(_matrix(operands), self.matrix)
            case b"rg" | b"scn" | b"g":
                self.colour = tuple(float(value) for value in operands if not isinstance(value, str))
            case b"Tf":
                self.font, self.size = self.fonts[operands[0]], float(operands[1])
            case b"Tm":
                self.text, self.spot = _matrix(operands), 0.0
            case b"TJ" | b"Tj":
                self.show(operands[0] if operator == b"TJ" else operands)
            case _:
                self.draw(operator, operands)

    def draw(self, operator: bytes, operands: list) -> None:
        """A border is a ring filled inside of a clip, which alone says where it is."""
        match operator:
            case b"m" | b"l":
                self.path.append(_point((float(operands[0]), float(operands[1])), self.matrix))
            case b"re":
                x, y, width, tall = (float(value) for value in operands)
                self.path += [_point((x, y), self.matrix), _point((x + width, y + tall), self.matrix)]
            case b"W" | b"W*":
                self.clip = self.box()
            case b"f" | b"f*":
                self.boxes.append(replace(self.clip or self.box(), colour=self.colour))
        if operator in {b"f", b"f*", b"n", b"S"}:
            self.path = []

    def box(self) -> Box:
        across, up = [x for x, _ in self.path], [y for _, y in self.path]
        return Box(min(across), self.height - max(up), max(across) - min(across), max(up) - min(up), ())

    def show(self, items: list) -> None:
        for item in items:
            if isinstance(item, int | float):
                self.spot -= float(item) / 1000 * self.size
                continue
            for number in _numbers(item):
                advance = self.font.widths.get(number, 1000.0) / 1000 * self.size
                final = _times(self.text, self.matrix)
                x, y = _point((self.spot, 0), final)
                size, width = self.size * abs(final[3]), advance * abs(final[0])
                char = self.font.chars.get(number, "\ufffd")
                name, colour = self.font.name, self.colour
                self.glyphs.append(Glyph(char, x, self.height - y, size, width, name, colour, number))
                self.spot += advance


def _numbers(item: object) -> list[int]:
    data = item.original_bytes if hasattr(item, "original_bytes") else bytes(item)
    return [int.from_bytes(data[i : i + 2], "big") for i in range(0, len(data), 2)]


def _font(font: DictionaryObject) -> _Font:
    table = font["/ToUnicode"].get_data().decode()
    chars = {
        int(code, 16): bytes.fromhex(text).decode("utf-16-be")
        for code, text in re.findall(r"<([0-9a-f]+)>\s*<([0-9a-f]+)>", table)
    }
    widths: dict[int, float] = {}
    listed = list(font["/DescendantFonts"][0].get_object()["/W"])
    while listed:
        first, values = listed.pop(0), listed.pop(0)
        widths |= {int(first) + place: float(value) for place, value in enumerate(values)}
    return _Font(str(font["/BaseFont"]), chars, widths)


def _matrix(operands: list[object]) -> Matrix:
    a, b, c, d, e, f = (float(value) for value in operands)
    return a, b, c, d, e, f


def _times(first: Matrix, second: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    g, h, i, j, k, m = second
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def _point(point: tuple[float, float], matrix: Matrix) -> tuple[float, float]:
    x, y = point
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f
