"""The first look at an uploaded file: what it really is, and whether anything speaks against opening it.

The name and its ending decide nothing. Everything is read in small pieces; no parser has seen the file yet.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from .cfb import SIGNATURE as OLE
from .lrmx import is_lrmx, is_lrmx_zip
from .ole_scan import scan_ole
from .refusals import MAX_FILE_BYTES, Refused
from .text_scan import TextFacts, scan_text
from .zip_scan import scan_zip

_ZIP = b"PK\x03\x04"
_NAMES = {
    b"%PDF": "PDF文件",
    b"\x89PNG": "图片",
    b"\xff\xd8\xff": "图片",
    b"GIF8": "图片",
    b"BM": "图片",
    b"II*\x00": "图片",
    b"MM\x00*": "图片",
    b"RIFF": "图片或音像文件",
    b"MZ": "程序",
    b"\x7fELF": "程序",
    b"Rar!": "压缩文件",
    b"7z\xbc\xaf": "压缩文件",
    b"\x1f\x8b": "压缩文件",
    b"{\\rtf": "写字板文件",
    b"SQLite format 3": "数据库文件",
}


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What the pre-scan learned. `error_cells`: (row, column) of formula errors by sheet name, from 1."""

    kind: Literal["xlsx", "xls", "csv", "lrmx"]
    epoch_1904: bool = False
    error_cells: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    text: TextFacts | None = None


def prescan(path: Path) -> FileFacts:
    """Decide by content what the file is. Raises Refused with a code of `refusals.REASONS`."""
    size = path.stat().st_size
    if not size:
        raise Refused("empty")
    if size > MAX_FILE_BYTES:
        raise Refused("too-large")
    with path.open("rb") as stream:
        head = stream.read(1024)
    if b"%PDF-" in head:
        raise Refused("not-a-sheet", "这是PDF文件。")
    if is_lrmx(head) or (head.startswith(_ZIP) and is_lrmx_zip(path)):
        return FileFacts("lrmx")
    if head.startswith(_ZIP):
        archive = scan_zip(path)
        return FileFacts("xlsx", archive.epoch_1904, archive.error_cells)
    if head.startswith(OLE):
        book = scan_ole(path)
        return FileFacts("xls", book.epoch_1904, book.error_cells)
    for start, name in _NAMES.items():
        # A text may begin with the letters BM or MZ as well, but has no zero bytes.
        if head.startswith(start) and (len(start) > 2 or b"\x00" in head):
            raise Refused("not-a-sheet", f"这是{name}。")
    if (len(head) < len(OLE) and OLE.startswith(head)) or head.startswith(b"PK"):
        raise Refused("damaged")
    return FileFacts("csv", text=scan_text(path))
