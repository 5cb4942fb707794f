"""The register's exporter: what can stand in a sheet, and reading it by the thousand.

Headers are names that the importer knows, and values are written as it reads them, so that a sheet which comes back
changes nothing (tests/exports/test_round_trip.py).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.perms import sees_private
from apps.core.fields import decode
from apps.core.partial_date import PartialDate
from apps.core.scope import Actor
from apps.core.sheets import Column
from apps.exports.rules import ExportColumn, NothingPicked, Picked
from apps.retirees.actions.whole_papers import PAPER_COLUMNS, whole_papers
from apps.retirees.choices import CustomKind, LifeState
from apps.retirees.forms.selection import BadSelection, read_selection
from apps.retirees.models import CustomField, PrivateDetails, Retiree, SavedView
from apps.retirees.queries.custom import custom_fields
from apps.retirees.queries.listing import SORTS
from apps.retirees.queries.selection import people_of
from apps.retirees.queries.sheet_extras import EXTRAS, SPECIAL_NEEDS, sheet_extras
from apps.retirees.queries.views import view_named
from apps.retirees.rules.custom import is_custom
from apps.retirees.rules.sheet_key import SHEET_KEY_LABEL, sheet_key
from apps.retirees.tables import columns_in_hand
from apps.units.models import Unit

CORE = frozenset(
    {"national_id", "phone", "address", "medical_card", "monthly_income", "basic_fee", "allowance"}
)
NOT_READ = frozenset({"age", "period", "county", "unit", "state", "died", "filled", "verified"})
"""Columns of which an import takes nothing."""
MONEY = ("monthly_income", "basic_fee", "allowance")
HIDDEN_MONEY = "******"

Values = Mapping[str, Any]
Read = Callable[[Values, date], str]


@dataclass(frozen=True)
class _Source:
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


def _column(
    name: str, label: str, width: float, read: Read, *needs: str, group: str = "基本", number: bool = False
) -> _Source:
    return _Source(
        ExportColumn(name, Column(label, width, is_number=number), group=group), needs or (name,), read
    )


def _private(name: str, label: str, width: float, group: str = "敏感信息") -> _Source:
    column = Column(label, width, is_number=name in MONEY, is_digits=name not in (*MONEY, "address"))
    return _Source(ExportColumn(name, column, private=True, core=name in CORE, group=group), (), _text(name))


SOURCES: tuple[_Source, ...] = (
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
)
BY_NAME = {source.column.name: source for source in SOURCES}
KEY = ExportColumn("key", Column(SHEET_KEY_LABEL, 4, is_hidden=True))


def _in_words(source: _Source) -> _Source:
    """1934年7月 instead of 1934-07: forms are read by people."""
    column = ExportColumn(f"{source.column.name}_words", source.column.column, group=source.column.group)
    field = source.needs[0]
    return _Source(column, source.needs, lambda values, on: _words(values[field]))


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


def _own_sources(*, in_use: bool = False) -> dict[str, _Source]:
    """Columns of the bureau's own fields by key; ``in_use``: without retired ones."""
    own = custom_fields()

    def source(field: CustomField) -> _Source:
        def read(values: Values, on: date) -> str:
            value = values["custom"].get(field.key)
            return _iso(value) if field.kind == CustomKind.DATE else own.words(field.key, value)

        column = Column(field.label, 14, is_number=field.kind == CustomKind.NUMBER)
        return _Source(ExportColumn(field.key, column, group="自定义栏目"), ("custom",), read)

    return {field.key: source(field) for field in own.fields if not (in_use and field.is_retired)}


