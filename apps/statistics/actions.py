"""A table's life: counted, counted again, checked, returned, frozen."""

from datetime import date

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.chinese import years_before
from apps.core.scope import Actor
from apps.statistics.choices import State
from apps.statistics.figures import count_cells
from apps.statistics.models import YearTable
from apps.statistics.perms import may
from apps.statistics.rules import Check, Section, checks, sections
from apps.units.models import Unit

FIRST_YEAR = 2000


class NotNow(Exception):
    """The step cannot be taken; the text says why."""


def table_of(table: YearTable) -> tuple[Section, ...]:
    """Sections of a table as it was counted: what was not counted then (a row of a later layout) is left out."""
    counties = [(str(key), name) for key, name in table.counties]
    return sections(counties, is_trial=table.is_trial, counted=table.cells)


@transaction.atomic
def make_table(*, year: int, by: Actor) -> YearTable:
    """Count a year that has ended, once; a table that is there is returned. The year that runs is counted as a trial
    up to today, which is counted again each time it is asked for. Raises NotNow for another year."""
    if not FIRST_YEAR <= year <= timezone.localdate().year:
        raise NotNow("这个年度不能统计。")
    existing = YearTable.objects.filter(county_id=by.county_id, year=year).first()
    if existing is not None:
        again = existing.is_trial and existing.state == State.DRAFT
        return take_step(table=existing, step="recount", note="", by=by) if again else existing
    table = YearTable(county_id=by.county_id, year=year, made_by_name=by.name)
    _count(table, by)
    table.save(force_insert=True)
    _log(table, "统计", by)
    return table


def _count(table: YearTable, by: Actor) -> None:
    units = Unit.objects.visible_to(by).counties() if by.county_id is None else ()
    table.counties = [[str(unit.pk), unit.label] for unit in units]
    table.counted_at = timezone.now()
    layout = sections([(key, name) for key, name in table.counties], is_trial=table.is_trial)
    table.cells = count_cells(layout, by, table.until)
    table.before = count_cells(
        layout, by, date(table.year - 1, 12, 31), moved_until=years_before(table.until, 1)
    )
    last = YearTable.objects.filter(
        county_id=table.county_id, year=table.year - 1, state=State.FROZEN
    ).first()
    found = checks(layout, table.cells, last_frozen=last.cells if last else None)
    found += _reported(table) if by.county_id is None else []
    table.checks = [one.as_json() for one in found]
    table.made_by_name = by.name


def _reported(table: YearTable) -> list[Check]:
    """The city's rows against what the counties have frozen for themselves."""
    theirs = YearTable.objects.filter(year=table.year, state=State.FROZEN).exclude(county=None)
    return [
        Check(
            f"{one.county.label}定稿的年末数＝市表该县一行",
            one.cells["levels:total:total"],
            table.cells.get(f"counties:c{one.county_id}:total", 0),
        )
        for one in theirs.select_related("county")
    ]


@transaction.atomic
def take_step(*, table: YearTable, step: str, note: str, by: Actor) -> YearTable:
    """ "recount", "check", "return" or "freeze". A table whose sums do not come out is frozen only with a note that
    says why; one counted before its year was over is neither checked nor frozen. Raises NotNow."""
    held = YearTable.objects.select_for_update(of=("self",), no_key=True).get(pk=table.pk)
    if step in ("check", "freeze") and held.is_trial:
        raise NotNow(f"这是年度没有结束时的试算，{held.year}年12月31日过后重新统计，才能核对、定稿。")
    if not may(by, held, step):
        raise NotNow(f"这张表现在是“{held.get_state_display()}”，不能这样办理。")
    if step == "recount":
        _count(held, by)
    elif step == "check":
        held.state, held.checked_by_name = State.CHECKED, by.name
    elif step == "return":
        held.state, held.checked_by_name = State.DRAFT, ""
    else:
        if held.faults and not note.strip():
            raise NotNow(f"有{held.faults}处对不上，定稿要写明原因。")
        held.state, held.frozen_by_name, held.frozen_at = State.FROZEN, by.name, Now()
        held.note = note.strip()[:300]
    held.version += 1
    held.save()
    _log(
        held,
        {"recount": "重新统计", "check": "核对", "return": "退回", "freeze": "定稿"}[step],
        by,
        reason=note,
    )
    return held


@transaction.atomic
def record_download(*, table: YearTable, by: Actor) -> None:
    """The table was taken away as a file. It holds numbers only."""
    record_event(
        kind=EventKind.DOWNLOAD,
        summary=f"下载{table.place}{table}",
        by=by,
        subject=table,
        county_id=table.county_id,
    )


def _log(table: YearTable, what: str, by: Actor, reason: str = "") -> None:
    record_event(
        kind=EventKind.ISSUE,
        summary=f"{what}：{table.place}{table}",
        by=by,
        subject=table,
        county_id=table.county_id,
        reason=reason[:200],
        data={"faults": table.faults},
    )
