"""Forms of hardship aid: a scheme, an application, and each step of a case."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from apps.benefits.choices import YEARLY_KINDS, AidKind, Feast, FundPeople
from apps.benefits.models import AidScheme
from apps.benefits.rules.aid import feast_day
from apps.benefits.rules.unit_funds import CENT
from apps.core.inputs import AnyDayField, DayField, MoneyField, PlainForm, TokenField, WordsField
from apps.core.scope import Actor
from apps.library.models import Clause, Paper

BAD_MONEY = "金额填成12345.60这样。"
BAD_DAY = "请填写日期，如2026-03-05。"
KEPT = (
    "kind",
    "year",
    "name",
    "people",
    "limit",
    "budget",
    "times_a_year",
    "feast",
    "pay_before",
    "paper",
    "clause",
    "note",
)


def _choice(label: str, choices: Any, **more: Any) -> forms.ChoiceField:
    errors = {"required": f"请选择{label}。", "invalid_choice": f"请从列表里选择{label}。"}
    return forms.ChoiceField(label=label, choices=choices, error_messages=errors, **more)


def _money(label: str, *, required: bool = True, **more: Any) -> MoneyField:
    errors = {"required": f"请填写{label}。", "invalid": BAD_MONEY, "min_value": f"{label}要大于0。"}
    return MoneyField(label=label, required=required, min_value=CENT, error_messages=errors, **more)


def _whole(label: str, low: int, high: int, **more: Any) -> forms.IntegerField:
    wrong = f"{label}填{low}到{high}。"
    errors = {"required": f"请填写{label}。", "invalid": wrong, "min_value": wrong, "max_value": wrong}
    return forms.IntegerField(label=label, min_value=low, max_value=high, error_messages=errors, **more)


def _picked(label: str, queryset: Any, empty: str) -> forms.ModelChoiceField:
    errors = {"invalid_choice": f"请从列表里选择{label}。"}
    return forms.ModelChoiceField(
        label=label, queryset=queryset, required=False, empty_label=empty, error_messages=errors
    )


class SchemeForm(PlainForm):
    """A scheme of one's own office. The amounts are the office's: none is given here."""

    error_title = "项目没有保存"
    kind = _choice("类型", AidKind.choices)
    year = _whole("年度", 2000, 2100)
    name = WordsField(
        label="名称",
        max_length=80,
        help_text="如：春节困难帮扶",
        error_messages={"required": "请填写名称。"},
    )
    people = _choice("对象", FundPeople.choices)
    limit = _money("每人每年限额", required=False, help_text="元，按本地规定；体检、疗养可以不填")
    budget = _money("预算", required=False, max_digits=12, help_text="元，不填就不控制总额")
    times_a_year = _whole("每人每年次数", 1, 12, help_text="体检、疗养每年一次")
    feast = _choice("节前发放", [("", "不是节前发放"), *Feast.choices], required=False)
    pay_before = AnyDayField(
        label="在哪天以前发放", required=False, help_text="选了节日的不用填，按当年的节日算"
    )
    paper = _picked("依据文件", Paper.objects.none(), "不在文件库里")
    clause = _picked("依据条款", Clause.objects.none(), "不指明条款")
    note = WordsField(label="说明", max_length=200, required=False)
    token = TokenField()

    def __init__(self, data: Any = None, *, scheme: AidScheme | None, actor: Actor, today: date) -> None:
        initial: dict[str, Any] = {"token": uuid.uuid4(), "year": today.year, "times_a_year": 1}
        if scheme is not None:
            initial |= {name: getattr(scheme, name) for name in KEPT}
        super().__init__(data, initial=initial)
        self.fields["people"].initial = FundPeople.BOTH
        self.fields["paper"].queryset = Paper.objects.visible_to(actor)
        clauses = Clause.objects.visible_to(actor).select_related("paper").order_by("paper", "sort", "pk")
        self.fields["clause"].queryset = clauses
        self.fields["clause"].label_from_instance = lambda one: f"{one.paper.number} {one.label}"

    def clean(self) -> dict[str, Any]:
        """A limit where money is given; the feast's day; a clause of its paper."""
        found = super().clean() or {}
        kind, is_yearly = found.get("kind"), found.get("kind") in YEARLY_KINDS
        if kind and not is_yearly and found.get("limit") is None and "limit" not in self.errors:
            self.add_error("limit", "发钱的项目要填每人每年限额。")
        if is_yearly and (found.get("times_a_year") or 1) != 1:
            self.add_error("times_a_year", "体检、疗养每年一次。")
        clause = found.get("clause")
        if clause is not None:
            found["paper"] = found.get("paper") or clause.paper
            if clause.paper_id != found["paper"].pk:
                self.add_error("clause", "这一条不是所选文件的。")
        if found.get("feast") and found.get("year"):
            found["pay_before"] = feast_day(found["feast"], found["year"])
        return found

    def values(self) -> dict[str, Any]:
        """Fields of the scheme."""
        return {name: self.cleaned_data[name] for name in KEPT}


