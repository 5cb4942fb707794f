"""What stands on the tabs of the person page: panes of facts in words."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from apps.core.chinese import format_date, format_moment, format_money
from apps.core.scope import Actor
from apps.core.sniffing import DOCX, JPEG, PDF, PNG, XLSX
from apps.retirees import perms
from apps.retirees.choices import ON_REGISTER, ConditionKind, LevelKind
from apps.retirees.models import Attachment, Retiree
from apps.retirees.queries.custom import custom_fields
from apps.retirees.queries.dossier import Dossier
from apps.retirees.queries.person import PersonFile
from apps.retirees.queries.words import (
    affiliation_words,
    condition_words,
    level_words,
    life_words,
    membership_words,
    ruling_words,
    span_words,
)
from apps.retirees.views.births import birth_facts
from apps.retirees.views.present import Fact, fact, secret_fact, secret_parts

Pane = dict[str, Any]


SHORT = {
    "joined_on": "参加革命工作",
    "joined_basis": "革命工作依据",
    "period": "时期",
    "work_started_on": "参加工作",
    "work_basis": "参加工作依据",
}


def _shown(person: Retiree, *names: str) -> list[Fact]:
    facts = []
    for name in names:
        display = getattr(person, f"get_{name}_display", None)
        value = display() if display else getattr(person, name)
        facts.append(fact(SHORT.get(name) or str(Retiree._meta.get_field(name).verbose_name), value))
    return facts


def _pane(
    title: str, *, facts: Any = (), lines: Any = (), empty: str = "没有记录", link: str = "", word: str = ""
) -> Pane:
    return {
        "title": title,
        "facts": facts,
        "lines": lines,
        "empty": empty,
        "link_url": link,
        "link_label": word,
    }


def basic_panes(file: PersonFile, actor: Actor) -> list[Pane]:
    """Who he is, his working life, how to reach him, his income."""
    person, private = file.person, file.private
    post = {None: "", True: "是", False: "否"}[person.held_leading_post]
    who = [
        *_shown(person, "name", "former_name", "sex", "nation"),
        *birth_facts(person, timezone.localdate()),
        *_shown(person, "native_place", "birthplace", "education", "marriage"),
        *_shown(person, "political", "joined_party_on", "party_branch"),
    ]
    work = [
        *_shown(person, "category", "joined_on", "joined_basis", "period", "work_started_on", "work_basis"),
        *_shown(person, "retired_on", "approval_number", "post", "highest_post"),
        fact("担任过实职", post),
    ]
    panes = [_pane("基本情况", facts=who), _pane("参加工作与离退休", facts=work)]
    if private is not None:
        reach = [
            secret_fact("现居住地址", person, "address", private.address, actor),
            *_shown(person, "residence", "settled_place"),
            secret_fact("医保号", person, "medical_card", private.medical_card, actor),
            fact("月收入总额", format_money(private.monthly_income)),
            fact("基本离退休费", format_money(private.basic_fee)),
            fact("补贴", format_money(private.allowance)),
        ]
        panes.append(_pane("联系方式与收入", facts=reach))
    verified = fact("核实日期", format_date(person.verified_on))
    own = [fact(label, words) for label, words in custom_fields().shown(person.custom)]
    if own:
        panes.append(_pane("自定义栏目", facts=own))
    return [*panes, _pane("备注与核实", facts=[*_shown(person, "speciality", "note"), verified])]


def level_panes(file: PersonFile, actor: Actor) -> list[Pane]:
    """Rank, treatment and medical treatment apart, each with its past; rulings."""
    facts = []
    for kind in (LevelKind.TREATMENT, LevelKind.RANK, LevelKind.MEDICAL):
        rows = [row for row in reversed(file.levels) if row.kind == kind]
        facts += [fact(*level_words(row)) for row in rows] or [fact(kind.label, "")]
    link = reverse("retirees:ruling", args=[file.person.pk]) if perms.can_rule(actor, file.person) else ""
    lines = [ruling_words(row)[1] for row in reversed(file.rulings)]
    return [
        _pane("级别待遇", facts=facts),
        _pane("参加革命工作时间的认定", lines=lines, empty="没有认定过", link=link, word="认定"),
    ]


def health_panes(file: PersonFile, actor: Actor) -> list[Pane]:
    """Health, self-care and living arrangement, each with its past; changes of state."""
    person = file.person
    facts = []
    for kind in ConditionKind:
        rows = [row for row in reversed(file.conditions) if row.kind == kind]
        facts += [fact(*condition_words(row)) for row in rows] or [fact(kind.label, "")]
    may = perms.can_record_state(actor, person) and person.state in ON_REGISTER
    link = reverse("retirees:state", args=[person.pk]) if may else ""
    assess = reverse("retirees:assess", args=[person.pk]) if may else ""
    lines = [life_words(row)[1] for row in reversed(file.life)]
    return [
        _pane("健康与生活", facts=facts, link=assess, word="登记自理评估"),
        _pane("病重、失联、去世", lines=lines, empty="没有变化", link=link, word="登记"),
    ]


def unit_panes(file: PersonFile, actor: Actor) -> list[Pane]:
    """Managing units over time, and the original and paying unit."""
    person = file.person
    names = {stay.unit_id: stay.unit.name for stay in file.memberships}
    lines = [membership_words(row, names)[1] for row in reversed(file.memberships)]
    others = [fact(*affiliation_words(row)) for row in file.affiliations]
    may = perms.can_move_retiree(actor, person) and person.state in ON_REGISTER
    link = reverse("retirees:move", args=[person.pk]) if may else ""
    return [
        _pane("管理单位", lines=lines, link=link, word="变动"),
        _pane("其他单位", facts=others, empty="没有填写原工作单位和发放单位"),
    ]


def family_cards(file: PersonFile, actor: Actor) -> list[dict[str, Any]]:
    """Family and contacts in the order of calling."""
    person = file.person
    may = perms.can_reveal(actor, person)
    cards = []
    for number, member in enumerate(file.family, start=1):
        url = reverse("retirees:family-reveal", args=[person.pk, member.pk]) if may else ""
        cards.append(
            {
                "member": member,
                "secret": secret_parts(f"phone-{member.pk}", member.phone, url) if member.phone else None,
                "verified": format_date(member.verified_on) if member.verified_on else "",
                "is_first": number == 1,
                "is_last": number == len(file.family),
            }
        )
    return cards


def career_rows(dossier: Dossier) -> list[dict[str, Any]]:
    """Lines of the career in their order."""
    last = len(dossier.career)
    return [
        {
            "line": line,
            "span": span_words(line.from_on, line.until_on),
            "is_first": number == 1,
            "is_last": number == last,
        }
        for number, line in enumerate(dossier.career, start=1)
    ]


FORMATS = {PDF.content_type: "PDF", DOCX.content_type: "Word", XLSX.content_type: "Excel"}
FORMATS |= dict.fromkeys((JPEG.content_type, PNG.content_type), "图片")


def paper_row(paper: Attachment) -> dict[str, Any]:
    """A paper as the tab 文件 shows it."""
    kilobytes = max(1, round(paper.size / 1024))
    return {
        "paper": paper,
        "format": FORMATS.get(paper.content_type, "文件"),
        "size": f"{kilobytes} KB" if kilobytes < 1024 else f"{kilobytes / 1024:.1f} MB",
        "uploaded": f"{format_moment(paper.uploaded_at)} {paper.uploaded_by_name}",
        "deleted": f"{format_moment(paper.deleted_at)} {paper.deleted_by_name}" if paper.deleted_at else "",
    }
