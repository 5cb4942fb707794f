"""Charts as SVG, drawn on the server: one picture for the page, the PDF and Word, and no script.

Altair describes a chart once per process; Vega-Lite is compiled to Vega once, and each drawing only puts other
values into it, which takes a quarter of the time. What Vega returns is rebuilt from a list of allowed elements and
attributes: no style, no class, no id, no script, so that a strict content security policy lets it through inline.

vl-convert starts threads of its own: draw only after a server has forked its workers.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal
from xml.etree import ElementTree

import altair
import vl_convert
from defusedxml import ElementTree as SafeElementTree
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.core.fonts import BUNDLED_DIR

Value = int | Decimal | float | None

INK, BAR = "#1f2733", "#1d4f7c"
FONT_SIZE = 14
ROW, BAR_HEIGHT = 32, 18
COLUMNS_HEIGHT, FOOT, TOP = 220, 28, 26
GAP = 8
WIDE, NARROW, PRINT = 600, 340, 560
PRINT_FONT = "portal-body-latin, portal-body, portal-body-2, portal-rare-1, portal-rare-2"

DRAWN = "datum.share > 0"  # a bar of no length would still show as a hair

SVG = "http://www.w3.org/2000/svg"
XLINK = "{http://www.w3.org/1999/xlink}href"
DATASETS = "https://vega.github.io/vega-datasets/"  # vl-convert puts it before every relative link
NOT_XML = re.compile("[^\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ELEMENTS = frozenset({"g", "path", "text", "line", "rect", "tspan"})
ATTRIBUTES = frozenset({
    "d", "x", "y", "x1", "x2", "y1", "y2", "width", "height", "transform", "fill", "fill-opacity", "stroke",
    "stroke-width", "stroke-opacity", "font-size", "font-weight", "text-anchor", "opacity",
})  # fmt: skip


@dataclass(frozen=True)
class Bar:
    """One bar: its label, its value (None is shown as —, without a bar) and the address of the list behind it."""

    label: str
    value: Value
    href: str | None = None


def bar_chart(title: str, bars: Sequence[Bar], *, unit: str, width: int = WIDE) -> SafeString:
    """Horizontal bars, one row each in the order given. For a page: bars with an ``href`` are links.

    Returns an SVG element to be put into a page as it is. ``width`` in pixels, at which letters are 14 px.
    """
    return _draw("bars", title, tuple(bars), unit, width, False)


def column_chart(title: str, bars: Sequence[Bar], *, unit: str, width: int = WIDE) -> SafeString:
    """Upright bars, for age bands and other ordered classes: up to about eight, 480 px wide or more."""
    return _draw("columns", title, tuple(bars), unit, width, False)


def printed_chart(
    kind: Literal["bars", "columns"], title: str, bars: Sequence[Bar], *, unit: str
) -> SafeString:
    """The same drawing for a PDF: no links, and the lettering of the document."""
    plain = tuple(Bar(bar.label, bar.value) for bar in bars)
    return _draw(kind, title, plain, unit, PRINT, True)


def responsive_chart(
    kind: Literal["bars", "columns"], title: str, bars: Sequence[Bar], *, unit: str
) -> SafeString:
    """Two drawings for a page, of which Bootstrap's classes show one: a wide one, and rows for phones."""
    wide = _draw(kind, title, tuple(bars), unit, WIDE, False)
    narrow = _draw("bars", title, tuple(bars), unit, NARROW, False)
    return format_html('<div class="d-none d-sm-block">{}</div><div class="d-sm-none">{}</div>', wide, narrow)


def warm_up() -> None:
    """Start the drawing engine (one to two seconds), once per process and after forking."""
    for kind in ("bars", "columns"):
        _draw(kind, "预热", (Bar("一", 1),), "人", WIDE, False)


@lru_cache(maxsize=512)
def _draw(kind: str, title: str, bars: tuple[Bar, ...], unit: str, width: int, printed: bool) -> SafeString:
    bars = tuple(Bar(_plain(bar.label), bar.value, bar.href) for bar in bars)
    layout = _bars_layout(bars, unit, width) if kind == "bars" else _columns_layout(bars, unit, width)
    drawing = vl_convert.vega_to_svg(_filled(kind, layout))
    return _rebuilt(drawing, layout, title=_plain(title), printed=printed)


