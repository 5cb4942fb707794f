"""Résumé, family and honours as texts of a sheet or a form, taken apart into lines."""

import re
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from apps.core.cells import Issue, parse_choice_cell, parse_date_cell, warning
from apps.core.partial_date import PartialDate
from apps.retirees.choices import Relation
from apps.retirees.importers.columns import CHOICES

_LINE = re.compile(
    r"^(?P<start>\d{4}[.\-/年]?\d{0,2}月?)\s*[-—–~至到]+\s*(?P<end>\d{4}[.\-/年]?\d{0,2}月?|至今|今)?[\s,，:：]*(?P<text>.*)$"
)
_RELATIONS = {
    Relation.SPOUSE: ("妻子", "丈夫", "妻", "夫", "配偶", "爱人", "老伴"),
    Relation.CHILD: (
        "儿子",
        "女儿",
        "长子",
        "次子",
        "长女",
        "次女",
        "子",
        "女",
        "三子",
        "三女",
        "养子",
        "养女",
    ),
    Relation.SIBLING: ("哥哥", "弟弟", "姐姐", "妹妹", "兄", "弟", "姐", "妹"),
}
RELATION_OF = {word: relation for relation, words in _RELATIONS.items() for word in words}


def career_lines(text: str) -> Iterator[dict[str, Any]]:
    """1970.03--1975.08  某县农机厂工人 → dates and words; a line without dates goes on with the one before."""
    found: list[dict[str, Any]] = []
    for line in filter(None, (part.strip() for part in text.split("\n"))):
        match = _LINE.match(line)
        if match:
            found.append(
                {"from_on": _day(match["start"]), "until_on": _day(match["end"]), "note": match["text"]}
            )
        elif found:
            found[-1]["note"] += f" {line}"
        else:
            found.append({"from_on": None, "until_on": None, "note": line})
    yield from (line | {"note": line["note"][:500]} for line in found)


def family_lines(text: str) -> Iterator[dict[str, Any]]:
    """称谓|姓名|出生|政治面貌|单位及职务, a line each."""
    for line in text.split("\n"):
        relation, name, born, political, work = (
            part.strip() for part in [*line.split("|"), "", "", "", ""][:5]
        )
        if name:
            yield {
                "relation": RELATION_OF.get(relation, Relation.RELATIVE),
                "kinship": "" if relation in Relation.labels else relation[:20],
                "name": name[:60],
                "birth_date": _day(born),
                "political": _political(political),
                "work": work[:120],
            }


def _political(text: str) -> str:
    """The code of what the word means; empty for a word that is not one of the thirteen."""
    table, codes = CHOICES["political"]
    found = parse_choice_cell(text, table, unknown="warning").value
    return str(codes[found]) if found else ""


def family_issues(text: str) -> Iterator[Issue]:
    """What of the lines of a family is not taken as it stands."""
    words = {line.split("|")[3].strip() for line in text.split("\n") if line.count("|") >= 3}
    unknown = sorted(word for word in words if word and not _political(word))
    if unknown:
        yield warning("political", f"家庭成员的政治面貌“{'、'.join(unknown)}”不在标准里，没有写入。")


def _day(text: str | None) -> PartialDate | None:
    """What can be read for sure; a date that cannot stays with the words around it."""
    return (
        parse_date_cell(text, today=timezone.localdate(), label="时间").value
        if text and text[0].isdigit()
        else None
    )


_PENALTY = re.compile("处分|警告|记过|记大过|降级|撤职|开除|留党察看|诫勉")
_NOTHING = {"无", "没有", "/", "-", "—"}
HONOUR_LENGTH = 120


def honour_lines(text: str) -> Iterator[dict[str, Any]]:
    """One honour a line or between semicolons; what speaks of a penalty is none, and is told by ``honour_issues``."""
    for part in re.split("[;；\n]", text):
        name = part.strip().rstrip("。")
        if name and name not in _NOTHING and not _PENALTY.search(name):
            yield {"name": name[:HONOUR_LENGTH]}


def honour_issues(text: str) -> Iterator[Issue]:
    """What of a text of honours is not taken as it stands."""
    if _PENALTY.search(text):
        yield warning("penalty", "写到处分的一段不记入荣誉；需要留存请自己记在备注里。")
    if any(len(part.strip()) > HONOUR_LENGTH for part in re.split("[;；\n]", text)):
        yield warning("cut", f"一条荣誉最多{HONOUR_LENGTH}字，超过的部分不写入；几条之间请用分号隔开。")
