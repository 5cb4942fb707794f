"""Papers of a campaign: 分组表, 路线单, 签收表, 慰问信, and its coverage. Whoever is on one is there at this moment:
the register is read when a paper is made, so that nobody dead is led to or written to."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.template.loader import render_to_string

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.chinese import age_on, format_date
from apps.core.documents.briefing import office_fonts
from apps.core.documents.guarded import render_pdf_guarded
from apps.core.documents.sections import Section, sections_pdf
from apps.core.scope import Actor
from apps.core.sheets.table import Column, clean_cell
from apps.retirees.models import FamilyMember
from apps.visits.actions.paper_files import letters_docx, sections_docx
from apps.visits.choices import Target
from apps.visits.models import Campaign, Due, Team
from apps.visits.queries.teams import members_of, teams_seen
from apps.visits.rules.letters import letter_for

PAPERS = {"groups": "分组表", "routes": "路线单", "signatures": "签收表", "letters": "慰问信"}
FORMATS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
MOST = {"groups": 12_000, "routes": 2000, "signatures": 2000, "letters": 500}
"""People on one file: half a minute of the renderer."""


class PaperRefused(ValueError):
    """This paper cannot be made so. The text says why."""


def due_of_paper(campaign: Campaign, actor: Actor, *, team: int | None, county: int | None) -> list[Due]:
    """Those still to be seen whom a paper is about, in the order of groups and routes; nobody who is not there."""
    rows = Due.objects.visible_to(actor).filter(campaign=campaign).waiting()
    if team is not None:
        rows = rows.filter(team_id=team)
    if county is not None:
        rows = rows.filter(county_id=county)
    ordered = rows.order_by(
        "county__sort", "county_id", "team__sort", "team_id", "position", "unit__sort", "unit_id",
        "retiree__name_sort", "pk",
    )  # fmt: skip
    return list(ordered.select_related("retiree", "county", "unit", "team", "team__lead"))


def make_paper(
    *,
    campaign: Campaign,
    paper: str,
    form: str,
    team: int | None = None,
    county: int | None = None,
    today: date,
    by: Actor,
) -> bytes:
    """Make one paper of ``PAPERS`` in one of ``FORMATS`` and write it to the log like an export.

    team, county: of these people only. Raises PaperRefused (nobody, too many, no letter) and DocumentError.
    """
    dues = due_of_paper(campaign, by, team=team, county=county)
    if not dues:
        raise PaperRefused("没有还要看望的人，不用打印。")
    if len(dues) > MOST[paper]:
        raise PaperRefused(f"有{len(dues)}人，一份最多{MOST[paper]}人，请按组或县市区分开打印。")
    record_event(
        kind=EventKind.EXPORT,
        summary=f"打印{PAPERS[paper]}：{campaign.title}，{len(dues)}人",
        by=by,
        subject=campaign,
        data={"people": len(dues), "paper": paper, "format": form},
    )
    mark = f"{by.name} {format_date(today)}"
    if paper == "letters":
        letters = _letters(campaign, dues)
        return (
            letters_docx(letters) if form == "docx" else _pdf("documents/letters.html", {"letters": letters})
        )
    sections = _sections(campaign, paper, dues, today, by)
    if form == "docx":
        return sections_docx(sections, mark)
    return sections_pdf(sections, mark)


def _pdf(template: str, context: dict[str, Any]) -> bytes:
    return render_pdf_guarded(render_to_string(template, context), font_dir=office_fonts())


def _sections(campaign: Campaign, paper: str, dues: Sequence[Due], today: date, by: Actor) -> list[Section]:
    teams = {team.pk: team for team in teams_seen(campaign, by)}
    along = members_of(teams.values())
    parts = [(key, list(rows)) for key, rows in groupby(dues, key=_part)]
    if paper == "groups":
        return [_groups(campaign, parts, teams, along)]
    make = _route if paper == "routes" else _signatures
    return [make(campaign, key, rows, teams, along, today) for key, rows in parts]


def _part(due: Due) -> tuple[int | None, str]:
    """A group, or of those in none the unit."""
    return (due.team_id, "") if due.team_id else (None, f"{due.county.label} {due.unit.label}")


def _heading(key: tuple[int | None, str], teams: dict[int, Team]) -> str:
    team = teams.get(key[0] or 0)
    return team.name if team else f"未分组 {key[1]}".strip()


def _about(
    key: tuple[int | None, str], teams: dict[int, Team], along: dict[int, list[Any]], count: int
) -> str:
    team = teams.get(key[0] or 0)
    parts = [f"共{count}人"]
    if team is not None:
        parts.insert(0, f"带队领导：{team.lead or '未定'}")
        others = _others(team, along)
        parts += [f"成员：{others}" if others else "", f"时间：{_when(team)}"]
        parts.append(f"路线：{team.route}" if team.route else "")
    return "　".join(part for part in parts if part)


def _others(team: Team, along: dict[int, list[Any]]) -> str:
    names = [member.leader.name for member in along.get(team.pk, [])]
    return "、".join([*names, team.staff] if team.staff else names)


def _when(team: Team) -> str:
    if team.day is None:
        return "未定"
    times = "—".join(f"{one:%H:%M}" for one in (team.starts_at, team.ends_at) if one)
    return f"{format_date(team.day)} {times}".strip()


def _who(due: Due) -> str:
    return (
        due.retiree.name if due.target == Target.SELF else f"{due.retiree.name}（{due.get_target_display()}）"
    )


def _groups(
    campaign: Campaign,
    parts: Sequence[tuple[Any, list[Due]]],
    teams: dict[int, Team],
    along: dict[int, list[Any]],
) -> Section:
    columns = [
        Column("组", 8), Column("带队领导", 14), Column("成员、随行", 16), Column("时间", 14), Column("路线", 16),
        Column("人数", 5, is_number=True), Column("走访对象", 60),
    ]  # fmt: skip
    rows = []
    for key, dues in parts:
        team = teams.get(key[0] or 0)
        head = [_heading(key, teams), "", "", "", ""]
        if team is not None:
            head = [team.name, str(team.lead or "未定"), _others(team, along), _when(team), team.route]
        rows.append([*head, str(len(dues)), "、".join(_who(due) for due in dues)])
    count = sum(len(dues) for _, dues in parts)
    return Section(f"{campaign.title}分组表", f"共{len(rows)}组　{count}人", columns, rows)


def _route(
    campaign: Campaign,
    key: Any,
    dues: Sequence[Due],
    teams: dict[int, Team],
    along: dict[int, list[Any]],
    today: date,
) -> Section:
    columns = [
        Column("次序", 5, is_number=True), Column("姓名", 14), Column("性别", 5), Column("年龄", 5, is_number=True),
        Column("县市区、单位", 32), Column("职级待遇", 14), Column("慰问金（元）", 10, is_number=True),
        Column("慰问品", 16), Column("走访情况", 34),
    ]  # fmt: skip
    rows = []
    for place, due in enumerate(dues, start=1):
        person = due.retiree
        age = age_on(person.birth_from, today)
        rows.append(
            [
                str(place),
                _who(due),
                person.get_sex_display(),
                "" if age is None or due.target != Target.SELF else str(age),
                f"{due.county.label} {due.unit.label}",
                person.get_treatment_display() if person.treatment else "",
                f"{due.planned_money:,.2f}" if due.planned_money else "",
                due.planned_goods,
                "",
            ]
        )
    title = f"{campaign.title}路线单（{_heading(key, teams)}）"
    return Section(title, _about(key, teams, along, len(dues)), columns, rows)


def _signatures(
    campaign: Campaign,
    key: Any,
    dues: Sequence[Due],
    teams: dict[int, Team],
    along: dict[int, list[Any]],
    today: date,
) -> Section:
    columns = [
        Column("序号", 5, is_number=True), Column("姓名", 16), Column("县市区、单位", 32), Column("慰问品", 20),
        Column("慰问品价值（元）", 12, is_number=True), Column("慰问金（元）", 12, is_number=True),
        Column("签收人", 18), Column("签收日期", 14), Column("备注", 12),
    ]  # fmt: skip
    rows = [
        [
            str(place),
            _who(due),
            f"{due.county.label} {due.unit.label}",
            due.planned_goods,
            f"{due.planned_goods_value:,.2f}" if due.planned_goods_value else "",
            f"{due.planned_money:,.2f}" if due.planned_money else "",
            "",
            "",
            "",
        ]
        for place, due in enumerate(dues, start=1)
    ]
    goods = sum((due.planned_goods_value or Decimal(0) for due in dues), Decimal(0))
    money = sum((due.planned_money or Decimal(0) for due in dues), Decimal(0))
    sums = ["", "合计", f"{len(dues)}人", "", f"{goods:,.2f}", f"{money:,.2f}", "", "", ""]
    title = f"{campaign.title}签收表（{_heading(key, teams)}）"
    return Section(title, _about(key, teams, along, len(dues)), columns, rows, sums)


def _letters(campaign: Campaign, dues: Sequence[Due]) -> list[list[str]]:
    if not campaign.letter.strip():
        raise PaperRefused("还没有写慰问信，请先写好再打印。")
    family = _family_names(dues) if campaign.target != Target.SELF else {}
    letters = []
    for due in dues:
        cadre = due.retiree.name
        if due.target == Target.SELF:
            letters.append(letter_for(clean_cell(campaign.letter), cadre))
        else:
            name = family.get(due.family_id, "")
            letters.append(letter_for(clean_cell(campaign.letter), name or "您", cadre))
    return letters


def _family_names(dues: Iterable[Due]) -> dict[Any, str]:
    keys = [due.family_id for due in dues if due.family_id]
    return dict(FamilyMember.objects.filter(pk__in=keys).values_list("pk", "name"))
