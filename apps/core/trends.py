"""A line of months as SVG: few points and no axes, so it is written here and needs no drawing engine.

As apps/core/charts.py gives it: attributes only, so that a strict content security policy lets it through; a picture
with all values in its name; letters of 14 px.
"""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

INK, LINE = "currentColor", "#1d4f7c"
WIDE, NARROW, HEIGHT = 1000, 340, 190
LEFT, RIGHT, TOP, FOOT = 34, 34, 34, 30
FLAT = Decimal(1)
"""Smallest span of the scale, in the unit of the values: a hair's change is not drawn as a mountain."""
LABELS = 6
"""Months drawn on a phone."""

NAME_WIDTH = 70
"""Pixels that a name and the space beside it take."""

Point = tuple[str, Decimal | int | None]


def responsive_line(title: str, points: Sequence[Point], *, unit: str) -> SafeString:
    """Two drawings for a page, of which Bootstrap's classes show one: letters keep their size on a phone."""
    wide = line_chart(title, points, unit=unit)
    narrow = line_chart(title, points[-LABELS:], unit=unit, width=NARROW)
    return format_html('<div class="d-none d-sm-block">{}</div><div class="d-sm-none">{}</div>', wide, narrow)


def line_chart(title: str, points: Sequence[Point], *, unit: str, width: int = WIDE) -> SafeString:
    """Points from left to right, each with its value above; None leaves a gap. Returns an SVG element."""
    known = [value for _, value in points if value is not None]
    low, high = (min(known), max(known)) if known else (0, 1)
    span = max(Decimal(high) - Decimal(low), FLAT)
    step = Decimal(width - LEFT - RIGHT) / max(len(points) - 1, 1)
    places = [
        None
        if value is None
        else (
            float(round(LEFT + step * number, 1)),
            float(round(TOP + (Decimal(high) - value) / span * (HEIGHT - TOP - FOOT), 1)),
        )
        for number, (_, value) in enumerate(points)
    ]
    said = "；".join(f"{label}：{_text(value, unit)}" for label, value in points)
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" width="100%" role="img" aria-label="{}。{}">'
        '<path d="{}" fill="none" stroke="{}" stroke-width="2"/>{}{}</svg>',
        width, HEIGHT, title, said, _path(places), LINE,
        _dots(points, places, unit, width), _labels(points, step, width),
    )  # fmt: skip


def _text(value: Decimal | int | None, unit: str) -> str:
    return "—" if value is None else f"{value:,}{unit}"


def _path(places: Sequence[tuple[float, float] | None]) -> str:
    parts, pen_up = [], True
    for place in places:
        if place is not None:
            parts.append(f"{'M' if pen_up else 'L'}{place[0]},{place[1]}")
        pen_up = place is None
    return " ".join(parts)


def _dots(
    points: Sequence[Point], places: Sequence[tuple[float, float] | None], unit: str, width: int
) -> SafeString:
    every = _every(points, width)
    return format_html_join(
        "",
        '<circle cx="{}" cy="{}" r="3.5" fill="{}"/>'
        '<text x="{}" y="{}" font-size="14" text-anchor="middle" fill="{}">{}</text>',
        (
            (place[0], place[1], LINE, place[0], place[1] - 10, INK, _text(value, unit) if named else "")
            for number, ((_, value), place) in enumerate(zip(points, places, strict=True))
            for named in [(len(points) - 1 - number) % every == 0]
            if place is not None
        ),
    )


def _labels(points: Sequence[Point], step: Decimal, width: int) -> SafeString:
    every = _every(points, width)
    return format_html_join(
        "",
        '<text x="{}" y="{}" font-size="14" text-anchor="middle" fill="{}">{}</text>',
        (
            (float(round(LEFT + step * number, 1)), HEIGHT - 8, INK, label)
            for number, (label, _) in enumerate(points)
            if (len(points) - 1 - number) % every == 0
        ),
    )


def _every(points: Sequence[Point], width: int) -> int:
    """Of so many points one is named, so that the names do not run into each other."""
    return max(-(-len(points) * NAME_WIDTH // width), 1)
