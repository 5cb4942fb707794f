"""Forms of a person's benefits: the span that is shown, approvals, ruling of death, account, what was paid earlier."""

import re
import unicodedata
import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.db.backends.postgresql.psycopg_any import DateRange
from django.http import QueryDict

from apps.benefits.choices import DeathKind
from apps.benefits.forms.runs import BACK, MonthsInOrder, months_back
from apps.benefits.models import Benefit, DeathRuling, PayAccount
from apps.benefits.rules.months import month_of, months
from apps.core.inputs import AnyDayField, DayField, MoneyField, PlainForm, TokenField, WordsField
from apps.retirees.choices import LifeState
from apps.retirees.models import Retiree

DAY_ERRORS = {"required": "请填写日期。", "invalid": "请填写日期，如2026-03-05。"}
SHOWN, MOST = 12, 60
"""Months shown unless asked otherwise, and at most."""


class SpanForm(forms.Form):
    """From which month to which."""

    first = forms.TypedChoiceField(label="从", coerce=date.fromisoformat, required=False, empty_value=None)
    last = forms.TypedChoiceField(label="到", coerce=date.fromisoformat, required=False, empty_value=None)

    def __init__(self, data: QueryDict, *, person: Retiree, today: date) -> None:
        given = {name: data[name] for name in ("first", "last") if name in data}
        choices = list(months_back(today, BACK))
        last = _last(person, today)
        known = [value for value, _ in choices]
        at = known.index(last.isoformat()) if last.isoformat() in known else 0
        self.usual = (date.fromisoformat(known[min(at + SHOWN, BACK) - 1]), date.fromisoformat(known[at]))
        start = dict(zip(("first", "last"), (day.isoformat() for day in self.usual), strict=True))
        super().__init__({**start, **given}, auto_id="span-%s")
        for name in ("first", "last"):
            self.fields[name].choices = choices
            self.fields[name].widget.attrs["class"] = "form-select"

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            self.add_error("last", "截止月份不能早于起始月份。")
        elif first and last and len(list(months(first, last))) > MOST:
            self.add_error("first", f"一次最多看{MOST}个月，请分几次看。")
        return data

    def months(self) -> Sequence[date]:
        """The months asked for; the usual ones where they cannot be shown."""
        if self.is_valid() and self.cleaned_data["first"] and self.cleaned_data["last"]:
            return list(months(self.cleaned_data["first"], self.cleaned_data["last"]))
        return list(months(*self.usual))

    def told(self) -> list[str]:
        """What is wrong with the span, in words."""
        return [text for texts in self.errors.values() for text in texts]


def _last(person: Retiree, today: date) -> date:
    """This month; of the dead the month after death, so that what was paid too long is seen."""
    this = month_of(today)
    if person.state != LifeState.DEAD or not person.died_on:
        return this
    return min(this, month_of(month_of(person.died_on.latest) + timedelta(days=31)))


class ReasonForm(PlainForm):
    """Why something ends."""

    error_title = "没有保存"
    reason = WordsField(label="原因", max_length=200, error_messages={"required": "请写明原因。"})
    token = TokenField()

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"token": uuid.uuid4()})


class ApprovalForm(PlainForm):
    """A benefit that needs an approval, for a time."""

    error_title = "特批没有登记"
    benefit = forms.ModelChoiceField(
        label="待遇项目",
        queryset=Benefit.objects.filter(is_active=True, needs_approval=True, audience="cadre"),
        empty_label="请选择",
        error_messages={"required": "请选择待遇项目。", "invalid_choice": "请从列表里选择待遇项目。"},
    )
    starts_on = AnyDayField(label="从哪天起", error_messages=DAY_ERRORS)
    ends_on = AnyDayField(
        label="到哪天止", required=False, help_text="包括这一天；没有期限的留空", error_messages=DAY_ERRORS
    )
    document = WordsField(
        label="批准文号或材料", max_length=120, error_messages={"required": "请填写批准文号或材料。"}
    )
    approved_by_name = WordsField(
        label="批准人", max_length=60, error_messages={"required": "请填写批准人。"}
    )
    note = WordsField(label="说明", max_length=200, required=False)
    token = TokenField()

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"token": uuid.uuid4()})

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        starts, ends = data.get("starts_on"), data.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", "截止日期不能早于起始日期。")
        return data

    def values(self) -> dict[str, Any]:
        """Fields of the approval."""
        data = self.cleaned_data
        ends = data["ends_on"] + timedelta(days=1) if data["ends_on"] else None
        names = ("benefit", "document", "approved_by_name", "note")
        return {**{name: data[name] for name in names}, "during": DateRange(data["starts_on"], ends)}


