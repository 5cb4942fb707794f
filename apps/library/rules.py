"""What a paper is worth on a day, what may replace what, and where clauses begin in a pasted text."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from apps.core.chinese import format_date
from apps.core.scope import Actor
from apps.library.choices import Validity


class PaperRefused(ValueError):
    """A paper, a clause or a replacement cannot be as asked. The text says why and what to do."""


@dataclass(frozen=True)
class Replacement:
    """A later paper that takes the place of one, or of parts of it, from a day."""

    starts_on: date
    is_whole: bool
    number: str = ""
    """文号 of the later paper, where it is told."""


def validity_on(
    day: date, *, starts_on: date | None, ended_on: date | None, replaced_by: Iterable[Replacement] = ()
) -> Validity:
    """Validity of a paper on ``day``. ``ended_on`` is the first day on which it no longer holds; a paper without a day
    of effect holds from the first. Repeal is told before replacement: it is the stronger word."""
    if ended_on is not None and ended_on <= day:
        return Validity.REPEALED
    begun = [one for one in replaced_by if one.starts_on <= day]
    if any(one.is_whole for one in begun):
        return Validity.REPLACED
    if starts_on is not None and starts_on > day:
        return Validity.NOT_YET
    return Validity.PARTLY if begun else Validity.IN_FORCE


def validity_words(
    day: date, *, starts_on: date | None, ended_on: date | None, replaced_by: Sequence[Replacement] = ()
) -> str:
    """The same in words: since when, and by which papers."""
    found = validity_on(day, starts_on=starts_on, ended_on=ended_on, replaced_by=replaced_by)
    if found == Validity.REPEALED:
        return f"已废止，自{format_date(ended_on)}"
    if found == Validity.NOT_YET:
        return f"尚未施行，自{format_date(starts_on)}施行"
    begun = sorted(
        (one for one in replaced_by if one.starts_on <= day), key=lambda one: (one.starts_on, one.number)
    )
    if found == Validity.REPLACED:
        first = next(one for one in begun if one.is_whole)
        return f"被{first.number}全部替代，自{format_date(first.starts_on)}"
    if found == Validity.PARTLY:
        told = "；".join(f"被{one.number}部分替代，自{format_date(one.starts_on)}" for one in begun)
        return f"有效，但{told}"
    return f"有效，自{format_date(starts_on)}施行" if starts_on else "有效"


def circle(newer: int, older: int, replaces: Mapping[int, Iterable[int]]) -> list[int]:
    """Keys of the circle that would close if ``newer`` replaced ``older``: from ``older`` on to ``newer``; empty where
    none would. ``replaces``: the keys that each paper replaces already."""
    paths = [[older]]
    seen = {older}
    while paths:
        path = paths.pop()
        if path[-1] == newer:
            return path
        for following in replaces.get(path[-1], ()):
            if following not in seen:
                seen.add(following)
                paths.append([*path, following])
    return []


_NUMBER = "[一二三四五六七八九十百千零〇0-9]+"
_ARTICLE = re.compile(rf"(第{_NUMBER}条(?:之{_NUMBER})?)[\s　:：]*(.*)")
_ITEM = re.compile(rf"({_NUMBER})、\s*(.*)")
_PART = re.compile(rf"[（(]({_NUMBER})[)）]\s*(.*)")
_CHAPTER = re.compile(rf"第{_NUMBER}[编章节][\s　]*\S{{0,30}}")
MOST_CLAUSES = 300
LONGEST_CLAUSE = 4000
SHOWN = 20


def split_clauses(text: str) -> list[tuple[str, str]]:
    """(label, text) of the clauses of a pasted text: each line that begins 第…条, 一、 or （一） starts one, and （一）
    is named after what it stands under, as in 三（一）. Headings of chapters belong to none.

    Raises PaperRefused for words before the first clause, and for a clause that is empty, too long or there twice."""
    found: list[tuple[str, list[str]]] = []
    above = ""
    for number, line in enumerate(text.splitlines(), start=1):
        line = line.strip()
        if not line or _CHAPTER.fullmatch(line):
            continue
        if begun := _ARTICLE.match(line) or _ITEM.match(line):
            above = begun[1]
            found.append((above, [begun[2]]))
        elif begun := _PART.match(line):
            found.append((f"{above}（{begun[1]}）", [begun[2]]))
        elif found:
            found[-1][1].append(line)
        else:
            raise PaperRefused(
                f"第{number}行“{line[:SHOWN]}”不在任何一条里，请从“第一条”“一、”或“（一）”开始的一行贴起。"
            )
    return _checked([(label, "\n".join(line for line in lines if line)) for label, lines in found])


def _checked(clauses: list[tuple[str, str]]) -> list[tuple[str, str]]:
    if len(clauses) > MOST_CLAUSES:
        raise PaperRefused(f"一次最多{MOST_CLAUSES}条，请分几次粘贴。")
    seen: set[str] = set()
    for label, text in clauses:
        if not text:
            raise PaperRefused(f"“{label}”没有条文，请补上或删去这一行。")
        if len(text) > LONGEST_CLAUSE:
            raise PaperRefused(f"“{label}”超过{LONGEST_CLAUSE}字，请分成几条。")
        if label in seen:
            raise PaperRefused(f"“{label}”出现了两次，请删去一处，或分两次粘贴后改名。")
        seen.add(label)
    return clauses


@dataclass(frozen=True)
class PaperLine:
    """Something of another app that rests on a paper."""

    text: str
    url: str = ""
    note: str = ""


@dataclass(frozen=True)
class PaperPart:
    """A part of a paper's page that another app fills."""

    title: str
    lines: Sequence[PaperLine]
    empty: str


PartSource = Callable[[Any, Actor], PaperPart]
_parts: list[PartSource] = []


def register_paper_part(source: PartSource) -> None:
    """Let an app above show on a paper's page what rests on it; called once, in AppConfig.ready()."""
    _parts.append(source)


def paper_parts(paper: Any, actor: Actor) -> list[PaperPart]:
    """What other apps show of a paper to somebody."""
    return [source(paper, actor) for source in _parts]
