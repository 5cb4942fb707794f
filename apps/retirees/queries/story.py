"""A life in words, newest first: what the dated facts of a person tell."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import User
from apps.core.chinese import format_date
from apps.core.partial_date import PartialDate
from apps.core.scope import Actor
from apps.retirees.choices import (
    PARTY_MEMBERS,
    ConditionKind,
    EntryKind,
    ExitKind,
    LevelKind,
    LifeState,
    Period,
    RequestKind,
    RequestState,
    SelfCare,
)
from apps.retirees.models import ChangeRequest, Merge, RetireeHistory
from apps.retirees.queries.dossier import Dossier
from apps.retirees.queries.person import PersonFile
from apps.retirees.queries.requests import field_label
from apps.retirees.queries.words import condition_word, span_words


@dataclass(frozen=True)
class Happening:
    """One point of the story; the names are those that components/timeline.html reads. ``tab``: the tab of the
    person page where it stands, its source; what comes from other apps gives ``url`` and ``url_label`` instead."""

    on: date | None
    when: str
    kind: str
    text: str
    state: str = ""
    tag: str = ""
    tone: str = "grey"
    url: str = ""
    url_label: str = ""
    tab: str = ""


Teller = Callable[[PersonFile, Actor], Iterable[Happening]]
"""Tells its part of a person's story, what the actor may see of it."""

_tellers: list[Teller] = []


def register_story(teller: Teller) -> None:
    """Let another app tell its part (visits, benefits); called in its AppConfig.ready()."""
    _tellers.append(teller)


def story_of(file: PersonFile, dossier: Dossier, actor: Actor) -> list[Happening]:
    """What happened to a person, newest first; what has no date comes last. Four queries for staff, two for leaders,
    and those of other apps."""
    parts = (_life, _levels, _conditions, _states, _stays, _rulings, _record, _family)
    found = [item for part in parts for item in part(file)]
    found += [
        item for part in (_career, _honours, _marks, _portrait, _papers, _notes) for item in part(dossier)
    ]
    if file.private is not None:
        found += [item for staff in (_requests, _merges) for item in staff(file, actor)]
    found += [item for teller in _tellers for item in teller(file, actor)]
    return sorted(found, key=lambda item: item.on or date.min, reverse=True)


def kinds_of(story: Iterable[Happening]) -> dict[str, int]:
    """Kinds that occur in a story, with how often, in the order of their first occurrence."""
    return dict(Counter(item.kind for item in story))


def _on(day: PartialDate | None, kind: str, text: str, tab: str = "basic", **more: Any) -> Happening:
    start, when = (day.earliest, str(day)) if day else (None, "时间未填")
    return Happening(start, when, kind, text, tab=tab, **more)


def _life(file: PersonFile) -> Iterator[Happening]:
    person = file.person
    if person.birth_date:
        place = f"，籍贯{person.native_place}" if person.native_place else ""
        yield _on(person.birth_date, "出生", f"出生{place}")
    if person.joined_on:
        basis = f"（依据：{person.joined_basis}）" if person.joined_basis else ""
        tone = "amber" if person.period == Period.NEEDS_RULING else "blue"
        yield _on(
            person.joined_on, "工作", f"参加革命工作{basis}", tag=person.get_period_display(), tone=tone
        )
    if person.work_started_on and person.work_started_on != person.joined_on:
        basis = f"（依据：{person.work_basis}）" if person.work_basis else ""
        yield _on(person.work_started_on, "工作", f"参加工作{basis}")
    if person.joined_party_on and person.political in PARTY_MEMBERS:
        yield _on(person.joined_party_on, "组织", "加入中国共产党")
    if person.retired_on:
        post = f"，原任{person.post}" if person.post else ""
        rank = f"，{person.get_rank_display()}" if person.rank else ""
        number = f"（{person.approval_number}）" if person.approval_number else ""
        yield _on(
            person.retired_on,
            person.get_category_display(),
            f"{person.get_category_display()}{post}{rank}{number}",
        )


