"""Files of the 干部任免审批表 (.lrmx, one person in XML), single or many in a zip, as one sheet of people.

The elements are named in pinyin; dates travel as yyyyMM (2004.10.24 and others occur); 入党时间 may hold 198507；民盟
or a party's name alone; the résumé's lines are parted by line breaks. DTDs and entities are refused, sizes are counted
while they are read.
"""

from __future__ import annotations

import base64
import binascii
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from apps.core.cells.result import Cell

from .book import Book, Row, Sheet
from .refusals import MAX_ENTRIES, MAX_RATIO, Refused
from .zip_scan import check_entries

MAX_FORM_BYTES = 4_000_000
MAX_ALL_BYTES = 60_000_000
MAX_FAMILY = 30
SHEET = "任免审批表"
HEADER = (
    "姓名",
    "性别",
    "出生年月",
    "民族",
    "籍贯",
    "出生地",
    "政治面貌",
    "入党时间",
    "参加工作时间",
    "健康状况",
    "学历",
    "身份证号",
    "现任职务",
    "特长",
    "履历",
    "家庭成员",
    "奖惩情况",
    "任免审批表照片",
)
PICTURE = "随附照片"
"""What the cell of the photograph says where the form holds one."""
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"BM", b"RIFF")
_BOM, _UTF16 = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")
_DECLARED = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding=[\"']([A-Za-z0-9_.-]{1,40})[\"'][^>]{0,100}\?>")
_DIGITS = re.compile(r"\d{6}|\d{8}")
_PARTY = re.compile(r"^([\d.\-/年月日 ]*)[;；,，、\s]*(.*)$")
_MEMBER = ("ChengWei", "XingMing", "ChuShengRiQi", "ZhengZhiMianMao", "GongZuoDanWeiJiZhiWu")
_BREAKS = re.compile("[|｜\r\n]+")


@dataclass(frozen=True, slots=True)
class Form:
    """One person's form."""

    name: str
    root: Element

    def text(self, element: str) -> str:
        return (self.root.findtext(element) or "").strip()

    @property
    def portrait(self) -> bytes:
        """The picture; empty where there is none, or none that could be decoded."""
        try:
            return base64.b64decode("".join(self.text("ZhaoPian").split()), validate=True)
        except (binascii.Error, ValueError):
            return b""


def is_lrmx(head: bytes) -> bool:
    """Whether a file that begins so is the XML of a form."""
    text = head.removeprefix(_BOM).lstrip()
    return text.startswith(b"<Person") or (text.startswith(b"<?xml") and b"<Person" in text)


def is_lrmx_zip(path: Path) -> bool:
    """Whether a zip holds such forms and nothing else."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [entry.filename.lower() for entry in archive.infolist() if not entry.is_dir()]
    except (zipfile.BadZipFile, OSError, ValueError):
        return False
    return bool(names) and all(name.endswith(".lrmx") for name in names)


def read_forms(path: Path) -> Iterator[Form]:
    """The forms of a file, in the order of the zip. Raises Refused: bad-form, zip-bomb, dtd and those of a zip."""
    with path.open("rb") as stream:
        start = stream.read(4)
    if start != b"PK\x03\x04":
        with path.open("rb") as stream:
            yield _form(path.name, _limited(stream))
        return
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_ENTRIES:
                raise Refused("too-many-entries")
            check_entries(entries)
            yield from _entries(archive, entries)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError):
        raise Refused("damaged") from None


def _entries(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> Iterator[Form]:
    total = 0
    for entry in entries:
        if entry.is_dir():
            continue
        with archive.open(entry) as stream:
            content = _limited(stream)
        total += len(content)
        if total > MAX_ALL_BYTES or len(content) > MAX_RATIO * max(entry.compress_size, 10_000):
            raise Refused("zip-bomb")
        yield _form(entry.filename, content)


def _limited(stream: IO[bytes]) -> bytes:
    content = stream.read(MAX_FORM_BYTES + 1)
    if len(content) > MAX_FORM_BYTES:
        raise Refused("zip-bomb")
    return content


def _form(name: str, content: bytes) -> Form:
    try:
        root = fromstring(_as_utf8(content), forbid_dtd=True)
    except DefusedXmlException:
        raise Refused("dtd") from None
    except (ParseError, ValueError, LookupError, RecursionError):
        raise Refused("bad-form", f"{name[-60:]}：") from None
    if root.tag != "Person":
        raise Refused("bad-form", f"{name[-60:]}：")
    return Form(name, root)


def _as_utf8(content: bytes) -> bytes:
    """Chinese encodings that the parser does not know become UTF-8; the declaration goes with them."""
    declared = _DECLARED.match(content)
    if declared is None or content.startswith((_BOM, *_UTF16)):
        return content
    name = declared[1].decode().lower()
    if not name.startswith(("gb", "cp936")):
        return content
    return content[declared.end() :].decode("gb18030").encode()


def read_lrmx(path: Path) -> Book:
    """The forms as a sheet: a row a form, numbered as the forms are. Raises Refused."""
    rows = [Row(1, list(HEADER))]
    rows += [Row(number, _cells(form)) for number, form in enumerate(read_forms(path), start=2)]
    return Book("lrmx", [Sheet(SHEET, rows)], is_untyped=False)


def portraits(path: Path) -> dict[int, bytes]:
    """Row number → picture, of the forms that have one. Raises Refused."""
    found = {number: form.portrait for number, form in enumerate(read_forms(path), start=2)}
    return {number: picture for number, picture in found.items() if picture}


def _cells(form: Form) -> list[Cell]:
    joined, party = _party(form.text("RuDangShiJian"))
    cells = (
        form.text("XingMing"),
        form.text("XingBie"),
        _day(form.text("ChuShengNianYue")),
        form.text("MinZu"),
        form.text("JiGuan"),
        form.text("ChuShengDi"),
        party,
        _day(joined),
        _day(form.text("CanJiaGongZuoShiJian")),
        form.text("JianKangZhuangKuang"),
        form.text("ZaiZhiJiaoYu_XueLi") or form.text("QuanRiZhiJiaoYu_XueLi"),
        form.text("ShenFenZheng"),
        form.text("XianRenZhiWu"),
        form.text("ShuXiZhuanYeYouHeZhuanChang"),
        form.text("JianLi"),
        "\n".join(_family(form)),
        form.text("JiangChengQingKuang"),
        PICTURE if form.portrait.startswith(_PICTURES) else "",
    )
    return [cell or None for cell in cells]


def _day(text: str) -> str:
    """yyyyMM, yyyyMMdd and yyyyMM00 with hyphens; whatever else as it stands."""
    if not _DIGITS.fullmatch(text):
        return text
    year, month, day = text[:4], text[4:6], text[6:]
    return "-".join(part for part in (year, month, day) if part.strip("0"))


def _party(text: str) -> tuple[str, str]:
    """198507；民盟 → (198507, 民盟); a date alone is that of the Communist Party."""
    match = _PARTY.match(text)
    joined, party = (match[1].strip(), match[2].strip()) if match else ("", text)
    return joined, party or ("中共党员" if joined else "")


def _family(form: Form) -> Iterator[str]:
    """称谓|姓名|出生|政治面貌|单位及职务, a line each."""
    for item in form.root.findall("JiaTingChengYuan/Item")[:MAX_FAMILY]:
        parts = [_BREAKS.sub(" ", (item.findtext(name) or "").strip()) for name in _MEMBER]
        if parts[1]:
            yield "|".join((parts[0], parts[1], _day(parts[2]), parts[3], parts[4]))
