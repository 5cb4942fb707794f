"""What goes into a form beside texts. Apart from the libraries that fill it, so that a child process stays small."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Picture:
    """A picture (PNG or JPEG) as a field's value, so many millimetres wide."""

    content: bytes
    width_mm: float


@dataclass(frozen=True)
class Mark:
    """What a filled file says of itself in its properties: the number it was asked for under, and by whom, when."""

    number: str = ""
    text: str = ""


FormValue = str | Picture | Sequence[Mapping[str, str]]
"""Text, a picture, or the rows of a list."""
