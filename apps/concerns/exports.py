"""The book of concerns as a file: what the list shows, with the words of question and answer."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from apps.concerns.forms.listing import ConcernConditions
from apps.concerns.models import Concern, ConcernPerson
from apps.concerns.queries import SORTS, TIES, concern_rows, rows_under, shown_q
from apps.concerns.rules import timeliness
from apps.core.chinese import format_date
from apps.core.scope import Actor
from apps.core.sheets.table import Column
from apps.exports.rules import NothingPicked, Picked, TableExporter, exporters

ROSTER, PHONE, OTHERS, KEY = "roster", "phone", "others", "key"
COLUMNS = (
    ("number", Column("编号", 12)), ("title", Column("标题", 32)), ("kind", Column("类别", 10)),
    ("source", Column("来源", 14)), ("topic", Column("内容分类", 18)), ("person", Column("提出人", 12)),
    (PHONE, Column("联系电话", 16, is_digits=True)), ("county", Column("县市区", 12)),
    ("unit", Column("管理单位", 24)), ("people_count", Column("涉及人数", 10, is_number=True)),
    (OTHERS, Column("共同提出人", 24)), ("repeat_of", Column("重复事项", 12)),
    ("body", Column("内容", 48)), ("raised_on", Column("提出日期", 16)),
    ("received_on", Column("受理日期", 16)), ("received_by", Column("受理人", 12)),
    ("owner_unit", Column("办理单位", 24)), ("owner", Column("经办人", 12)),
    ("working_days", Column("办理时限（工作日）", 12, is_number=True)), ("due_on", Column("答复期限", 16)),
    ("state", Column("状态", 10)), ("on_time", Column("是否按期", 16)), ("touched", Column("最近进展", 16)),
    ("answered_on", Column("答复日期", 16)), ("answer_way", Column("答复方式", 12)),
    ("answer", Column("答复内容", 48)), ("result", Column("办理结果", 14)),
    ("satisfaction", Column("满意度", 10)), ("closed_on", Column("办结日期", 16)),
)  # fmt: skip
SHOWN = (
    "number", "title", "person", "unit", "kind", "topic", "received_on", "owner_unit", "state", "due_on", "on_time",
)  # fmt: skip
YEARS, NUMBERS = 10**4, 10**8
JOINED = ("retiree", "county", "unit", "owner_unit", "owner", "repeat_of")


def key_of(office: int, year: int, number: int) -> int:
    """One number for an office, its year and the matter's number, which are unique together."""
    return (office * YEARS + year) * NUMBERS + number


def parts_of(key: int) -> tuple[int, int, int]:
    """(office, year, number) of ``key_of``."""
    rest, number = divmod(key, NUMBERS)
    office, year = divmod(rest, YEARS)
    return office, year, number


class ConcernExporter(TableExporter):
    """See exports.rules.Exporter; a row is a matter."""

    kind = "concerns"
    label = "诉求台账"
    unit = "件"
    list_view = "concerns:list"
    table = COLUMNS
    masked = frozenset({PHONE})

    @property
    def orders(self) -> Sequence[tuple[str, str]]:
        """Those of the list."""
        words = (("", "（早的在前）"), ("-", "（晚的在前）"))
        return [(f"{sign}{name}", f"{label}{told}") for name, label in SORTS.items() for sign, told in words]

    def pick(self, actor: Actor, data: QueryDict) -> Picked:
        """See exports.rules.Exporter. ``query``: the address of a list; ``order`` wins over the address's own."""
        asked = QueryDict(data.get("query", ""))
        form = ConcernConditions(asked, actor=actor)
        if not form.is_known or not form.is_valid():
            raise NothingPicked("名单的条件有误，请回到“诉求办理”重新筛选。")
        today = timezone.localdate()
        rows = rows_under(actor, form.cleaned_data, today).filter(shown_q(actor, form.tab, today))
        column, descending = form.order
        order = data.get("order") or f"{'-' if descending else ''}{column}"
        if order not in dict(self.orders):
            order = "due_on"
        found = rows.order_by(
            order, *(f"-{name}" if order.startswith("-") else name for name in (*TIES, "pk"))
        )
        return Picked(
            keys=[key_of(*parts) for parts in found.values_list("office_id", "year", "number")],
            words=form.words(),
            hidden=[("query", form.query())],
            shown=SHOWN,
            order=order,
            query=form.query(),
        )

    def rows(
        self, actor: Actor, keys: Sequence[int], names: Sequence[str], mask: str
    ) -> Iterator[tuple[int, list[str]]]:
        """See exports.rules.Exporter."""
        found = _matters(actor, keys)
        others = _others(actor, found) if OTHERS in names else {}
        phones = _phones(actor, found, mask) if PHONE in names else {}
        today = timezone.localdate()
        for key in keys:
            one = found.get(key)
            if one is None:
                continue
            texts = _texts(one, today)
            texts |= {OTHERS: "、".join(others.get(one.pk, ())), PHONE: phones.get(one.retiree_id, "")}
            yield key, [texts[name] for name in names]


