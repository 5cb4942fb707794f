"""Sort and search keys of Chinese names."""

import functools

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


def tokens(name: str) -> list[str]:
    """What a search may begin with: the name, its readings and initials from each character on."""
    plain = "".join(character for character in name if character.isalnum())
    readings = syllables(name)
    offset = len(plain) - len(readings)  # a two-character surname read as one syllable
    found: dict[str, None] = {}
    for start in range(len(readings)):
        found[plain[start + offset if start else 0 :]] = None
        found["".join(readings[start:])] = None
        found["".join(reading[:1] for reading in readings[start:])] = None
    return [token for token in found if token]
