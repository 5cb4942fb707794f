"""The directory and streams of an OLE compound file ([MS-CFB]), as far as looking into an old .xls needs them."""

from __future__ import annotations

import struct
from array import array
from dataclasses import dataclass

from .refusals import Refused

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST_SECTOR = 0xFFFFFFFA
_MINI_SECTOR = 64
_ENTRY_BYTES = 128
_STORAGE, _STREAM, _ROOT = 1, 2, 5
MAX_ENTRIES = 4096


@dataclass(frozen=True, slots=True)
class Entry:
    name: str
    kind: int
    start: int
    size: int

    @property
    def is_stream(self) -> bool:
        return self.kind == _STREAM


class CompoundFile:
    """Reads the directory at once and streams on demand; raises Refused('damaged') on anything inconsistent."""

    def __init__(self, data: bytes) -> None:
        if len(data) < 512 or not data.startswith(SIGNATURE):
            raise Refused("damaged")
        self._data = data
        shift, mini_shift = struct.unpack_from("<2H", data, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise Refused("damaged")
        self._sector = 1 << shift
        self._sectors = len(data) // self._sector + 1
        (_, directory, _, self._cutoff, mini_fat, _, difat, _) = struct.unpack_from("<8I", data, 44)
        self._fat = self._allocation(difat)
        self.entries = self._directory(directory)
        self._mini_fat = self._integers(b"".join(self._chain(mini_fat)))
        root = next((entry for entry in self.entries if entry.kind == _ROOT), None)
        self._mini_stream = b"".join(self._chain(root.start))[: root.size] if root else b""

    def names(self) -> set[str]:
        return {entry.name for entry in self.entries}

    def stream(self, *names: str) -> bytes | None:
        """The content of the first stream with one of these names, compared without case, or None."""
        wanted = {name.lower() for name in names}
        for entry in self.entries:
            if entry.is_stream and entry.name.lower() in wanted:
                return self._content(entry)
        return None

    def _content(self, entry: Entry) -> bytes:
        if entry.size < self._cutoff:
            content = b"".join(self._mini_chain(entry.start))
        else:
            content = b"".join(self._chain(entry.start))
        if len(content) < entry.size:
            raise Refused("damaged")
        return content[: entry.size]

    def _sector_at(self, number: int) -> bytes:
        start = (number + 1) * self._sector
        if number > _LAST_SECTOR or start >= len(self._data):
            raise Refused("damaged")
        return self._data[start : start + self._sector]

    @staticmethod
    def _integers(content: bytes) -> array[int]:
        return array("I", content[: len(content) // 4 * 4])

    def _allocation(self, difat: int) -> array[int]:
        """The file allocation table: its first 109 sectors are named in the header, more in a chain."""
        sectors = list(struct.unpack_from("<109I", self._data, 76))
        while difat < _LAST_SECTOR:
            numbers = self._integers(self._sector_at(difat))
            sectors.extend(numbers[:-1])
            difat = numbers[-1]
            if len(sectors) > self._sectors + 109 + self._sector:
                raise Refused("damaged")
        used = [number for number in sectors if number < _LAST_SECTOR]
        if len(used) > self._sectors:
            raise Refused("damaged")
        return self._integers(b"".join(map(self._sector_at, used)))

    def _chain(self, start: int) -> list[bytes]:
        return [self._sector_at(number) for number in _numbers(start, self._fat, self._sectors)]

    def _mini_chain(self, start: int) -> list[bytes]:
        most = len(self._mini_stream) // _MINI_SECTOR + 1
        places = (number * _MINI_SECTOR for number in _numbers(start, self._mini_fat, most))
        return [self._mini_stream[place : place + _MINI_SECTOR] for place in places]

    def _directory(self, start: int) -> list[Entry]:
        content = b"".join(self._chain(start))
        if len(content) // _ENTRY_BYTES > MAX_ENTRIES:
            raise Refused("damaged")
        entries = []
        for place in range(0, len(content) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
            length, kind = struct.unpack_from("<HB", content, place + 64)
            first, size = struct.unpack_from("<IQ", content, place + 116)
            if kind in (_STORAGE, _STREAM, _ROOT) and 2 <= length <= 64:
                name = content[place : place + length - 2].decode("utf-16-le", "replace")
                entries.append(Entry(name, kind, first, size & 0xFFFFFFFF))
        return entries


def _numbers(start: int, table: array[int], most: int) -> list[int]:
    """Follow a chain through the table; a circle or a way out of it means damage."""
    numbers: list[int] = []
    number = start
    while number < _LAST_SECTOR:
        if number >= len(table) or len(numbers) > most:
            raise Refused("damaged")
        numbers.append(number)
        number = table[number]
    return numbers
