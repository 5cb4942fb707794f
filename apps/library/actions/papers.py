"""Papers: registered, corrected, repealed, taken away."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max, Min, ProtectedError

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.chinese import format_date
from apps.core.scope import Actor
from apps.library.models import Paper
from apps.library.rules import PaperRefused

STALE = "别人刚修改过这份文件，请重新打开看过新的内容再改。"


def locked(paper: Paper) -> Paper:
    """The row as it is now, held until the transaction ends."""
    return Paper.objects.select_for_update(of=("self",), no_key=True).get(pk=paper.pk)


@transaction.atomic
def save_paper(*, paper: Paper | None, values: Mapping[str, Any], version: int, by: Actor) -> Paper:
    """Register a paper of the actor's office, or correct one that was opened at ``version``.

    Raises PaperRefused."""
    if paper is None:
        row = Paper(county_id=by.county_id)
    else:
        row = locked(paper)
        if row.version != version:
            raise PaperRefused(STALE)
    old = {name: getattr(row, name) for name in values}
    for name, value in values.items():
        setattr(row, name, value)
    _check(row)
    if paper is None:
        row.save()
        record_event(kind=EventKind.CREATE, summary=f"登记文件：{row.number}", by=by, subject=row)
        return row
    changed = [name for name in values if old[name] != values[name]]
    row.version += 1
    row.is_example = False
    row.save(update_fields=[*values, "version", "is_example"])
    labels = {field.name: str(field.verbose_name) for field in Paper._meta.fields}
    words = "、".join(labels[name] for name in changed) or "没有变化"
    record_event(
        kind=EventKind.CHANGE,
        summary=f"修改文件：{row.number}（{words}）",
        by=by,
        subject=row,
        data={"fields": changed},
    )
    return row


def _check(row: Paper) -> None:
    """What no single field shows: another paper with this number, days that contradict each other."""
    same = Paper.objects.filter(county_id=row.county_id, number=row.number).exclude(pk=row.pk)
    if same.exists():
        raise PaperRefused(f"文号{row.number}已经登记，请打开那一份修改。")
    if row.ended_on and row.starts_on and row.ended_on <= row.starts_on:
        raise PaperRefused(
            f"施行日期应早于废止日期{format_date(row.ended_on)}；日期都对的，请先撤回废止再改。"
        )
    if row.pk:
        _check_replacements(row)


def _check_replacements(row: Paper) -> None:
    """What it replaces began no later than it, what replaces it no earlier."""
    replaces = row.replaces.aggregate(last=Max("older__starts_on"))["last"]
    if row.starts_on is None and row.replaces.exists():
        raise PaperRefused("这份文件替代了别的文件，要有施行日期；不再替代的，请先撤销替代。")
    if row.starts_on and replaces and row.starts_on < replaces:
        raise PaperRefused(
            f"它替代的文件{format_date(replaces)}才施行，施行日期不能早于这一天；请核对，或先撤销替代。"
        )
    replaced = row.replaced_by.aggregate(first=Min("newer__starts_on"))["first"]
    if row.starts_on and replaced and row.starts_on > replaced:
        raise PaperRefused(
            f"替代它的文件{format_date(replaced)}已经施行，施行日期不能晚于这一天；请核对，或先撤销替代。"
        )


@transaction.atomic
def repeal_paper(*, paper: Paper, ended_on: date, note: str, by: Actor) -> Paper:
    """It no longer holds from a day on. Raises PaperRefused."""
    row = locked(paper)
    if row.starts_on and ended_on <= row.starts_on:
        raise PaperRefused(f"废止日期应在施行日期{format_date(row.starts_on)}之后，请核对。")
    row.ended_on, row.ended_note = ended_on, note
    row.version += 1
    row.save(update_fields=["ended_on", "ended_note", "version"])
    told = f"废止文件：{row.number}，自{format_date(ended_on)}"
    record_event(kind=EventKind.STATE, summary=told, by=by, subject=row)
    return row


@transaction.atomic
def withdraw_repeal(*, paper: Paper, by: Actor) -> bool:
    """It was not repealed after all; return whether it had been."""
    row = locked(paper)
    if row.ended_on is None:
        return False
    row.ended_on, row.ended_note = None, ""
    row.version += 1
    row.save(update_fields=["ended_on", "ended_note", "version"])
    record_event(kind=EventKind.STATE, summary=f"撤回废止：{row.number}", by=by, subject=row)
    return True


@transaction.atomic
def remove_paper(*, paper: Paper, by: Actor) -> None:
    """Take a paper away that was registered by mistake, with its clauses; history keeps it.

    Raises PaperRefused while something points to it."""
    row = locked(paper)
    if row.replaces.exists() or row.replaced_by.exists():
        raise PaperRefused("这份文件和别的文件有替代关系，请先撤销替代再删除；不再有效的，请登记废止。")
    record_event(kind=EventKind.CHANGE, summary=f"删除文件：{row.number}", by=by, subject=row)
    try:
        row.delete()
    except ProtectedError as error:
        raise PaperRefused(
            f"这份文件还被{used_by(error)}引用，请先改那里再删除；不再有效的，请登记废止。"
        ) from error


def used_by(error: ProtectedError) -> str:
    """What keeps a row from being deleted, in the words of the pages."""
    return "、".join(sorted({str(one._meta.verbose_name) for one in error.protected_objects}))
