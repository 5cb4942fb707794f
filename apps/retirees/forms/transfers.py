"""Forms of a transfer between counties."""

import uuid
from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms

from apps.core.inputs import TextField, TokenField
from apps.core.scope import Actor
from apps.retirees.actions.transfers import AHEAD
from apps.retirees.forms.changes import ChangeForm
from apps.retirees.forms.units import grouped_choices, open_units
from apps.retirees.models import Transfer
from apps.units.models import Unit
from apps.units.queries import open_counties


class ComingDayField(forms.DateField):
    """A day that is past, today, or within a year."""

    today: date

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day is not None and day > self.today + AHEAD:
            raise forms.ValidationError("最多提前一年，请核对年份。")
        return day


def _reason() -> TextField:
    return TextField(
        label="转移原因",
        required=True,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="如：随子女迁居、管理关系调整。对方看得到",
        error_messages={"required": "请写明转移原因。"},
    )


class TransferForm(ChangeForm):
    """A county proposes: where to, from when, why."""

    county = forms.ChoiceField(label="转往", error_messages={"required": "请选择县市区。"})
    effective_on = ComingDayField(
        label="生效日期",
        help_text="从这一天起算对方的人；可以是以后的日子，到那天自动办理",
        error_messages={"required": "请填写生效日期。"},
    )
    reason = _reason()
    token = TokenField()
    rows = (("token",), ("county", "effective_on"), ("reason",))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("token", uuid.uuid4())
        counties = open_counties(self.today).exclude(pk=self.person.county_id)
        self.counties = {str(unit.pk): unit for unit in counties}
        self.fields["county"].choices = [
            ("", "请选择县市区"),
            *((key, unit.label) for key, unit in self.counties.items()),
        ]

    def clean_county(self) -> Unit:
        return self.counties[self.cleaned_data["county"]]


class CityTransferForm(ChangeForm):
    """The city decides: into which unit, from when, why."""

    unit = forms.ChoiceField(label="接收单位", error_messages={"required": "请选择单位。"})
    effective_on = ComingDayField(
        label="生效日期",
        help_text="今天或以前的，保存后马上转移；以后的，到那天自动办理",
        error_messages={"required": "请填写生效日期。"},
    )
    reason = _reason()
    token = TokenField()
    rows = (("token",), ("unit", "effective_on"), ("reason",))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("token", uuid.uuid4())
        units = open_units(actor, self.today).exclude(area_id=self.person.county_id)
        self.units = {str(unit.pk): unit for unit in units}
        self.fields["unit"].choices = grouped_choices(self.units.values())

    def clean_unit(self) -> Unit:
        return self.units[self.cleaned_data["unit"]]


class AnswerForm(forms.Form):
    """Base of an answer: knows the transfer."""

    def __init__(self, data: Any = None, *, transfer: Transfer) -> None:
        self.transfer = transfer
        super().__init__(data)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(*self.fields)


class AcceptForm(AnswerForm):
    unit = forms.ChoiceField(label="归入单位", error_messages={"required": "请选择归入哪个单位。"})
    note = TextField(label="说明", max_length=200, help_text="对方看得到，可以不填")

    def __init__(self, data: Any = None, *, transfer: Transfer, today: date, actor: Actor) -> None:
        super().__init__(data, transfer=transfer)
        units = open_units(actor, today).filter(area_id=transfer.county_id)
        self.units = {str(unit.pk): unit for unit in units}
        self.fields["unit"].choices = grouped_choices(self.units.values())

    def clean_unit(self) -> Unit:
        return self.units[self.cleaned_data["unit"]]


class RefuseForm(AnswerForm):
    note = TextField(
        label="退回的原因",
        required=True,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="对方看得到",
        error_messages={"required": "请写明为什么退回。"},
    )