def _levels(file: PersonFile) -> Iterator[Happening]:
    for fact in file.levels:
        if fact.kind == LevelKind.RANK and fact.since == file.person.retired_on:
            continue  # told with the retirement
        word = fact.get_level_display()
        text = {
            LevelKind.RANK: f"退休时职级{word}",
            LevelKind.TREATMENT: f"享受{word}待遇",
            LevelKind.MEDICAL: f"享受{word}医疗待遇",
        }[LevelKind(fact.kind)]
        number = f"（{fact.approval_number}）" if fact.approval_number else ""
        until = f"，至{format_date(fact.during.upper)}" if fact.during.upper else ""
        yield _on(fact.since, "待遇", f"{text}{number}{until}", tab="levels")


def _conditions(file: PersonFile) -> Iterator[Happening]:
    for fact in file.conditions:
        helpless = fact.kind == ConditionKind.SELF_CARE and fact.value == SelfCare.HELPLESS
        words = f"{ConditionKind(fact.kind).label}：{condition_word(fact.kind, fact.value)}"
        more = "，".join(part for part in (fact.assessed_by and f"{fact.assessed_by}评估", fact.note) if part)
        day = fact.during.lower or fact.seen_on
        text = f"{words}（{more}）" if more else words
        yield Happening(
            day, format_date(day), "健康与生活", text, state="look" if helpless else "", tab="health"
        )


STATES = {
    LifeState.CRITICAL: ("病重", "wrong"),
    LifeState.MISSING: ("失去联系", "look"),
    LifeState.ALIVE: ("恢复正常", "done"),
    LifeState.DEAD: ("去世", "wrong"),
    LifeState.LEFT: ("转出", ""),
    LifeState.MISTAKE: ("误登记，移出名册", "wrong"),
}


def _states(file: PersonFile) -> Iterator[Happening]:
    for fact in file.life:
        word, state = STATES[LifeState(fact.state)]
        more = "，".join(
            part
            for part in (
                fact.place,
                fact.get_funeral_display(),
                fact.note,
                f"{format_date(fact.reported_on)}报告",
            )
            if part
        )
        yield _on(fact.happened_on, "状态", f"{word}（{more}）", state=state, tab="health")


def _stays(file: PersonFile) -> Iterator[Happening]:
    for stay in file.memberships:
        unit, start, end = stay.unit.name, stay.during.lower, stay.during.upper
        if stay.entry != EntryKind.RETIRED:  # that one is told by the retirement
            words = f"列入{unit}名册（{EntryKind(stay.entry).label}）"
            yield Happening(start, format_date(start) if start else "时间未填", "在册", words, tab="units")
        if end and stay.exit and stay.exit != ExitKind.DIED:
            yield Happening(
                end, format_date(end), "在册", f"离开{unit}名册（{ExitKind(stay.exit).label}）", tab="units"
            )


def _rulings(file: PersonFile) -> Iterator[Happening]:
    for ruling in file.rulings:
        number = f"，{ruling.document}" if ruling.document else ""
        text = f"参加革命工作时间认定为{ruling.joined_on}，依据：{ruling.basis}；{ruling.approved_by}批准{number}"
        yield Happening(
            ruling.decided_on,
            format_date(ruling.decided_on),
            "时间认定",
            text,
            state="done",
            tag=ruling.get_period_display(),
            tone="blue",
            tab="levels",
        )


def _record(file: PersonFile) -> Iterator[Happening]:
    """When the record was made, and each day it was found right."""
    rows = list(
        RetireeHistory.objects.filter(pgh_obj_id=file.person.pk)
        .filter(Q(pgh_label="insert") | Q(verified_on__isnull=False))
        .order_by("pgh_id")
        .values_list("pgh_label", "pgh_actor", "import_batch_id", "verified_on")
    )
    label, actor, batch, _ = rows[0] if rows else ("", None, None, None)
    if label == "insert":
        who = User.objects.filter(pk=actor).values_list("full_name", flat=True).first() or "系统"
        source = "由导入建立档案" if batch else "建立档案"
        day = timezone.localtime(file.person.created_at).date()
        yield Happening(day, format_date(day), "登记", f"{source}（{who}）", tab="history")
    for seen in sorted({file.person.verified_on, *(row[3] for row in rows)} - {None}):
        yield Happening(seen, format_date(seen), "核实", "与本人或家属核实资料", state="done", tab="basic")


