"""Clauses of a paper: one by one, or many pasted at once."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max, ProtectedError

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.scope import Actor
from apps.library.actions.papers import locked, used_by
from apps.library.models import Clause, Paper
from apps.library.rules import PaperRefused

LAST = 32_000
"""Highest place that the column takes, roughly."""


@transaction.atomic
def save_clause(
    *, paper: Paper, clause: Clause | None, values: Mapping[str, Any], version: int, by: Actor
) -> Clause:
    """Add a clause behind the others, or change one that was opened at ``version``. Raises PaperRefused."""
    row = locked(paper)
    if clause is None:
        one = Clause(paper=row, county_id=row.county_id, sort=_last(row) + 1)
    else:
        one = Clause.objects.select_for_update(of=("self",)).get(pk=clause.pk, paper=row)
        if one.version != version:
            raise PaperRefused("别人刚修改过这一条，请重新打开看过新的内容再改。")
        one.version += 1
    for name, value in values.items():
        if value is not None:
            setattr(one, name, value)
    if Clause.objects.filter(paper=row, label=one.label).exclude(pk=one.pk).exists():
        raise PaperRefused(f"这份文件已有“{one.label}”，请打开那一条修改。")
    one.save()
    word = "修改" if clause else "新增"
    record_event(kind=EventKind.CHANGE, summary=f"{word}条款：{row.number} {one.label}", by=by, subject=row)
    return one


@transaction.atomic
def add_clauses(*, paper: Paper, clauses: Sequence[tuple[str, str]], by: Actor) -> int:
    """Add (label, text) behind the others; return how many. Raises PaperRefused."""
    row = locked(paper)
    labels = [label for label, _ in clauses]
    there = list(Clause.objects.filter(paper=row, label__in=labels).values_list("label", flat=True))
    if there:
        raise PaperRefused(
            f"这份文件已有：{'、'.join(there[:20])}。请从粘贴的内容里删去，要改的打开那一条改。"
        )
    last = _last(row)
    Clause.objects.bulk_create(
        Clause(paper=row, county_id=row.county_id, label=label, text=text, sort=last + place)
        for place, (label, text) in enumerate(clauses, start=1)
    )
    record_event(
        kind=EventKind.CHANGE,
        summary=f"粘贴条款：{row.number}，{len(clauses)}条",
        by=by,
        subject=row,
        data={"count": len(clauses)},
    )
    return len(clauses)


def _last(paper: Paper) -> int:
    last = paper.clauses.aggregate(last=Max("sort"))["last"] or 0
    if last > LAST:
        raise PaperRefused("条款的次序太大，请先把后面几条的次序改小。")
    return int(last)


@transaction.atomic
def remove_clause(*, clause: Clause, by: Actor) -> None:
    """Take a clause away. Raises PaperRefused while something points to it."""
    paper = locked(clause.paper)
    try:
        clause.delete()
    except ProtectedError as error:
        raise PaperRefused(f"这一条还被{used_by(error)}引用，请先改那里再删除。") from error
    record_event(
        kind=EventKind.CHANGE, summary=f"删除条款：{paper.number} {clause.label}", by=by, subject=paper
    )
