"""What a form brings beside the fields of a person: compared with what he has, written where he has none yet."""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from apps.core.bulk import insert_many
from apps.core.cells import notice
from apps.core.pictures import PictureRefused
from apps.core.private_files import FileNotKept
from apps.core.scope import Actor
from apps.imports.choices import Verdict
from apps.imports.rules import StagedRow
from apps.retirees.actions.along import ALONG, record_along
from apps.retirees.actions.portrait import set_portrait
from apps.retirees.importers.columns import FIELD_LABELS
from apps.retirees.importers.lines import career_lines, family_lines, honour_lines
from apps.retirees.models import ChangeSet, Retiree
from apps.retirees.models.facts import PersonRow

Read = Callable[[str], Iterator[dict[str, Any]]]
READERS: dict[str, Read] = {"career": career_lines, "family": family_lines, "honours": honour_lines}
UNITS = {"career": "条", "family": "人", "honours": "项", "portrait": "张"}


def compare_dossiers(rows: Sequence[StagedRow]) -> None:
    """Tell of rows whose people are known what would be added beside the fields: what a person has already stays."""
    told = [row for row in rows if row.verdict in (Verdict.SAME, Verdict.UPDATE) and ALONG.keys() & row.entry]
    for name in ALONG:
        some = [row for row in told if name in row.entry]
        having = _having(name, [row.target_id for row in some if row.target_id])
        for row in some:
            number = 1 if name == "portrait" else sum(1 for _ in READERS[name](row.entry[name]))
            label = FIELD_LABELS[name]
            if number and row.target_id in having:
                row.add(name, notice("kept", f"名册里已有{label}，这次不改。"))
            elif number:
                row.before[label], row.after[label] = "", f"{number}{UNITS[name]}"
                row.verdict = Verdict.UPDATE


def write_dossiers(texts: Mapping[int, Mapping[str, str]], change_set: ChangeSet | None = None) -> None:
    """Person → text by name of READERS: add the lines for people who have none of the kind; others keep what they have.
    With ``change_set`` the lines go again when it is taken back."""
    people = Retiree.objects.in_bulk(list(texts))
    written: dict[str, list[PersonRow]] = {}
    for name, read in READERS.items():
        wanted = {pk: texts[pk][name] for pk in people if texts[pk].get(name)}
        having = _having(name, list(wanted))
        rows = [
            _row(name, people[pk], number, line)
            for pk, text in wanted.items()
            if pk not in having
            for number, line in enumerate(read(text), start=1)
        ]
        insert_many(rows)
        written[name] = rows
    if change_set is not None and any(written.values()):
        record_along(change_set=change_set, written=written)


def _row(name: str, person: Retiree, number: int, line: dict[str, Any]) -> PersonRow:
    order = {"career": {"position": number}, "family": {"sort": number}}.get(name, {})
    return ALONG[name](id=uuid.uuid4(), **person.row_keys(), **line, **order)


def _having(name: str, keys: Sequence[int]) -> set[int]:
    if not keys:
        return set()
    found = ALONG[name]._default_manager.filter(retiree_id__in=keys)
    return set(found.values_list("retiree_id", flat=True))


def write_portraits(pictures: Mapping[int, bytes], by: Actor, change_set: ChangeSet | None = None) -> int:
    """Person → picture, for people without a photograph. Returns how many could not be read; they are left out."""
    people = Retiree.objects.visible_to(by).filter(portrait_set__isnull=True).in_bulk(list(pictures))
    refused, made = 0, []
    for pk, person in people.items():
        try:
            made.append(set_portrait(retiree=person, content=pictures[pk], by=by, source="任免审批表"))
        except (PictureRefused, FileNotKept):
            refused += 1
    if change_set is not None and made:
        record_along(change_set=change_set, written={"portrait": made})
    return refused
