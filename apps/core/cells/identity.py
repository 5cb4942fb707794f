"""ID numbers as they arrive: rounded by Excel, with fifteen digits, with a lost X, in full-width digits.

No message quotes the number: messages are stored beside the row and shown to whoever checks the batch.
"""

from __future__ import annotations

import datetime as dt
import re

from ..national_id import NationalId, NationalIdError, normalise, parse_national_id
from .result import Cell, Issue, Parsed, error, notice, show, warning
from .text import says_nothing, squeeze, text_problem

MISSING = warning("missing", "没有身份证号，无法自动查重。请尽量补上。")
DAMAGED = error(
    "damaged-number",
    "身份证号被Excel当成数字，后几位已经丢失，无法还原。请把该列设为文本格式后按身份证重新填写。",
)
FIFTEEN_DIGITS = warning("15-digit", "是15位旧身份证号，已按规则换算成18位。请与现用身份证核对。")
CENTURY = warning("15-digit", "是15位旧号，顺序码表明本人可能生于1900年以前，不能自动换算。请填写18位号码。")

_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?[Ee]\+?[0-9]{1,3}")
_LABEL = re.compile(r"^(?:公民)?(?:身份)?(?:证|号|码|身份){0,3}[:：]")
_LETTERS = str.maketrans("OoQlI|", "000111")


def parse_id_cell(value: Cell, *, today: dt.date) -> Parsed[NationalId]:
    """Read an ID number cell.

    Issues: errors `length`, `characters`, `checksum`, `birth-date` (no such day, or to come), `damaged-number`
    (a number of 16 digits or more: Excel keeps fifteen), `too-long`, `control-character`, `broken-character`,
    `formula-error`; warnings `missing`, `15-digit` (converted), `possibly-damaged` (fits the check character but
    ends in 000); notices `corrected` (letter O for 0), `unknown-prefix` (no province has this code).
    """
    raw = show(value)
    if problem := text_problem(value, limit=200):
        return Parsed(None, raw, (problem,))
    if isinstance(value, (bool, dt.date, dt.time, dt.timedelta)):
        return Parsed(None, raw, (error("characters", "不是身份证号。请按身份证填写18位号码。"),))
    if isinstance(value, (int, float)):
        return _from_number(value, raw, today)
    text = _LABEL.sub("", squeeze(value or ""))
    if says_nothing(text):
        return Parsed(None, raw, (MISSING,))
    if _SCIENTIFIC.fullmatch(text):
        return Parsed(None, raw, (DAMAGED,))
    return _from_text(text, raw, today)


def _from_number(number: float, raw: str, today: dt.date) -> Parsed[NationalId]:
    if number != number or abs(number) >= 10**15:
        return Parsed(None, raw, (DAMAGED,))
    if number == 0:
        return Parsed(None, raw, (MISSING,))
    if number != int(number) or number < 0:
        return Parsed(None, raw, (error("characters", "不是身份证号。请按身份证填写18位号码。"),))
    return _from_text(str(int(number)), raw, today)


def _from_text(text: str, raw: str, today: dt.date) -> Parsed[NationalId]:
    number = normalise(text)
    try:
        return _accepted(parse_national_id(number, today=today), raw)
    except NationalIdError as problem:
        if problem.code == "characters" and (mended := _mended(number, raw, today)):
            return mended
        if problem.code == "checksum" and number.endswith("000"):
            return Parsed(None, raw, (DAMAGED,))
        return Parsed(None, raw, (_explain(problem, number),))


def _accepted(identity: NationalId, raw: str) -> Parsed[NationalId]:
    issues: list[Issue] = []
    if identity.was_15_digits:
        issues.append(FIFTEEN_DIGITS)
    elif identity.number.endswith("000"):
        issues.append(
            warning("possibly-damaged", "身份证号末三位是000，可能是Excel丢了数字。请与身份证核对。")
        )
    if not identity.has_known_province:
        issues.append(notice("unknown-prefix", "身份证号前两位不是现行的省级代码。请留意。"))
    return Parsed(identity, raw, tuple(issues))


def _mended(number: str, raw: str, today: dt.date) -> Parsed[NationalId] | None:
    """O typed for 0 and l for 1, believed only when the check character then fits."""
    try:
        parsed = _accepted(parse_national_id(number.translate(_LETTERS), today=today), raw)
    except NationalIdError:
        return None
    if parsed.value is None or parsed.value.was_15_digits:
        return None
    return parsed.with_issues(notice("corrected", "身份证号里的字母O、I已按数字0、1读取，校验码相符。"))


def _explain(problem: NationalIdError, number: str) -> Issue:
    if problem.code == "length":
        lost = "（末位如果是X，可能丢了）" if len(number) == 17 else ""
        message = f"身份证号是{len(number)}位，应为18位{lost}。请按身份证补全。"
        return error("length", message)
    if problem.code == "checksum":
        return error("checksum", "身份证号的校验码不符，至少有一位写错了。请按身份证逐位核对。")
    if problem.code == "birth-date":
        return error("birth-date", "身份证号里的出生日期不存在或还没有到。请按身份证逐位核对。")
    if problem.code == "century":
        return CENTURY
    hidden = "身份证号被星号遮住了一部分。" if "*" in number else "身份证号里有数字和X以外的字符。"
    return error("characters", hidden + "请按身份证填写18位号码。")