class RegisterExporter:
    """People of the register, as columns of a sheet."""

    kind = "roster"
    label = "离退休干部名册"
    unit = "人"
    orders = (
        ("name", "姓名"),
        ("birth", "出生（年长在前）"),
        ("-birth", "出生（年轻在前）"),
        ("filled", "资料完整（缺得多在前）"),
        ("-name", "姓名（倒序）"),
        ("-filled", "资料完整（齐全在前）"),
    )

    paper_columns = PAPER_COLUMNS

    def papers(
        self, actor: Actor, keys: Sequence[int], format: str, *, plain: bool, reason: str, number: str
    ) -> Iterator[tuple[int, str, bytes]]:
        """See exports.rules.Exporter."""
        return whole_papers(keys, format, plain=plain, reason=reason, number=number, by=actor)

    def columns(self, actor: Actor) -> list[ExportColumn]:
        """See exports.rules.Exporter."""
        private = sees_private(actor)
        sources = (*SOURCES, *_own_sources(in_use=True).values())
        return [source.column for source in sources if private or not source.column.private]

    def columns_of_all(self) -> list[ExportColumn]:
        """See exports.rules.Exporter."""
        return [source.column for source in (*FORM_FIELDS.values(), *_own_sources().values())]

    def fields(self, actor: Actor) -> list[ExportColumn]:
        """See exports.rules.Exporter."""
        private = sees_private(actor)
        sources = [*(WORDED.get(source.column.name, source) for source in SOURCES), *FORM_ONLY]
        sources += _own_sources(in_use=True).values()
        return [source.column for source in sources if private or not source.column.private]

    def key_column(self) -> ExportColumn:
        """See exports.rules.Exporter."""
        return KEY

    def pick(self, actor: Actor, data: QueryDict) -> Picked:
        """See exports.rules.Exporter. ``data``: what the list's selection form posts, or ``query``: the address of a
        list, all of it; ``order`` wins over the address's own."""
        asked = QueryDict(data.get("query", ""), mutable=True)
        try:
            selection = read_selection(actor, data)
        except (BadSelection, ValueError) as refusal:
            raise NothingPicked(str(refusal)) from None
        order = data.get("order") or data.get("sort") or asked.get("sort") or "name"
        if order not in dict(self.orders):
            order = "name"
        column = SORTS[order.removeprefix("-")]
        sign = "-" if order.startswith("-") else ""
        people = people_of(actor, selection, timezone.localdate()).order_by(f"{sign}{column}", f"{sign}pk")
        hidden = [("all", "1"), ("query", selection.query)] if selection.whole else []
        hidden += [("ids", str(key)) for key in selection.ids]
        view = view_named(actor, data.get("view") or asked.get("view") or "")
        if view is not None:
            hidden.append(("view", str(view.pk)))
        return Picked(
            keys=list(people.values_list("pk", flat=True)),
            words=selection.words,
            hidden=hidden,
            shown=self._readable(actor) if data.get("for") == "update" else self._shown(actor, view),
            order=order,
            query=selection.query,
        )

    def _readable(self, actor: Actor) -> list[str]:
        """What a sheet that comes back may change, but for private values."""
        return [one.name for one in self.columns(actor) if not one.private and one.name not in NOT_READ]

    def _shown(self, actor: Actor, view: SavedView | None) -> list[str]:
        """The columns of the reader's list that a sheet can have, in their order."""
        kept = User.objects.filter(pk=actor.user_id).values_list("preferences", flat=True).first() or {}
        names = columns_in_hand(actor, custom_fields(), view=view, preferences=kept)
        offered = {column.name for column in self.columns(actor)}
        return [name for name in names if name in offered]

    def rows(
        self, actor: Actor, keys: Sequence[int], names: Sequence[str], mask: str
    ) -> Iterator[tuple[int, list[str]]]:
        """See exports.rules.Exporter. One query for the people, one for their private values."""
        on = timezone.localdate()
        known = {**FORM_FIELDS, **(_own_sources() if any(map(is_custom, names)) else {})}
        sources = [(name, known.get(name)) for name in names]
        needed = {field for _, source in sources if source for field in source.needs}
        related = {"county": "county__label", "unit": "unit__label"}
        people = _people(actor, keys, needed - set(related))
        places = _labels_of(people.values()) if needed & set(related) else {}
        extras = sheet_extras(actor, people, names, on) if EXTRAS & set(names) else {}
        secrets = _secrets(actor, keys, [name for name in names if _is_private(name)], plain=mask == "plain")
        for key in keys:
            values = people.get(key)
            if values is None:
                continue
            values |= places.get(key, {}) | extras.get(key, {})
            own = secrets.get(key, {})
            yield (
                key,
                [
                    sheet_key(key)
                    if source is None
                    else own.get(name, "")
                    if source.column.private
                    else source.read(values, on)
                    for name, source in sources
                ],
            )


def _is_private(name: str) -> bool:
    return name in FORM_FIELDS and FORM_FIELDS[name].column.private


def _people(actor: Actor, keys: Sequence[int], fields: set[str]) -> dict[int, dict[str, Any]]:
    """Raw values by person: partial dates as they are stored, which is a third quicker than instances."""
    asked = Retiree.objects.visible_to(actor).filter(pk__in=list(keys))
    return {row["id"]: row for row in asked.values("id", "county_id", "unit_id", *sorted(fields - {"id"}))}


def _labels_of(people: Any) -> dict[int, dict[str, str]]:
    rows = list(people)
    wanted = {row["county_id"] for row in rows} | {row["unit_id"] for row in rows}
    labels = {unit.pk: unit.label for unit in Unit.objects.filter(pk__in=wanted)}
    return {
        row["id"]: {"county__label": labels[row["county_id"]], "unit__label": labels[row["unit_id"]]}
        for row in rows
    }


def _secrets(
    actor: Actor, keys: Sequence[int], names: Sequence[str], *, plain: bool
) -> dict[int, dict[str, str]]:
    """Private values by person: as they are, or their masks. The export as a whole stands in the log."""
    if not names or not sees_private(actor):
        return {}
    found = {}
    for row in PrivateDetails.objects.visible_to(actor).filter(pk__in=list(keys)).only("pk", *names):
        values = {}
        for name in names:
            value = getattr(row, name)
            if value is None:
                continue
            if name in MONEY:
                values[name] = f"{value:.2f}" if plain else HIDDEN_MONEY
            else:
                values[name] = value.for_processing() if plain else value.masked
        found[row.pk] = values
    return found
