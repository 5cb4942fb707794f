"""The key of a person in an exported sheet, by which the sheet finds its people again when it comes back.

Two check digits, because dragging down the corner of a cell counts its number up: R12020-53 becomes R12020-54, which
is nobody's key.
"""

import re

SHEET_KEY_LABEL = "人员编号（勿改）"
_KEY = re.compile(r"R(\d{1,18})-(\d{2})", re.ASCII)


def sheet_key(person_id: int) -> str:
    """R12020-53."""
    return f"R{person_id}-{_check(person_id):02d}"


def person_of_key(text: str) -> int | None:
    """The person's id; None for what is no key or was altered."""
    match = _KEY.fullmatch(text.strip())
    if match is None or _check(int(match[1])) != int(match[2]):
        return None
    return int(match[1])


def _check(number: int) -> int:
    """98 less the remainder of a hundredfold by 97, as ISO 7064 has it."""
    return 98 - number * 100 % 97