class EndApprovalForm(ReasonForm):
    """Its last day, or that it never should have been."""

    how = forms.ChoiceField(
        label="怎样结束",
        choices=[("end", "到一天截止"), ("revoke", "批错了，整条撤销")],
        widget=forms.RadioSelect,
        initial="end",
    )
    last_day = AnyDayField(
        label="最后一天", required=False, help_text="整条撤销的不用填", error_messages=DAY_ERRORS
    )
    field_order = ("how", "last_day", "reason", "token")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        if data.get("how") == "end" and not data.get("last_day") and "last_day" not in self.errors:
            self.add_error("last_day", DAY_ERRORS["required"])
        return data


class DeathRulingForm(ReasonForm):
    """How somebody died. A reason is asked for where it was ruled before."""

    kind = forms.ChoiceField(
        label="性质", widget=forms.RadioSelect, error_messages={"required": "请选择性质。"}
    )
    document = WordsField(label="认定文号或材料", max_length=120, required=False)
    field_order = ("kind", "document", "reason", "token")
    REVOKED = "revoked"

    def __init__(self, data: Any = None, *, ruling: DeathRuling | None) -> None:
        super().__init__(data)
        self.fields["kind"].choices = list(DeathKind.choices)
        if ruling is None:
            del self.fields["reason"]
            return
        self.fields["kind"].choices += [(self.REVOKED, "撤销认定")]
        self.fields["kind"].initial, self.fields["document"].initial = ruling.kind, ruling.document

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        if data.get("kind") not in (None, self.REVOKED) and not data.get("document"):
            self.add_error("document", "请填写认定文号或材料。")
        return data


class AccountForm(ReasonForm):
    """Where the money goes. The number of the account that stands is never put into the page."""

    error_title = "发放账户没有保存"
    bank = WordsField(label="开户行", max_length=80, error_messages={"required": "请填写开户行。"})
    holder = WordsField(label="户名", max_length=60, error_messages={"required": "请填写户名。"})
    number = forms.CharField(
        label="账号",
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": "请填写账号。"},
    )
    field_order = ("bank", "holder", "number", "reason", "token")

    def __init__(self, data: Any = None, *, person: Retiree, account: PayAccount | None) -> None:
        super().__init__(data)
        self.fields["holder"].initial = person.name
        if account is None:
            del self.fields["reason"]
            return
        self.fields["number"].required = False
        self.fields["number"].help_text = "不换账号的留空"
        self.fields["bank"].initial, self.fields["holder"].initial = account.bank, account.holder

    def clean_number(self) -> str:
        """Digits, without the blanks and strokes people type between them."""
        text = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", self.cleaned_data["number"]))
        if text and not re.fullmatch(r"[0-9]{8,32}", text):
            raise forms.ValidationError("账号应是8至32位数字，请核对。")
        return text


class EarlierForm(MonthsInOrder):
    """What was paid each month of a span before lists were made here."""

    error_title = "没有补记"
    benefit = forms.ModelChoiceField(
        label="待遇项目",
        queryset=Benefit.objects.filter(audience="cadre"),
        empty_label="请选择",
        error_messages={"required": "请选择待遇项目。", "invalid_choice": "请从列表里选择待遇项目。"},
    )
    first_month = forms.TypedChoiceField(label="从", coerce=date.fromisoformat)
    last_month = forms.TypedChoiceField(label="到", coerce=date.fromisoformat)
    amount = MoneyField(
        label="每月金额",
        required=True,
        min_value=Decimal("0.01"),
        error_messages={"required": "请填写每月金额。", "min_value": "每月金额要大于0。"},
    )
    paid_on = DayField(label="发放日期", help_text="分几次发的，填最后一次", error_messages=DAY_ERRORS)
    note = WordsField(label="说明", max_length=200, error_messages={"required": "请写明凭什么补记。"})
    token = TokenField()

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data, initial={"token": uuid.uuid4()})
        choices = list(months_back(today, BACK))
        for name in ("first_month", "last_month"):
            self.fields[name].choices = choices
        self.fields["paid_on"].today = today
