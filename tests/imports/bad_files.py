"""Makes files that must be refused, and odd ones that must not be. All are built on demand, none is stored."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import xlsxwriter
import xlwt

HEADER = ["姓名", "性别", "出生年月", "类别"]
PERSON = ["张三", "男", "1949.09", "退休"]


def workbook(rows: Iterable[Iterable[object]] = (HEADER, PERSON), *, merge: str = "") -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet("花名册")
    for top, row in enumerate(rows):
        for left, cell in enumerate(row):
            sheet.write(top, left, cell)
    if merge:
        sheet.merge_range(merge, "合并")
    book.close()
    return stream.getvalue()


def parts() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(workbook())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(content: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return stream.getvalue()


def with_part(name: str, data: bytes) -> bytes:
    return packed({**parts(), name: data})


def with_sheet(xml: str | bytes) -> bytes:
    return with_part("xl/worksheets/sheet1.xml", xml if isinstance(xml, bytes) else xml.encode())


MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def sheet_xml(rows: str, before: str = "", after: str = "") -> str:
    head = f'<?xml version="1.0" encoding="UTF-8"?>{before}<worksheet {MAIN}>'
    return f"{head}<sheetData>{rows}</sheetData>{after}</worksheet>"


def cell(reference: str, value: str = "1") -> str:
    return f'<row r="{reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}"><c r="{reference}"><v>{value}</v></c></row>'


def empty_rows(count: int, columns: str = "A") -> str:
    line = "".join(f'<c r="{column}{{0}}" s="1"/>' for column in columns)
    return "".join(f'<row r="{number}">{line.format(number)}</row>' for number in range(2, count + 2))


def relationships(*links: str) -> bytes:
    namespace = "http://schemas.openxmlformats.org/package/2006/relationships"
    return (
        f'<?xml version="1.0"?><Relationships xmlns="{namespace}">{"".join(links)}</Relationships>'.encode()
    )


def link(kind: str, target: str, mode: str = "External") -> str:
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return f'<Relationship Id="rId9" Type="{base}/{kind}" Target="{target}" TargetMode="{mode}"/>'


def encrypted_zip() -> bytes:
    """The flag alone: it says that the content is of no use without a password."""
    data = bytearray(workbook())
    for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        place = data.find(signature)
        while place >= 0:
            data[place + offset] |= 1
            place = data.find(signature, place + 4)
    return bytes(data)


def duplicate_entry() -> bytes:
    data = packed({**parts(), "xl/worksheets/sheet9.xml": b"<worksheet/>"})
    return data.replace(b"xl/worksheets/sheet9.xml", b"xl/worksheets/sheet1.xml")


def symbolic_link() -> bytes:
    stream = io.BytesIO(workbook())
    with zipfile.ZipFile(stream, "a") as archive:
        entry = zipfile.ZipInfo("xl/worksheets/sheet2.xml")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
    return stream.getvalue()


def overlapping_bomb() -> bytes:
    """One megabyte of zeroes that a hundred directory entries share."""
    single = packed({**parts(), "xl/media/a.bin": b"\0" * 1_000_000})
    directory = single.rfind(b"PK\1\2")
    record, end = single[directory : single.rfind(b"PK\5\6")], single[single.rfind(b"PK\5\6") :]
    copies = [
        record.replace(b"xl/media/a.bin", f"xl/media/{number:05}"[:14].encode()) for number in range(100)
    ]
    data = single[: single.rfind(b"PK\5\6")] + b"".join(copies)
    start = struct.unpack("<L", end[16:20])[0]
    total = struct.unpack("<H", end[8:10])[0] + 100
    return data + end[:8] + struct.pack("<HHLLH", total, total, len(data) - start, start, 0)


def noise(size: int) -> bytes:
    return random.Random(7).randbytes(size)


def old_workbook(fill: Callable[[xlwt.Workbook], None] | None = None) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("花名册")
    for left, (heading, value) in enumerate(zip(HEADER, PERSON, strict=True)):
        sheet.write(0, left, heading)
        sheet.write(1, left, value)
    if fill:
        fill(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def ole(streams: Mapping[str, bytes]) -> bytes:
    """A compound file with these streams, each at least 4,096 bytes long so that it stands in ordinary sectors."""
    sector, content, entries, chains = 512, b"", [("Root Entry", 5, 0xFFFFFFFE, 0)], []
    for name, data in streams.items():
        data = data.ljust(4096, b"\0")
        start = len(content) // sector
        content += data + b"\0" * (-len(data) % sector)
        chains.append((start, len(content) // sector))
        entries.append((name, 2, start, len(data)))
    directory_start = len(content) // sector
    directory = b"".join(_directory_entry(*entry) for entry in entries)
    content += directory + b"\0" * (-len(directory) % sector)
    chains.append((directory_start, len(content) // sector))
    fat_start = len(content) // sector
    tables = fat_start // 127 + 1
    fat = [0xFFFFFFFF] * (tables * sector // 4)
    for first, last in chains:
        for number in range(first, last):
            fat[number] = number + 1 if number + 1 < last else 0xFFFFFFFE
    fat[fat_start : fat_start + tables] = [0xFFFFFFFD] * tables
    content += struct.pack(f"<{len(fat)}I", *fat)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9I", 0, tables, directory_start, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    places = [fat_start + number if number < tables else 0xFFFFFFFF for number in range(109)]
    return header + struct.pack("<109I", *places) + content


def _directory_entry(name: str, kind: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le")
    head = text.ljust(64, b"\0") + struct.pack(
        "<HBB3I", len(text) + 2, kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF
    )
    return head + b"\0" * 36 + struct.pack("<IQ", start, size)


def record(number: int, data: bytes) -> bytes:
    return struct.pack("<HH", number, len(data)) + data


def biff(*records: bytes) -> bytes:
    begin = record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 0))
    return ole({"Workbook": begin + b"".join(records) + record(0x000A, b"")})


def csv_of(text: str, encoding: str = "utf-8") -> bytes:
    return text.encode(encoding)


def write(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path
