"""A life in words, newest first: what the dated facts of a person tell."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from apps.accounts.models import User
from apps.core.chinese import format_date
from apps.core.partial_date import PartialDate
from apps.retirees.choices import (
    PARTY_MEMBERS,
    ConditionKind,
    EntryKind,
    ExitKind,
    LevelKind,
    LifeState,
    Period,
    SelfCare,
)
from apps.retirees.models import RetireeHistory
from apps.retirees.queries.person import PersonFile
from apps.retirees.queries.words import condition_word


@dataclass(frozen=True)
class Happening:
    """One point of the story; the names are those that components/timeline.html reads."""

    on: date | None
    when: str
    kind: str
    text: str
    state: str = ""
    tag: str = ""
    tone: str = "grey"
    url: str = ""
    url_label: str = ""


def story_of(file: PersonFile) -> list[Happening]:
    """What happened to a person, newest first; what has no date comes last. Two queries."""
    parts = (_life, _levels, _conditions, _states, _stays, _rulings, _entered)
    found = [item for part in parts for item in part(file)]
    return sorted(found, key=lambda item: item.on or date.min, reverse=True)


def _on(day: PartialDate | None, kind: str, text: str, **more: Any) -> Happening:
    return Happening(day.earliest if day else None, str(day) if day else "时间未填", kind, text, **more)


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
        yield _on(fact.since, "待遇", f"{text}{number}{until}")


def _conditions(file: PersonFile) -> Iterator[Happening]:
    for fact in file.conditions:
        helpless = fact.kind == ConditionKind.SELF_CARE and fact.value == SelfCare.HELPLESS
        words = f"{ConditionKind(fact.kind).label}：{condition_word(fact.kind, fact.value)}"
        more = "，".join(part for part in (fact.assessed_by and f"{fact.assessed_by}评估", fact.note) if part)
        day = fact.during.lower or fact.seen_on
        text = f"{words}（{more}）" if more else words
        yield Happening(day, format_date(day), "健康与生活", text, state="look" if helpless else "")


STATES = {
    LifeState.CRITICAL: ("病重", "wrong"),
    LifeState.MISSING: ("失去联系", "look"),
    LifeState.ALIVE: ("恢复正常", "done"),
    LifeState.DEAD: ("去世", "wrong"),
    LifeState.LEFT: ("转出", ""),
}


def _states(file: PersonFile) -> Iterator[Happening]:
    for fact in file.life:
        word, state = STATES[LifeState(fact.state)]
        more = "，".join(
            part for part in (fact.place, fact.note, f"{format_date(fact.reported_on)}报告") if part
        )
        yield _on(fact.happened_on, "状态", f"{word}（{more}）", state=state)


def _stays(file: PersonFile) -> Iterator[Happening]:
    for stay in file.memberships:
        unit, start, end = stay.unit.name, stay.during.lower, stay.during.upper
        if stay.entry != EntryKind.RETIRED:  # that one is told by the retirement
            words = f"列入{unit}名册（{EntryKind(stay.entry).label}）"
            yield Happening(start, format_date(start) if start else "时间未填", "在册", words)
        if end and stay.exit in (ExitKind.MOVED_OUT, ExitKind.MISTAKE):
            yield Happening(end, format_date(end), "在册", f"离开{unit}名册（{ExitKind(stay.exit).label}）")


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
        )


def _entered(file: PersonFile) -> Iterator[Happening]:
    first = (
        RetireeHistory.objects.filter(pgh_obj_id=file.person.pk, pgh_label="insert")
        .order_by("pgh_id")
        .first()
    )
    if first is not None:
        who = User.objects.filter(pk=first.pgh_actor).values_list("full_name", flat=True).first() or "系统"
        source = "由导入建立档案" if first.import_batch_id else "建立档案"
        day = timezone.localtime(file.person.created_at).date()
        yield Happening(day, format_date(day), "登记", f"{source}（{who}）")
