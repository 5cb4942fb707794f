"""People's names: spread out with blanks, followed by remarks in brackets, or holding a character that was lost."""

from __future__ import annotations

import re
import unicodedata

from .nations import nation_named
from .result import Cell, Issue, Parsed, error, notice, show, warning
from .text import fold, required_issue, says_nothing, text_problem, tidy
from .variants import to_simplified

NAME_LENGTH = 40

_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff\U000e0100-\U000e01ef\ufe00-\ufe0f"
_PLAIN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]{2,4}")
_BRACKETED = re.compile(r"[（(\[【〔<〈《{｛［]\s*([^）)\]】〕>〉》}｝］]*)[）)\]】〕>〉》}｝］]?")
_DOTS = re.compile(r"\s*[·•‧∙・･⋅●．.]\s*")
_INNER_BLANK = re.compile(rf"(?<=[{_HAN}·])\s+(?=[{_HAN}·])")
_TRAILING_MARKS = re.compile(
    r"^[\s*＊★☆▲△※#、，,。:：;；'’‘\"`~～_-]+|[\s*＊★☆▲△※#、，,。:：;；'’‘\"`~～_-]+$"
)
_SEVERAL = re.compile(r"[、，,;；/／&＆\n]")
# Boxes and question marks stand where an input method or a conversion had no character; private-use code points
# are characters that only one computer's font could draw.
_UNREADABLE = re.compile("[?？□■▯〓\ufffd\ue000-\uf8ff\U000f0000-\U0010fffd]")
_UNUSUAL = re.compile(rf"[^{_HAN}\u2ff0-\u2fff·\sA-Za-z'’\-?？□■▯〓\ufffd\ue000-\uf8ff\U000f0000-\U0010fffd]")
_MATCH_NOISE = re.compile("[\\s·•‧∙・⋅●.'’\\-\ufe00-\ufe0f\U000e0100-\U000e01ef]")

_DEAD = re.compile(r"故$|^故|去世|病故|逝世|死亡|离世|^已亡$|^亡$|牺牲|已逝")
_FORMER = re.compile(r"(?:曾用名|原名|又名|别名|化名)[:：]?\s*(.+)")
_SEXES = {"男": "男", "女": "女", "男性": "男", "女性": "女"}


def parse_name_cell(value: Cell, *, required: bool = True, label: str = "姓名") -> Parsed[str]:
    """Read one person's name; brackets are taken off and become hints.

    Hints: `sex` (男/女), `state` (去世), `nation` (满族), `former_name`, `remark` (anything else in brackets).
    Issues: errors `required`, `too-long`, `invalid`, `several-people`, `control-character`, `broken-character`,
    `formula-error`; warnings `unreadable-character` (?, □ or a private-use character stands for a lost one),
    `name-remark` (a bracket not understood), `unusual-name` (one character, digits, signs); notice `hint`.
    """
    if type(value) is str and _PLAIN.fullmatch(value):
        return Parsed(value, value)
    raw = show(value)
    if problem := text_problem(value, limit=200):
        return Parsed(None, raw, (problem,))
    if value is not None and not isinstance(value, str):
        return Parsed(None, raw, (error("invalid", f"“{raw}”不是姓名。请填写姓名。"),))
    hints, issues = _remarks(value or "")
    name = _name_itself(_BRACKETED.sub(" ", value or ""))
    if says_nothing(name):
        return Parsed(None, raw, (required_issue(label), *issues) if required else issues, hints=hints)
    if len(name) > NAME_LENGTH:
        return Parsed(
            None, raw, (error("too-long", f"{label}有{len(name)}字，过长。请只写姓名。"),), hints=hints
        )
    if _SEVERAL.search(name):
        return Parsed(
            None, raw, (error("several-people", "一格里像是写了几个人。请每人一行。"),), hints=hints
        )
    return Parsed(name, raw, issues + _doubts(name), hints=hints)


def name_key(name: str) -> str:
    """The form under which two spellings of a name are the same: no blanks, dots or glyph variants, simplified."""
    return to_simplified(_MATCH_NOISE.sub("", unicodedata.normalize("NFKC", name))).casefold()


def _name_itself(text: str) -> str:
    """Blanks spread between characters go, blanks between Latin words stay, every kind of dot becomes ·."""
    text = _TRAILING_MARKS.sub("", tidy(text))
    return _INNER_BLANK.sub("", _DOTS.sub("·", text).strip("· "))


def _doubts(name: str) -> tuple[Issue, ...]:
    issues: list[Issue] = []
    if _UNREADABLE.search(name):
        message = "姓名里有没能显示的字（?、□等）。请按身份证补上这个字。"
        issues.append(warning("unreadable-character", message))
    if len(name) < 2 or _UNUSUAL.search(name):
        issues.append(warning("unusual-name", f"“{name}”不像完整的姓名。请核对。"))
    return tuple(issues)


def _remarks(text: str) -> tuple[dict[str, str], tuple[Issue, ...]]:
    """What stands in brackets beside a name, sorted by what it tells."""
    hints: dict[str, str] = {}
    issues: list[Issue] = []
    for remark in filter(None, (tidy(found) for found in _BRACKETED.findall(text))):
        kind, meaning = _classify(remark)
        hints[kind] = meaning
        if kind == "remark":
            issues.append(
                warning("name-remark", f"姓名后面的“{remark}”看不出含义，没有导入。如有用请写到备注里。")
            )
        else:
            issues.append(notice("hint", f"姓名后面写有“{remark}”，已读作附加说明。"))
    return hints, tuple(issues)


def _classify(remark: str) -> tuple[str, str]:
    word = fold(remark)
    if word in _SEXES:
        return "sex", _SEXES[word]
    if _DEAD.search(word):
        return "state", "去世"
    if nation := nation_named(word):
        return "nation", nation
    if former := _FORMER.fullmatch(remark):
        return "former_name", _name_itself(former[1])
    return "remark", remark
