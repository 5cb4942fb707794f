"""From the text of a date to its year, month and day; whether they make sense is decided in `dates`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from .result import Issue, notice, warning
from .text import says_nothing, squeeze

Parts = tuple[int, int | None, int | None]


class NotADate(ValueError):
    """The text is no date; the message continues the quoted text."""


class Undecided(ValueError):
    """The text does not say which of several dates it means; the message continues the quoted text."""

    def __init__(self, explanation: str, *readings: Parts, kind: str = "ambiguous-number") -> None:
        super().__init__(explanation)
        self.readings = readings
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Reading:
    year: int | None
    month: int | None = None
    day: int | None = None
    two_digits: bool = False
    issues: tuple[Issue, ...] = ()
    also: tuple[Parts, ...] = ()
    serial: int = 0
    lunar: str = ""
    """The lunar date in words, where the text gave one."""


_PLAIN = re.compile(r"(\d{4})[.\-/年](\d{1,2})(?:[.\-/月](\d{1,2})日?|月)?", re.ASCII)
_TIME = re.compile(r"[ tT]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?$")
_SEPARATORS = str.maketrans(dict.fromkeys("。、,·•‧∙:;", ".") | dict.fromkeys("—–−‐‑‒―─~_", "-"))
_QUOTES = re.compile("^['’‘`\"“”]+|['’‘`\"“”]+$")
BRACKETS = re.compile(r"[(\[【〔].*?[)\]】〕]")
_SUFFIX = re.compile(r"(?:出生|生人|生|参加革命工作|参加工作|参加革命|入党|离休|退休|起)$")
_ABOUT = re.compile(r"^(?:大约|约)|(?:左右|前后|许)$")
_PART_OF_YEAR = re.compile(r"年(?:初|底|末|中|春|夏|秋|冬|春季|夏季|秋季|冬季|上半年|下半年)$")
_PART_OF_MONTH = re.compile(r"月(?:初|底|末|上旬|中旬|下旬)$")
_NUMERALS = re.compile("[〇零○一二三四五六七八九十廿卅]+")
_MONTH_FIRST = re.compile(r"\d{1,2}月")
_DIGIT_OF = {**{c: i for i, c in enumerate("〇一二三四五六七八九")}, "零": 0, "○": 0}
_MONTH_NAMES = {
    name: i for i, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)
}
_ENGLISH = re.compile(r"(?:(\d{1,2})-)?([a-z]{3})-(\d{2}|\d{4})")
_LETTERS = str.maketrans({"o": "0", "O": "0", "Q": "0", "l": "1", "I": "1", "|": "1"})
_LETTERS_FOR_DIGITS = re.compile(r"[\d.\-/年月日]*[\doOQlI|.\-/年月日]+")


def read_text(text: str, numberlike: bool = False) -> Reading:
    """Year, month and day in a text. `numberlike`: 1949.1 may stand for the number 1949.10.

    Raises NotADate or Undecided.
    """
    if (match := _PLAIN.fullmatch(text)) and not (numberlike and text.endswith(".1")):
        year, month, day = match.groups()
        return Reading(int(year), int(month) or None, int(day) or None if day and int(month) else None)
    text = _QUOTES.sub("", squeeze(_TIME.sub("", text.strip())))
    if says_nothing(text):
        return Reading(None, issues=(notice("stated-unknown", "写明不详，按空白处理。"),) if text else ())
    if match := _ENGLISH.fullmatch(text.casefold()):
        return _english(match)
    text, issues = _without_remarks(text)
    text, swapped = digits_only(text)
    reading = from_parts(text, numberlike and not issues)
    return replace(reading, issues=issues + swapped + reading.issues)


def _without_remarks(text: str) -> tuple[str, tuple[Issue, ...]]:
    """Cut what people add to a date; say so when it weakens the date."""
    issues: list[Issue] = []
    if BRACKETS.search(text):
        text = BRACKETS.sub("", text)
        issues.append(warning("remark", "日期后面带有说明，已按前面的日期读取。请核对，说明请写到备注里。"))
    for pattern, rest in ((_ABOUT, ""), (_PART_OF_YEAR, "年"), (_PART_OF_MONTH, "月")):
        if pattern.search(text):
            text = pattern.sub(rest, text)
            issues.append(warning("approximate", "日期写的是大概时间，只取了确定的部分。请按档案核对。"))
    return _SUFFIX.sub("", text).replace("月份", "月").replace("元月", "1月"), tuple(issues)


def digits_only(text: str) -> tuple[str, tuple[Issue, ...]]:
    """Chinese numerals as figures, marks of one kind, letters typed for figures corrected."""
    text = _NUMERALS.sub(lambda match: _chinese_number(match[0]), text.translate(_SEPARATORS))
    if text.isascii() and not re.search("[A-Za-z|]", text):
        return text, ()
    if re.search("[A-Za-z|]", text) and _LETTERS_FOR_DIGITS.fullmatch(text):
        return text.translate(_LETTERS), (notice("corrected", "日期里的字母已按数字读取（如O读作0）。"),)
    return text, ()


def _chinese_number(numeral: str) -> str:
    """一九四九 → 1949, 十二 → 12, 二十三 → 23, 廿一 → 21, 三〇 → 30."""
    if not re.search("[十廿卅]", numeral):
        return "".join(str(_DIGIT_OF[c]) for c in numeral)
    numeral = numeral.replace("廿", "二十").replace("卅", "三十")
    tens, _, ones = numeral.partition("十")
    if len(tens) > 1 or len(ones) > 1 or "十" in ones:
        raise NotADate("里的中文数字看不懂。")
    return str((_DIGIT_OF[tens] if tens else 1) * 10 + (_DIGIT_OF[ones] if ones else 0))


def from_parts(text: str, numberlike: bool) -> Reading:
    """Year, month and day of a text of figures and marks. Raises NotADate or Undecided."""
    has_year_mark = "年" in text
    if not has_year_mark and _MONTH_FIRST.match(text):
        raise NotADate("缺少年份。")
    flat = re.sub("[年月]", ".", text).removesuffix("日").removesuffix("号")
    parts = [part for part in re.split(r"[.\-/]+", flat) if part]
    if not parts or not all(part.isdecimal() and part.isascii() for part in parts):
        raise NotADate("看不出是什么时间。")
    if len(parts) > 3:
        raise NotADate("里不止一个时间。")
    if len(parts) == 1:
        return _compact(parts[0], has_year_mark)
    if len(parts[0]) <= 2 and len(parts[-1]) == 4:
        return _year_last(parts)
    return _year_first(parts, numberlike)


def _year_first(parts: list[str], numberlike: bool) -> Reading:
    if len(parts[0]) not in (2, 4) or any(len(part) > 2 for part in parts[1:]):
        raise NotADate("看不出是什么时间。")
    year, month = int(parts[0]), int(parts[1])
    two_digits = len(parts[0]) == 2
    if numberlike and len(parts) == 2 and parts[1] == "1":
        full = 1900 + year if two_digits else year
        explanation = f"是数字，可能是{full}年1月，也可能是丢了末尾0的{full}年10月"
        raise Undecided(explanation, (full, 1, None), (full, 10, None))
    day = int(parts[2]) if len(parts) == 3 and month else 0
    return Reading(year, month or None, day or None, two_digits)


def _year_last(parts: list[str]) -> Reading:
    """9/1949, 30/9/1949 and 9/30/1949: day and month are told apart only when one is above twelve."""
    year = int(parts[-1])
    if len(parts) == 2:
        return Reading(year, int(parts[0]) or None)
    first, second = int(parts[0]), int(parts[1])
    if first > 12:
        return Reading(year, second, first)
    if second > 12 or first == second:
        return Reading(year, first, second)
    raise Undecided("里月和日分不清先后", (year, first, second), (year, second, first))


def _compact(digits: str, has_year_mark: bool) -> Reading:
    """Dates without separators: 1949, 194909, 19490930; with two-digit years 4909, 490930; 49年; a day number."""
    number = int(digits)
    if len(digits) == 8:
        return _year_first([digits[:4], digits[4:6], digits[6:]], numberlike=False)
    if len(digits) == 6:
        if 1850 <= number // 100 <= 2199:
            return _year_first([digits[:4], digits[4:]], numberlike=False)
        return _year_first([digits[:2], digits[2:4], digits[4:]], numberlike=False)
    if len(digits) == 4:
        if has_year_mark or 1850 <= number <= 2199:
            return Reading(number)
        if 1 <= number % 100 <= 12:
            return _year_first([digits[:2], digits[2:]], numberlike=False)
    if len(digits) == 2 and has_year_mark:
        return Reading(number, two_digits=True)
    if len(digits) == 5 and not has_year_mark:
        return Reading(None, serial=number)
    raise NotADate("看不出是什么时间。" if len(digits) != 2 else "只有两位数，看不出是哪一年。")


def _english(match: re.Match[str]) -> Reading:
    """Excel turns 1949-9 into Sep-49 where its language is English."""
    day, name, year = match.groups()
    if name not in _MONTH_NAMES:
        raise NotADate("看不出是什么时间。")
    return Reading(int(year), _MONTH_NAMES[name], int(day) if day else None, len(year) == 2)
