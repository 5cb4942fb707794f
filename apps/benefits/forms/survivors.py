"""Forms of survivors: the conditions of the list, who is provided for, what became of him, that he was seen alive."""

import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.backends.postgresql.psycopg_any import DateRange
from django.http import QueryDict

from apps.benefits.choices import Household, SurvivorRelation, SurvivorStateKind
from apps.benefits.models import Survivor
from apps.core.inputs import AnyDayField, DayField, PlainForm, TokenField, WordsField
from apps.core.paging import PARAMETERS
from apps.core.scope import Actor
from apps.retirees.models import FamilyMember
from apps.units.models import Unit

CHECKS = (("", "核实：不限"), ("late", "超过12个月没有核实"))
DAY_ERRORS = {"required": "请填写日期。", "invalid": "请填写日期，如2026-03-05。"}


class SurvivorConditions(forms.Form):
    """The filter line. A key that is none, or a value that is none, is refused."""

    county = forms.ChoiceField(label="县市区", required=False)
    unit = forms.ChoiceField(label="管理单位", required=False)
    relation = forms.ChoiceField(
        label="与干部关系", required=False, choices=[("", "关系：不限"), *SurvivorRelation.choices]
    )
    state = forms.ChoiceField(
        label="现状", required=False, choices=[("", "现状：不限"), *SurvivorStateKind.choices]
    )
    check = forms.ChoiceField(label="生存核实", required=False, choices=CHECKS)

    def __init__(self, data: Any, *, actor: Actor) -> None:
        super().__init__(data, auto_id="filter-%s")
        units = Unit.objects.visible_to(actor)
        self._offer("county", "县市区：全部", units.counties())
        area = actor.county_id if actor.county_id is not None else _number(data, "county")
        self._offer("unit", "单位：全部", units.filter(level="unit", area_id=area).order_by("sort", "pk"))
        if actor.county_id is not None:
            del self.fields["county"]
        if actor.unit_id is not None:
            del self.fields["unit"]

    def _offer(self, name: str, empty: str, rows: Any) -> None:
        self.fields[name].choices = [("", empty), *((str(row.pk), row.label) for row in rows)]

    @property
    def is_known(self) -> bool:
        """Whether every key of the address is one of the list's."""
        return not set(self.data) - set(self.fields) - set(PARAMETERS)

    def conditions(self) -> dict[str, Any]:
        """As ``queries.survivors.survivors_seen`` takes them."""
        return {name: value for name, value in self.cleaned_data.items() if value}

    def chips(self) -> list[tuple[str, str]]:
        """(name, words) of each condition in force."""
        return [
            (name, f"{self.fields[name].label}：{dict(self.fields[name].choices)[value]}")
            for name, value in self.conditions().items()
        ]

    def query(self, without: str = "") -> str:
        """The conditions as a query string."""
        rest = QueryDict(mutable=True)
        rest.update({name: self.data[name] for name in self.conditions() if name != without})
        return rest.urlencode()


def _number(data: Any, name: str) -> int | None:
    text = str(data.get(name) or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


class SurvivorForm(PlainForm):
    """Who is provided for. ``members``: those of the family who may be registered; none where one is changed."""

    error_title = "遗属没有保存"
    member = forms.ChoiceField(
        label="遗属", error_messages={"required": "请选择遗属。", "invalid_choice": "请从列表里选择。"}
    )
    relation = forms.ChoiceField(
        label="与干部关系",
        choices=SurvivorRelation.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择与干部的关系。"},
    )
    household = forms.ChoiceField(
        label="户口",
        choices=Household.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择户口。"},
    )
    starts_on = AnyDayField(
        label="从哪天起享受", help_text="一般是干部去世的次月1日", error_messages=DAY_ERRORS
    )
    ends_on = AnyDayField(
        label="到哪天止", required=False, help_text="包括这一天；没有期限的留空", error_messages=DAY_ERRORS
    )
    document = WordsField(label="批准文号或材料", max_length=120, required=False)
    verified_on = DayField(
        label="生存核实日期", required=False, help_text="最近一次核实在世的日期", error_messages=DAY_ERRORS
    )
    note = WordsField(label="说明", max_length=200, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, initial=0)
    token = TokenField()

    def __init__(
        self, data: Any = None, *, members: Sequence[FamilyMember], initial: dict[str, Any], today: date
    ) -> None:
        super().__init__(data, initial={"token": uuid.uuid4(), **initial})
        self.fields["verified_on"].today = today
        self.fields["member"].choices = [(str(one.pk), f"{one.name}（{one.kin}）") for one in members]
        if not members:
            del self.fields["member"]

    def clean(self) -> dict[str, Any]:
        """The days in order."""
        found = super().clean() or {}
        starts, ends = found.get("starts_on"), found.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", "截止日期不能早于起始日期。")
        return found

    def values(self) -> dict[str, Any]:
        """Fields of the survivor."""
        data = self.cleaned_data
        ends = data["ends_on"] + timedelta(days=1) if data["ends_on"] else None
        names = ("relation", "household", "document", "verified_on", "note")
        return {**{name: data[name] for name in names}, "during": DateRange(data["starts_on"], ends)}


def initial_of(survivor: Survivor) -> dict[str, Any]:
    """What the form of a survivor begins with."""
    names = ("relation", "household", "document", "verified_on", "note", "version")
    upper = survivor.during.upper
    days = {"starts_on": survivor.during.lower, "ends_on": upper - timedelta(days=1) if upper else None}
    return {**{name: getattr(survivor, name) for name in names}, **days}


class StateForm(PlainForm):
    """What a survivor is from a day on."""

    error_title = "状态没有登记"
    state = forms.ChoiceField(
        label="状态",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择状态。", "invalid_choice": "请从列表里选择状态。"},
    )
    day = DayField(label="从哪天起", help_text="待遇从次月起停发或恢复", error_messages=DAY_ERRORS)
    proof = WordsField(
        label="依据",
        max_length=120,
        help_text="如：死亡证明、结婚登记",
        error_messages={"required": "请写明依据。"},
    )
    token = TokenField()

    def __init__(self, data: Any = None, *, offered: Sequence[str], today: date) -> None:
        super().__init__(data, initial={"token": uuid.uuid4()})
        self.fields["day"].today = today
        choices = [(value, label) for value, label in SurvivorStateKind.choices if value in offered]
        self.fields["state"].choices = choices


class VerifyForm(PlainForm):
    """The day on which he was seen alive."""

    error_title = "核实没有保存"
    on = DayField(
        label="核实日期", help_text="见到本人、视频或由社区证明在世的日期", error_messages=DAY_ERRORS
    )

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data, initial={"on": today})
        self.fields["on"].today = today
