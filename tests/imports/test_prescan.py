"""Hostile and odd files: each refused with its reason before a parser sees it, or let through."""

from __future__ import annotations

import functools
import resource
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
import xlwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.imports.reading.book import column_letters
from apps.imports.reading.prescan import prescan
from apps.imports.reading.refusals import REASONS, Refused
from apps.imports.reading.sheets import PROJECT_ROOT, read_file

from . import bad_files as make

LONG_TEXT = "张三,男,1949.09,退休\n"

BAD: dict[str, tuple[str, Callable[[], bytes]]] = {
    # no sheet at all
    "empty file": ("empty", lambda: b""),
    "blank text": ("empty", lambda: b" \r\n\r\n "),
    "pdf": ("not-a-sheet", lambda: b"%PDF-1.7\n" + make.noise(4000)),
    "pdf behind junk": ("not-a-sheet", lambda: b"\n\n%PDF-1.4\n" + make.noise(4000)),
    "zip and pdf at once": ("not-a-sheet", lambda: make.packed({"%PDF-1.7": b"", **make.parts()})),
    "png": ("not-a-sheet", lambda: b"\x89PNG\r\n\x1a\n" + make.noise(4000)),
    "jpeg": ("not-a-sheet", lambda: b"\xff\xd8\xff\xe0" + make.noise(4000)),
    "program": ("not-a-sheet", lambda: b"MZ\x90\x00" + make.noise(4000)),
    "rar": ("not-a-sheet", lambda: b"Rar!\x1a\x07\x01\x00" + make.noise(4000)),
    "docx": (
        "not-a-sheet",
        lambda: make.packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<d/>"}),
    ),
    "pptx": (
        "not-a-sheet",
        lambda: make.packed({"[Content_Types].xml": b"<Types/>", "ppt/presentation.xml": b"<p/>"}),
    ),
    "ordinary zip": ("not-a-sheet", lambda: make.packed({"读我.txt": b"hello"})),
    "old Word file": ("not-a-sheet", lambda: make.ole({"WordDocument": make.noise(5000)})),
    "OLE file without a workbook": ("not-a-sheet", lambda: make.ole({"Contents": make.noise(5000)})),
    "rich text": ("not-a-sheet", lambda: rb"{\rtf1\ansi\deff0 hello}"),
    "random bytes": ("not-a-sheet", lambda: b"\x00\x01" + make.noise(5000)),
    "web page as xls": ("html", lambda: "\ufeff<html><body><table><tr><td>姓名</td></tr></table>".encode()),
    "web archive as xls": (
        "html",
        lambda: b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n<html>",
    ),
    "table fragment as xls": (
        "html",
        lambda: "<table border=1><tr><td>姓名</td></tr></table>".encode("gb18030"),
    ),
    "xml spreadsheet 2003": (
        "unsupported",
        lambda: b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>',
    ),
    "other xml": ("not-a-sheet", lambda: b'<?xml version="1.0"?><Order><Item/></Order>'),
    "ods": (
        "unsupported",
        lambda: make.packed(
            {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<o/>"}
        ),
    ),
    "xlsb": (
        "unsupported",
        lambda: make.packed({"[Content_Types].xml": b"<Types/>", "xl/workbook.bin": b"\x83\x01"}),
    ),
    "undecodable text": ("encoding", lambda: "姓名,性别\n".encode() + b"\xff\xff\xfe\x80" * 40),
    # locked or active
    "encrypted xlsx": (
        "encrypted",
        lambda: make.ole({"EncryptionInfo": b"\4\0\4\0", "EncryptedPackage": make.noise(6000)}),
    ),
    "encrypted xls": ("encrypted", lambda: make.biff(make.record(0x002F, b"\1\0" + make.noise(52)))),
    "encrypted zip entries": ("encrypted", make.encrypted_zip),
    "xlsm": ("macro", lambda: make.with_part("xl/vbaProject.bin", make.noise(500))),
    "macro content type": (
        "macro",
        lambda: make.with_part(
            "[Content_Types].xml",
            make.parts()["[Content_Types].xml"].replace(b"sheet.main+xml", b"sheet.macroEnabled.main+xml"),
        ),
    ),
    "macro part under another name": (
        "macro",
        lambda: make.with_part(
            "xl/_rels/workbook.xml.rels", make.relationships(make.link("vbaProject", "a.bin", "Internal"))
        ),
    ),
    "xls with macros": ("macro", lambda: make.ole({"Workbook": b"", "_VBA_PROJECT_CUR": b""})),
    "xls macro sheet": (
        "macro",
        lambda: make.biff(make.record(0x0085, struct.pack("<IBBBB", 0, 0, 1, 1, 0) + b"M")),
    ),
    "excel 4 macro sheet": (
        "macro",
        lambda: make.with_part("xl/macrosheets/sheet1.xml", b"<xm:macrosheet/>"),
    ),
    "external link": (
        "external-link",
        lambda: make.with_part("xl/externalLinks/externalLink1.xml", b"<externalLink/>"),
    ),
    "data connection": ("external-link", lambda: make.with_part("xl/connections.xml", b"<connections/>")),
    "external picture": (
        "external-link",
        lambda: make.with_part(
            "xl/worksheets/_rels/sheet1.xml.rels",
            make.relationships(make.link("image", "http://example.invalid/a.png")),
        ),
    ),
    "xls external link": (
        "external-link",
        lambda: make.biff(make.record(0x01AE, struct.pack("<HH", 1, 12) + b"\0C:\\other.xls")),
    ),
    "embedded object": (
        "embedded-object",
        lambda: make.with_part("xl/embeddings/oleObject1.bin", make.noise(500)),
    ),
    "control": ("embedded-object", lambda: make.with_part("xl/activeX/activeX1.xml", b"<ocx/>")),
    "xls embedded object": ("embedded-object", lambda: make.ole({"Workbook": b"", "MBD0001A2B3": b""})),
    # harmful archives
    "path upwards": ("bad-name", lambda: make.with_part("../../etc/cron.d/x", b"x")),
    "absolute path": ("bad-name", lambda: make.with_part("/etc/passwd", b"x")),
    "backslashes": ("bad-name", lambda: make.with_part("xl\\..\\..\\x", b"x")),
    "drive letter": ("bad-name", lambda: make.with_part("C:x", b"x")),
    "symbolic link": ("bad-name", make.symbolic_link),
    "duplicate entry": ("duplicate-entry", make.duplicate_entry),
    "entries differing in case": (
        "duplicate-entry",
        lambda: make.with_part("XL/Workbook.xml", b"<workbook/>"),
    ),
    "many entries": (
        "too-many-entries",
        lambda: make.packed({**make.parts(), **{f"xl/media/{n}.png": b"" for n in range(300)}}),
    ),
    "very many entries": ("too-many-entries", lambda: make.packed({f"xl/{n}": b"" for n in range(20_000)})),
    "high ratio": ("zip-bomb", lambda: make.with_part("xl/media/a.bin", b"\0" * 5_000_000)),
    "over 64 MiB of honest text": (
        "zip-bomb",
        lambda: make.with_part("xl/sharedStrings.xml", b"<sst>" + make.noise(1000).hex().encode() * 35_000),
    ),
    "overlapping entries": ("damaged", make.overlapping_bomb),
    "bytes behind the archive": ("damaged", lambda: make.workbook() + b"junk"),
    "bytes before the directory": ("damaged", lambda: make.workbook().replace(b"PK\1\2", b"junkPK\1\2", 1)),
    "truncated xlsx": ("damaged", lambda: make.workbook()[:-300]),
    "half an xlsx": ("damaged", lambda: make.workbook()[:2500]),
    "four bytes of zip": ("damaged", lambda: b"PK\3\4"),
    "broken checksum": (
        "damaged",
        lambda: make.packed(make.parts(), zipfile.ZIP_STORED).replace(b"sheetData", b"sheetDatb"),
    ),
    "lzma inside": ("damaged", lambda: make.packed(make.parts(), zipfile.ZIP_LZMA)),
    "truncated xls": ("damaged", lambda: make.old_workbook()[:3000]),
    "xls with a circular chain": ("damaged", lambda: circular_ole()),
    "xls record past the end": (
        "damaged",
        lambda: make.ole({"Workbook": struct.pack("<HH", 0x0809, 60_000)}),
    ),
    # harmful XML
    "entity bomb": (
        "dtd",
        lambda: make.with_sheet(
            make.sheet_xml("", before='<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>')
        ),
    ),
    "external entity": (
        "dtd",
        lambda: make.with_part(
            "xl/sharedStrings.xml",
            b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><sst>&e;</sst>',
        ),
    ),
    "dtd in UTF-16": (
        "dtd",
        lambda: make.with_sheet(
            '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x><worksheet/>'.encode("utf-16")
        ),
    ),
    "dtd behind a comment": (
        "dtd",
        lambda: make.with_part("xl/styles.xml", b"<!-- <a> --><!DOCTYPE x [ ]><styleSheet/>"),
    ),
    "dtd in a relationship": ("dtd", lambda: make.with_part("_rels/.rels", b"<!DOCTYPE x><Relationships/>")),
    "dtd in a part of another name": (
        "dtd",
        lambda: make.with_part("xl/media/image1.png", b"<!DOCTYPE x><worksheet/>"),
    ),
    "nested a thousand deep": ("damaged", lambda: make.with_sheet(make.sheet_xml("<!-- -->" + "<a>" * 1000))),
    # beyond the limits
    "cell at XFD1048576": (
        "too-many-columns",
        lambda: make.with_sheet(make.sheet_xml(make.cell("XFD1048576"))),
    ),
    "cell at A1048576": ("too-many-rows", lambda: make.with_sheet(make.sheet_xml(make.cell("A1048576")))),
    "row 21,000": ("too-many-rows", lambda: make.with_sheet(make.sheet_xml(make.cell("A21000")))),
    "column 65": ("too-many-columns", lambda: make.with_sheet(make.sheet_xml(make.cell("BM1")))),
    "far cell in single quotes": (
        "too-many-columns",
        lambda: make.with_sheet(make.sheet_xml(make.cell("XFD1048576")).replace('"', "'")),
    ),
    "far cell in small letters": (
        "too-many-columns",
        lambda: make.with_sheet(make.sheet_xml('<row r="1"><c r="xfd1"><v>1</v></c></row>')),
    ),
    "far cell with a prefix": (
        "too-many-rows",
        lambda: make.with_sheet(
            f"<x:worksheet {make.MAIN.replace('xmlns', 'xmlns:x')}><x:sheetData><x:row r='1'>"
            "<x:c r='A99999'><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>"
        ),
    ),
    "far cell without reference": (
        "too-many-columns",
        lambda: make.with_sheet(make.sheet_xml("<row>" + "<c><v>1</v></c>" * 70 + "</row>")),
    ),
    "far inline text": (
        "too-many-rows",
        lambda: make.with_sheet(
            make.sheet_xml('<row r="30000"><c r="A30000" t="inlineStr"><is><t>a</t></is></c></row>')
        ),
    ),
    "16,384 columns": ("too-many-columns", lambda: make.workbook([["列"] * 16_384])),
    "16,384 formatted columns": (
        "too-many-columns",
        lambda: make.with_sheet(
            make.sheet_xml(
                '<row r="1">'
                + "".join(f'<c r="{letters}1" s="1"/>' for letters in columns(16_384))
                + "</row>"
            )
        ),
    ),
    "100,000 empty rows": (
        "too-many-empty-rows",
        lambda: make.with_sheet(make.sheet_xml(make.empty_rows(100_000, "ABCDEFGH"))),
    ),
    "100,000 bare rows": (
        "too-many-empty-rows",
        lambda: make.with_sheet(make.sheet_xml('<row r="9"/>' * 100_000)),
    ),
    "100,000 empty rows, unusual writing": (
        "too-many-empty-rows",
        lambda: make.with_sheet(make.sheet_xml(make.empty_rows(100_000).replace('"', "'"))),
    ),
    "30,000 rows with values": ("too-many-rows", lambda: make.workbook([["张三"]] * 30_000)),
    "bad cell reference": (
        "damaged",
        lambda: make.with_sheet(make.sheet_xml("<row><c r='AAAAAA1'><v>1</v></c></row>")),
    ),
    "xls row 21,000": (
        "too-many-rows",
        lambda: make.old_workbook(lambda book: book.get_sheet(0).write(20_999, 0, "x")),
    ),
    "xls column 65": (
        "too-many-columns",
        lambda: make.old_workbook(lambda book: book.get_sheet(0).write(0, 64, "x")),
    ),
    "csv of 30,000 rows": ("too-many-rows", lambda: LONG_TEXT.encode() * 30_000),
    "csv of 100,000 empty rows": ("too-many-empty-rows", lambda: b"a,b\n" + b",\n" * 100_000),
    "csv of 65 columns": ("too-many-columns", lambda: ",".join(["a"] * 65).encode()),
    "csv of 16,384 empty columns": ("too-many-columns", lambda: ("姓名,性别" + "," * 16_384).encode()),
    "csv with an open quotation mark": (
        "damaged",
        lambda: '姓名,备注\n张三,"没有关\n'.encode() + LONG_TEXT.encode() * 20_000,
    ),
    "over 20 MB": ("too-large", lambda: b"a,b\n" * 5_000_001),
    "xlsx over 20 MB": (
        "too-large",
        lambda: make.packed({**make.parts(), "xl/media/a.jpg": make.noise(20_500_000)}, zipfile.ZIP_STORED),
    ),
}


def circular_ole() -> bytes:
    data = bytearray(make.old_workbook())
    fat = (struct.unpack_from("<I", data, 76)[0] + 1) * 512
    struct.pack_into("<2I", data, fat, 1, 0)
    return bytes(data)


def columns(count: int) -> list[str]:
    return [column_letters(number) for number in range(1, count + 1)]


GOOD: dict[str, Callable[[], bytes]] = {
    "xlsx": make.workbook,
    "xls": make.old_workbook,
    "xlsx, entries stored": lambda: make.packed(make.parts(), zipfile.ZIP_STORED),
    "hundreds of formatted rows": lambda: make.with_sheet(
        make.sheet_xml(
            '<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c></row>'
            + make.empty_rows(900, "ABCDEFGHIJKLMNOPQ")
        )
    ),
    "old Excel's whole column formatted": lambda: make.with_sheet(
        make.sheet_xml(make.cell("A1") + make.empty_rows(65_000))
    ),
    "far formatted cell": lambda: make.with_sheet(
        make.sheet_xml(make.cell("A1") + '<row r="90000"><c r="CA90000" s="1"></c></row>')
    ),
    "far formatted cell, unusual writing": lambda: make.with_sheet(
        make.sheet_xml(make.cell("A1") + "<row r='90000'><c r='CA90000' s='1'/></row>")
    ),
    "row 20,999, column 64": lambda: make.with_sheet(make.sheet_xml(make.cell("BL20999"))),
    "comment and CDATA": lambda: make.with_sheet(
        make.sheet_xml(
            '<!-- by hand --><row r="1"><c r="A1" t="inlineStr"><is><t><![CDATA[姓名<]]></t></is></c></row>'
        )
    ),
    "hyperlink": lambda: make.with_part(
        "xl/worksheets/_rels/sheet1.xml.rels",
        make.relationships(make.link("hyperlink", "http://example.invalid/")),
    ),
    "drawing that is no proper XML": lambda: make.with_part(
        "xl/drawings/vmlDrawing1.vml", b"<xml><!-- --><br><v:shape></xml>"
    ),
    "picture": lambda: make.with_part("xl/media/image1.png", b"\x89PNG\r\n\x1a\n" + make.noise(50_000)),
    "page breaks": lambda: make.with_sheet(
        make.sheet_xml(make.cell("A1"), after='<rowBreaks count="1"><brk id="9"/></rowBreaks>')
    ),
    "merged to the end": lambda: make.with_sheet(
        make.sheet_xml(
            make.cell("A1"), after='<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
        )
    ),
    "xls with formatted cells far away": lambda: make.old_workbook(
        lambda book: book.get_sheet(0).write(60_000, 200, None, xlwt.easyxf("borders: left thin"))
    ),
    "csv": lambda: make.csv_of("姓名,性别\n张三,男\n"),
    "csv with BOM": lambda: make.csv_of("姓名,性别\n张三,男\n", "utf-8-sig"),
    "csv in GB18030": lambda: make.csv_of("姓名,性别\n张三,男\n梁䶮,男\n", "gb18030"),
    "csv in UTF-16": lambda: make.csv_of("姓名\t性别\n张三\t男\n", "utf-16"),
    "csv in UTF-16 without BOM": lambda: make.csv_of("name\tsex\n张三\t男\n" * 9, "utf-16-le"),
    "csv with semicolons": lambda: make.csv_of("姓名;性别\n张三;男\n"),
    "csv with sep line": lambda: make.csv_of("sep=|\r\n姓名|性别\r\n张三|男\r\n"),
    "csv beginning with BM": lambda: make.csv_of("BM,姓名\n1,张三\n"),
    "csv with quoted line breaks": lambda: make.csv_of('姓名,备注\n张三,"一\n二"\n'),
}


@pytest.mark.parametrize("name", BAD)
def test_refused_with_a_reason(name: str, tmp_path: Path) -> None:
    code, build = BAD[name]
    path = make.write(tmp_path, "roster.xlsx", build())
    with pytest.raises(Refused) as caught:
        prescan(path)
    assert caught.value.code == code
    assert any("\u4e00" <= character <= "\u9fff" for character in caught.value.reason)
    assert caught.value.reason.endswith("。")


@pytest.mark.parametrize("name", GOOD)
def test_let_through_and_read(name: str, tmp_path: Path) -> None:
    path = make.write(tmp_path, "roster.dat", GOOD[name]())
    book = read_file(path)
    assert book.sheets
    assert book.sheets[0].rows
    assert book.sheets[0].rows[-1].number <= 20_999


def test_there_are_enough_bad_files() -> None:
    assert len(BAD) >= 40
    assert {code for code, _ in BAD.values()} <= set(REASONS)


def test_every_reason_says_what_to_do() -> None:
    for reason in REASONS.values():
        assert "请" in reason or "不接收" in reason


MEASURED = [
    "high ratio",
    "over 64 MiB of honest text",
    "100,000 empty rows",
    "30,000 rows with values",
    "xlsx over 20 MB",
    "overlapping entries",
]


@pytest.mark.parametrize("name", MEASURED)
def test_memory_and_time_of_the_worst(name: str, tmp_path: Path) -> None:
    """In a process of its own: at most 2 s of CPU and 150 MB more than an empty interpreter."""
    path = make.write(tmp_path, "roster.xlsx", BAD[name][1]())
    before = _cost("")
    after = _cost(
        "from pathlib import Path\nfrom apps.imports.reading.prescan import prescan\n"
        "from apps.imports.reading.refusals import Refused\n"
        f"try:\n    prescan(Path({str(path)!r}))\nexcept Refused as refused:\n    print(refused.code)"
    )
    assert after[0] - before[0] <= 2.0
    assert after[1] - before[1] <= 150 * 1024


def _cost(program: str) -> tuple[float, int]:
    """Seconds of CPU and kilobytes at the peak."""
    report = (
        "import re, time; peak = re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1];"
        "print(time.process_time(), peak)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program + "\n" + report],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, kilobytes = done.stdout.splitlines()[-1].split()
    return float(seconds), int(kilobytes)


def test_the_reader_runs_in_a_limited_process_without_django(tmp_path: Path) -> None:
    program = (
        "import sys, resource\nfrom apps.imports.reading import child\n"
        "child.main(['xlsx', sys.argv[1]])\n"
        "assert resource.getrlimit(resource.RLIMIT_AS)[0] == child.MEMORY_BYTES\n"
        "assert resource.getrlimit(resource.RLIMIT_CPU)[0] == child.CPU_SECONDS\n"
        "assert not [name for name in sys.modules if name.partition('.')[0] in ('django', 'celery')]\n"
    )
    path = make.write(tmp_path, "roster.xlsx", make.workbook())
    subprocess.run(
        [sys.executable, "-c", program, str(path)], cwd=PROJECT_ROOT, check=True, capture_output=True
    )


def test_what_the_pre_scan_cannot_see_ends_only_the_child(tmp_path: Path) -> None:
    """A workbook whose sheet hides behind a first letter: the reader asks for 512 GiB, its process dies, ours not."""
    xml = "x" + make.sheet_xml(make.cell("A1") + make.cell("XFD1048576"))
    path = make.write(tmp_path, "roster.xlsx", make.with_part("xl/worksheets/sheet1.xml", xml.encode()))
    with pytest.raises(Refused) as caught:
        read_file(path)
    assert caught.value.code in {"damaged", "unreadable", "too-many-columns", "too-many-cells"}


@functools.cache
def _good(name: str) -> bytes:
    """One file for all mutations: a workbook holds the time at which it was made."""
    return GOOD[name]()


@pytest.mark.parametrize("name", ["xlsx", "xls", "csv in GB18030"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_mutated_files_are_refused_or_let_through(name: str, tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(_good(name))
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=8)):
        content[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    path = make.write(tmp_path, "mutated", bytes(content[:cut] if data.draw(st.booleans()) else content))
    with suppress(Refused):
        prescan(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 1024 * 1024
