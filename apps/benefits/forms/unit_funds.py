"""Forms of the funds of units: rates, lines of the ledger, what years before left."""

import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.backends.postgresql.psycopg_any import DateRange

from apps.benefits.choices import FundKind, FundPeople, FundPurpose, Headcount
from apps.benefits.models import FundRate
from apps.benefits.rules.unit_funds import CENT, NOT_EQUALLY
from apps.core.inputs import AnyDayField, DayField, MoneyField, PlainForm, TokenField, WordsField
from apps.core.scope import Actor
from apps.library.models import Paper

BAD_MONEY = "金额填成12345.60这样。"


def _choice(label: str, choices: Any, **more: Any) -> forms.ChoiceField:
    errors = {"required": f"请选择{label}。", "invalid_choice": f"请从列表里选择{label}。"}
    return forms.ChoiceField(label=label, choices=choices, error_messages=errors, **more)


class FundRateForm(PlainForm):
    """A rate of one's own office."""

    error_title = "标准没有保存"
    kind = _choice("经费", FundKind.choices)
    people = _choice("对象", FundPeople.choices)
    headcount = _choice("人数口径", Headcount.choices, help_text="文件没有规定的，由本地财政和老干部部门商定")
    amount = MoneyField(
        label="每人每年",
        required=True,
        min_value=CENT,
        help_text="元",
        error_messages={"required": "请填写标准。", "invalid": BAD_MONEY, "min_value": "标准要大于0。"},
    )
    starts_on = AnyDayField(label="从哪天起", required=False, help_text="不知道起始日期的留空")
    ends_on = AnyDayField(label="到哪天止", required=False, help_text="包括这一天；还在执行的留空")
    paper = forms.ModelChoiceField(
        label="依据文件",
        queryset=Paper.objects.none(),
        required=False,
        empty_label="不在文件库里",
        error_messages={"invalid_choice": "请从列表里选择文件。"},
    )
    paper_text = WordsField(
        label="依据", max_length=200, required=False, help_text="文件不在文件库里的，写明文件名和文号"
    )
    note = WordsField(label="说明", max_length=200, required=False)
    token = TokenField()

    def __init__(self, data: Any = None, *, rate: FundRate | None, kind: str, actor: Actor) -> None:
        initial: dict[str, Any] = {"token": uuid.uuid4(), "kind": kind}
        if rate is not None:
            names = ("kind", "people", "headcount", "amount", "paper", "paper_text", "note")
            initial |= {name: getattr(rate, name) for name in names}
            last = rate.during.upper - timedelta(days=1) if rate.during.upper else None
            initial |= {"starts_on": rate.during.lower, "ends_on": last}
        super().__init__(data, initial=initial)
        self.fields["paper"].queryset = Paper.objects.visible_to(actor)

    def clean(self) -> dict[str, Any]:
        """The days in order, and a basis."""
        found = super().clean() or {}
        starts, ends = found.get("starts_on"), found.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", "截止日期不能早于起始日期。")
        if not found.get("paper") and not found.get("paper_text") and "paper" not in self.errors:
            self.add_error("paper_text", "请选择依据文件，或用文字写明依据。")
        return found

    def values(self) -> dict[str, Any]:
        """Fields of the rate."""
        found = dict(self.cleaned_data)
        found.pop("token")
        starts, ends = found.pop("starts_on"), found.pop("ends_on")
        return {**found, "during": DateRange(starts, ends + timedelta(days=1) if ends else None)}


class FundEntryForm(PlainForm):
    """A line of the ledger, or one for each of those helped."""

    error_title = "流水没有登记"
    day = DayField(
        label="日期", error_messages={"required": "请填写日期。", "invalid": "请填写日期，如2026-03-05。"}
    )
    purpose = _choice("用途", FundPurpose.choices)
    amount = MoneyField(
        label="金额",
        required=True,
        min_value=CENT,
        max_digits=12,
        help_text="元；选了帮扶对象的，是每人的金额",
        error_messages={"required": "请填写金额。", "invalid": BAD_MONEY, "min_value": "金额要大于0。"},
    )
    words = WordsField(
        label="摘要",
        max_length=200,
        help_text="什么困难、什么活动",
        error_messages={"required": "请填写摘要。"},
    )
    voucher = WordsField(label="凭证号", max_length=60, required=False)
    people = forms.MultipleChoiceField(
        label="帮扶对象",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=f"帮助到人的选人，活动和其他支出不选。{NOT_EQUALLY}",
        error_messages={"invalid_choice": "请从列表里选择本单位的人。"},
    )
    token = TokenField()

    def __init__(self, data: Any = None, *, people: Sequence[tuple[int, str]], today: date) -> None:
        super().__init__(data, initial={"token": uuid.uuid4(), "day": today})
        self.fields["day"].today = today
        self.fields["people"].choices = people
        if not people:
            del self.fields["people"]

    def keys(self) -> list[int]:
        """Those helped."""
        return [int(key) for key in self.cleaned_data.get("people", ())]

    def values(self) -> dict[str, Any]:
        """Fields of the line."""
        return {name: self.cleaned_data[name] for name in ("day", "purpose", "amount", "words", "voucher")}


class CarriedForm(PlainForm):
    """What years before the portal left."""

    error_title = "结余没有保存"
    amount = MoneyField(
        label="以前年度结余",
        required=True,
        max_digits=12,
        help_text="元，按原来台账的年末结余填",
        error_messages={
            "required": "请填写结余，没有的填0。",
            "invalid": BAD_MONEY,
            "min_value": "结余不能是负数。",
        },
    )
    words = WordsField(
        label="依据",
        max_length=200,
        help_text="如：2025年手工台账",
        error_messages={"required": "请写明依据。"},
    )


class CancelForm(PlainForm):
    """Why a line is balanced."""

    error_title = "没有冲销"
    words = WordsField(
        label="冲销原因", max_length=200, error_messages={"required": "请写明原因，会列在流水里。"}
    )
    token = TokenField()

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"token": uuid.uuid4()})
