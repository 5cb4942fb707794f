"""Sort and search keys of Chinese names."""

import functools
import os
import re

# Names are read character by character: without the dictionary of phrases each process starts sooner and is smaller.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")

from pypinyin import Style, lazy_pinyin

# Surnames whose usual reading is not the character's first one.
SURNAMES = {
    "单": "shan",
    "解": "xie",
    "仇": "qiu",
    "区": "ou",
    "查": "zha",
    "曾": "zeng",
    "盖": "ge",
    "朴": "piao",
    "任": "ren",
    "华": "hua",
    "宁": "ning",
    "乐": "yue",
    "覃": "qin",
    "缪": "miao",
    "翟": "zhai",
    "尉迟": "yuchi",
    "万俟": "moqi",
    "长孙": "zhangsun",
    "重": "chong",
    "员": "yun",
    "召": "shao",
    "逄": "pang",
    "祭": "zhai",
    "秘": "bi",
    "乜": "nie",
    "黑": "he",
    "繁": "po",
}

COMPOUND_SURNAMES = frozenset(
    "欧阳 司马 司徒 司空 上官 诸葛 夏侯 皇甫 公孙 慕容 令狐 东方 南宫 端木 百里 呼延 轩辕 宇文 澹台 公冶 宗政 濮阳 "
    "淳于 单于 太叔 申屠 仲孙 钟离 鲜于 闾丘 东郭 第五 赫连 尉迟 万俟 长孙".split()
)
MARKS = re.compile(r"[·•‧∙・⋅●.\s]+")
"""Between the parts of a name of another nation."""


@functools.lru_cache(maxsize=20_000)
def _reading(character: str) -> str:
    return lazy_pinyin(character, style=Style.NORMAL, errors="default")[0].lower()


def syllables(name: str) -> list[str]:
    """Readings of a name's characters without tones; marks like · are left out, letters kept."""
    for length in (2, 1):
        surname = SURNAMES.get(name[:length])
        if surname:
            rest = [_reading(character) for character in name[length:] if character.isalnum()]
            return [surname, *rest]
    return [_reading(character) for character in name if character.isalnum()]


def sort_key(name: str) -> str:
    """Order of a name in a list: its readings, then the name itself, so that equal readings keep together."""
    return f"{' '.join(syllables(name))} {name}"


def full(name: str) -> str:
    """zhangjianguo."""
    return "".join(syllables(name))


def initials(name: str) -> str:
    """zjg."""
    return "".join(syllable[:1] for syllable in syllables(name))


def given(name: str) -> tuple[str, str, str]:
    """The name without its surname, its full pinyin and its initials: (建国, jianguo, jg) of 张建国 and of 欧阳建国.

    Of a name with a mark (买买提·阿不都拉) it is the last part.
    """
    *before, last = [part for part in MARKS.split(name) if part] or [""]
    if not before:
        last = last[2:] if last[:2] in COMPOUND_SURNAMES else last[1:]
    readings = [_reading(character) for character in last if character.isalnum()]
    return last, "".join(readings), "".join(reading[:1] for reading in readings)
