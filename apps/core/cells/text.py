"""Plain text in cells: cleaning what is invisible, comparing what is written differently, refusing what is broken."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from .result import RAW_LENGTH, Cell, CellError, Issue, Parsed, error, show
from .variants import to_simplified

TEXT_LENGTH = 10_000 - 1

# Zero-width and direction characters, soft hyphen, byte-order marks, Hangul fillers: nobody typed them on purpose.
_INVISIBLE = re.compile(
    "[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff]"
)
_SPACES = re.compile(r"\s+")
_BLANKS_IN_LINE = re.compile(r"[^\S\n]+")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_BLANK_WORDS = frozenset(
    "无 不详 未知 暂无 没有 待补 待查 空 不清楚 未提供 缺 - -- --- — —— / \\ n/a na null none nan 无身份证".split()
)

REQUIRED_KIND = "required"


def strip_invisible(text: str) -> str:
    return text if text.isalnum() else _INVISIBLE.sub("", text)


def tidy(text: str) -> str:
    """Invisible characters gone, every run of white space one blank, none at the ends."""
    return text if text.isalnum() else _SPACES.sub(" ", _INVISIBLE.sub("", text)).strip()


def squeeze(text: str) -> str:
    """Half-width forms, no white space, no invisible characters: for dates, numbers and choices, never for names."""
    if text.isalnum() and text.isascii():
        return text
    return _SPACES.sub("", _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)))


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """The form two spellings share: squeezed, lower case, traditional characters as simplified ones."""
    return to_simplified(squeeze(text)).casefold()


def says_nothing(text: str) -> bool:
    """Empty, or one of the words people write for empty: 无, 不详, 暂无, a dash."""
    return not text or text.casefold() in _BLANK_WORDS


def text_problem(value: Cell, limit: int = TEXT_LENGTH) -> Issue | None:
    """What makes a cell unreadable as text whatever is expected in it, or None."""
    if not isinstance(value, str):
        return None
    if isinstance(value, CellError):
        return error("formula-error", "单元格是公式错误（如#N/A、#REF!），没有值。请改正公式或直接填写内容。")
    if len(value) > limit:
        return error("too-long", f"内容过长（{len(value)}字，最多{limit}字），可能粘贴错了。请删减后重填。")
    if value.isalnum():
        return None
    if _SURROGATES.search(value):
        return error("broken-character", "含有残缺的字符，无法保存。请在原表中重新输入这个字。")
    if _CONTROLS.search(value):
        return error("control-character", "含有看不见的控制字符，无法保存。请删去后重新输入。")
    return None


def required_issue(label: str) -> Issue:
    return error(REQUIRED_KIND, f"{label}没有填写。请补上。")


def parse_text_cell(
    value: Cell,
    *,
    label: str = "内容",
    max_length: int = 500,
    required: bool = False,
    multiline: bool = False,
) -> Parsed[str]:
    """Free text such as a post, an address or a remark.

    Gives tidied text (line breaks kept when `multiline`), None for an empty cell. Numbers come as written.
    Issues: required, too-long, control-character, broken-character, formula-error (all errors).
    """
    if type(value) is str and len(value) <= min(max_length, RAW_LENGTH) and value.isalnum():
        return Parsed(value, value)
    raw = show(value)
    if problem := text_problem(value):
        return Parsed(None, raw, (problem,))
    text = value if isinstance(value, str) else raw
    text = _tidy_lines(text) if multiline else tidy(text)
    if not text:
        return Parsed(None, raw, (required_issue(label),) if required else ())
    if len(text) > max_length:
        return Parsed(
            None, raw, (error("too-long", f"{label}过长（{len(text)}字，最多{max_length}字）。请删减。"),)
        )
    return Parsed(text, raw)


def _tidy_lines(text: str) -> str:
    lines = strip_invisible(text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(_BLANKS_IN_LINE.sub(" ", line).strip() for line in lines).strip()