@dataclass(frozen=True)
class _Layout:
    """Where everything stands, in pixels: decided here so that Vega need not measure letters to find out."""

    width: int
    height: int
    plot: int
    padding: dict[str, int]
    rows: list[dict[str, Any]]


def _bars_layout(bars: tuple[Bar, ...], unit: str, width: int) -> _Layout:
    rows = _rows(bars, unit)
    left = min(max((_ems(row["label"]) for row in rows), default=0), 10) * FONT_SIZE + GAP
    right = max((_ems(row["text"]) for row in rows), default=0) * FONT_SIZE + GAP
    plot = max(int(width - left - right), 40)
    for row in rows:
        row |= {"end": round(plot * row["share"], 2), "from": -int(left), "to": plot + int(right)}
    padding = {"left": int(left), "right": int(right), "top": 0, "bottom": 0}
    return _Layout(width, len(rows) * ROW, plot, padding, rows)


def _columns_layout(bars: tuple[Bar, ...], unit: str, width: int) -> _Layout:
    rows = _rows(bars, unit)
    plot = COLUMNS_HEIGHT - FOOT - TOP
    for row in rows:
        row |= {"end": round(plot * (1 - row["share"]), 2), "base": plot, "from": -TOP, "to": plot + FOOT}
    padding = {"left": 0, "right": 0, "top": TOP, "bottom": FOOT}
    return _Layout(width, COLUMNS_HEIGHT, plot, padding, rows)


def _rows(bars: tuple[Bar, ...], unit: str) -> list[dict[str, Any]]:
    longest = max((float(bar.value) for bar in bars if bar.value is not None), default=0.0) or 1.0
    return [
        {
            "order": place,
            "label": bar.label,
            "share": max(float(bar.value or 0), 0.0) / longest,
            "text": _figure(bar.value, unit),
            "href": _local(bar.href),
            "say": f"{bar.label}：{_figure(bar.value, unit)}{'' if unit == '%' or bar.value is None else unit}",
        }
        for place, bar in enumerate(bars)
    ]


def _plain(text: str) -> str:
    """A text without control characters: vl-convert's own XML reader ends the whole process at one."""
    return NOT_XML.sub("", text)


def _figure(value: Value, unit: str) -> str:
    if value is None:
        return "—"
    return f"{value:,}{'%' if unit == '%' else ''}"


def _ems(text: str) -> float:
    return sum(0.56 if char.isascii() else 1.0 for char in text)


def _local(href: str | None) -> str:
    """Links lead into the portal and nowhere else."""
    return href if href and href.startswith("/") and not href.startswith(("//", "/\\")) else ""


# --- description of the charts


@lru_cache(maxsize=2)
def _compiled(kind: str) -> str:
    """The Vega description of a kind of chart, made by Altair; its data are put in later."""
    vl_convert.register_font_directory(str(BUNDLED_DIR / "fandol"))
    chart = _bars() if kind == "bars" else _columns()
    chart = chart.configure(
        autosize=altair.AutoSizeParams(type="none"), background="transparent", font="FandolHei"
    )
    return json.dumps(vl_convert.vegalite_to_vega(chart.configure_view(stroke=None).to_dict()))


def _filled(kind: str, layout: _Layout) -> dict[str, Any]:
    chart = json.loads(_compiled(kind))
    across = kind == "bars"
    next(data for data in chart["data"] if data["name"] == "rows")["values"] = layout.rows
    chart["padding"] = layout.padding
    chart["width"] = layout.plot if across else layout.width
    chart["height"] = layout.height if across else layout.plot
    return chart


def _base() -> altair.Chart:
    texts, numbers = ("label", "text", "href", "say"), ("order", "share", "end", "base", "from", "to")
    example = dict.fromkeys(texts, "") | dict.fromkeys(numbers, 1)
    return altair.Chart(altair.Data(values=[example], name="rows"))


def _bars() -> altair.LayerChart:
    pixels = altair.Scale(domain=[0, 1], range=[0, 1])
    base = _base().encode(
        y=altair.Y("order:O", axis=None, scale=altair.Scale(paddingInner=0, paddingOuter=0))
    )
    drawn = (
        base.transform_filter(DRAWN)
        .mark_bar(color=BAR, height=BAR_HEIGHT, aria=False)
        .encode(x=altair.X("end:Q", axis=None, scale=pixels, stack=None), x2=altair.datum(0))
    )
    text: dict[str, Any] = {"baseline": "middle", "fontSize": FONT_SIZE, "color": INK, "aria": False}
    labels = base.mark_text(align="right", dx=-GAP, **text).encode(x=altair.datum(0), text="label:N")
    values = base.mark_text(align="left", dx=GAP - 2, **text).encode(x="end:Q", text="text:N")
    links = base.mark_bar(color=BAR, opacity=0, height=ROW).encode(
        x=altair.X("from:Q", stack=None), x2="to:Q", href="href:N", description="say:N"
    )
    return (drawn + labels + values + links).properties(width=1, height=1)


