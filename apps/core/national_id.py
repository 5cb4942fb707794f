"""Citizen identity numbers by GB 11643-1999 《公民身份号码》.

Six digits of address code, eight of birth date, three of order (odd: male), one check character by ISO 7064
MOD 11-2. Numbers of the first generation have fifteen digits: no century and no check character.
The address code is that of first issue, so a county renamed or abolished since is no mistake.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass, field
from operator import mul
from typing import Literal

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83".split()
)
# Under the old fifteen digits these order numbers were kept for people born before 1900.
CENTENARIAN_ORDERS = frozenset({"996", "997", "998", "999"})
OLDEST_BIRTH = dt.date(1850, 1, 1)

ErrorCode = Literal["length", "characters", "checksum", "birth-date", "century"]

_SHAPE_18 = re.compile(r"[0-9]{17}[0-9X]")
_SHAPE_15 = re.compile(r"[0-9]{15}")
_BETWEEN_GROUPS = re.compile(r"[\s\u200b-\u200f\u2060\ufeff'’‘`\"\-\u2010-\u2015]+")
_LAST_LIKE_X = str.maketrans({"*": "X", "×": "X", "\u0425": "X", "✕": "X"})


class NationalIdError(ValueError):
    """The number cannot be right; `code` says why. The number itself is never in the text."""

    def __init__(self, code: ErrorCode, detail: str = "") -> None:
        super().__init__(detail or code)
        self.code = code


@dataclass(frozen=True, slots=True)
class NationalId:
    """A number that passed every rule; eighteen characters whatever was typed."""

    number: str = field(repr=False)
    birth_date: dt.date = field(repr=False)
    was_15_digits: bool = False

    @property
    def sex(self) -> Literal["男", "女"]:
        """GB 11643 4.3: odd order numbers go to men, even ones to women."""
        return "男" if int(self.number[16]) % 2 else "女"

    @property
    def address_code(self) -> str:
        """The county code (GB/T 2260) of the place of first issue."""
        return self.number[:6]

    @property
    def has_known_province(self) -> bool:
        return self.number[:2] in PROVINCES


def normalise(text: str) -> str:
    """Undo typing habits: full-width digits, spaces and dashes between groups, lower x, * or × for a last X."""
    text = _BETWEEN_GROUPS.sub("", unicodedata.normalize("NFKC", text)).upper()
    return text[:-1] + text[-1:].translate(_LAST_LIKE_X)


def check_character(first_17: str) -> str:
    """The eighteenth character for seventeen digits (GB 11643 4.4, ISO 7064 MOD 11-2)."""
    return CHECK_CHARACTERS[sum(map(mul, map(int, first_17), WEIGHTS)) % 11]


def parse_national_id(text: str, *, today: dt.date | None = None) -> NationalId:
    """Read one number, in either length; a birth date after `today` (when given) is impossible.

    Raises NationalIdError: length, characters, checksum, birth-date, or century (fifteen digits of somebody
    born before 1900, for whom inserting 19 would invent another person's number).
    """
    number = normalise(text)
    if _SHAPE_18.fullmatch(number):
        if check_character(number[:17]) != number[17]:
            raise NationalIdError("checksum")
        return NationalId(number, _birth_date(number, today))
    if _SHAPE_15.fullmatch(number):
        if number[12:] in CENTENARIAN_ORDERS:
            raise NationalIdError("century")
        number = expand_15(number)
        return NationalId(number, _birth_date(number, today), was_15_digits=True)
    core = number[:-1] if number.endswith("X") else number
    raise NationalIdError("length" if re.fullmatch(r"[0-9]*", core) else "characters")


def expand_15(number: str) -> str:
    """Fifteen digits to eighteen: 19 after the first six, then the check character."""
    first_17 = f"{number[:6]}19{number[6:]}"
    return first_17 + check_character(first_17)


def _birth_date(number: str, today: dt.date | None) -> dt.date:
    try:
        birth = dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise NationalIdError("birth-date") from None
    if birth < OLDEST_BIRTH or (today is not None and birth > today):
        raise NationalIdError("birth-date")
    return birth
