"""What replaces what."""

from django.db import transaction

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.chinese import format_date
from apps.core.scope import Actor
from apps.library.models import Paper, Supersession
from apps.library.queries import replaced_in
from apps.library.rules import PaperRefused, circle


@transaction.atomic
def supersede(*, newer: Paper, older: Paper, is_whole: bool, note: str = "", by: Actor) -> Supersession:
    """``newer`` takes the place of ``older``, wholly or in part, from its own day of effect on. Raises PaperRefused."""
    if newer.county_id != older.county_id:
        raise PaperRefused(f"{older.number}是别的单位登记的，不能由这份文件替代；请由登记的单位登记废止。")
    # All papers of the office, so that two at once cannot close a circle that neither sees.
    office = Paper.objects.filter(county_id=newer.county_id).order_by("pk")
    rows = {row.pk: row for row in office.select_for_update(of=("self",), no_key=True)}
    new, old = rows[newer.pk], rows[older.pk]
    _check(new, old, rows)
    row = Supersession.objects.create(
        newer=new, older=old, is_whole=is_whole, note=note, county_id=new.county_id
    )
    word = "全部" if is_whole else "部分"
    told = f"登记替代：{new.number}{word}替代{old.number}"
    record_event(kind=EventKind.CHANGE, summary=told, by=by, subject=new, data={"other": old.pk})
    record_event(kind=EventKind.CHANGE, summary=told, by=by, subject=old, data={"other": new.pk})
    return row


def _check(new: Paper, old: Paper, rows: dict[int, Paper]) -> None:
    if new.pk == old.pk:
        raise PaperRefused("文件不能替代自己，请另选一份。")
    replaced = replaced_in(new.county_id)
    if old.pk in replaced.get(new.pk, ()):
        raise PaperRefused(f"{new.number}替代{old.number}已经登记；要改的，先撤销再登记。")
    closed = circle(new.pk, old.pk, replaced)
    if closed:
        told = "→".join(rows[key].number for key in (new.pk, *closed))
        raise PaperRefused(
            f"这样登记会绕成一圈：{told}（箭头表示替代）。请核对是哪一份在后，先撤销登记反了的。"
        )
    if new.starts_on is None:
        raise PaperRefused(f"{new.number}没有施行日期，不知道从哪天起替代，请先补上施行日期。")
    if old.starts_on and new.starts_on < old.starts_on:
        raise PaperRefused(
            f"{new.number}自{format_date(new.starts_on)}施行，早于{old.number}的施行日期"
            f"{format_date(old.starts_on)}，不能替代它；请核对两份文件的施行日期。"
        )


@transaction.atomic
def undo_supersession(*, row: Supersession, by: Actor) -> None:
    """It does not replace the other after all."""
    told = f"撤销替代：{row.newer.number}不再替代{row.older.number}"
    for paper, other in ((row.newer, row.older), (row.older, row.newer)):
        record_event(kind=EventKind.CHANGE, summary=told, by=by, subject=paper, data={"other": other.pk})
    row.delete()
