"""A person in words, for paper: what 一人一档 and 干部信息表 print. Plain text throughout, by names of the office."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from apps.core.chinese import format_date
from apps.retirees.choices import LifeState
from apps.retirees.models import CustomField, Retiree
from apps.retirees.queries.custom import custom_fields
from apps.retirees.queries.dossier import Dossier
from apps.retirees.queries.person import PersonFile
from apps.retirees.queries.words import condition_words, level_words, span_words

Rows = Sequence[Mapping[str, str]]
Show = Callable[[Any], str]
"""What is written for a private value: its mask, or the value itself after a line in the read log."""

SINGLE = (
    "姓名 曾用名 性别 民族 出生时间 年龄 籍贯 政治面貌 入党时间 学历 婚姻状况 健康状况 生活自理 居住方式 居住地 类别"
    " 参加革命工作时间 参加革命工作时期 参加工作时间 离退休时间 批准文号 退休时职务 曾任最高职务 退休时职级 现享受待遇"
    " 享受待遇时间 医疗待遇 县市区 管理单位 所在党支部 状态 特殊群体 身份证号 联系电话 现居住地址 医保号"
    " 备注 填表日期 简历"
).split()
LISTS: dict[str, tuple[str, ...]] = {
    "履历": ("起止", "单位", "职务", "说明"),
    "荣誉": ("时间", "名称", "级别", "授予单位"),
    "家庭成员": ("称谓", "姓名", "出生时间", "政治面貌", "工作单位及职务", "电话", "备注"),
    "级别待遇": ("项目", "内容"),
    "健康与生活": ("项目", "内容"),
    "自定义栏目": ("项目", "内容"),
}
PHOTO = "照片"
FIELDS = (*SINGLE, PHOTO, *LISTS, *(f"{name}.{part}" for name, parts in LISTS.items() for part in parts))
"""Every field that a form may use; those of a list's rows as 列表.字段."""


def own_names() -> list[str]:
    """Names under which a form may use the bureau's own fields: of those in use, what can stand in {{ }} and is not
    the portal's. The list 自定义栏目 has all of them."""
    found = CustomField.objects.in_use()
    return [one.label for one in found if one.label.isidentifier() and one.label not in FIELDS]


@dataclass(frozen=True)
class Sheet:
    """A person's values by the names in SINGLE, rows by the names in LISTS, the bureau's own fields by their names."""

    single: Mapping[str, str]
    lists: Mapping[str, Rows]
    own: Mapping[str, str]


def sheet_of(file: PersonFile, dossier: Dossier, *, groups: Sequence[str], today: date, show: Show) -> Sheet:
    """All of a person for paper. ``groups``: labels of the special groups; ``show``: see Show. Private values and
    family stand in it only where the reader's file has them."""
    own = dict(custom_fields().shown(file.person.custom))
    return Sheet(
        own=own,
        single=_single(file, dossier, groups, today, show),
        lists={
            "履历": [_career(line) for line in dossier.career],
            "荣誉": [_honour(honour) for honour in dossier.honours],
            "家庭成员": [_member(member, show) for member in file.family],
            "级别待遇": [_row(level_words(row)) for row in reversed(file.levels)],
            "健康与生活": [
                _row(condition_words(row)) for row in reversed(file.conditions) if row.during.upper is None
            ],
            "自定义栏目": [_row((label, words)) for label, words in own.items() if words],
        },
    )


def _text(value: Any) -> str:
    return str(value) if value not in (None, "") else ""


def _single(
    file: PersonFile, dossier: Dossier, groups: Sequence[str], today: date, show: Show
) -> dict[str, str]:
    person, private = file.person, file.private
    plain = {
        str(Retiree._meta.get_field(name).verbose_name): _value(person, name)
        for name in (
            "name former_name sex nation native_place political joined_party_on education marriage health self_care"
            " living residence category joined_on period work_started_on retired_on approval_number post highest_post"
            " rank treatment treatment_on medical_treatment party_branch state note"
        ).split()
    }
    end = person.died_on.earliest if person.died_on else today
    age = person.age_on(end)
    found = plain | {
        "出生时间": _text(person.birth_date),
        "年龄": f"{'享年' if person.state == LifeState.DEAD else ''}{age}周岁" if age is not None else "",
        "县市区": person.county.label,
        "管理单位": person.unit.label,
        "特殊群体": "、".join(groups),
        "填表日期": format_date(today),
        "简历": "\n".join(_career_line(line) for line in dossier.career),
    }
    for label, name in PRIVATE.items():
        secret = getattr(private, name) if private is not None else None
        found[label] = show(secret) if secret else ""
    return {name: found.get(name, "") for name in SINGLE}


PRIVATE = {"身份证号": "national_id", "联系电话": "phone", "现居住地址": "address", "医保号": "medical_card"}


def _value(person: Retiree, name: str) -> str:
    display = getattr(person, f"get_{name}_display", None)
    return _text(display() if display else getattr(person, name))


def _career(line: Any) -> dict[str, str]:
    span = span_words(line.from_on, line.until_on)
    return {"起止": span, "单位": line.organisation, "职务": line.post, "说明": line.note}


def _career_line(line: Any) -> str:
    what = " ".join(part for part in (line.organisation, line.post, line.note) if part)
    return f"{span_words(line.from_on, line.until_on)}　{what}"


def _honour(honour: Any) -> dict[str, str]:
    return {
        "时间": _text(honour.awarded_on),
        "名称": honour.name,
        "级别": honour.get_level_display() if honour.level else "",
        "授予单位": honour.awarded_by,
    }


def _member(member: Any, show: Show) -> dict[str, str]:
    flags = [
        word for word, holds in (("紧急联系人", member.is_emergency), ("遗属", member.is_survivor)) if holds
    ]
    return {
        "称谓": member.kin,
        "姓名": member.name,
        "出生时间": _text(member.birth_date),
        "政治面貌": str(member.get_political_display()) if member.political else "",
        "工作单位及职务": member.work,
        "电话": show(member.phone) if member.phone else "",
        "备注": "、".join(flags),
    }


def _row(words: tuple[str, str]) -> dict[str, str]:
    return {"项目": words[0], "内容": words[1]}
