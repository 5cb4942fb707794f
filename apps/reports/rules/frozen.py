"""Figures and blocks in the form in which a document keeps them: JSON, exact, and the same again when read."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

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
from apps.core.figures import FigureValue, Number


def freeze_number(value: Number | None) -> Any:
    """Integers as they are, decimals as text."""
    return str(value) if isinstance(value, Decimal) else value


def thaw_number(value: Any) -> Number | None:
    """The number that freeze_number stored."""
    return Decimal(value) if isinstance(value, str) else value


def freeze_figures(values: Mapping[str, FigureValue]) -> dict[str, Any]:
    """Value, definition and day of each figure, with its parts and the address of the list behind it."""
    return {
        name: {
            "label": figure.label,
            "unit": figure.unit,
            "value": freeze_number(figure.value),
            "last_year": freeze_number(figure.last_year),
            "on": figure.on.isoformat(),
            "definition": figure.definition,
            "href": figure.href,
            "parts": [
                {
                    "key": part.key,
                    "label": part.label,
                    "value": freeze_number(part.value),
                    "last_year": freeze_number(part.last_year),
                }
                for part in figure.parts
            ],
        }
        for name, figure in values.items()
    }


def freeze_blocks(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    """Each block with the name of its kind."""
    return [{"block": type(block).__name__, **_plain(asdict(block))} for block in blocks]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    return value.isoformat() if isinstance(value, date) else value


def thaw_blocks(stored: Sequence[Mapping[str, Any]]) -> list[Block]:
    """The blocks that freeze_blocks stored. Raises ValueError for a kind that does not exist."""
    return [_thaw(one) for one in stored]


def _thaw(stored: Mapping[str, Any]) -> Block:
    values = {name: value for name, value in stored.items() if name != "block"}
    match stored["block"]:
        case "Heading":
            return Heading(**values)
        case "Paragraph":
            return Paragraph(**values)
        case "Table":
            values["columns"] = [Column(**column) for column in values["columns"]]
            values["rows"] = [Row(**row) for row in values["rows"]]
            return Table(**values)
        case "Chart":
            values["bars"] = [(label, _number(value)) for label, value in values["bars"]]
            return Chart(**values)
        case "Notes":
            values["items"] = [Note(**note) for note in values["items"]]
            return Notes(**values)
    raise ValueError(f"不认识的段落：{stored['block']}")


def _number(value: Any) -> Any:
    return Decimal(value["decimal"]) if isinstance(value, dict) else value


def circled(number: int) -> str:
    """① for 1, to ㉟ for 35."""
    return chr(0x2460 + number - 1) if number <= 20 else chr(0x3251 + number - 21)


def numbered(text: str, keys: Sequence[str]) -> str:
    """Text as a person reads and edits it: the mark of a figure becomes its number in the notes, ① for the first."""
    for place, key in enumerate(keys, start=1):
        text = text.replace(note_mark(key), circled(place))
    return text


def keyed(text: str, keys: Sequence[str]) -> str:
    """The stored text of what was read and edited as ``numbered``."""
    for place, key in enumerate(keys, start=1):
        text = text.replace(circled(place), note_mark(key))
    return text


def note_keys(blocks: Sequence[Mapping[str, Any]]) -> list[str]:
    """Figures of a stored document's notes, in their order."""
    return [item["key"] for block in blocks if block["block"] == "Notes" for item in block["items"]]
