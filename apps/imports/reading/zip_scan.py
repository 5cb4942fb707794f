"""Looking through a zip-based workbook (.xlsx) before a parser opens it.

The archive's own claims (sizes, counts) are never believed: every entry is inflated in small pieces and counted.
"""

from __future__ import annotations

import posixpath
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .refusals import MAX_ENTRIES, MAX_RATIO, MAX_REAL_BYTES, RATIO_APPLIES_FROM, Refused
from .xml_scan import CHUNK, PartFacts, is_plain, is_xml, walk_part

_END_RECORD = struct.Struct("<4s4H2LH")
_MAX_DIRECTORY_BYTES = 256 * 1024
_UTF8_NAME, _ENCRYPTED, _STRONG = 0x800, 0x1, 0x40


@dataclass(slots=True)
class ZipFacts:
    epoch_1904: bool = False
    error_cells: dict[str, list[tuple[int, int]]] = field(default_factory=dict)


def scan_zip(path: Path) -> ZipFacts:
    """Raises Refused with the first thing found wrong; otherwise tells the date base and the error cells by sheet."""
    _check_end(path)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            check_entries(entries)
            _check_kind({entry.filename for entry in entries})
            return _scan_parts(archive, entries)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        struct.error,
        UnicodeDecodeError,
        OSError,
    ):
        raise Refused("damaged") from None


def _check_end(path: Path) -> None:
    """The directory must end the file and begin where it says: nothing before, between or after, as in real files.

    Python and the sheet reader then cannot disagree on which of two directories counts.
    """
    size = path.stat().st_size
    with path.open("rb") as stream:
        stream.seek(max(0, size - _END_RECORD.size))
        tail = stream.read()
    if len(tail) < _END_RECORD.size or not tail.startswith(b"PK\5\6"):
        raise Refused("damaged")
    _, disk, start_disk, here, total, directory, offset, comment = _END_RECORD.unpack(tail)
    if disk or start_disk or comment or here != total or offset + directory + _END_RECORD.size != size:
        raise Refused("damaged")
    if total > MAX_ENTRIES or directory > _MAX_DIRECTORY_BYTES:
        raise Refused("too-many-entries")


def check_entries(entries: list[zipfile.ZipInfo]) -> None:
    """Raises Refused for names, flags and methods that no honest archive has."""
    seen: set[str] = set()
    for entry in entries:
        name = entry.filename
        if _is_bad_name(name, entry.orig_filename) or stat.S_ISLNK(entry.external_attr >> 16):
            raise Refused("bad-name")
        if name.lower() in seen:
            raise Refused("duplicate-entry")
        seen.add(name.lower())
        if entry.flag_bits & (_ENCRYPTED | _STRONG):
            raise Refused("encrypted")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused("damaged")
    if len(entries) > MAX_ENTRIES:
        raise Refused("too-many-entries")


def _is_bad_name(name: str, original: str) -> bool:
    plain = name.rstrip("/")
    return (
        not plain
        or original != name
        or name.startswith("/")
        or "\\" in name
        or ":" in name
        or posixpath.normpath(plain) != plain
        or ".." in plain.split("/")
        or not name.isprintable()
    )


def _check_kind(names: set[str]) -> None:
    lower = {name.lower() for name in names}
    if any(name.startswith(("word/", "ppt/", "visio/")) for name in lower):
        raise Refused("not-a-sheet", "这是Word或PowerPoint文件，")
    if {"mimetype", "content.xml"} <= lower or "xl/workbook.bin" in lower:
        raise Refused("unsupported")
    if any(
        "vbaproject" in name or name.startswith(("xl/macrosheets/", "xl/dialogsheets/")) for name in lower
    ):
        raise Refused("macro")
    if any(name.startswith("xl/externallinks/") or name == "xl/connections.xml" for name in lower):
        raise Refused("external-link")
    if any(name.startswith(("xl/embeddings/", "xl/activex/")) for name in lower):
        raise Refused("embedded-object")
    if "xl/workbook.xml" not in lower and any(name.startswith("xl/") for name in lower):
        raise Refused("unsupported")
    if "xl/workbook.xml" not in lower:
        raise Refused("not-a-sheet", "这是普通的压缩文件，")


def _scan_parts(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> ZipFacts:
    meter = _Meter()
    walked: dict[str, PartFacts] = {}
    for entry in entries:
        if entry.is_dir():
            continue
        if _must_walk(archive, entry, meter):
            with archive.open(entry) as stream:
                walked[entry.filename.lower()] = walk_part(stream)
    for facts in walked.values():
        _check_relationships(facts)
    return _gather(walked)


def _must_walk(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, meter: _Meter) -> bool:
    """Inflate one entry to its end, counting; tell whether expat must look at it too."""
    name = entry.filename.lower()
    with archive.open(entry) as stream:
        chunks = meter.measured(entry, iter(lambda: stream.read(CHUNK), b""))
        first = next(chunks, b"")
        if name == "[content_types].xml" and b"macroEnabled" in first:
            raise Refused("macro")
        if is_xml(name, first):
            plain = is_plain(_chain(first, chunks))
            return not plain or name.endswith(".rels") or name == "xl/workbook.xml"
        for _ in chunks:
            pass
    return False


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


class _Meter:
    """Counts what really comes out of the archive."""

    def __init__(self) -> None:
        self.total = 0

    def measured(self, entry: zipfile.ZipInfo, chunks: Iterator[bytes]) -> Iterator[bytes]:
        size = 0
        for chunk in chunks:
            size += len(chunk)
            self.total += len(chunk)
            ratio_limit = max(entry.compress_size, 1) * MAX_RATIO
            if self.total > MAX_REAL_BYTES or (size > RATIO_APPLIES_FROM and size > ratio_limit):
                raise Refused("zip-bomb")
            yield chunk


def _check_relationships(facts: PartFacts) -> None:
    for _, kind, _, external in facts.relationships:
        if external and kind != "hyperlink":
            raise Refused("external-link")
        if kind == "vbaProject":
            raise Refused("macro")


def _gather(walked: dict[str, PartFacts]) -> ZipFacts:
    """Error cells by sheet name: workbook.xml names the sheets, its relationships name their parts."""
    book = walked.get("xl/workbook.xml", PartFacts())
    links = walked.get("xl/_rels/workbook.xml.rels", PartFacts()).relationships
    part_of = {
        link: posixpath.normpath(posixpath.join("/xl", target)).lstrip("/") for link, _, target, _ in links
    }
    facts = ZipFacts(epoch_1904=book.epoch_1904)
    for name, link in book.sheets:
        part = walked.get(part_of.get(link, "").lower())
        if part and part.error_cells:
            facts.error_cells[name] = part.error_cells
    return facts