def _columns() -> altair.LayerChart:
    pixels = altair.Scale(domain=[0, 1], range=[0, 1])
    base = _base().encode(
        x=altair.X("order:O", axis=None, scale=altair.Scale(paddingInner=0, paddingOuter=0))
    )
    drawn = (
        base.transform_filter(DRAWN)
        .mark_bar(color=BAR, width={"band": 0.6}, aria=False)
        .encode(y=altair.Y("end:Q", axis=None, scale=pixels, stack=None), y2="base:Q")
    )
    text: dict[str, Any] = {"align": "center", "fontSize": FONT_SIZE, "color": INK, "aria": False}
    labels = base.mark_text(baseline="top", dy=GAP, **text).encode(y="base:Q", text="label:N")
    values = base.mark_text(baseline="bottom", dy=-GAP / 2, **text).encode(y="end:Q", text="text:N")
    links = base.mark_bar(color=BAR, opacity=0, width={"band": 1}).encode(
        y=altair.Y("from:Q", stack=None), y2="to:Q", href="href:N", description="say:N"
    )
    return (drawn + labels + values + links).properties(width=1, height=1)


# --- rebuilding what Vega drew


def _rebuilt(drawing: str, layout: _Layout, *, title: str, printed: bool) -> SafeString:
    """A new SVG element with the allowed parts of Vega's. With links it is a group, without one a picture: the
    content of a picture is hidden from screen readers, links included."""
    has_links = any(row["href"] for row in layout.rows) and not printed
    said = "；".join(row["say"] for row in layout.rows)
    root = ElementTree.Element("svg", {
        "xmlns": SVG, "viewBox": f"0 0 {layout.width} {layout.height}", "width": "100%",
        "role": "group" if has_links else "img", "aria-label": title if has_links else f"{title}。{said}",
    })  # fmt: skip
    if printed:
        root.set("font-family", PRINT_FONT)
        ElementTree.SubElement(root, "title").text = f"{title}。{said}"  # what the PDF says aloud
    source = SafeElementTree.fromstring(drawing)
    for child in source:
        _copy(child, root, printed=printed)
    return SafeString(ElementTree.tostring(root, encoding="unicode"))


def _copy(node: ElementTree.Element, parent: ElementTree.Element, *, printed: bool) -> None:
    name = node.tag.removeprefix(f"{{{SVG}}}")
    if name == "a":
        _copy_link(node, parent, printed=printed)
        return
    if name not in ELEMENTS or node.get("display") == "none" or _is_invisible(node):
        return
    kept = {key: value.removesuffix("px") for key, value in node.attrib.items() if key in ATTRIBUTES}
    if name == "text" and kept.get("fill") == INK:
        kept["fill"] = "#000" if printed else "currentColor"
    copy = ElementTree.SubElement(parent, name, kept)
    copy.text = node.text
    for child in node:
        _copy(child, copy, printed=printed)
    if name == "g" and len(copy) == 0:
        parent.remove(copy)


def _copy_link(node: ElementTree.Element, parent: ElementTree.Element, *, printed: bool) -> None:
    """A link of a page: its name is read out, and shown by the browser when one points at it."""
    href = _local((node.get(XLINK) or node.get("href") or "").removeprefix(DATASETS))
    shape = next(iter(node), None)
    if printed or not href or shape is None:
        return
    name = shape.get("aria-label", "")
    link = ElementTree.SubElement(parent, "a", {"href": href, "aria-label": name})
    ElementTree.SubElement(link, "title").text = name
    ElementTree.SubElement(link, "path", {"d": shape.get("d", ""), "fill": BAR, "fill-opacity": "0"})


def _is_invisible(node: ElementTree.Element) -> bool:
    """Vega's empty frames, and the places of links that a bar does not have."""
    return node.get("class") in {"background", "foreground"} or node.get("opacity") == "0"
