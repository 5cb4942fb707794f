"""What is stored about a person, in the words people use: never a code, never a private value in plain."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields.ranges import DateRange
from django.db.models import Field

from apps.core.chinese import format_date, format_moment, format_money
from apps.core.lunar import lunar_of
from apps.core.partial_date import PartialDate
from apps.core.secret import Secret
from apps.retirees.choices import (
    AffiliationKind,
    AttachmentKind,
    ConditionKind,
    EntryKind,
    ExitKind,
    Funeral,
    Health,
    HonourLevel,
    Level,
    LevelKind,
    LifeState,
    Living,
    Period,
    Political,
    Relation,
    SelfCare,
    SpecialGroup,
)
from apps.retirees.models import PrivateDetails, Retiree
from apps.retirees.queries.custom import custom_labels
from apps.retirees.rules.custom import is_custom

NOTHING = "（空）"
CONDITION_VALUES = {
    ConditionKind.HEALTH: Health,
    ConditionKind.SELF_CARE: SelfCare,
    ConditionKind.LIVING: Living,
}


def is_same(one: Any, other: Any) -> bool:
    """Whether two stored values say the same: an empty text says as little as None, 0 and False say something."""
    if isinstance(one, PartialDate) and isinstance(other, PartialDate):
        return one == other and lunar_of(one) == lunar_of(other)
    return (None if one == "" else one) == (None if other == "" else other)


def condition_word(kind: str, value: str) -> str:
    """慢性病, 完全不能自理, 与子女同住."""
    return dict(CONDITION_VALUES[ConditionKind(kind)].choices).get(value, value)


def value_words(field: Field, value: Any) -> str:
    """A field's value: the label of a code, a mask, a date, 是 or 否; （空） for nothing."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Secret):
        return str(value)
    if isinstance(value, Decimal):
        return format_money(value)
    if isinstance(value, date):
        return format_date(value)
    if isinstance(value, PartialDate) and (lunar := lunar_of(value)):
        return f"{value}（{lunar}）"
    return str(dict(field.flatchoices).get(value, value)) if field.choices else str(value)


def stretch_words(during: DateRange, since: Any = None) -> str:
    """1993年10月起, 1988年6月至1993年9月30日, 起止不详; ``since`` says the start as precisely as it is known."""
    start = str(since) if since else format_date(during.lower) if during.lower else ""
    last = format_date(date.fromordinal(during.upper.toordinal() - 1)) if during.upper else ""
    if last:
        return f"{start}至{last}" if start else f"至{last}"
    return f"{start}起" if start else "起始时间不详"


def level_words(row: Any) -> tuple[str, str]:
    """(现享受待遇, 正县级，1993年10月起，组干〔1993〕5号) of a level fact or its history."""
    words = f"{Level(row.level).label}，{stretch_words(row.during, row.since)}"
    return LevelKind(row.kind).label, _with(words, row.approval_number)


def condition_words(row: Any) -> tuple[str, str]:
    words = f"{condition_word(row.kind, row.value)}，{stretch_words(row.during)}"
    who = row.assessed_by and f"{row.assessed_by}评估"
    again = row.review_on and f"{format_date(row.review_on)}复评"
    return ConditionKind(row.kind).label, _with(words, who, row.note, again)


def life_words(row: Any) -> tuple[str, str]:
    words = f"{LifeState(row.state).label}，{row.happened_on}，{format_date(row.reported_on)}报告"
    return "状态", _with(words, row.place, row.funeral and Funeral(row.funeral).label, row.note)


def affiliation_words(row: Any) -> tuple[str, str]:
    bounded = row.during.lower or row.during.upper
    return AffiliationKind(row.kind).label, _with(
        row.organisation_name, bounded and stretch_words(row.during)
    )


def membership_words(row: Any, units: Mapping[int, str]) -> tuple[str, str]:
    words = (
        f"{units.get(row.unit_id, '其他单位')}，{stretch_words(row.during)}（{EntryKind(row.entry).label}）"
    )
    return "在册单位", _with(words, row.exit and f"因{ExitKind(row.exit).label}离开")


def ruling_words(row: Any) -> tuple[str, str]:
    words = f"{row.joined_on}（{Period(row.period).label}），依据：{row.basis}，批准：{row.approved_by}"
    paper = row.paper_title and f"扫描件《{row.paper_title}》"
    return "时间认定", _with(words, row.document, f"{format_date(row.decided_on)}认定", paper)


def family_words(row: Any) -> tuple[str, str]:
    """One line of a family member; the telephone as its mask."""
    return "联系人", _with(
        f"{row.kinship or Relation(row.relation).label} {row.name}",
        row.birth_date and f"{row.birth_date}出生",
        row.political and str(Political(row.political).label),
        row.work,
        row.phone and f"电话{row.phone}",
        row.is_emergency and "紧急联系人",
        row.is_survivor and "遗属",
        f"第{row.sort}位联系",
        row.verified_on and f"{format_date(row.verified_on)}核实",
    )


def span_words(start: Any, end: Any) -> str:
    """1965年8月至1968年9月, 1965年8月起, 至1968年, 时间不详; of two partial dates."""
    if start and end:
        return f"{start}至{end}"
    if start:
        return f"{start}起"
    return f"至{end}" if end else "时间不详"


def career_words(row: Any) -> tuple[str, str]:
    """One line of the career."""
    place = " ".join(part for part in (row.organisation, row.post) if part)
    return "履历", _with(span_words(row.from_on, row.until_on), place, row.note)


def honour_words(row: Any) -> tuple[str, str]:
    level = HonourLevel(row.level).label if row.level else ""
    on = f"{row.awarded_on}" if row.awarded_on else ""
    return "荣誉", _with(row.name, level, on, row.awarded_by and f"{row.awarded_by}授予", row.paper)


def note_words(row: Any) -> tuple[str, str]:
    return "记事", f"{row.noted_on}，{row.text}"


def mark_words(row: Any) -> tuple[str, str]:
    return "特殊群体", _with(SpecialGroup(row.group).label, stretch_words(row.during), row.reason)


def paper_words(row: Any) -> tuple[str, str]:
    thrown = f"{row.deleted_by_name}放入回收站" if row.deleted_at else ""
    return "文件", _with(f"{AttachmentKind(row.kind).label}《{row.title}》", row.note, thrown)


def portrait_words(row: Any) -> tuple[str, str]:
    return "照片", f"{format_moment(row.made_at)}{row.made_by_name}{row.source}的照片"


def _with(words: str, *more: Any) -> str:
    return "，".join([words, *(str(part) for part in more if part)])


def field_label(name: str) -> str:
    """What a field of ``Entry.values`` is called; one query for a field of the bureau's own."""
    if is_custom(name):
        return custom_labels().get(name, name)
    for model in (Retiree, PrivateDetails):
        if name in {column.name for column in model._meta.concrete_fields}:
            return str(model._meta.get_field(name).verbose_name)
    if name in BESIDE:
        return BESIDE[name]
    return str(AffiliationKind(AFFILIATIONS[name]).label) if name in AFFILIATIONS else name


BESIDE = {"career": "履历", "family": "家庭成员", "honours": "荣誉", "portrait": "照片"}
"""Lines beside the fields, as imports bring them (actions/along.py)."""


AFFILIATIONS = {"original_unit": AffiliationKind.ORIGINAL, "paying_unit": AffiliationKind.PAYING}
