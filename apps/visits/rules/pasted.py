"""A block of results, as it is copied out of Excel or a chat: a person a line. Pure functions on text.

Columns are those of the first line where it names them (姓名, 日期 …), else between tabs their order is COLUMNS. Where
there are only blanks an empty cell has vanished, so each word is known by its look.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from apps.visits.choices import Way
from apps.visits.rules.ways import WAYS

MOST_LINES = 200
LONGEST = 30_000
COLUMNS = ("name", "visited_on", "way", "money", "goods", "note")
HEADERS = {
    "name": ("姓名", "名字", "人员", "对象", "走访对象", "慰问对象"),
    "visited_on": ("日期", "走访日期", "时间", "走访时间", "慰问日期"),
    "way": ("方式", "走访方式", "形式"),
    "money": ("慰问金", "慰问金元", "金额", "金额元", "慰问金额", "钱"),
    "goods": ("慰问品", "物品", "慰问物品", "东西"),
    "note": ("走访情况", "情况", "备注", "说明"),
}
WORDS = {word: name for name, words in HEADERS.items() for word in words}
WAY_WORDS = {word: way.value for way, words in WAYS.items() for word in (str(way.label), *words)}
EMPTY = frozenset({"", "-", "—", "——", "/", "无"})
_BLANKS = re.compile(r"[ \u3000\u00a0]+")
_NUMBER = re.compile(r"\d{1,3}[.、．)）]?")
_LEADING = re.compile(r"^\d{1,3}[.、．)）]\s*")
_MONEY = re.compile(r"[¥￥]?(\d[\d,，]*(?:\.\d+)?)(?:元|块)?")
_DAY = re.compile(r"(?:(\d{4})[-./年])?(\d{1,2})[-./月](\d{1,2})[日号]?")
_MEASURES = re.compile(
    r"[米油奶花篮果礼盒被毯茶糕面肉蛋]|慰问品|[一二两三四五六七八九十\d][箱袋桶件套份束提]"
)
NEAR = {"今天": 0, "昨天": 1, "前天": 2}


class TooMuch(ValueError):
    """The block is too long; the text says so."""


@dataclass(frozen=True)
class PastedLine:
    """One line: ``cells`` by name, dates and ways as the form takes them, what could not be read as it was typed."""

    number: int
    name: str
    cells: dict[str, str] = field(default_factory=dict)


def read_block(text: str, today: date) -> list[PastedLine]:
    """The lines of a block. A day without a year is the last such day up to ``today``. Raises TooMuch."""
    if len(text) > LONGEST:
        raise TooMuch(f"粘贴的内容太长，请分几次，每次不超过{MOST_LINES}行。")
    lines = [
        (number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip(" \t\u3000")
    ]
    if len(lines) > MOST_LINES + 1:
        raise TooMuch(f"一次最多粘贴{MOST_LINES}行，请分几次。")
    order: Sequence[str] | None = None
    found: list[PastedLine] = []
    for number, line in lines:
        words = _cells(line)
        names = [WORDS.get(re.sub(r"[（）()\s]", "", word), "") for word in words]
        if "name" in names and not found:
            order = names
            continue
        given = _ordered(words, order, today) if order or "\t" in line else _by_look(words, today)
        if name := given.pop("name", ""):
            found.append(PastedLine(number, name, given))
    return found


def _cells(line: str) -> list[str]:
    if "\t" in line:
        return [word.strip().strip('"').strip() for word in line.split("\t")]
    words = [word for word in _BLANKS.split(_LEADING.sub("", line.strip())) if word]
    if len(words) > 1 and all(len(word) == 1 and "\u4e00" <= word <= "\u9fff" for word in words[:2]):
        words[:2] = [words[0] + words[1]]  # 王 芳
    return words


def _ordered(words: Sequence[str], order: Sequence[str] | None, today: date) -> dict[str, str]:
    if order is None:
        has_number = len(words) > 1 and _NUMBER.fullmatch(words[0])
        order = ("", *COLUMNS) if has_number else COLUMNS
    given: dict[str, str] = {}
    for name, word in zip(order, words, strict=False):
        if name and word not in EMPTY:
            given[name] = given[name] + word if name in given else word
    return {name: _read(name, word, today) for name, word in given.items()}


def _read(name: str, word: str, today: date) -> str:
    if name == "visited_on":
        return day_of(word, today) or word
    if name == "way":
        return WAY_WORDS.get(word, word)
    return word.lstrip("¥￥").replace("块", "元") if name == "money" else word


def _by_look(words: Sequence[str], today: date) -> dict[str, str]:
    if words and _NUMBER.fullmatch(words[0]):
        words = words[1:]
    given = {"name": words[0]} if words else {}
    rest: list[str] = []
    for word in words[1:]:
        if word in EMPTY:
            continue
        if "visited_on" not in given and (day := day_of(word, today)):
            given["visited_on"] = day
        elif "way" not in given and word in WAY_WORDS:
            given["way"] = WAY_WORDS[word]
        elif "money" not in given and not rest and (money := _MONEY.fullmatch(word)):
            given["money"] = money[1]
        elif "goods" not in given and not rest and len(word) <= 20 and _MEASURES.search(word):
            given["goods"] = word
        else:
            rest.append(word)
    return {**given, "note": " ".join(rest)} if rest else given


def day_of(word: str, today: date) -> str:
    """2026-03-05 of 3月5日, 3.5, 2026/3/5, 昨天; "" for what is no day."""
    if word in NEAR:
        return (today - timedelta(days=NEAR[word])).isoformat()
    match = _DAY.fullmatch(word)
    if not match:
        return ""
    try:
        if match[1]:
            return date(int(match[1]), int(match[2]), int(match[3])).isoformat()
        day = date(today.year, int(match[2]), int(match[3]))
        return (day if day <= today else day.replace(year=today.year - 1)).isoformat()
    except ValueError:
        return ""


WAY_CODES = frozenset(Way.values)
"""What ``way`` is where it could be read."""
