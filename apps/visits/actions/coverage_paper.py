"""The coverage of a campaign on paper: by county, by unit, and who is missing and why."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from apps.accounts.perms import may_export
from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.chinese import format_count, format_date
from apps.core.documents.sections import Section, sections_pdf
from apps.core.scope import Actor
from apps.core.sheets.table import Column
from apps.exports.rules import ALONE
from apps.visits.choices import Target
from apps.visits.models import Campaign, Due
from apps.visits.queries.coverage import (
    CoverageLine,
    Tally,
    campaign_coverage,
    missing_rows,
    unit_lines,
)

NAMED = 2000
"""Missing people who stand with their names on the paper."""
UNITS = 1500
"""Units that stand on it; of more only those where somebody is missing."""
COLUMNS = (
    ("应访", True),
    ("已访", True),
    ("未访", True),
    ("有原因", True),
    ("走访率", True),
    ("计划（元）", True),
    ("已发（元）", True),
)


def rate_words(rate: Decimal | None) -> str:
    """100%, 98.5%, or — of nobody."""
    if rate is None:
        return "—"
    return "100%" if rate == 100 else f"{rate}%"


def cells_of(tally: Tally) -> list[str]:
    """The cells of one line, as ``COLUMNS``."""
    return [
        format_count(tally.done + tally.missing),
        format_count(tally.done),
        format_count(tally.missing),
        format_count(tally.excused),
        rate_words(tally.rate),
        f"{tally.planned:,.2f}",
        f"{tally.given:,.2f}",
    ]


def reason_words(due: Due) -> str:
    """Why somebody was not seen yet, as it was told."""
    reason = due.get_reason_display() if due.reason else "未说明原因"
    return f"{reason}：{due.reason_note}" if due.reason_note else reason


def make_coverage(*, campaign: Campaign, today: date, by: Actor) -> bytes:
    """The PDF, written to the log like an export. Names as in the workbook: many of them want the right to take data
    out, else there are numbers only. Raises DocumentError."""
    coverage = campaign_coverage(campaign, by, today)
    total = coverage.total
    people = _named(campaign, by)
    state = f"截至{format_date(today)}　{_verdict(total)}"
    if total.missing and not people:
        state += "　未访人数较多，这份没有姓名；姓名在活动的“名单”页看"
    sections = []
    if by.county_id is None:
        sections.append(_places(f"{campaign.title}覆盖情况", state, "县市区", coverage.places, total))
    units, left_out = _units(unit_lines(campaign, by))
    title = f"{campaign.title}覆盖情况（按单位）" if sections else f"{campaign.title}覆盖情况"
    lines = state if not left_out else f"{state}　单位较多，只列有未访人员的{format_count(len(units))}个单位"
    sections.append(_places(title, lines, "单位", units, total))
    if people:
        sections.append(_missing(campaign, people))
    record_event(
        kind=EventKind.EXPORT,
        summary=f"打印覆盖情况：{campaign.title}",
        by=by,
        subject=campaign,
        data={"people": len(people), "paper": "coverage", "format": "pdf"},
    )
    return sections_pdf(sections, f"{by.name} {format_date(today)}")


def _verdict(total: Tally) -> str:
    if not total.due:
        return "名单里没有应访的人"
    if total.is_complete:
        return f"应访{format_count(total.due)}人，走访率100%，一个不落"
    words = f"应访{format_count(total.due)}人，已访{format_count(total.done)}人，未访{format_count(total.missing)}人"
    excused = f"（其中{format_count(total.excused)}人已说明原因）" if total.excused else ""
    return f"{words}{excused}，走访率{rate_words(total.rate)}"


def _places(title: str, lines: str, name: str, places: Sequence[CoverageLine], total: Tally) -> Section:
    wide = (10, 10, 10, 10, 12, 18, 18)
    columns = [Column("序号", 7, is_number=True), Column(name, 44)]
    columns += [
        Column(label, width, is_number=num) for (label, num), width in zip(COLUMNS, wide, strict=True)
    ]
    rows = [[str(place), one.label, *cells_of(one.tally)] for place, one in enumerate(places, start=1)]
    return Section(title, lines, columns, rows, ["", "合计", *cells_of(total)])


def _units(lines: Sequence[CoverageLine]) -> tuple[Sequence[CoverageLine], bool]:
    """The units that are shown, and whether some are left out."""
    if len(lines) <= UNITS:
        return lines, False
    return [line for line in lines if line.tally.missing][:UNITS], True


def _named(campaign: Campaign, by: Actor) -> list[Due]:
    """The missing people; none where they are too many for the reader or for a paper."""
    most = NAMED if may_export(by) else ALONE
    rows = list(missing_rows(campaign, by)[: most + 1])
    return rows if len(rows) <= most else []


def _missing(campaign: Campaign, people: Sequence[Due]) -> Section:
    columns = [
        Column("序号", 7, is_number=True), Column("姓名", 18), Column("县市区", 18), Column("单位", 36),
        Column("看望谁", 10), Column("走访组", 16), Column("未访原因", 50),
    ]  # fmt: skip
    rows = [
        [
            str(place),
            due.retiree.name,
            due.county.label,
            due.unit.label,
            "本人" if due.target == Target.SELF else str(due.get_target_display()),
            due.team.name if due.team else "未分组",
            reason_words(due),
        ]
        for place, due in enumerate(people, start=1)
    ]
    return Section(f"{campaign.title}未访人员", f"共{format_count(len(people))}人", columns, rows)
