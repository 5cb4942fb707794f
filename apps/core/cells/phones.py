"""Phone numbers: typed as numbers, grouped with blanks, several in a cell, with whose they are in brackets."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import NamedTuple

from .result import Cell, Issue, Parsed, show, warning
from .text import says_nothing, strip_invisible, text_problem

_PHONE = re.compile(
    r"(?<!\d)(?:"
    r"(?:\+?86[ -]?)?(?P<mobile>1[3-9]\d(?:[ -]?\d{4}){2})"
    r"|(?:\(?(?P<area>0\d{2,3})\)?[ -]?)?(?P<local>[2-9]\d{2,3}[ -]?\d{4})"
    r"(?:[ -]?(?:转|x|ext\.?|-)\s?(?P<extension>\d{1,5}))?"
    r")(?!\d)"
)
_DASHES = str.maketrans(dict.fromkeys("—–−‐‑‒―－_", "-"))
_NOTE = re.compile(r"[^\W\d_]+")


class Phone(NamedTuple):
    number: str
    note: str = ""


def parse_phone_cell(value: Cell) -> Parsed[tuple[Phone, ...]]:
    """Every phone number of a cell in the order written, digits only (landlines 0722-3312345, extensions 转).

    `note` is what stood beside a number: 儿子, 办公室. Issues: warning `unreadable-phone` when digits are left over
    or the count is wrong (the readable ones are kept); errors `too-long`, `control-character`, `broken-character`,
    `formula-error`.
    """
    raw = show(value)
    if problem := text_problem(value, limit=500):
        return Parsed(None, raw, (problem,))
    if isinstance(value, (bool, dt.date, dt.time, dt.timedelta)):
        return Parsed(None, raw, (_unreadable(),))
    text = value if isinstance(value, str) else raw
    if len(text) == 11 and text.isdecimal() and text.isascii() and text[0] == "1" and text[1] > "2":
        return Parsed((Phone(text),), raw)
    text = unicodedata.normalize("NFKC", strip_invisible(text)).translate(_DASHES).strip()
    if says_nothing(text):
        return Parsed(None, raw)
    phones, left = _split(text)
    issues = (_unreadable(),) if not phones or any(character.isdecimal() for character in left) else ()
    return Parsed(phones or None, raw, issues)


def _unreadable() -> Issue:
    return warning("unreadable-phone", "电话号码里有读不出的部分，手机应为11位。请核对后改正。")


def _split(text: str) -> tuple[tuple[Phone, ...], str]:
    """The numbers found, each with the words next to it, and the text that is left over."""
    found = list(_PHONE.finditer(text))
    phones: list[Phone] = []
    gaps = [
        text[a:b]
        for a, b in zip([0, *(m.end() for m in found)], [*(m.start() for m in found), len(text)], strict=True)
    ]
    trailing = "".join(_NOTE.findall(gaps[0])) == ""
    for place, match in enumerate(found):
        words = _NOTE.findall(gaps[place + 1] if trailing else gaps[place])
        phones.append(Phone(_number(match), "".join(words[:1])))
    return tuple(phones), "".join(gaps)


def _number(match: re.Match[str]) -> str:
    if match["mobile"]:
        return re.sub("[ -]", "", match["mobile"])
    number = re.sub("[ -]", "", match["local"])
    number = f"{match['area']}-{number}" if match["area"] else number
    return f"{number}转{match['extension']}" if match["extension"] else number