class ApplyForm(PlainForm):
    """What is asked for and why."""

    error_title = "申请没有登记"
    applied_on = DayField(
        label="申请日期", error_messages={"required": "请填写申请日期。", "invalid": BAD_DAY}
    )
    asked = _money("申请金额", help_text="元")
    reason = WordsField(
        label="申请理由",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="什么困难、家庭情况；加密保存，查看要说明原因并记入日志",
        error_messages={"required": "请填写申请理由。"},
    )
    token = TokenField()

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data, initial={"token": uuid.uuid4(), "applied_on": today})
        self.fields["applied_on"].today = today


class SignUpForm(PlainForm):
    """Who is put down for 体检 or 疗养: boxes of the list of those who have not signed up."""

    error_title = "没有报名"
    people = forms.MultipleChoiceField(
        label="报名的人",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "请勾选报名的人。",
            "invalid_choice": "请从列表里选择，有人可能已经报名。",
        },
    )
    token = TokenField()

    def __init__(self, data: Any = None, *, people: Sequence[tuple[int, str]]) -> None:
        super().__init__(data, initial={"token": uuid.uuid4()})
        self.fields["people"].choices = people

    def keys(self) -> list[int]:
        """Those picked."""
        return [int(key) for key in self.cleaned_data["people"]]


class CheckForm(PlainForm):
    """What was found, and how much it comes to."""

    error_title = "核查没有保存"
    granted = _money("核定金额", help_text="元")
    findings = WordsField(
        label="核查情况",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="怎样核实的、是否属实；加密保存",
        error_messages={"required": "请填写核查情况。"},
    )


class ApproveForm(PlainForm):
    """The word of whoever approves."""

    error_title = "没有审批"
    words = WordsField(label="审批意见", max_length=200, required=False, help_text="可以不填")


class PayForm(PlainForm):
    """On which day it was paid, and by which voucher."""

    error_title = "发放没有登记"
    paid_on = DayField(label="发放日期", error_messages={"required": "请填写发放日期。", "invalid": BAD_DAY})
    voucher = WordsField(
        label="凭证号", max_length=60, error_messages={"required": "请填写凭证号，作为发放的证明。"}
    )

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data, initial={"paid_on": today})
        self.fields["paid_on"].today = today


class DoneForm(PlainForm):
    """On which day it was done."""

    error_title = "没有登记完成"
    done_on = DayField(label="完成日期", error_messages={"required": "请填写完成日期。", "invalid": BAD_DAY})

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data, initial={"done_on": today})
        self.fields["done_on"].today = today


class EndForm(PlainForm):
    """Why it comes to nothing."""

    error_title = "没有保存"
    words = WordsField(label="原因", max_length=200, error_messages={"required": "请写明原因。"})
