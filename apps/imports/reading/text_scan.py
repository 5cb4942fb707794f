"""Deciding whether a file is delimited text, in which encoding and with which delimiter."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from .refusals import MAX_COLUMN, MAX_EMPTY_COLUMN, MAX_EMPTY_ROWS, MAX_ROW, Refused

RECORD_CHARACTERS = 64 * 32_767
_CHUNK = 256 * 1024
_DELIMITERS = ",\t;|，"
_MARKUP = re.compile(r"\s*<(?:!doctype|html|head|body|table|meta|style|div|script)\b", re.IGNORECASE)
_SEPARATOR_LINE = re.compile(r"sep=(.)\s*", re.IGNORECASE)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f]")


@dataclass(frozen=True, slots=True)
class TextFacts:
    encoding: str
    delimiter: str
    skip_lines: int = 0


def scan_text(path: Path) -> TextFacts:
    """Raises Refused; otherwise tells the encoding (utf-8-sig, utf-16 or gb18030) and the delimiter."""
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="") as stream:
        sample = stream.read(64 * 1024)
    _check_content(sample)
    first, _, _ = sample.partition("\n")
    told = _SEPARATOR_LINE.fullmatch(first)
    facts = TextFacts(encoding, told[1] if told else _delimiter(sample), 1 if told else 0)
    _check_limits(path, facts)
    return facts


def open_rows(path: Path, facts: TextFacts) -> Iterator[list[str]]:
    """The records of the file; a record is a row of the sheet even when a quoted field holds line breaks.

    A first line sep=; is for Excel only and no row of the sheet. Raises csv.Error on a field of more than 131,072
    characters, which is how an unclosed quotation mark shows, and on a record longer than any row of a sheet.
    """
    with path.open(encoding=facts.encoding, newline="") as stream:
        for _ in range(facts.skip_lines):
            stream.readline()
        lines = _Lines(stream)
        for row in csv.reader(lines, delimiter=facts.delimiter):
            lines.size = 0
            yield row


class _Lines:
    """Lines for the csv reader, which would gather any number of them into one record."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.size = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self.stream)
        self.size += len(line)
        if self.size > RECORD_CHARACTERS:
            raise csv.Error("record too long")
        return line


def _encoding(path: Path) -> str:
    with path.open("rb") as stream:
        head = stream.read(4096)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    elif head.count(0) > len(head) // 8:
        candidates = ["utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"]
    else:
        candidates = ["utf-8-sig", "gb18030"]
    for encoding in candidates:
        with suppress(UnicodeDecodeError):
            _decode_all(path, encoding)
            return encoding
    raise Refused("not-a-sheet" if head.count(0) else "encoding")


def _decode_all(path: Path, encoding: str) -> None:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            decoder.decode(chunk)
    decoder.decode(b"", final=True)


def _check_content(sample: str) -> None:
    if _MARKUP.match(sample):
        raise Refused("html")
    start = sample.lstrip()[:512]
    if start.startswith("<"):
        raise Refused("unsupported" if "Excel.Sheet" in start or "spreadsheet" in start else "not-a-sheet")
    if start.startswith("MIME-Version:"):
        raise Refused("html")
    if start.startswith("{\\rtf") or "\x00" in sample or len(_CONTROLS.findall(sample)) > len(sample) // 100:
        raise Refused("not-a-sheet")
    if not sample.strip():
        raise Refused("empty")


def _delimiter(sample: str) -> str:
    """The mark that splits the most lines into the same number of fields, quoted parts left out."""
    lines = [re.sub('"[^"]*"', "", line) for line in sample.splitlines()[:50] if line.strip()]
    scores: dict[str, int] = {}
    for mark in _DELIMITERS:
        counts = Counter(line.count(mark) for line in lines if mark in line)
        scores[mark] = max((count * times for count, times in counts.most_common(1)), default=0)
    best = max(scores, key=lambda mark: scores[mark])
    return best if scores[best] else ","


def _check_limits(path: Path, facts: TextFacts) -> None:
    empty_rows = 0
    try:
        for number, row in enumerate(open_rows(path, facts), start=1):
            filled = len(row)
            while filled and not row[filled - 1].strip():
                filled -= 1
            if not filled:
                empty_rows += 1
            if empty_rows > MAX_EMPTY_ROWS:
                raise Refused("too-many-empty-rows")
            if filled > MAX_COLUMN or len(row) > MAX_EMPTY_COLUMN:
                raise Refused("too-many-columns")
            if filled and number > MAX_ROW:
                raise Refused("too-many-rows")
    except csv.Error:
        raise Refused("damaged", "有一格的内容过长，可能少了一个引号；") from None
