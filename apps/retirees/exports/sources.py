"""What can stand in a sheet of the register, and how each column is read.

Headers are names that the importer knows, and values are written as it reads them, so that a sheet which comes back
changes nothing (tests/exports/test_round_trip.py).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from apps.core.fields import decode
from apps.core.partial_date import PartialDate
from apps.core.sheets import Column
from apps.exports.rules import ExportColumn
from apps.retirees.choices import CustomKind, LifeState
from apps.retirees.models import CustomField, Retiree
from apps.retirees.queries.custom import custom_fields
from apps.retirees.queries.sheet_extras import SPECIAL_NEEDS
from apps.retirees.rules.custom import is_custom
from apps.retirees.rules.sheet_key import SHEET_KEY_LABEL

CORE = frozenset(
    {"national_id", "phone", "address", "medical_card", "monthly_income", "basic_fee", "allowance"}
)
NOT_READ = frozenset({"age", "period", "county", "unit", "state", "died", "filled", "verified", "visited"})
"""Columns of which an import takes nothing."""
MONEY = ("monthly_income", "basic_fee", "allowance")
HIDDEN_MONEY = "******"
IN_WORDS = "_words"

Values = Mapping[str, Any]
Read = Callable[[Values, date], str]


@dataclass(frozen=True)
class Source:
    """How a column is read: the fields of the person it needs, and what it makes of them."""

    column: ExportColumn
    needs: tuple[str, ...]
    read: Read


def _labels(field: str) -> Read:
    words = {key: str(label) for key, label in Retiree._meta.get_field(field).flatchoices}
    return lambda values, on: words.get(values[field], "")


def _text(field: str) -> Read:
    return lambda values, on: values[field] or ""


def _extra(name: str) -> Read:
    return lambda values, on: values.get(name, "")


def _day(field: str) -> Read:
    return lambda values, on: _iso(values[field])


@lru_cache(maxsize=65536)
def _iso(stored: Any) -> str:
    """1924-07: as precise as it is known, and read back as precisely."""
    if isinstance(stored, date):
        return stored.isoformat()
    value = stored if isinstance(stored, PartialDate) else decode(stored or "")
    return value.iso() if value else ""


def _age(values: Values, on: date) -> str:
    died = decode(values["died_on"] or "") if values["state"] == LifeState.DEAD else None
    born, day = values["birth_from"], died.earliest if died else on
    if born is None:
        return ""
    return str(day.year - born.year - ((day.month, day.day) < (born.month, born.day)))


def _visited(values: Values, on: date) -> str:
    return values["visited_on"].isoformat() if values["visited_on"] else ""


def _column(
    name: str, label: str, width: float, read: Read, *needs: str, group: str = "基本", number: bool = False
) -> Source:
    return Source(
        ExportColumn(name, Column(label, width, is_number=number), group=group), needs or (name,), read
    )


def _private(name: str, label: str, width: float, group: str = "敏感信息") -> Source:
    column = Column(label, width, is_number=name in MONEY, is_digits=name not in (*MONEY, "address"))
    return Source(ExportColumn(name, column, private=True, core=name in CORE, group=group), (), _text(name))


SOURCES: tuple[Source, ...] = (
    _column("name", "姓名", 10, _text("name")),
    _column("former_name", "曾用名", 10, _text("former_name")),
    _column("sex", "性别", 6, _labels("sex")),
    _column("nation", "民族", 8, _labels("nation")),
    _column("birth", "出生年月", 12, _day("birth_date"), "birth_date"),
    _column("card_birth", "身份证出生日期", 12, _day("card_birth_date"), "card_birth_date"),
    _column("age", "周岁", 6, _age, "birth_from", "state", "died_on", number=True),
    _column("native_place", "籍贯", 14, _text("native_place")),
    _column("birthplace", "出生地", 14, _text("birthplace")),
    _column("political", "政治面貌", 12, _labels("political")),
    _column("joined_party", "入党时间", 12, _day("joined_party_on"), "joined_party_on"),
    _column("education", "学历", 12, _labels("education")),
    _column("marriage", "婚姻状况", 10, _labels("marriage")),
    _column("category", "类别", 8, _labels("category"), group="离退休"),
    _column("joined", "参加革命工作时间", 14, _day("joined_on"), "joined_on", group="离退休"),
    _column("joined_basis", "参加革命工作时间依据", 18, _text("joined_basis"), group="离退休"),
    _column("period", "时期", 14, _labels("period"), group="离退休"),
    _column("work", "参加工作时间", 14, _day("work_started_on"), "work_started_on", group="离退休"),
    _column("work_basis", "参加工作时间依据", 18, _text("work_basis"), group="离退休"),
    _column("retired", "离退休时间", 12, _day("retired_on"), "retired_on", group="离退休"),
    _column("county", "县市区", 12, _text("county__label"), "county", group="离退休"),
    _column("unit", "管理单位", 20, _text("unit__label"), "unit", group="离退休"),
    _column("original_unit", "原工作单位", 20, _extra("original_unit"), "id", group="离退休"),
    _column("paying_unit", "发放单位", 20, _extra("paying_unit"), "id", group="离退休"),
    _column("post", "退休时职务", 24, _text("post"), group="离退休"),
    _column("highest_post", "曾任最高职务", 24, _text("highest_post"), group="离退休"),
    _column(
        "held_leading_post",
        "担任过实职",
        8,
        lambda values, on: {True: "是", False: "否"}.get(values["held_leading_post"], ""),
        group="离退休",
    ),
    _column("rank", "退休时职级", 10, _labels("rank"), group="离退休"),
    _column("rank_number", "职级批准文号", 18, _text("rank_number"), group="离退休"),
    _column("treatment", "现享受待遇", 10, _labels("treatment"), group="离退休"),
    _column("treatment_on", "享受待遇起始时间", 12, _day("treatment_on"), group="离退休"),
    _column("treatment_number", "待遇批准文号", 18, _text("treatment_number"), group="离退休"),
    _column("medical_treatment", "医疗待遇", 10, _labels("medical_treatment"), group="离退休"),
    _column(
        "medical_on",
        "医疗待遇时间",
        12,
        _day("medical_treatment_on"),
        "medical_treatment_on",
        group="离退休",
    ),
    _column("medical_number", "医疗待遇批准文号", 18, _text("medical_number"), group="离退休"),
    _column("approval_number", "批准文号", 18, _text("approval_number"), group="离退休"),
    _column("health", "健康状况", 10, _labels("health"), group="健康和生活"),
    _column("self_care", "自理能力", 12, _labels("self_care"), group="健康和生活"),
    _column("living", "居住情况", 12, _labels("living"), group="健康和生活"),
    _column("residence", "居住地区", 12, _labels("residence"), group="健康和生活"),
    _column("settled_place", "异地安置地点", 16, _text("settled_place"), group="健康和生活"),
    _column("speciality", "特长", 18, _text("speciality"), group="健康和生活"),
    _column("special", "特殊群体", 18, _extra("special"), *SPECIAL_NEEDS, group="健康和生活"),
    _column("party_branch", "所在党支部", 18, _text("party_branch"), group="健康和生活"),
    _column("state", "人员状态", 8, _labels("state"), group="健康和生活"),
    _column("died", "去世时间", 12, _day("died_on"), "died_on", group="健康和生活"),
    _private("national_id", "身份证号", 20),
    _private("phone", "联系电话", 14),
    _private("address", "现居住地址", 30),
    _private("medical_card", "医保号", 16),
    _private("monthly_income", "月收入总额", 12),
    _private("basic_fee", "基本离退休费", 12),
    _private("allowance", "津贴补贴", 12),
    _column("note", "备注", 24, _text("note"), group="其他"),
    _column("filled", "资料完整", 8, lambda values, on: str(values["filled"]), number=True, group="其他"),
    _column("verified", "核实日期", 12, _day("verified_on"), "verified_on", group="其他"),
    _column("visited", "最近走访", 12, _visited, "visited_on", group="其他"),
)
BY_NAME = {source.column.name: source for source in SOURCES}
KEY = ExportColumn("key", Column(SHEET_KEY_LABEL, 4, is_hidden=True))


def _in_words(source: Source) -> Source:
    """1934年7月 instead of 1934-07: forms are read by people."""
    column = ExportColumn(f"{source.column.name}{IN_WORDS}", source.column.column, group=source.column.group)
    field = source.needs[0]
    return Source(column, source.needs, lambda values, on: _words(values[field]))


DATES = (
    "birth",
    "card_birth",
    "joined_party",
    "joined",
    "work",
    "retired",
    "treatment_on",
    "medical_on",
    "died",
)
WORDED = {name: _in_words(BY_NAME[name]) for name in DATES}
FORM_ONLY = (
    _column("age_words", "年龄", 6, _age, "birth_from", "state", "died_on"),
    _column("today", "填表日期", 12, lambda values, on: f"{on.year}年{on.month}月{on.day}日", "id"),
)
FORM_FIELDS = {source.column.name: source for source in (*SOURCES, *WORDED.values(), *FORM_ONLY)}


def _words(stored: str) -> str:
    value = decode(stored or "")
    return str(value) if value else ""


def own_sources(*, in_use: bool = False, in_words: bool = False) -> dict[str, Source]:
    """Columns of the bureau's own fields by key; ``in_use``: without retired ones. ``in_words``: dates as people read
    them (1985年9月), under names of their own, for forms."""
    own = custom_fields()

    def source(field: CustomField) -> Source:
        as_words = in_words and field.kind == CustomKind.DATE

        def read(values: Values, on: date) -> str:
            value = values["custom"].get(field.key)
            if field.kind == CustomKind.DATE and not as_words:
                return _iso(value)
            return own.words(field.key, value)

        column = Column(field.label, 14, is_number=field.kind == CustomKind.NUMBER)
        name = f"{field.key}{IN_WORDS}" if as_words else field.key
        return Source(ExportColumn(name, column, group="自定义栏目"), ("custom",), read)

    sources = [source(field) for field in own.fields if not (in_use and field.is_retired)]
    return {one.column.name: one for one in sources}


def is_own(name: str) -> bool:
    """Whether a column is one of the bureau's own fields, as it is or in words."""
    return is_custom(name.removesuffix(IN_WORDS))
