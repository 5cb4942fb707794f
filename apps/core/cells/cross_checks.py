"""Comparing what a row says twice: in its own cells and inside the ID number.

The two may rightly differ (the earliest paper in the file governs a cadre's birth date, the card may say another),
so a difference is a warning and neither value is changed.
"""

from __future__ import annotations

from dataclasses import replace

from ..national_id import NationalId
from ..partial_date import PartialDate
from .result import Issue, Parsed, notice, warning

DIFFERS = "differs-from-id"
CONFIRMED = "confirmed-by-id"


def compare_birth(birth: PartialDate, identity: NationalId) -> Issue | None:
    """None when the birth date can be the ID number's day, otherwise the warning `differs-from-id`."""
    if birth.covers(identity.birth_date):
        return None
    inside = PartialDate.from_date(identity.birth_date)
    return warning(DIFFERS, f"出生日期是{birth}，身份证号里是{inside}。请按档案核实，以档案为准的不必改。")


def compare_sex(sex: str, identity: NationalId) -> Issue | None:
    """None when 男 or 女 agrees with the ID number's order digit, otherwise the warning `differs-from-id`."""
    if sex == identity.sex:
        return None
    return warning(DIFFERS, f"性别是{sex}，身份证号表明是{identity.sex}。请核对哪一项写错了。")


def confirm_birth(parsed: Parsed[PartialDate], identity: NationalId) -> Parsed[PartialDate]:
    """Let the ID number settle a birth date the cell left open.

    Of several candidates the only one that covers the ID's day is taken, and the doubt becomes a notice: 54.4 with
    an ID of 1954-04-20 is April 1954, the number 1949.1 with an ID of October 1949 is October. Otherwise unchanged.
    """
    doubts = tuple(
        issue for issue in parsed.issues if issue.kind in {"ambiguous-number", "two-digit-year", "serial"}
    )
    readings = parsed.candidates or ((parsed.value,) if parsed.value is not None else ())
    fitting = {reading for reading in readings if reading.covers(identity.birth_date)}
    if not doubts or len(fitting) != 1:
        return parsed
    value = fitting.pop()
    rest = tuple(issue for issue in parsed.issues if issue not in doubts)
    settled = notice(CONFIRMED, f"写法有疑问，身份证号里的出生日期证实是{value}。")
    return replace(parsed, value=value, issues=(*rest, settled), candidates=())