def _requests(file: PersonFile, actor: Actor) -> Iterator[Happening]:
    """What was asked for about him and how it was answered, without the values."""
    for row in ChangeRequest.objects.visible_to(actor).filter(retiree_id=file.person.pk):
        fields = row.kind == RequestKind.FIELDS
        what = "、".join(map(field_label, row.names)) if fields else row.get_kind_display()
        asked = timezone.localtime(row.asked_at).date()
        words = f"{row.asked_by_name}申请{'修改' if fields else ''}{what}（{row.reason}）"
        yield Happening(asked, format_date(asked), "变更申请", words, tab="history")
        if row.decided_at is not None and row.state != RequestState.WAITING:
            day = timezone.localtime(row.decided_at).date()
            said = f"：{row.words}" if row.words else ""
            who = f"，{row.decided_by_name}审核" if row.decided_by_name else ""
            text = f"{what}的申请{row.get_state_display()}{who}{said}"
            state = ANSWERS.get(RequestState(row.state), "")
            yield Happening(day, format_date(day), "变更申请", text, state=state, tab="history")


ANSWERS = {
    RequestState.APPROVED: "done",
    RequestState.RETURNED: "look",
    RequestState.REFUSED: "wrong",
}


def _merges(file: PersonFile, actor: Actor) -> Iterator[Happening]:
    for row in Merge.objects.visible_to(actor).filter(retiree_id=file.person.pk):
        made = timezone.localtime(row.made_at).date()
        why = f"（{row.why}）" if row.why else ""
        text = f"{row.made_by_name}把重复的记录并入{why}"
        yield Happening(made, format_date(made), "合并", text, tab="history")
        if row.undone_at is not None:
            undone = timezone.localtime(row.undone_at).date()
            text = f"{row.undone_by_name}撤销{format_date(made)}的合并"
            yield Happening(undone, format_date(undone), "合并", text, state="look", tab="history")


def _family(file: PersonFile) -> Iterator[Happening]:
    for member in file.family:
        if member.verified_on:
            words = f"核实{member.kin}{member.name}的联系方式"
            yield Happening(member.verified_on, format_date(member.verified_on), "家庭", words, tab="family")


def _career(dossier: Dossier) -> Iterator[Happening]:
    for line in dossier.career:
        day = line.from_on or line.until_on
        place = " ".join(part for part in (line.organisation, line.post) if part)
        text = "，".join(part for part in (place, line.note) if part)
        when = span_words(line.from_on, line.until_on)
        yield Happening(day.earliest if day else None, when, "履历", text, tab="career")


def _honours(dossier: Dossier) -> Iterator[Happening]:
    for honour in dossier.honours:
        who = f"，{honour.awarded_by}授予" if honour.awarded_by else ""
        paper = f"（{honour.paper}）" if honour.paper else ""
        tag = honour.get_level_display() if honour.level else ""
        text = f"获“{honour.name}”{who}{paper}"
        yield _on(honour.awarded_on, "荣誉", text, state="done", tag=tag, tone="brand", tab="honours")


def _marks(dossier: Dossier) -> Iterator[Happening]:
    for mark in dossier.marks:
        day, end = mark.during.lower, mark.during.upper
        until = f"，至{format_date(end)}" if end else ""
        text = f"列为{mark.get_group_display()}：{mark.reason}{until}"
        yield Happening(day, format_date(day), "特殊群体", text, state="look", tab="basic")


def _portrait(dossier: Dossier) -> Iterator[Happening]:
    if dossier.portrait is not None:
        day = timezone.localtime(dossier.portrait.made_at).date()
        text = f"{dossier.portrait.made_by_name}{dossier.portrait.source}照片"
        yield Happening(day, format_date(day), "照片", text, tab="basic")


def _notes(dossier: Dossier) -> Iterator[Happening]:
    for note in dossier.notes:
        yield _on(note.noted_on, "记事", f"{note.text}（{note.written_by_name}）", tab="notes")


def _papers(dossier: Dossier) -> Iterator[Happening]:
    for paper in dossier.papers:
        day = timezone.localtime(paper.uploaded_at).date()
        text = f"{paper.uploaded_by_name}上传{paper.get_kind_display()}《{paper.title}》"
        yield Happening(day, format_date(day), "文件", text, tab="files")
