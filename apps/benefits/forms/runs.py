"""Forms of lists: opening one, arrears, words, the paid list that comes back, claims."""

import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms

from apps.benefits.choices import ClaimState
from apps.benefits.models import Benefit
from apps.benefits.queries.runs import openings
from apps.benefits.rules.earlier import EarlierRow, read_earlier
from apps.benefits.rules.months import month_of, month_words, next_month
from apps.benefits.rules.paid import BadPaidList, PaidRow, read_paid
from apps.core.inputs import DayField, PlainForm, TokenField, WordsField
from apps.core.scope import Actor
from apps.library.models import Paper
from apps.units.models import Unit

BACK = 240
"""Months that arrears may reach back to."""


def months_back(today: date, number: int, *, ahead: int = 0) -> Iterator[tuple[str, str]]:
    """Choices of months, the latest first."""
    month = month_of(today)
    for _ in range(ahead):
        month = next_month(month)
    for _ in range(number + ahead):
        yield month.isoformat(), month_words(month)
        month = month_of(month - timedelta(days=1))


class MonthsInOrder(PlainForm):
    """A span of months; subclasses have ``first_month`` and ``last_month``."""

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        first, last = data.get("first_month"), data.get("last_month")
        if first and last and last < first:
            self.add_error("last_month", "截止月份不能早于起始月份。")
        return data


class CountyForm(PlainForm):
    """Whose list: a county has no choice."""

    county = forms.ModelChoiceField(
        label="县市区",
        queryset=Unit.objects.none(),
        empty_label="请选择",
        error_messages={"required": "请选择县市区。", "invalid_choice": "请从列表里选择县市区。"},
    )
    token = TokenField()

    def __init__(self, data: Any = None, *, actor: Actor, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial={"token": uuid.uuid4(), **(initial or {})})
        counties = Unit.objects.visible_to(actor).counties()
        self.fields["county"].queryset = counties
        if actor.county_id is not None:
            self.fields["county"].initial = actor.county_id
            self.fields["county"].empty_label = None


class MonthForm(CountyForm):
    """A month's list."""

    error_title = "名单没有建立"
    month = forms.TypedChoiceField(label="月份", coerce=date.fromisoformat)

    def __init__(self, data: Any = None, *, actor: Actor, today: date) -> None:
        super().__init__(data, actor=actor)
        self.fields["month"].choices = list(months_back(today, 12, ahead=1))
        self.fields["month"].initial = month_of(today).isoformat()


