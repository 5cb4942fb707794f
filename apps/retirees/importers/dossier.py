"""Résumé and family as texts of a sheet or a form, and writing them where the person has none yet."""

import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils import timezone

from apps.core.bulk import insert_many
from apps.core.cells import parse_date_cell
from apps.core.partial_date import PartialDate
from apps.core.pictures import PictureRefused
from apps.core.private_files import FileNotKept
from apps.core.scope import Actor
from apps.retirees.actions.portrait import set_portrait
from apps.retirees.choices import Relation
from apps.retirees.models import CareerEntry, FamilyMember, Retiree

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
    yield from found


def family_lines(text: str) -> Iterator[dict[str, Any]]:
    """称谓|姓名|出生|政治面貌|单位及职务, a line each."""
    for line in text.split("\n"):
        relation, name, born, _, work = (part.strip() for part in [*line.split("|"), "", "", "", ""][:5])
        if name:
            yield {
                "relation": RELATION_OF.get(relation, Relation.RELATIVE),
                "name": name[:60],
                "birth_date": _day(born),
                "work": work[:120],
            }


def _day(text: str | None) -> PartialDate | None:
    """What can be read for sure; a date that cannot stays with the words around it."""
    return (
        parse_date_cell(text, today=timezone.localdate(), label="时间").value
        if text and text[0].isdigit()
        else None
    )


def write_dossiers(texts: Mapping[int, Mapping[str, str]]) -> None:
    """Person → {career, family}: add the lines for people who have none of the kind; others keep what they have."""
    people = Retiree.objects.in_bulk(list(texts))
    with_career = _having(CareerEntry, people)
    with_family = _having(FamilyMember, people)
    career: list[CareerEntry] = []
    family: list[FamilyMember] = []
    for pk, person in people.items():
        place = person.row_keys()
        if pk not in with_career:
            lines = list(career_lines(texts[pk].get("career", "")))
            career += [
                CareerEntry(id=uuid.uuid4(), **place, **line | {"note": line["note"][:500]}, position=number)
                for number, line in enumerate(lines, start=1)
            ]
        if pk not in with_family:
            members = family_lines(texts[pk].get("family", ""))
            family += [
                FamilyMember(id=uuid.uuid4(), **place, **member, sort=number)
                for number, member in enumerate(members, start=1)
            ]
    insert_many(career)
    insert_many(family)


def _having(model: type[CareerEntry] | type[FamilyMember], people: Mapping[int, Retiree]) -> set[int]:
    keys: Sequence[int] = list(people)
    return set(model.objects.filter(retiree_id__in=keys).values_list("retiree_id", flat=True))


def write_portraits(pictures: Mapping[int, bytes], by: Actor) -> int:
    """Person → picture, for people without a photograph. Returns how many could not be read; they are left out."""
    people = Retiree.objects.visible_to(by).filter(portrait_set__isnull=True).in_bulk(list(pictures))
    refused = 0
    for pk, person in people.items():
        try:
            set_portrait(retiree=person, content=pictures[pk], by=by, source="任免审批表")
        except (PictureRefused, FileNotKept):
            refused += 1
    return refused