def _matters(actor: Actor, keys: Sequence[int]) -> dict[int, Concern]:
    """Those the actor still sees, by key: numbers of each office and year together."""
    years: dict[tuple[int, int], list[int]] = {}
    for key in keys:
        office, year, number = parts_of(key)
        years.setdefault((office, year), []).append(number)
    found = {}
    for (office, year), numbers in years.items():
        rows = concern_rows(actor).filter(office_id=office, year=year, number__in=numbers)
        for one in rows.order_by().select_related(*JOINED):
            found[key_of(office, year, one.number)] = one
    return found


def _others(actor: Actor, found: Mapping[int, Concern]) -> dict[Any, list[str]]:
    rows = ConcernPerson.objects.visible_to(actor).filter(concern_id__in=[one.pk for one in found.values()])
    names: dict[Any, list[str]] = {}
    for concern, name in rows.order_by("retiree__name_sort", "pk").values_list("concern_id", "retiree__name"):
        names.setdefault(concern, []).append(name)
    return names


def _phones(actor: Actor, found: Mapping[int, Concern], mask: str) -> dict[int, str]:
    """Telephone numbers as the register gives them out: in plain or their masks."""
    people = list(dict.fromkeys(one.retiree_id for one in found.values()))
    told = exporters[ROSTER].rows(actor, people, [PHONE], mask)
    return {person: texts[0] for person, texts in told}


def _day(day: date | None) -> str:
    return format_date(day) if day else ""


def _texts(one: Concern, today: date) -> dict[str, str]:
    return {
        KEY: f"{one.office_id}-{one.label}",
        "number": one.label,
        "title": one.title,
        "kind": str(one.get_kind_display()),
        "source": str(one.get_source_display()),
        "topic": str(one.get_topic_display()),
        "person": one.retiree.name,
        "county": one.county.label,
        "unit": one.unit.label,
        "people_count": str(one.people_count),
        "repeat_of": one.repeat_of.label if one.repeat_of else "",
        "body": one.body,
        "raised_on": _day(one.raised_on),
        "received_on": _day(one.received_on),
        "received_by": one.received_by_name,
        "owner_unit": one.owner_unit.label,
        "owner": one.owner.full_name if one.owner else "",
        "working_days": str(one.working_days),
        "due_on": _day(one.due_on),
        "state": str(one.get_state_display()),
        "on_time": timeliness(one.state, one.due_on, one.answered_on, today)[0],
        "touched": _day(timezone.localdate(one.touched_at)),
        "answered_on": _day(one.answered_on),
        "answer_way": str(one.get_answer_way_display()),
        "answer": one.answer,
        "result": str(one.get_result_display()),
        "satisfaction": str(one.get_satisfaction_display()),
        "closed_on": _day(one.closed_on),
    }