class ArrearsForm(MonthsInOrder, CountyForm):
    """What was paid too little or too much over a span of months."""

    error_title = "补发没有建立"
    first_month = forms.TypedChoiceField(label="从", coerce=date.fromisoformat)
    last_month = forms.TypedChoiceField(label="到", coerce=date.fromisoformat)
    benefits = forms.ModelMultipleChoiceField(
        label="待遇项目",
        queryset=Benefit.objects.filter(is_active=True, audience="cadre"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="不选就是全部；互相排斥的几项会一起算",
    )
    paper = forms.ModelChoiceField(
        label="因哪份文件",
        queryset=Paper.objects.none(),
        required=False,
        empty_label="不是因为文件",
        error_messages={"invalid_choice": "请从列表里选择文件。"},
    )
    reason = WordsField(label="事由", max_length=200, required=False, help_text="如：迟报去世、认定改变")

    def __init__(
        self, data: Any = None, *, actor: Actor, today: date, initial: dict[str, Any] | None = None
    ) -> None:
        """initial: county, first_month, last_month, paper, where a page already knows them."""
        super().__init__(data, actor=actor, initial=initial)
        months = list(months_back(today, BACK))
        for name in ("first_month", "last_month"):
            self.fields[name].choices = months
        known = [month for _, month in openings(actor) if month is not None]
        first = max(min(known, default=month_of(today)), date.fromisoformat(months[-1][0]))
        self.fields["first_month"].initial = first.isoformat()
        self.fields["last_month"].initial = month_of(today).isoformat()
        self.fields["paper"].queryset = Paper.objects.visible_to(actor).filter(is_example=False)


class OpeningForm(CountyForm):
    """From which month a county pays by the portal's lists."""

    error_title = "启用月份没有保存"
    month = forms.TypedChoiceField(
        label="从哪个月起",
        coerce=date.fromisoformat,
        help_text="从这个月起按系统的名单发放；以前的算作已经结清，要补发更早的，把它提前并登记那时已发的金额",
    )

    def __init__(
        self, data: Any = None, *, actor: Actor, today: date, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, actor=actor, initial=initial)
        self.fields["month"].choices = list(months_back(today, BACK, ahead=1))
        self.fields["month"].initial = (initial or {}).get("month", month_of(today).isoformat())


class EarlierListForm(PlainForm):
    """What many people were paid before lists were made here, one benefit at a time."""

    error_title = "没有登记"
    benefit = forms.ModelChoiceField(
        label="待遇项目",
        queryset=Benefit.objects.filter(is_active=True, audience="cadre"),
        empty_label="请选择",
        error_messages={"required": "请选择待遇项目。", "invalid_choice": "请从列表里选择待遇项目。"},
    )
    paid_on = DayField(
        label="发放日期",
        help_text="分几次发的，填最后一次",
        error_messages={"required": "请填写发放日期。"},
    )
    note = WordsField(
        label="凭什么登记", max_length=200, error_messages={"required": "请写明凭什么登记，如财务发放表。"}
    )
    rows = forms.CharField(
        label="发放明细",
        max_length=2_000_000,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "autocomplete": "off"}),
        help_text="从发放表里复制“身份证号、姓名、月份、金额”四列粘贴，一人一月一行，最多5000行",
        error_messages={"required": "请粘贴发放明细。"},
    )
    token = TokenField()

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data, initial={"token": uuid.uuid4()})
        self.fields["paid_on"].today = today
        self.read: list[EarlierRow] = []

    def clean_rows(self) -> str:
        try:
            self.read = read_earlier(self.cleaned_data["rows"])
        except BadPaidList as problem:
            raise forms.ValidationError(problem.told) from None
        return ""


class ReturnForm(PlainForm):
    """Why a list goes back."""

    error_title = "没有退回"
    words = WordsField(
        label="退回意见",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明为什么退回。"},
    )
    token = TokenField()

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"token": uuid.uuid4()})


class PaidForm(PlainForm):
    """The paid list that came back: as approved, or line by line as finance gave it."""

    error_title = "没有对账"
    paid_on = DayField(label="发放日期", error_messages={"required": "请填写发放日期。"})
    as_approved = forms.ChoiceField(
        label="实际发放",
        choices=[("yes", "与审批的名单一致"), ("no", "有出入，按下面的明细")],
        widget=forms.RadioSelect,
        initial="yes",
    )
    rows = forms.CharField(
        label="发放明细",
        required=False,
        max_length=2_000_000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text="从财务返回的表里复制“编号、姓名、实发金额”三列粘贴；没有列出的人算没有发",
    )
    token = TokenField()

    def __init__(self, data: Any = None, *, today: date, lines: dict[int, tuple[str, Decimal]]) -> None:
        super().__init__(data, initial={"token": uuid.uuid4(), "paid_on": today})
        self.fields["paid_on"].today = today
        self.lines = lines
        self.read: list[PaidRow] = []

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        if data.get("as_approved") == "no":
            try:
                self.read = read_paid(data.get("rows") or "", self.lines)
            except BadPaidList as problem:
                self.add_error("rows", list(problem.told))
        return data

    def paid(self) -> dict[int, Decimal]:
        """By line, what was paid."""
        if self.cleaned_data["as_approved"] == "yes":
            return {key: due for key, (_, due) in self.lines.items()}
        return {row.line: row.money for row in self.read}


class ClaimForm(PlainForm):
    """How a claim ended."""

    error_title = "没有办结"
    state = forms.ChoiceField(
        label="结果",
        choices=[(ClaimState.RECOVERED, "已追回"), (ClaimState.WAIVED, "不再追回")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择结果。"},
    )
    settled_on = DayField(label="日期", error_messages={"required": "请填写日期。"})
    note = WordsField(
        label="说明", max_length=200, required=False, help_text="不再追回的，写明理由和批准的人"
    )
    token = TokenField()

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data, initial={"token": uuid.uuid4(), "settled_on": today})
        self.fields["settled_on"].today = today
