"""Cells as JSON and back, without losing what they were: a number stays a number, a date a date."""

from __future__ import annotations

import datetime as dt
from typing import Any

from apps.core.cells.result import Cell, CellError

STORED_LENGTH = 6001
"""No field takes as much; what is cut is still too long."""


def encode_cell(cell: Cell) -> Any:
    """A JSON value; what JSON has no word for becomes {kind: text}."""
    if isinstance(cell, CellError):
        return {"error": str(cell)[:STORED_LENGTH]}
    if isinstance(cell, str):
        return cell[:STORED_LENGTH].encode("utf-8", "replace").decode()
    if isinstance(cell, dt.datetime):
        return {"datetime": cell.isoformat()}
    if isinstance(cell, dt.timedelta):
        return {"span": cell.total_seconds()}
    if isinstance(cell, dt.date | dt.time):
        return {"time" if isinstance(cell, dt.time) else "date": cell.isoformat()}
    return cell


def decode_cell(stored: Any) -> Cell:
    """The cell that ``encode_cell`` stored."""
    if not isinstance(stored, dict):
        plain: Cell = stored
        return plain
    ((kind, text),) = stored.items()
    if kind == "error":
        return CellError(text)
    if kind == "span":
        return dt.timedelta(seconds=text)
    readers: dict[str, Any] = {"datetime": dt.datetime, "date": dt.date, "time": dt.time}
    cell: Cell = readers[kind].fromisoformat(text)
    return cell
