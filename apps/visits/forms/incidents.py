"""Forms of what happened: reported, ended, taken back."""

import uuid
from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms

from apps.core.inputs import DayField, TextField, TokenField
from apps.visits.choices import IncidentKind

REPORTED = (IncidentKind.HOSPITAL, IncidentKind.CRITICAL, IncidentKind.FAMILY)
NEED_DAY = {"required": "请填写日期。"}


class IncidentBase(forms.Form):
    """Knows today, lays its fields out in rows; sent twice, it counts once."""

    rows: tuple[tuple[str, ...], ...] = ()
    token = TokenField()

    def __init__(self, data: Any = None, *, today: date, initial: Any = None) -> None:
        super().__init__(data, initial={"token": uuid.uuid4(), **(initial or {})})
        fields: dict[str, Any] = self.fields
        for field in fields.values():
            field.today = today
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(*(Row(*(Column(name) for name in row)) for row in self.rows), "token")


class IncidentForm(IncidentBase):
    kind = forms.ChoiceField(
        label="情况",
        widget=forms.RadioSelect,
        choices=[(kind.value, kind.label) for kind in REPORTED],
        error_messages={"required": "请选择情况。"},
    )
    started_on = DayField(label="发生日期", error_messages=NEED_DAY)
    reported_on = DayField(label="报告日期", error_messages=NEED_DAY)
    hospital = TextField(label="医院", max_length=80, required=False)
    ward = TextField(label="病区床号", max_length=40, required=False)
    is_nominal = forms.BooleanField(
        label="挂床", required=False, help_text="只在医院挂名、人不住院的；不列入应访"
    )
    note = TextField(label="说明", max_length=200, required=False, help_text="不要写病名、诊断")
    rows = (("kind",), ("started_on", "reported_on"), ("hospital", "ward"), ("is_nominal",), ("note",))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for name in ("hospital", "ward", "note"):
            data[name] = data.get(name) or ""
        started, reported = data.get("started_on"), data.get("reported_on")
        if started and reported and started > reported:
            self.add_error("started_on", "不能晚于报告日期。")
        return data


class EndForm(IncidentBase):
    ended_on = DayField(label="出院、好转或办结日期", error_messages=NEED_DAY)
    rows = (("ended_on",),)


class RetractForm(IncidentBase):
    reason = TextField(
        label="原因",
        required=True,
        max_length=120,
        help_text="如：同名的人登记错了。记入日志",
        error_messages={"required": "请写明原因。"},
    )
    rows = (("reason",),)
